"""Where points are drawn: in the components of an embedding, or in a layout that was made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.errors import NothingToShow
from projector.progress import Progress, Work
from projector.render.raster import Raster
from widgets.embedding.layouts import Layout
from widgets.embedding.loading import Shown, directions_around, outline, world_positions
from widgets.embedding.projecting.wishes import ITERATIVE
from widgets.embedding.sentences import tr


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """positions: float32 (n, 3). edge: those of them that a camera must have in view. layout: None
    for the components that the embedding was opened with."""

    shown: Shown
    layout: Layout | None
    positions: FloatArray
    edge: FloatArray
    raster: Raster
    axis_names: tuple[str, ...]


def arranged(
    shown: Shown,
    layout: Layout | None,
    axes: tuple[int, int, int],
    is_flat: bool,
    keeps_aspect: bool = True,
    *,
    is_second: bool = False,
    first: Layout | None = None,
) -> Work[Cloud]:
    """Places of the points and a painter built for them. keeps_aspect: see stretched. is_second,
    first: it is looked at beside that one, and turned alike where it has no axes of its own."""
    yield Progress(None, tr("Placing the points"))
    positions = drawn_positions(shown, layout, axes, is_flat)
    if is_second and is_turned(layout):
        target = drawn_positions(shown, first, axes, is_flat)
        positions = turned(positions, target, 2 if is_flat else 3)
    if not keeps_aspect:
        positions = stretched(positions)
    edge = yield from outline(positions)
    if not keeps_aspect:
        edge = _ball(is_flat)
    elif layout is None:
        edge = widened(edge, shown)
    elif layout.is_running:
        edge = _ball(is_flat)
    names = axis_names(shown, layout, axes, is_flat)
    return Cloud(shown, layout, positions, edge, Raster(positions), names)


def is_turned(layout: Layout | None) -> bool:
    """Whether a layout is as good however it is turned: its axes mean nothing by themselves."""
    return layout is not None and not layout.is_running and layout.projection in ITERATIVE


def turned(positions: FloatArray, target: FloatArray, n_axes: int) -> FloatArray:
    """Turned and mirrored about the middle, so that rows lie as near as can be to where they lie in
    the target: float32 (n, 3), read-only."""
    from projector.projections.align import find_alignment

    try:
        found = find_alignment(positions[:, :n_axes], target[:, :n_axes])
    except NothingToShow:
        return positions
    placed = positions.copy()
    placed[:, :n_axes] = positions[:, :n_axes] @ found.rotation.astype(np.float32)
    return frozen(placed)


def stretched(positions: FloatArray) -> FloatArray:
    """Each axis to a scale of its own, so that it runs from -1 to 1: float32 (n, 3), read-only."""
    low = np.nanmin(positions, axis=0, initial=np.inf)
    high = np.nanmax(positions, axis=0, initial=-np.inf)
    span = np.where(high > low, high - low, np.float32(2))
    middle = np.where(high > low, (high + low) / 2, np.float32(0))
    return frozen(((positions - middle) * (2 / span)).astype(np.float32))


def _ball(is_flat: bool) -> FloatArray:
    """What a layout that moves on stays within: float32 (m, 3)."""
    ball = directions_around()
    if is_flat:
        ball[:, 2] = 0
    return frozen(ball)


def drawn_positions(
    shown: Shown, layout: Layout | None, axes: tuple[int, int, int], is_flat: bool
) -> FloatArray:
    """float32 (n, 3), read-only; NaN for rows without a place."""
    if layout is None:
        return world_positions(shown, axes, is_flat)
    return layout_positions(layout, is_flat)


def layout_positions(layout: Layout, is_flat: bool) -> FloatArray:
    """float32 (n, 3), read-only; the third axis is 0 where there is none, or none is wanted."""
    placed = layout.coordinates
    n_used = min(2 if is_flat else 3, placed.shape[1])
    if n_used == 3:
        return placed
    positions = np.zeros((len(placed), 3), np.float32)
    positions[:, :n_used] = placed[:, :n_used]
    return frozen(positions)


def axis_names(
    shown: Shown, layout: Layout | None, axes: tuple[int, int, int], is_flat: bool
) -> tuple[str, ...]:
    """Of the axes that are drawn."""
    n_used = 2 if is_flat else 3
    if layout is not None:
        return layout.axis_names[:n_used]
    ratios = shown.variance_ratio
    return tuple(f"PC{i + 1} · {ratios[i]:.1%}" for i in axes[:n_used] if i < shown.n_axes)


def widened(edge: FloatArray, shown: Shown) -> FloatArray:
    """The outline of an early step as large as that of the last, to which all steps are drawn.

    Else a view that fits a cloud in its beginnings would lose it as it grows.
    """
    size = float(np.nanmax(np.abs(shown.coordinates), initial=0.0))
    if shown.are_own_axes or not 0 < size < 1:
        return edge
    return frozen(edge / np.float32(size))
