"""Which batches of points a camera sees, and in which order they are best drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray
from projector.render.geometry import Lens


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """batches: int32 (m,), those that may be in view, the nearest first, as they hide the others.
    boxes: float32 (5, m), where each is on the screen: see kernels.box_batches."""

    batches: NDArray[np.int32]
    boxes: FloatArray

    def strips(self, height: int, n: int, step: int, filled: NDArray[Any] | None) -> list[int]:
        """Strips of the screen, see below, that take about as long as one another: by batches, and
        where much is hidden by what is left of them, too. filled (h,): how much of each row of a
        picture like this one has been filled; None: all are drawn, or nothing is known."""
        rows = np.clip(self.boxes[[1, 3]].T, 0, height)
        counts = _count(rows, np.ones(len(rows)), height, step)
        if filled is not None and filled.any():
            seen = np.add.reduceat(filled.astype(np.float64), np.arange(0, height, step))
            counts = counts / max(1, counts.sum()) + seen / seen.sum()
        return cut(counts, height, n, step)


def visits(bounds: FloatArray, lens: Lens, largest: float) -> Visits:
    """bounds: float32 (m, 6), of all batches: see kernels.bound_batches. largest: the factor of
    the largest point."""
    from projector.render.boxes.kernels import box_batches

    boxes = np.empty((5, len(bounds)), dtype=np.float32)
    box_batches(bounds, lens, np.float32(largest), boxes)
    left, _top, right, _bottom, nearest = boxes
    seen = np.flatnonzero(right >= left)
    seen = seen[np.argsort(nearest[seen])]
    return Visits(seen.astype(np.int32), np.ascontiguousarray(boxes[:, seen]))


def strips(rows: FloatArray, counts: NDArray[Any], height: int, n: int) -> list[int]:
    """Where n strips of the screen begin, and the end of the last, each with about as many points.

    rows, counts: see place_points.
    """
    return cut(_count(rows, counts, height, 1), height, n, 1)


def _count(rows: FloatArray, counts: NDArray[Any], height: int, step: int) -> NDArray[Any]:
    """How many points there are in each so many rows."""
    middles = np.clip(rows.sum(axis=1) / (2 * step), 0, (height - 1) // step).astype(np.int64)
    return np.bincount(middles, counts, minlength=-(-height // step))


def cut(weights: NDArray[Any], height: int, n: int, step: int = 1) -> list[int]:
    """Strips of about the same weight. weights: one for each step rows, of which edges are
    multiples."""
    upto = np.cumsum(weights)
    inner = np.searchsorted(upto, upto[-1] * np.arange(1, n) / n) * step
    return [0, *np.minimum(inner, height).tolist(), height]
