"""Paints a cloud of points into a picture and an id picture, on all cores and without a GPU.

Two stages. The first decides which point is in front of each pixel, by the smallest
(depth << 32 | point); it is kept, so the second, which turns points into colors, is all that a new
color or background costs. Picking is a look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, DoubleArray, FloatArray, MaskArray, frozen
from projector.embeddings.pictures import SpriteSheet
from projector.parallel import N_CORES, for_each_part
from projector.progress import Progress, Work
from projector.render.camera import NEAR, Camera

STRIP_ROWS = 100
N_LEVELS = 16
SMALLEST_RADIUS_PX = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """How points look. colors: uint8 (n, 4) RGBA. radius_px: of a disc at the target's depth.

    background: RGB 0..255. opacity: 0..1. fog: 0..1, how far the farthest points fade into it.
    shown_mask: bool (n,), the points that are drawn at all. sprites: label pictures drawn as
    points, tinted by color, sprite_px high. n_most: draw only a fair sample of about so many
    points, as while the camera moves. Arrays are known by identity: hand in a new array rather
    than write to one that was painted.
    """

    colors: ByteArray
    radius_px: float = 3.0
    background: tuple[int, int, int] = (255, 255, 255)
    opacity: float = 1.0
    fog: float = 0.0
    shown_mask: MaskArray | None = None
    sprites: SpriteSheet | None = None
    sprite_px: float = 24.0
    n_most: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """image: uint8 (h, w, 4) RGBA, opaque. ids: int32 (h, w), the point in front, -1 for none."""

    image: ByteArray
    ids: NDArray[np.int32]

    def point_at(self, x: float, y: float, reach_px: float = 4.0) -> int | None:
        """The point whose drawn pixels are nearest to (x, y), or None within reach_px."""
        reach = int(np.ceil(max(0.0, reach_px)))
        column, row = int(np.floor(x)), int(np.floor(y))
        top, left = max(0, row - reach), max(0, column - reach)
        window = self.ids[top : max(0, row + reach + 1), left : max(0, column + reach + 1)]
        rows, columns = np.nonzero(window >= 0)
        if not len(rows):
            return None
        square = (rows + top - row) ** 2 + (columns + left - column) ** 2
        nearest = int(square.argmin())
        if square[nearest] > reach_px**2:
            return None
        return int(window[rows[nearest], columns[nearest]])


@dataclass(slots=True, eq=False)
class _Front:
    """What the first stage found: who is in front. made_for: all it depends on."""

    made_for: tuple[Any, ...]
    n_drawn: int
    layers: NDArray[np.int32]
    ids: NDArray[np.int32]


@dataclass(slots=True, eq=False)
class _Scratch:
    """Arrays filled anew by each first stage. screen: x px, y px, depth, radius px."""

    screen: FloatArray
    rows: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.rows = np.empty((_n_batches(len(self.screen)), 2), dtype=np.float32)


class Raster:
    """Built once for positions float32 (n, 3), then paints them from any camera.

    Rows with NaN are never drawn. A million points take some 0.2 s to build: do it in a job.
    """

    def __init__(self, positions: FloatArray) -> None:
        self._n_points = len(positions)
        finite_ids = np.flatnonzero(np.isfinite(positions).all(axis=1)).astype(np.int32)
        points = np.ascontiguousarray(positions[finite_ids], dtype=np.float32)
        places = _fair_order(points)
        self._order = frozen(finite_ids[places])
        self._points = frozen(np.ascontiguousarray(points[places]))
        self._center, self._radius, self._bulk = _extent(points)
        self._scratch = _Scratch(np.empty((len(points), 4), dtype=np.float32))
        self._front: _Front | None = None

    def paint(self, camera: Camera, width: int, height: int, style: Style) -> Picture:
        """The points as the camera sees them. width, height: in device pixels, at least 1."""
        width, height = max(1, int(width)), max(1, int(height))
        self._check(style)
        front = self._front_for(camera, width, height, style)
        image = np.empty((height, width, 4), dtype=np.uint8)
        self._shade(front, camera, style, image)
        return Picture(image, front.ids)

    def _check(self, style: Style) -> None:
        """Kernels don't check bounds: arrays of another length would be read past their end."""
        if style.colors.shape != (self._n_points, 4):
            raise ValueError(f"{self._n_points} points, but colors of shape {style.colors.shape}")
        if style.shown_mask is not None and style.shown_mask.shape != (self._n_points,):
            raise ValueError(f"{self._n_points} points, but a mask of {style.shown_mask.shape}")
        sprites = style.sprites
        if sprites is not None and sprites.slots is not None and sprites.n != self._n_points:
            raise ValueError(f"{self._n_points} points, but pictures for {sprites.n}")

    def _front_for(self, camera: Camera, width: int, height: int, style: Style) -> _Front:
        """The first stage, or the last one again when only colors differ."""
        radius = max(SMALLEST_RADIUS_PX, style.sprite_px / 2 if style.sprites else style.radius_px)
        drawn = _count_drawn(len(self._points), style.n_most)
        made_for = (camera, width, height, radius, drawn, style.shown_mask, style.sprites)
        if self._front is None or not _is_same(self._front.made_for, made_for):
            self._place(camera, width, height, radius, drawn, style.shown_mask)
            layers = np.empty((height, width, 2), dtype=np.int32)
            ids = np.empty((height, width), dtype=np.int32)
            self._front = _Front(made_for, drawn, layers, ids)
            self._splat(self._front, style)
            frozen(ids)
        return self._front

    def _place(
        self,
        camera: Camera,
        width: int,
        height: int,
        radius: float,
        drawn: int,
        shown_mask: MaskArray | None,
    ) -> None:
        from projector.render import kernels

        matrix = camera.matrix(width, height)
        depth_row, near, _ = self._depths(camera)
        mask = np.zeros(0, dtype=np.bool_) if shown_mask is None else shown_mask
        mask = _as_input(mask, np.bool_)
        focus = camera.distance if camera.has_perspective else 0.0
        points, order, screen = self._points[:drawn], self._order[:drawn], self._scratch.screen
        row32, rows = depth_row.astype(np.float32), self._scratch.rows
        size = np.float32(width), np.float32(height)

        def place(start: int, stop: int) -> None:
            kernels.place_points(
                points, order, mask, matrix, row32, np.float32(near), np.float32(focus), size,
                np.float32(radius), screen, rows, start, stop,
            )  # fmt: skip

        for_each_part(_n_batches(drawn), place, smallest=32)

    def _splat(self, front: _Front, style: Style) -> None:
        from projector.render import kernels

        screen = self._scratch.screen[: front.n_drawn]
        rows = self._scratch.rows[: _n_batches(front.n_drawn)]
        seen = screen, screen.view(np.uint32), rows, self._order
        if style.sprites is None:
            _for_each_strip(
                len(front.ids),
                lambda top, bottom: kernels.splat_discs(
                    *seen, top, bottom, front.layers, front.ids
                ),
            )
            return
        sheet, slots, tile = _tiles(style.sprites)
        _for_each_strip(
            len(front.ids),
            lambda top, bottom: kernels.splat_tiles(
                *seen, sheet, slots, tile, top, bottom, front.layers, front.ids
            ),
        )

    def _shade(self, front: _Front, camera: Camera, style: Style, image: ByteArray) -> None:
        from projector.render import kernels

        colors = _as_input(style.colors, np.uint8)
        ground = np.array(style.background, dtype=np.float64)
        opacity = float(min(1.0, max(0.0, style.opacity)))
        strength = float(min(1.0, max(0.0, style.fog))) if not camera.is_flat else 0.0
        haze = (strength, *self._depths(camera)[2])
        screen, order = self._scratch.screen[: front.n_drawn], self._order
        n_rows = len(image)
        if style.sprites is not None:
            sheet, slots, tile = _tiles(style.sprites)

            def shade(start: int, stop: int) -> None:
                kernels.shade_tiles(
                    front.layers, screen, order, colors, sheet, slots, tile, opacity, ground, haze,
                    image, start, stop,
                )  # fmt: skip

            for_each_part(n_rows, shade, smallest=32)
        elif opacity < 1 or (len(colors) and colors[:, 3].min() < 255):
            rows = self._scratch.rows[: _n_batches(front.n_drawn)]
            _for_each_strip(
                n_rows,
                lambda top, bottom: kernels.blend_discs(
                    screen, rows, order, colors, opacity, ground, haze, top, bottom, image
                ),
            )
        else:
            for_each_part(
                n_rows,
                lambda start, stop: kernels.shade_discs(
                    front.layers, screen, order, colors, ground, haze, image, start, stop
                ),
                smallest=32,
            )

    def _depths(self, camera: Camera) -> tuple[DoubleArray, float, tuple[float, float]]:
        """The row that gives a point's depth (always above 0), the nearest depth drawn, and where
        the bulk of the points begins and ends."""
        row = camera.depth_row
        middle = float(row[:3] @ self._center + row[3])
        near = NEAR * camera.distance
        if not camera.has_perspective:
            # nothing is behind such a camera: push all points to depths above 0
            push = self._radius * 1.01 + 1e-6 - middle
            row = row + np.array([0.0, 0.0, 0.0, push])
            middle, near = middle + push, 0.0
        begin = max(near, middle - self._bulk)
        return row, near, (begin, max(middle + self._bulk, begin * 1.001 + 1e-9))


