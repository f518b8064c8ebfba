"""Rows that are the same, or nearly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray, MaskArray, frozen
from projector.errors import InvalidChoice
from projector.neighbor_graph import NeighborGraph
from projector.progress import Progress, Work

_VALUES = 1 << 20


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
    n, d = vectors.shape
    weights = np.random.default_rng().integers(0, 2**64, d, dtype=np.uint64) | np.uint64(1)
    sums = np.zeros(n, np.uint64)
    size = max(1, _VALUES // max(1, d))
    for start in range(0, n, size):
        bits = _bits(vectors[start : start + size])
        sums[start : start + size] = (bits * weights).sum(axis=1, dtype=np.uint64)
        yield Progress(0.6 * start / n, "Comparing the rows")
    order = np.argsort(sums, kind="stable")
    same = sums[order][1:] == sums[order][:-1]
    groups = np.full(n, -1, np.int64)
    count = 0
    for begin, end in _runs(same):
        for rows in _same_rows(vectors, order[begin : end + 1]):
            groups[rows] = count
            count += 1
        if not begin % 64:
            yield Progress(0.6 + 0.4 * begin / n, "Comparing the rows")
    return _grouped(groups)


def find_near_duplicates(graph: NeighborGraph, threshold: float) -> Work[Duplicates]:
    """Rows joined by neighbors no farther apart than the threshold, directly or through others.

    threshold: in the graph's own distance. Raises InvalidChoice when it is NaN.
    """
    if np.isnan(threshold):
        raise InvalidChoice("The largest distance of duplicates must be a number.")
    from projector.clusters import kernels

    n, k = graph.ids.shape
    parents, chosen = np.arange(n), np.empty(n, np.int64)
    size = max(1, _VALUES // max(1, k))
    for start in range(0, n, size):
        places, columns = np.nonzero(graph.distances[start : start + size] <= threshold)
        a = (places + start).astype(np.int32)
        b = np.ascontiguousarray(graph.ids[start : start + size][places, columns])
        kernels.join_edges(a, b, np.arange(len(a)), parents, chosen, 0, 0, len(a))
        yield Progress(start / n, "Joining near rows")
    roots = np.empty(n, np.int64)
    kernels.all_roots(parents, roots)
    roots[np.bincount(roots, minlength=n)[roots] < 2] = -1
    return _grouped(roots)


def suggested_threshold(graph: NeighborGraph) -> float:
    """A tenth of the median distance to the nearest other row."""
    nearest = graph.distances[:, 0]
    nearest = nearest[np.isfinite(nearest)]
    return float(np.median(nearest)) / 10 if len(nearest) else 0.0


def _bits(rows: FloatArray) -> NDArray[np.uint64]:
    """uint64 (r, d) of the bits of each value, those of 0 for -0."""
    plain = np.ascontiguousarray(rows, np.float32) + np.float32(0)
    return plain.view(np.uint32).astype(np.uint64)


def _runs(same: MaskArray) -> Iterator[tuple[int, int]]:
    """First and last place of each run of equal sums; same: whether the next has the same."""
    edges = np.diff(np.concatenate([[False], same, [False]]).astype(np.int8))
    yield from zip(
        np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True
    )


def _same_rows(vectors: FloatArray, rows: IntArray) -> Iterator[IntArray]:
    """Groups of two or more among rows with equal sums, nearly always all of them."""
    bits = _bits(vectors[rows])
    if (bits == bits[0]).all():
        yield rows
        return
    codes = np.unique(bits, axis=0, return_inverse=True)[1].ravel()
    for code in range(int(codes.max()) + 1):
        if np.count_nonzero(codes == code) > 1:
            yield rows[codes == code]


def _grouped(groups: IntArray) -> Duplicates:
    """groups: int64 (n,), any number for each group, -1 for none."""
    inside = np.flatnonzero(groups >= 0)
    _, first, codes, counts = np.unique(
        groups[inside], return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((inside[first], -counts))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    group_of = np.full(len(groups), -1, np.int32)
    group_of[inside] = ranks[codes]
    rows = inside[np.argsort(ranks[codes], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(counts[order])]).astype(np.int64)
    return Duplicates(frozen(rows), frozen(starts), frozen(group_of))
