"""Where labels go so that none covers another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray, frozen

ANCHORS = (
    "right",
    "left",
    "above",
    "below",
    "above right",
    "below right",
    "above left",
    "below left",
)
"""Where a label may stand beside its point, in the order in which they are tried."""

CENTERED = len(ANCHORS)
"""The anchor of a label that lies over its point."""

HOLD = 1.5
"""By how much the priority of a label rises that was placed in the picture before."""

_LARGEST_VIEWPORT = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """places: int64 (k,), which of the candidates got a label, the most important first. ids: int64
    (k,), their points. rects: float32 (k, 4): left, top, width, height in pixels. anchors: uint8
    (k,), numbers into ANCHORS."""

    places: IntArray
    ids: IntArray
    rects: FloatArray
    anchors: NDArray[np.uint8]


def place_labels(
    ids: IntArray,
    xy: FloatArray,
    sizes: FloatArray,
    priorities: FloatArray,
    viewport: tuple[float, float],
    *,
    previous: Placed | None = None,
    obstacles: FloatArray | None = None,
    away_px: float = 6.0,
    gap_px: float = 2.0,
    most: int = 1000,
    is_centered: bool = False,
) -> Placed:
    """Give labels a place, the most important first, none over another or over an edge; points that
    lie under a label get none.

    ids: int64 (m,). xy: float32 (m, 2), the points' middles in pixels; NaN for what can't be seen.
    sizes: float32 (m, 2), width and height of each text, as the caller's font has it; empty ones
    get no label. priorities: float32 (m,), higher is better. viewport: width and height. previous:
    what was placed in the picture before: its labels win against others that are not more important
    by HOLD, and keep their side. obstacles: float32 (k, 4), rectangles to keep free. away_px: from
    the point's middle to the text. gap_px: between texts. most: of labels at all. is_centered:
    over the points, with the anchor CENTERED, in place of beside them.
    """
    from projector.labels import kernels

    sides, priorities = _held(ids, priorities, previous)
    if is_centered:
        sides = np.full(len(ids), CENTERED, np.int8)
    n_sides = 0 if is_centered else len(ANCHORS)
    usable = np.isfinite(xy).all(axis=1) & np.isfinite(sizes).all(axis=1)
    usable &= (sizes > 0).all(axis=1) & np.isfinite(priorities)
    order = np.argsort(-priorities, kind="stable")
    order = order[usable[order]]
    blocked = _obstacles(obstacles)
    most = max(0, min(most, len(order)))
    rects = np.empty((len(blocked) + most, 4), np.float32)
    rects[: len(blocked)] = blocked
    places, anchors = np.empty(most, np.int64), np.empty(most, np.uint8)
    width, height = (min(float(size), _LARGEST_VIEWPORT) for size in viewport)
    found = kernels.place_rects(
        order, _floats(xy), _floats(sizes), sides, n_sides,
        (max(0.0, width), max(0.0, height)), rects, len(blocked),
        np.float32(away_px), np.float32(gap_px), places, anchors,
    )  # fmt: skip
    places = places[:found]
    return Placed(
        frozen(places),
        frozen(np.asarray(ids, np.int64)[places]),
        frozen(rects[len(blocked) : len(blocked) + found]),
        frozen(anchors[:found]),
    )


def _held(
    ids: IntArray, priorities: FloatArray, previous: Placed | None
) -> tuple[NDArray[np.int8], FloatArray]:
    """The side that each label had before, -1 for none; and the priorities with what that adds."""
    sides = np.full(len(ids), -1, np.int8)
    if previous is None or not len(previous.ids):
        return sides, priorities
    order = np.argsort(previous.ids)
    known = previous.ids[order]
    places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    was_placed = known[places] == ids
    sides[was_placed] = previous.anchors[order][places[was_placed]]
    return sides, priorities + np.where(was_placed, np.float32(HOLD), np.float32(0))


def _obstacles(rects: FloatArray | None) -> FloatArray:
    if rects is None:
        return np.empty((0, 4), np.float32)
    found = np.asarray(rects, np.float32).reshape(-1, 4)
    return found[
        np.isfinite(found).all(axis=1) & (np.abs(found) < _LARGEST_VIEWPORT * 4).all(axis=1)
    ]


def _floats(array: FloatArray) -> FloatArray:
    """Contiguous and read-only, so that the kernel has one signature whoever made the array."""
    return frozen(np.ascontiguousarray(array, np.float32).view())
