"""The result: k neighbors of each row, and their distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, MaskArray, frozen
from projector.neighbors import Metric


@dataclass(frozen=True, slots=True, eq=False)
class NeighborGraph:
    """ids: int32 (n, k), nearest first, never the point itself; -1 where a row has fewer (its own
    or too many others' values are not finite). distances: float32 (n, k), rising, inf beside -1.
    metric: of the distances, as in projector.neighbors. recall: the share of true neighbors among
    them, measured on a sample over all that were looked for, of which those kept are the nearest;
    1 where the search was exact. Both arrays are contiguous and read-only, so that kernels are
    compiled for them once and not for every kind of array.
    """

    ids: NDArray[np.int32]
    distances: FloatArray
    metric: Metric
    recall: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", frozen(np.ascontiguousarray(self.ids)[:]))
        object.__setattr__(self, "distances", frozen(np.ascontiguousarray(self.distances)[:]))

    @property
    def k(self) -> int:
        return int(self.ids.shape[1])

    @property
    def is_exact(self) -> bool:
        return self.recall == 1.0

    @property
    def n_bytes(self) -> int:
        return self.ids.nbytes + self.distances.nbytes

    def nearest(self, k: int) -> NeighborGraph:
        """The same with only the k nearest, a copy where these are fewer; 1 <= k <= self.k."""
        if k == self.k:
            return self
        return NeighborGraph(self.ids[:, :k], self.distances[:, :k], self.metric, self.recall)

    def among(self, mask: MaskArray) -> NeighborGraph:
        """The same of some rows only, numbered among themselves; others become -1. mask: bool (n,),
        such that only rows in it have neighbors or are any."""
        if mask.all():
            return self
        numbers = np.full(len(mask) + 1, -1, np.int32)  # the last for -1: no neighbor
        numbers[:-1][mask] = np.arange(np.count_nonzero(mask), dtype=np.int32)
        ids, distances = numbers[self.ids[mask]], self.distances[mask]
        return NeighborGraph(ids, distances, self.metric, self.recall)