def warm_up() -> Work[None]:
    """Load or compile every kernel, so that the first picture comes at once."""
    points = np.array([[0, 0, 0], [1, 1, 1], [np.nan, 0, 0]], dtype=np.float32)
    plain = Style(np.full((3, 4), 255, dtype=np.uint8), shown_mask=np.ones(3, dtype=np.bool_))
    sheet = SpriteSheet(np.full((4, 4, 4), 255, dtype=np.uint8), (2, 2))
    yield Progress(0.0, "Preparing the painter")
    raster = Raster(points)
    styles = (plain, replace(plain, opacity=0.5), replace(plain, sprites=sheet))
    for i, style in enumerate(styles):
        yield Progress((i + 1) / (len(styles) + 1), "Preparing the painter")
        raster.paint(Camera(), 8, 8, style)


def _fair_order(points: FloatArray) -> NDArray[np.int64]:
    """Neighbors in space lie side by side, yet each of N_LEVELS leading parts is a fair sample.

    Along the Morton curve every N_LEVELS-th point makes one level; the levels follow one another
    in bit-reversed order, so that each fills the widest gaps of those before it.
    """
    from projector.render import kernels

    n = len(points)
    codes = np.empty(n, dtype=np.uint64)
    low = points.min(axis=0, initial=np.inf).astype(np.float64)
    span = float((points.max(axis=0, initial=-np.inf).astype(np.float64) - low).max()) if n else 0.0
    scale = 65535.0 / span if span > 0 else 0.0
    for_each_part(
        n,
        lambda start, stop: kernels.morton_codes(
            _as_input(points, np.float32), low, scale, codes, start, stop
        ),
        smallest=10_000,
    )
    along = np.argsort(codes, kind="stable")
    return np.concatenate([along[first::N_LEVELS] for first in _level_starts()])


