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

    def strips(self, height: int, n: int, step: int) -> list[int]:
        """Strips of the screen, see below, each with about as many batches."""
        rows = self.boxes[[1, 3]].T
        return strips(np.clip(rows, 0, height), np.ones(len(rows)), height, n, step)


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


def strips(rows: FloatArray, counts: NDArray[Any], height: int, n: int, step: int) -> list[int]:
    """Where n strips of the screen begin, and the end of the last, each with about as many points.

    rows, counts: see place_points. Edges are multiples of step.
    """
    middles = np.clip(rows.sum(axis=1) / (2 * step), 0, (height - 1) // step).astype(np.int64)
    upto = np.cumsum(np.bincount(middles, counts, minlength=-(-height // step)))
    inner = np.searchsorted(upto, upto[-1] * np.arange(1, n) / n) * step
    return [0, *np.minimum(inner, height).tolist(), height]
