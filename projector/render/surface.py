"""The memory that a picture is painted in, used again from one picture to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, FloatArray, frozen
from projector.embeddings.pictures import SpriteSheet
from projector.parallel import N_CORES, for_each_part
from projector.progress import Progress, Work
from projector.render.geometry import Geometry, Lens
from projector.render.order import as_input

CHUNK = 1 << 18
"""So many points are placed, then drawn: few enough to stay in the processor's cache."""
FEW_ROWS = 32
Tiles = tuple[NDArray[Any], NDArray[Any], tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is painted. scales, ranks: see kernels.gather_scales; emphasis: uint8 (n,) or empty.

    n_drawn: how many of the geometry's points, from the first on. haze: strength of the fog and
    the depths at which it begins and ends.
    """

    geometry: Geometry
    scales: FloatArray
    ranks: NDArray[np.int32]
    lens: Lens
    n_drawn: int
    colors: ByteArray
    emphasis: ByteArray
    ground: tuple[Any, Any, Any]
    haze: tuple[Any, Any, Any]
    opacity: float

    @property
    def cloud(self) -> tuple[Any, ...]:
        return self.geometry.points, self.geometry.point_ids, self.scales, self.ranks

    @property
    def paint(self) -> tuple[Any, ...]:
        return self.colors, self.emphasis, self.ground, self.haze


@dataclass(slots=True, eq=False)
class Front:
    """Which point is in front of each pixel. made_for: what it depends on. front: int32 (h, w),
    places in the geometry; ids: int32 (h, w), the points' own numbers, -1 for nothing.
    spans: see kernels.settle."""

    made_for: tuple[Any, ...]
    front: NDArray[np.int32]
    ids: NDArray[np.int32]
    spans: NDArray[np.int32]
    has_ids: bool = False

    @classmethod
    def empty(cls, made_for: tuple[Any, ...], width: int, height: int) -> Front:
        front, ids = np.empty((2, height, width), dtype=np.int32)
        return cls(made_for, front, ids, np.empty((height, 2), dtype=np.int32))


@dataclass(slots=True, eq=False)
class Surface:
    """Paints one picture at a time, some 30 MB for 1000 x 800 pixels. front: the last one's."""

    front: Front | None = None
    _keys: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 0), np.int64))
    _is_clean: bool = False
    _screen: FloatArray = field(default_factory=lambda: np.empty((0, 4), np.float32))
    _rows: FloatArray = field(default_factory=lambda: np.empty((0, 2), np.float32))
    _sums: FloatArray = field(default_factory=lambda: np.empty((0, 0, 4), np.float32))
    _through: FloatArray = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def splat(
        self, seen: Seen, front: Front, sprites: SpriteSheet | None, is_see_through: bool
    ) -> Work[None]:
        """Find out what is in front, a chunk of points after the other, and blend the see-through.

        A front that is the last one's is known already.
        """
        is_known, self.front = front is self.front, None
        self._prepare(front.front.shape, seen.n_drawn, is_see_through)
        edges: list[int] = []
        for offset in range(0, seen.n_drawn, CHUNK):
            screen, rows = self._place(seen, offset)
            edges = edges or _strips(screen, len(front.front))
            if is_known:
                pass
            elif sprites is None:
                self._splat_discs(screen, rows, offset, edges)
            else:
                self._splat_tiles(screen, rows, offset, edges, seen, tiles_of(sprites))
            if is_see_through:
                self._blend(screen, rows, offset, edges, seen)
            yield Progress((offset + len(screen)) / seen.n_drawn)
        if not is_known:
            self._settle(front)
        self._is_clean = True
        self.front = front

    def _settle(self, front: Front) -> None:
        from projector.render import kernels
        from projector.render.discs.kernels import PAD

        def settle(start: int, stop: int) -> None:
            kernels.settle(self._keys, PAD, front.front, front.spans, start, stop)

        for_each_part(len(front.front), settle, smallest=FEW_ROWS)

    def shade(
        self, seen: Seen, front: Front, sprites: SpriteSheet | None, is_see_through: bool
    ) -> ByteArray:
        """Turn what is in front into pixels, uint8 (h, w, 4); fills front.ids the first time."""
        from projector.render.glass import kernels as glass
        from projector.render.shading import kernels as shading
        from projector.render.tiles import kernels as tiles

        image = np.empty((*front.front.shape, 4), dtype=np.uint8)
        pixels = image.view(np.uint32)[..., 0]
        ids = np.empty((0, 0), np.int32) if front.has_ids else front.ids
        sheet = None if sprites is None else tiles_of(sprites)
        opacity = np.float32(seen.opacity)

        def shade(start: int, stop: int) -> None:
            if sheet is not None:
                tiles.shade_tiles(
                    front.front, seen.cloud, seen.paint, seen.lens, *sheet, opacity, pixels, ids,
                    start, stop,
                )  # fmt: skip
            elif is_see_through:
                glass.settle_blend(
                    self._sums, self._through, front.front, seen.geometry.point_ids, seen.ground,
                    pixels, ids, start, stop,
                )  # fmt: skip
            else:
                shading.shade_discs(
                    front.front, front.spans, seen.cloud, seen.paint, seen.lens, pixels, ids,
                    start, stop,
                )  # fmt: skip

        for_each_part(len(image), shade, smallest=FEW_ROWS)
        if not front.has_ids:
            front.has_ids = True
            frozen(front.ids)
        return image

    def _prepare(self, size: tuple[int, ...], n: int, is_see_through: bool) -> None:
        from projector.render.discs.kernels import PAD
        from projector.render.kernels import BATCH, EMPTY

        height, width = size
        if self._keys.shape != (height, width + 2 * PAD):
            self._keys = np.full((height, width + 2 * PAD), EMPTY, dtype=np.int64)
        elif not self._is_clean:
            self._keys.fill(EMPTY)
        self._is_clean = False
        if len(self._screen) < min(n, CHUNK):
            self._screen = np.empty((min(n, CHUNK), 4), dtype=np.float32)
            self._rows = np.empty((-(-min(n, CHUNK) // BATCH), 2), dtype=np.float32)
        if not is_see_through:
            self._sums, self._through = (
                np.empty((0, 0, 4), np.float32),
                np.empty((0, 0), np.float32),
            )
            return
        if self._through.shape != size:
            self._sums, self._through = np.empty((*size, 4), np.float32), np.empty(size, np.float32)
        self._sums.fill(0)
        self._through.fill(1)

    def _place(self, seen: Seen, offset: int) -> tuple[FloatArray, FloatArray]:
        from projector.render import kernels

        n = min(CHUNK, seen.n_drawn - offset)
        screen, rows = self._screen[:n], self._rows[: -(-n // kernels.BATCH)]
        bits, points = screen.view(np.int32), seen.geometry.points

        def place(start: int, stop: int) -> None:
            kernels.place_points(
                points, seen.scales, seen.ranks, seen.lens, offset, screen, bits, rows, start, stop
            )

        for_each_part(len(rows), place, smallest=FEW_ROWS)
        return screen, rows

    def _splat_discs(
        self, screen: FloatArray, rows: FloatArray, offset: int, edges: list[int]
    ) -> None:
        from projector.render.discs import kernels

        bits = screen.view(np.int32)

        def splat(top: int, bottom: int) -> None:
            kernels.splat_discs(screen, bits, rows, offset, top, bottom, self._keys)

        _for_each_strip(edges, splat)

    def _splat_tiles(
        self,
        screen: FloatArray,
        rows: FloatArray,
        offset: int,
        edges: list[int],
        seen: Seen,
        sheet: Tiles,
    ) -> None:
        from projector.render.tiles import kernels

        bits, point_ids = screen.view(np.int32), seen.geometry.point_ids

        def splat(top: int, bottom: int) -> None:
            kernels.splat_tiles(
                screen, bits, rows, offset, point_ids, *sheet, top, bottom, self._keys
            )

        _for_each_strip(edges, splat)

    def _blend(
        self, screen: FloatArray, rows: FloatArray, offset: int, edges: list[int], seen: Seen
    ) -> None:
        from projector.render.glass import kernels

        opacity = np.float32(seen.opacity)

        def blend(top: int, bottom: int) -> None:
            kernels.blend_discs(
                screen, rows, offset, seen.cloud, seen.paint, seen.lens, opacity, top, bottom,
                self._sums, self._through,
            )  # fmt: skip

        _for_each_strip(edges, blend)


def tiles_of(sprites: SpriteSheet) -> Tiles:
    """Pixels, slots (none where tile i belongs to point i) and tile, as the kernels take them."""
    slots = np.empty(0, np.int32) if sprites.slots is None else sprites.slots
    return as_input(sprites.pixels, np.uint8), as_input(slots, np.int32), sprites.tile


def _strips(screen: FloatArray, height: int) -> list[int]:
    """Where strips of the screen begin, and the end of the last: one a core, each with about as
    many points. screen: as placed, of a fair sample."""
    heights = screen[:: max(1, len(screen) // 4096), 1]
    heights = np.sort(heights[(heights >= 0) & (heights < height)])
    if not len(heights):
        return [0, height]
    inner = heights[len(heights) * np.arange(1, N_CORES) // N_CORES].astype(int)
    return [0, *inner.tolist(), height]


def _for_each_strip(edges: list[int], kernel: Callable[[int, int], None]) -> None:
    def run(start: int, stop: int) -> None:
        for strip in range(start, stop):
            kernel(edges[strip], edges[strip + 1])

    for_each_part(len(edges) - 1, run)