def _count_drawn(n: int, n_most: int | None) -> int:
    """Whole levels only, as part of a level would leave a hole in the cloud."""
    if n_most is None or n_most >= n:
        return n
    levels = max(1, n_most * N_LEVELS // max(1, n))
    return sum(len(range(first, n, N_LEVELS)) for first in _level_starts()[:levels])


def _level_starts() -> list[int]:
    """0 .. N_LEVELS - 1 with their bits reversed: 0, 8, 4, 12 ..."""
    bits = N_LEVELS.bit_length() - 1
    return [int(f"{level:0{bits}b}"[::-1], 2) for level in range(N_LEVELS)]


def _extent(points: FloatArray) -> tuple[DoubleArray, float, float]:
    """Center, radius of all points around it, and the radius that holds the bulk of them."""
    if not len(points):
        return np.zeros(3), 1.0, 1.0
    center = (points.min(axis=0).astype(np.float64) + points.max(axis=0)) / 2
    sample = points[:: max(1, len(points) // 20_000)]
    away = np.linalg.norm(sample - center, axis=1)
    corner = np.abs(points - center.astype(np.float32)).max(axis=0).astype(np.float64)
    radius = float(np.linalg.norm(corner))
    return center, radius, max(float(np.quantile(away, 0.95)), 1e-6)


def _n_batches(n: int) -> int:
    from projector.render.kernels import BATCH

    return -(-n // BATCH)


def _is_same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Equal values; arrays and sheets must be the very same objects."""
    return all(
        a is b or (isinstance(a, int | float | Camera) and a == b)
        for a, b in zip(one, other, strict=True)
    )


def _tiles(sprites: SpriteSheet) -> tuple[NDArray[Any], NDArray[Any], tuple[int, int]]:
    """Pixels, slots (none where tile i belongs to point i) and tile, as the kernels take them."""
    slots = np.empty(0, np.int32) if sprites.slots is None else sprites.slots
    return _as_input(sprites.pixels, np.uint8), _as_input(slots, np.int32), sprites.tile


def _as_input(array: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Contiguous and read-only, so that each kernel has one signature whoever made the array."""
    view = np.ascontiguousarray(array, dtype=dtype).view()
    return frozen(view)


def _for_each_strip(n_rows: int, kernel: Callable[[int, int], None]) -> None:
    """Strips of the screen, dealt out in turn so that each core gets some of the crowded middle."""
    n_strips = -(-n_rows // STRIP_ROWS)
    dealt = sorted(range(n_strips), key=lambda strip: (strip % N_CORES, strip))

    def run(start: int, stop: int) -> None:
        for strip in dealt[start:stop]:
            kernel(strip * STRIP_ROWS, min((strip + 1) * STRIP_ROWS, n_rows))

    for_each_part(n_strips, run)
