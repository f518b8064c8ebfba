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
from projector.render.memory import Front, Hidden, Placed
from projector.render.order import as_input
from projector.render.visits import Visits, cut, strips, visits

CHUNK = 1 << 18
"""So many points are placed, then drawn: few enough to stay in the processor's cache."""
STEP = 1 << 20
"""So many opaque points are drawn without a pause."""
FEW_ROWS = 32
Tiles = tuple[NDArray[Any], NDArray[Any], tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is painted. scales, ranks: see kernels.gather_scales; emphasis: uint8 (n,) or empty.

    largest: of the scales. n_drawn: how many of the geometry's points, from the first on. haze:
    strength of the fog and the depths at which it begins and ends.
    """

    geometry: Geometry
    largest: float
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
class Surface:
    """Paints one picture at a time, some 30 MB for 1000 x 800 pixels. front: the last one's."""

    front: Front | None = None
    _keys: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 0), np.int64))
    _is_clean: bool = False
    _placed: Placed = field(default_factory=lambda: Placed.empty(0, 0))
    _hidden: Hidden = field(default_factory=Hidden.nothing)
    _planes: FloatArray = field(default_factory=lambda: np.empty((0, 0, 0), np.float32))

    def splat(
        self, seen: Seen, front: Front, sprites: SpriteSheet | None, is_see_through: bool
    ) -> Work[None]:
        """Find out what is in front, some batches of points after the others, and blend the
        see-through.

        A front that is the last one's is known already.
        """
        from projector.render.kernels import BATCH

        before, self.front = self.front, None
        is_known = front is before
        bounds = seen.geometry.bounds[: -(-seen.n_drawn // BATCH)]
        visited = visits(bounds, seen.lens, len(front.front), seen.largest)
        self._prepare(front.front.shape, len(visited.batches), is_see_through)
        if sprites is None and not is_known:
            yield from self._splat_discs(seen, visited, front, before)
        if sprites is not None or is_see_through:
            yield from self._splat_chunks(seen, visited.batches[visited.order], sprites)
        if sprites is not None:
            self._settle(front)
        self._is_clean = True
        self.front = front

    def _splat_discs(
        self, seen: Seen, visited: Visits, front: Front, before: Front | None
    ) -> Work[None]:
        """Each core has a strip of the screen, and nothing to wait for. before: the last front."""
        from projector.render import kernels
        from projector.render.discs.kernels import PAD, splat_discs

        n, boxes, hidden = len(visited.batches), visited.boxes, self._hidden
        height, hides, filled = len(front.front), any(seen.lens[12:15]), None
        if hides and before is not None and len(before.filled) == height:
            filled = before.filled.sum(axis=1)
        edges = visited.strips(height, N_CORES, filled)
        most = max(1, STEP // kernels.BATCH)
        for begin in range(0, max(1, n), most):
            end = min(n, begin + most)

            def splat(top: int, bottom: int, begin: int = begin, end: int = end) -> None:
                splat_discs(
                    seen.cloud, seen.lens, visited.batches, boxes, boxes.view(np.int32),
                    visited.order, seen.n_drawn, begin, end, top, bottom, self._keys,
                    hidden.blocks, hidden.farthest, hidden.drawn,
                )  # fmt: skip
                if end == n:
                    kernels.settle(self._keys, PAD, front.front, front.filled, top, bottom)

            _for_each_strip(edges, splat)
            yield Progress(end / max(1, n))

    def _splat_chunks(
        self, seen: Seen, visited: NDArray[np.int32], sprites: SpriteSheet | None
    ) -> Work[None]:
        """Pictures, and all that is see-through: nothing hides what is behind it for certain."""
        from projector.render.kernels import BATCH

        most = CHUNK // BATCH
        for begin in range(0, len(visited), most):
            placed = self._place(seen, visited[begin : begin + most])
            edges = strips(placed.rows, placed.counts, len(self._keys), N_CORES)
            if sprites is None:
                self._blend(placed, edges, seen)
            else:
                self._splat_tiles(placed, edges, seen, tiles_of(sprites))
            yield Progress(min(1.0, (begin + most) / len(visited)))

    def _settle(self, front: Front) -> None:
        from projector.render import kernels
        from projector.render.discs.kernels import PAD

        def settle(start: int, stop: int) -> None:
            kernels.settle(self._keys, PAD, front.front, front.filled, start, stop)

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
                    self._planes, front.front, seen.geometry.point_ids, seen.ground, pixels, ids,
                    start, stop,
                )  # fmt: skip
            else:
                shading.shade_discs(
                    front.front, front.filled, seen.cloud, seen.paint, seen.lens, pixels, ids,
                    start, stop,
                )  # fmt: skip

        _for_each_strip(cut(1 + front.filled.sum(axis=1), len(image), N_CORES), shade)
        if not front.has_ids:
            front.has_ids = True
            frozen(front.ids)
        return image

    def _prepare(self, size: tuple[int, ...], n_batches: int, is_see_through: bool) -> None:
        from projector.render.discs.kernels import PAD
        from projector.render.kernels import BATCH, EMPTY

        height, width = size
        if self._keys.shape != (height, width + 2 * PAD):
            self._keys = np.full((height, width + 2 * PAD), EMPTY, dtype=np.int64)
            self._hidden = Hidden.empty(width, height)
        elif not self._is_clean:
            self._keys.fill(EMPTY)
        self._is_clean = False
        self._hidden.clear()
        n_batches = min(n_batches, CHUNK // BATCH)
        if len(self._placed.counts) < n_batches:
            self._placed = Placed.empty(n_batches, BATCH)
        if not is_see_through:
            self._planes = np.empty((0, 0, 0), np.float32)
            return
        self._prepare_planes(height, width)

    def _prepare_planes(self, height: int, width: int) -> None:
        from projector.render.glass.kernels import PAD, PLANES, THROUGH

        size = (height, PLANES, width + 2 * PAD)
        if self._planes.shape != size:
            self._planes = np.empty(size, np.float32)
        self._planes[:, :THROUGH] = 0
        self._planes[:, THROUGH] = 1

    def _place(self, seen: Seen, visited: NDArray[np.int32]) -> Placed:
        from projector.render import kernels

        placed = self._placed.first(len(visited), kernels.BATCH)
        points = seen.geometry.points

        def place(start: int, stop: int) -> None:
            kernels.place_points(
                points, seen.scales, seen.ranks, seen.lens, visited, seen.n_drawn,
                placed.screen, placed.bits, placed.places, placed.rows, placed.counts, start, stop,
            )  # fmt: skip

        for_each_part(len(visited), place, smallest=FEW_ROWS)
        return placed

    def _splat_tiles(self, placed: Placed, edges: list[int], seen: Seen, sheet: Tiles) -> None:
        from projector.render.tiles import kernels

        point_ids = seen.geometry.point_ids

        def splat(top: int, bottom: int) -> None:
            kernels.splat_tiles(
                placed.screen, placed.bits, placed.places, placed.rows, placed.counts, point_ids,
                *sheet, top, bottom, self._keys,
            )  # fmt: skip

        _for_each_strip(edges, splat)

    def _blend(self, placed: Placed, edges: list[int], seen: Seen) -> None:
        from projector.render.glass import kernels

        opacity = np.float32(seen.opacity)

        def blend(top: int, bottom: int) -> None:
            kernels.blend_discs(
                placed.screen, placed.places, placed.rows, placed.counts, seen.cloud, seen.paint,
                seen.lens, opacity, top, bottom, self._planes,
            )  # fmt: skip

        _for_each_strip(edges, blend)


def tiles_of(sprites: SpriteSheet) -> Tiles:
    """Pixels, slots (none where tile i belongs to point i) and tile, as the kernels take them."""
    slots = np.empty(0, np.int32) if sprites.slots is None else sprites.slots
    return as_input(sprites.pixels, np.uint8), as_input(slots, np.int32), sprites.tile


def _for_each_strip(edges: list[int], kernel: Callable[[int, int], None]) -> None:
    def run(start: int, stop: int) -> None:
        for strip in range(start, stop):
            kernel(edges[strip], edges[strip + 1])

    for_each_part(len(edges) - 1, run)
