"""The points closest to a point: exact, in blocks, on vectors that may be memory-mapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, frozen
from projector.errors import InvalidChoice, NothingToShow
from projector.progress import Progress, Work, finish

Metric = Literal["cosine", "euclidean", "manhattan", "dot"]
METRICS: tuple[Metric, ...] = get_args(Metric)

_BLOCK = 1 << 18  # values of a block: 2 MB as float64
_BLOCKS_PER_YIELD = 16


@dataclass(frozen=True, slots=True, eq=False)
class Neighbors:
    """Nearest first. ids: int64 (k,), row numbers. distances: float32 (k,), rising."""

    ids: IntArray
    distances: FloatArray


def nearest(vectors: FloatArray, point: int, k: int, metric: Metric) -> Neighbors:
    """The k points closest to one point, nearest first, equals in row order; not the point itself.

    vectors: float32 (n, d), not necessarily of unit length. Rows that hold NaN or infinities are
    nobody's neighbors, so fewer than k may come back. cosine lies in 0..2, and is 1 where one of
    the two vectors is zero; dot is the negative inner product, so that the largest comes first.
    Raises InvalidChoice for a point, k or metric out of range, NothingToShow when n < 2 or the
    point's own vector is not finite.
    """
    return finish(nearest_work(vectors, point, k, metric))


def nearest_work(vectors: FloatArray, point: int, k: int, metric: Metric) -> Work[Neighbors]:
    """The same as a job: yields Progress between blocks."""
    _check(vectors, point, k, metric)
    n, d = vectors.shape
    own = vectors[point].astype(np.float64)
    distances = np.empty(n)
    n_rows = max(1, _BLOCK // d)
    for i, start in enumerate(range(0, n, n_rows)):
        rows = vectors[start : start + n_rows].astype(np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            distances[start : start + n_rows] = _DISTANCES[metric](rows, own)
        if i % _BLOCKS_PER_YIELD == 0:
            yield Progress(start / n, "Finding neighbors")
    distances[~np.isfinite(distances)] = np.inf
    distances[point] = np.inf
    return _smallest(distances, k)


def _check(vectors: FloatArray, point: int, k: int, metric: str) -> None:
    if metric not in METRICS:
        raise InvalidChoice(f"The distance must be one of {', '.join(METRICS)}, got {metric}.")
    if k < 1:
        raise InvalidChoice(f"The number of neighbors must be at least 1, got {k}.")
    if not 0 <= point < len(vectors):
        raise InvalidChoice(f"The point must lie between 0 and {len(vectors) - 1:,}, got {point}.")
    if len(vectors) < 2:
        raise NothingToShow("A single point has no neighbors.")
    if not np.isfinite(vectors[point]).all():
        raise NothingToShow(f"Point {point:,} holds values that are not finite: no neighbors.")


def _smallest(distances: DoubleArray, k: int) -> Neighbors:
    """The k smallest that are finite; equal distances in row order."""
    k = min(k, int(np.count_nonzero(np.isfinite(distances))))
    if k == 0:
        return Neighbors(frozen(np.empty(0, np.int64)), frozen(np.empty(0, np.float32)))
    border = np.partition(distances, k - 1)[k - 1]
    candidates = np.flatnonzero(distances <= border)
    ids = candidates[np.argsort(distances[candidates], kind="stable")][:k]
    return Neighbors(frozen(ids), frozen(distances[ids].astype(np.float32)))


def _cosine(rows: DoubleArray, own: DoubleArray) -> DoubleArray:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows)) * np.linalg.norm(own)
    products = rows @ own
    cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths != 0)
    return np.asarray(1.0 - np.clip(cosines, -1.0, 1.0))


def _euclidean(rows: DoubleArray, own: DoubleArray) -> DoubleArray:
    rows -= own
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)))


def _manhattan(rows: DoubleArray, own: DoubleArray) -> DoubleArray:
    rows -= own
    return np.asarray(np.abs(rows, out=rows).sum(axis=1))


def _dot(rows: DoubleArray, own: DoubleArray) -> DoubleArray:
    return np.asarray(-(rows @ own))


_DISTANCES: dict[str, Callable[[DoubleArray, DoubleArray], DoubleArray]] = {
    "cosine": _cosine,
    "euclidean": _euclidean,
    "manhattan": _manhattan,
    "dot": _dot,
}
