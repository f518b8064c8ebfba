"""One of the two spaces that are compared: how near its rows are to one another, in blocks.

Only the order of distances matters here, so a score stands for them that is quicker to find: the
smaller, the nearer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, MaskArray
from projector.neighbors import Metric
from projector.parallel import for_each_part
from projector.progress import Progress, Work

_BLOCK = 1 << 20  # values of a block: 8 MB as float64
_OPERATIONS = 1 << 29  # multiplications between two yields, some 50 ms
_MOST_QUERIES = 1024
_SMALLEST_PART = 16
_QUERY_VALUES = 1 << 23  # 64 MB as float64


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """vectors: float32 (n, d), possibly memory-mapped. mask: bool (n,), the rows that take part,
    all of them finite. center: float64 (d,), taken away where that changes no order, so that large
    common values cost no digits.
    """

    vectors: FloatArray
    mask: MaskArray
    center: DoubleArray
    metric: Metric

    @property
    def n(self) -> int:
        return len(self.vectors)

    @property
    def d(self) -> int:
        return int(self.vectors.shape[1])

    @property
    def n_queries(self) -> int:
        """So many rows may be asked about at once."""
        return max(16, min(_MOST_QUERIES, _QUERY_VALUES // max(1, self.d)))

    def rows(self, ids: IntArray | slice) -> DoubleArray:
        """float64 (m, d), as the scores want them; rows that take no part are 0."""
        found = np.asarray(self.vectors[ids], np.float64)
        if self.metric == "euclidean":
            found = found - self.center
        found[~self.mask[ids]] = 0.0
        if self.metric == "cosine":
            lengths = np.sqrt(np.einsum("ij,ij->i", found, found))[:, None]
            np.divide(found, lengths, out=found, where=lengths > 0)
        return found

    def places(self, n_queries: int) -> Iterator[slice]:
        """Blocks of rows; scores of so many queries against one take some 50 ms."""
        size = min(_BLOCK // max(1, self.d), _OPERATIONS // (n_queries * max(1, self.d)))
        size = max(16, min(size, 4 * _BLOCK // n_queries))
        for start in range(0, self.n, size):
            yield slice(start, min(start + size, self.n))

    def scores(self, queries: DoubleArray, place: slice) -> DoubleArray:
        """float64 (m, b): of queries, as rows gives them, and a block; infinite where a row of
        the block takes no part."""
        rows = self.rows(place)
        if self.metric == "manhattan":
            found = _manhattan(queries, rows)
        else:
            found = _products(queries, rows)
            found *= -2.0 if self.metric == "euclidean" else -1.0
            if self.metric == "euclidean":
                found += np.einsum("ij,ij->i", rows, rows)
        found[:, ~self.mask[place]] = np.inf
        return found

    def pair_scores(self, queries: DoubleArray, rows: DoubleArray) -> DoubleArray:
        """float64 (m,): of pairs, both sides as rows gives them."""
        if self.metric == "manhattan":
            return np.asarray(np.abs(queries - rows).sum(axis=1))
        products = np.einsum("ij,ij->i", queries, rows)
        if self.metric == "euclidean":
            return np.asarray(np.einsum("ij,ij->i", rows, rows) - 2.0 * products)
        return np.asarray(-products)

    def pair_distances(self, first: IntArray, second: IntArray) -> DoubleArray:
        """float64 (m,): distances in the sense of projector.neighbors, differences taken first."""
        a, b = self.rows(first), self.rows(second)
        if self.metric == "euclidean":
            a -= b
            return np.asarray(np.sqrt(np.einsum("ij,ij->i", a, a)))
        if self.metric == "cosine":
            return np.asarray(1.0 - np.einsum("ij,ij->i", a, b))
        return self.pair_scores(a, b)


def _products(queries: DoubleArray, rows: DoubleArray) -> DoubleArray:
    found = np.empty((len(queries), len(rows)))

    def part(start: int, stop: int) -> None:
        np.matmul(queries[start:stop], rows.T, out=found[start:stop])

    for_each_part(len(queries), part, _SMALLEST_PART)
    return found


def _manhattan(queries: DoubleArray, rows: DoubleArray) -> DoubleArray:
    from projector.quality import kernels

    found = np.empty((len(queries), len(rows)))

    def part(start: int, stop: int) -> None:
        kernels.manhattan(queries, rows, found, start, stop)

    for_each_part(len(queries), part)
    return found


def open_space(vectors: FloatArray, mask: MaskArray, metric: Metric) -> Work[Space]:
    """The space of the rows of a mask. vectors: float32 (n, d), finite where the mask holds."""
    n, d = vectors.shape
    total, squares = np.zeros(d), 0.0
    if metric == "euclidean":
        size = max(16, _BLOCK // max(1, d))
        for start in range(0, n, size):
            place = slice(start, start + size)
            rows = vectors[place][mask[place]].astype(np.float64)
            total += rows.sum(axis=0)
            squares += float(np.einsum("ij,ij->", rows, rows))
            yield Progress(None, "Finding the mean")
    n_rows = max(1, int(np.count_nonzero(mask)))
    mean = total / n_rows
    spread = squares / n_rows - float(mean @ mean)
    return Space(vectors, mask, _rounded(mean, spread / max(1, d)), metric)


def _rounded(mean: DoubleArray, variance: float) -> DoubleArray:
    """The mean, off by less than the values spread, as multiples of a power of two: whole numbers
    then give exact distances, and equal ones stay equal."""
    if not variance > 0:
        return mean
    unit = 2.0 ** np.floor(np.log2(variance) / 2)
    return np.asarray(np.round(mean / unit) * unit)
