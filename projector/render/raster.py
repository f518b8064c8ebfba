"""Paints a cloud of points into a picture and an id picture, on all cores and without a GPU.

Two stages. The first decides which point is in front of each pixel, by the smallest
(depth << 32 | point); it is kept, so the second, which turns points into colors, is all that a new
color or background costs. Picking is a look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray, MaskArray, frozen
from projector.embeddings.pictures import SpriteSheet
from projector.parallel import for_each_part
from projector.progress import Progress, Work, finish
from projector.render.camera import Camera
from projector.render.geometry import ordered
from projector.render.memory import Front
from projector.render.order import as_input, count_drawn, fair_order
from projector.render.polygon import points_within
from projector.render.style import HIDDEN, NORMAL, RAISED, Picture, Style
from projector.render.surface import Seen, Surface

__all__ = ["Picture", "Raster", "Style", "Surface", "warm_up"]

SMALLEST_RADIUS_PX = 0.5
NO_SCALES: FloatArray = frozen(np.empty(0, np.float32))
NO_RANKS: NDArray[np.int32] = frozen(np.empty(0, np.int32))
NO_EMPHASIS = frozen(np.empty(0, np.uint8))
Traits: TypeAlias = tuple[FloatArray, NDArray[np.int32], NDArray[np.uint8]]
"""Scales and ranks in the painter's order; emphasis in the points' own."""
NO_TRAITS: Traits = (NO_SCALES, NO_RANKS, NO_EMPHASIS)


class Raster:
    """Built once for positions float32 (n, 3), then paints them from any camera.

    Rows with NaN are never drawn. A million points take some 0.2 s to build: do it in a job.
    Several pictures may be painted at once, each on a surface of its own.
    """

    def __init__(self, positions: FloatArray, order: NDArray[Any] | None = None) -> None:
        self._n_points = len(positions)
        if order is None:
            finite_ids = np.flatnonzero(np.isfinite(positions).all(axis=1))
            order = finite_ids[fair_order(positions[finite_ids])]
        self._geometry = ordered(positions, order)
        self._surface = Surface()
        self._alpha_of: tuple[Any, bool] = (None, False)
        # in one, as pictures are painted by several threads: how many places, of what, the traits
        self._gathered: tuple[int, tuple[Any, ...], Traits] = (0, (), NO_TRAITS)

    @property
    def n_points(self) -> int:
        return self._n_points

    @property
    def surface(self) -> Surface:
        """Where paint() paints."""
        return self._surface

    def adopt(self, surface: Surface) -> Surface:
        """Paint on another surface from now on, as one on which a picture was finished elsewhere;
        hands back the one before."""
        before, self._surface = self._surface, surface
        return before

    def moved(self, positions: FloatArray) -> Raster:
        """The same points at other places, much sooner than from the start: the order is kept."""
        order = self._geometry.point_ids[:, 3]
        is_finite: MaskArray = np.asarray(np.isfinite(positions).all(axis=1))
        if len(positions) != self._n_points or is_finite.sum() != len(order):
            return Raster(positions)
        return Raster(positions, order) if is_finite[order].all() else Raster(positions)

    def paint(self, camera: Camera, width: int, height: int, style: Style) -> Picture:
        """The points as the camera sees them. width, height: in device pixels, at least 1."""
        return finish(self.painting(camera, width, height, style, self._surface))

    def painting(
        self, camera: Camera, width: int, height: int, style: Style, surface: Surface
    ) -> Work[Picture]:
        """As paint, in steps of a few milliseconds. A surface takes one picture at a time."""
        width, height = max(1, int(width)), max(1, int(height))
        style.check(self._n_points)
        seen = self._seen(camera, width, height, style)
        made_for = self._made_for(seen, width, height, style)
        is_see_through = self.is_see_through(style)
        front = surface.front
        is_same = front is not None and _is_same(front.made_for, made_for)
        if front is None or not is_same:
            front = Front.empty(made_for, width, height)
        if is_see_through or not is_same:
            yield from surface.splat(seen, front, style.sprites, is_see_through)
        image = surface.shade(seen, front, style.sprites, is_see_through)
        return Picture(image, front.ids)

    def knows_front(self, camera: Camera, width: int, height: int, style: Style) -> bool:
        """Whether paint() needs to color what the last picture shows, and no more."""
        front = self._surface.front
        if front is None or self.is_see_through(style):
            return False
        style.check(self._n_points)
        if self._known_traits(style, self.count_drawn(style.n_most)) is None:
            return False  # to gather them takes as long as a picture
        seen = self._seen(camera, width, height, style)
        return _is_same(front.made_for, self._made_for(seen, width, height, style))

    def is_see_through(self, style: Style) -> bool:
        """Whether discs are blended, by the opacity of all or of some color."""
        if style.sprites is not None or not len(style.colors):
            return False
        if self._alpha_of[0] is not style.colors:
            self._alpha_of = (style.colors, bool(style.colors[:, 3].min() < 255))
        return style.opacity < 1 or self._alpha_of[1]

    def count_drawn(self, n_most: int | None) -> int:
        """How many points a picture of a fair sample draws."""
        return count_drawn(len(self._geometry.points), n_most)

    def points_within(
        self, polygon: NDArray[Any], camera: Camera, width: int, height: int, style: Style
    ) -> IntArray:
        """The points whose middle lies in a polygon, also behind others, but not hidden ones:
        int64 (m,), rising. polygon: (k, 2) pixels of a picture width x height, even-odd."""
        style.check(self._n_points)
        seen = self._seen(camera, max(1, width), max(1, height), replace(style, n_most=None))
        return points_within(self._geometry, seen.scales, seen.lens, polygon, self._n_points)

    def _seen(self, camera: Camera, width: int, height: int, style: Style) -> Seen:
        n_drawn = self.count_drawn(style.n_most)
        scales, ranks, emphasis = self._traits_for(style, n_drawn)
        sprites = style.sprites
        radius = max(SMALLEST_RADIUS_PX, style.sprite_px / 2 if sprites else style.radius_px)
        reach = 1.0 if sprites is None else max(1.0, sprites.tile[0] / max(1, sprites.tile[1]))
        begin, end = self._geometry.depths(camera)[2]
        strength = 0.0 if camera.is_flat else min(1.0, max(0.0, style.fog))
        red, green, blue = (np.float32(value) for value in style.background)
        return Seen(
            geometry=self._geometry,
            largest=float(scales.max(initial=1.0)),
            scales=scales,
            ranks=ranks,
            lens=self._geometry.lens(camera, width, height, radius, reach),
            n_drawn=n_drawn,
            colors=as_input(style.colors, np.uint8),
            emphasis=emphasis,
            ground=(red, green, blue),
            haze=(np.float32(strength), np.float32(begin), np.float32(end)),
            opacity=min(1.0, max(0.0, style.opacity)),
        )

    def _made_for(self, seen: Seen, width: int, height: int, style: Style) -> tuple[Any, ...]:
        drawn = (seen.n_drawn, seen.scales, seen.ranks, style.sprites)
        return (self, width, height, seen.lens, *drawn)

    def _traits_for(self, style: Style, n_drawn: int) -> Traits:
        """Of the first n_drawn places at least: a picture of a part is not kept waiting for all."""
        known = self._known_traits(style, n_drawn)
        if known is None:
            known = self._gather(style, n_drawn)
            self._gathered = (n_drawn, _given(style), known)
        return known

    def _known_traits(self, style: Style, n_drawn: int) -> Traits | None:
        n_gathered, of, traits = self._gathered
        return traits if n_gathered >= n_drawn and _is_same(of, _given(style)) else None

    def _gather(self, style: Style, n_drawn: int) -> Traits:
        from projector.render import kernels

        emphasis, sizes = style.emphasis, style.sizes
        if style.shown_mask is not None:
            shown = np.uint8(NORMAL) if emphasis is None else emphasis
            emphasis = np.where(style.shown_mask, shown, np.uint8(HIDDEN)).astype(np.uint8)
        if emphasis is None and sizes is None:
            return NO_TRAITS
        point_ids = self._geometry.point_ids[:n_drawn]
        scales = np.empty(n_drawn, dtype=np.float32)
        ranks = np.empty(n_drawn, dtype=np.int32)
        wanted = NO_SCALES if sizes is None else as_input(sizes, np.float32)
        kinds = NO_EMPHASIS if emphasis is None else as_input(emphasis, np.uint8)

        def gather(start: int, stop: int) -> None:
            kernels.gather_scales(point_ids, wanted, kinds, scales, ranks, start, stop)

        for_each_part(n_drawn, gather, smallest=20_000)
        has_ranks = bool(len(ranks)) and bool((ranks != 1).any())
        return frozen(scales), frozen(ranks) if has_ranks else NO_RANKS, kinds


def _given(style: Style) -> tuple[Any, ...]:
    return style.shown_mask, style.emphasis, style.sizes


def warm_up() -> Work[None]:
    """Load or compile every kernel, so that the first picture comes at once."""
    points = np.array([[0, 0, 0], [1, 1, 1], [np.nan, 0, 0]], dtype=np.float32)
    kinds = np.full(3, RAISED, dtype=np.uint8)
    plain = Style(np.full((3, 4), 255, dtype=np.uint8), emphasis=kinds)
    sheet = SpriteSheet(np.full((4, 4, 4), 255, dtype=np.uint8), (2, 2))
    yield Progress(0.0, "Preparing the painter")
    raster = Raster(points)
    styles = (plain, replace(plain, opacity=0.5), replace(plain, sprites=sheet))
    for i, style in enumerate(styles):
        yield Progress((i + 1) / (len(styles) + 1), "Preparing the painter")
        raster.paint(Camera(), 8, 8, style)
    raster.points_within(np.eye(3, 2), Camera(), 8, 8, plain)


def _is_same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Equal numbers; anything else must be the very same object."""
    return len(one) == len(other) and all(
        a is b or (isinstance(a, int | tuple) and a == b) for a, b in zip(one, other, strict=True)
    )
