"""Rows that are the same, or nearly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray
from projector.neighbor_graph import NeighborGraph
from projector.progress import Work


@dataclass(frozen=True, slots=True, eq=False)
class Duplicates:
    """Groups of two rows or more, the largest first, equals by their first row.

    rows: int64, all rows in groups, group after group, rising within each. starts: int64 (m + 1,),
    where each group begins in rows. group_of: int32 (n,), the group of each row or -1.
    """

    rows: IntArray
    starts: IntArray
    group_of: NDArray[np.int32]

    @property
    def n_groups(self) -> int:
        return len(self.starts) - 1

    @property
    def n_spare(self) -> int:
        """Rows that could go without losing a value."""
        return len(self.rows) - self.n_groups

    def group(self, index: int) -> IntArray:
        return self.rows[self.starts[index] : self.starts[index + 1]]


def find_duplicates(vectors: FloatArray) -> Work[Duplicates]:
    """Rows that hold the same values bit by bit; -0 is 0. vectors: float32 (n, d), possibly
    memory-mapped."""
    raise NotImplementedError


def find_near_duplicates(graph: NeighborGraph, threshold: float) -> Work[Duplicates]:
    """Rows joined by neighbors no farther apart than the threshold, directly or through others.

    threshold: in the graph's own distance. Raises InvalidChoice when it is NaN.
    """
    raise NotImplementedError


def suggested_threshold(graph: NeighborGraph) -> float:
    """A tenth of the median distance to the nearest other row."""
    raise NotImplementedError
