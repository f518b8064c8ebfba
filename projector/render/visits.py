"""Which batches of points a camera sees, and in which order they are best drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray
from projector.render.geometry import Lens


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """batches: int32 (m,), those that may be in view; boxes: float32 (m, 5), where on the screen,
    counts: float64 (rows / TALL, rounded up), how many where: see box_batches. order: int64 (m,),
    the nearest first, as they hide the others."""

    batches: NDArray[np.int32]
    boxes: FloatArray
    counts: DoubleArray
    order: NDArray[np.int64]

    def strips(self, height: int, n: int, filled: NDArray[Any] | None) -> list[int]:
        """Strips of the screen, see below, that take about as long as one another: by batches, and
        where much is hidden by what is left of them, too. filled (h,): how much of each row of a
        picture like this one has been filled; None: all are drawn, or nothing is known."""
        from projector.render.hiding.kernels import TALL

        counts = self.counts
        if filled is not None and filled.any():
            seen = np.add.reduceat(filled.astype(np.float64), np.arange(0, height, TALL))
            counts = counts / max(1, counts.sum()) + seen / seen.sum()
        return cut(counts, height, n, TALL)


def visits(bounds: FloatArray, lens: Lens, height: int, largest: float) -> Visits:
    """bounds: float32 (m, 6), of all batches: see kernels.bound_batches. height: of the screen, in
    rows. largest: the factor of the largest point."""
    from projector.render.boxes.kernels import NEAREST, box_batches
    from projector.render.hiding.kernels import TALL

    boxes = np.empty((len(bounds), 5), dtype=np.float32)
    batches, counts = np.empty(len(bounds), dtype=np.int32), np.zeros(-(-height // TALL))
    n = box_batches(bounds, lens, np.float32(largest), boxes, batches, counts)
    return Visits(batches[:n], boxes[:n], counts, np.argsort(boxes[:n, NEAREST]))


def strips(rows: FloatArray, counts: NDArray[Any], height: int, n: int) -> list[int]:
    """Where n strips of the screen begin, and the end of the last, each with about as many points.

    rows, counts: see place_points.
    """
    middles = np.clip(rows.sum(axis=1) / 2, 0, height - 1).astype(np.int64)
    return cut(np.bincount(middles, counts, minlength=height), height, n)


def cut(weights: NDArray[Any], height: int, n: int, step: int = 1) -> list[int]:
    """Strips of about the same weight. weights: one for each step rows, of which edges are
    multiples."""
    upto = np.cumsum(weights)
    inner = np.searchsorted(upto, upto[-1] * np.arange(1, n) / n) * step
    return [0, *np.minimum(inner, height).tolist(), height]
