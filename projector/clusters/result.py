"""Labels made into clusters: the largest first, with the rows at their centers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray, frozen
from projector.clusters.contract import Clusters, HdbscanParameters, KMeansParameters
from projector.finite import find_finite
from projector.progress import Progress, Work

N_CENTRAL = 3
_BLOCK = 1 << 21


def blocks(vectors: FloatArray, rows: IntArray) -> Iterator[tuple[slice, FloatArray]]:
    """The rows as float32, a few at a time, and their places among the rows."""
    size = max(1, _BLOCK // max(1, vectors.shape[1]))
    is_all = len(rows) == len(vectors)
    for start in range(0, len(rows), size):
        place = slice(start, min(len(rows), start + size))
        chosen = vectors[place] if is_all else vectors[rows[place]]
        yield place, np.ascontiguousarray(chosen, np.float32)


def finite_rows(vectors: FloatArray) -> Work[IntArray]:
    """int64: the rows that hold neither NaN nor infinities."""
    mask = yield from find_finite(vectors, note="Looking through the vectors")
    return np.flatnonzero(mask)


def sums_by_label(block: FloatArray, labels: NDArray[np.int32], m: int) -> DoubleArray:
    """float64 (m, d): the sum of the rows of each label; labels are 0..m - 1."""
    from scipy.sparse import csr_array

    ones = np.ones(len(block))  # in double precision, as values near the end of float32 add up
    places = (labels, np.arange(len(block)))
    sums = csr_array((ones, places), shape=(m, len(block))) @ block
    return np.asarray(sums, np.float64)


def clusters_of(
    vectors: FloatArray,
    labels: NDArray[np.int32],
    strength: FloatArray,
    parameters: KMeansParameters | HdbscanParameters,
    *,
    is_exact: bool = True,
    inertia: float = float("nan"),
) -> Work[Clusters]:
    """labels: int32 (n,), any numbers from 0 on, -1 for noise; strength: float32 (n,)."""
    inside = np.flatnonzero(labels >= 0)
    _, codes, counts = np.unique(labels[inside], return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order))
    ordered = np.full(len(labels), -1, np.int32)
    ordered[inside] = ranks[codes]
    sizes = counts[order].astype(np.int64)
    central = yield from _central(vectors, inside, ordered[inside], sizes)
    return Clusters(
        frozen(ordered), frozen(sizes), frozen(strength), frozen(central), parameters,
        is_exact, inertia,
    )  # fmt: skip


def _central(
    vectors: FloatArray, rows: IntArray, labels: NDArray[np.int32], sizes: IntArray
) -> Work[IntArray]:
    """int64 (m, 3): the rows nearest to the mean of each cluster, nearest first; -1 for none."""
    m = len(sizes)
    means = np.zeros((m, vectors.shape[1]))
    for place, block in blocks(vectors, rows):
        means += sums_by_label(block, labels[place], m)
        yield Progress(0.95, "Describing the clusters")
    means /= sizes[:, None]
    apart = np.empty(len(rows))
    for place, block in blocks(vectors, rows):
        change = block - means[labels[place]]
        apart[place] = np.einsum("ij,ij->i", change, change)
        yield Progress(0.97, "Describing the clusters")
    order = np.lexsort((apart, labels))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    central = np.full((m, N_CENTRAL), -1, np.int64)
    for column in range(N_CENTRAL):
        has_row = sizes > column
        central[has_row, column] = rows[order[starts[has_row] + column]]
    return central
