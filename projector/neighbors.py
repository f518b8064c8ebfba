"""The points closest to a point: exact, in blocks, on vectors that may be memory-mapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, distinct, frozen
from projector.errors import InvalidChoice, NothingToShow
from projector.parallel import for_each_part
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

    vectors: float32 (n, d), not necessarily of unit length: the original ones, or positions of 2 or
    3 dims. Rows that hold NaN or infinities are nobody's neighbors, so fewer than k may come back.
    cosine lies in 0..2, and is 1 where one of the two vectors is zero; dot is the negative inner
    product, so that the largest comes first. Raises InvalidChoice for a point, k or metric out of
    range, NothingToShow when n < 2 or the point's own vector is not finite.
    """
    return finish(nearest_work(vectors, point, k, metric))


def nearest_work(vectors: FloatArray, point: int, k: int, metric: Metric) -> Work[Neighbors]:
    """The same as a job: yields Progress between blocks."""
    _check(k, metric)
    points = _checked_points(vectors, np.array([point], np.int64))
    own = vectors[points[0]].astype(np.float64)
    distances = yield from _distances_to(vectors, own, metric)
    distances[points] = np.inf
    return _smallest(distances, k)


def nearest_to_work(
    vectors: FloatArray, own: FloatArray | DoubleArray, k: int, metric: Metric
) -> Work[Neighbors]:
    """The k rows closest to a vector (d,) from outside; a row that equals it comes first.

    Raises InvalidChoice when its length is not d, NothingToShow when it is not finite.
    """
    _check(k, metric)
    own = np.asarray(own, np.float64)
    if own.shape != vectors.shape[1:]:
        raise InvalidChoice(
            f"The vector must hold {vectors.shape[1]:,} values like the others, got {own.size:,}."
        )
    if not np.isfinite(own).all():
        raise NothingToShow("The vector holds values that are not finite: no neighbors.")
    return _smallest((yield from _distances_to(vectors, own, metric)), k)


def nearest_to_center_work(
    vectors: FloatArray, points: IntArray, k: int, metric: Metric
) -> Work[Neighbors]:
    """The k rows closest to the mean of some points; none of these. Errors as of nearest."""
    _check(k, metric)
    points = _checked_points(vectors, points)
    total = np.zeros(vectors.shape[1])
    for place in _places(len(points), _n_rows(vectors)):
        total += vectors[points[place]].sum(axis=0, dtype=np.float64)
        yield Progress(0.0, "Finding the middle")
    distances = yield from _distances_to(vectors, total / len(points), metric)
    distances[points] = np.inf
    return _smallest(distances, k)


def nearest_to_any_work(
    vectors: FloatArray, points: IntArray, k: int, metric: Metric
) -> Work[Neighbors]:
    """The k rows closest to whichever of some points is nearest; none of these. Errors as of
    nearest."""
    from projector.neighbor_sets import distances_to_any

    _check(k, metric)
    points = _checked_points(vectors, points)
    distances = yield from distances_to_any(vectors, points, metric)
    distances[~np.isfinite(distances)] = np.inf
    distances[points] = np.inf
    return _smallest(distances, k)


def _distances_to(vectors: FloatArray, own: DoubleArray, metric: Metric) -> Work[DoubleArray]:
    """float64 (n,), inf where a row is not finite."""
    n, n_rows = len(vectors), _n_rows(vectors)
    distances = np.empty(n)

    def part(start: int, stop: int) -> None:
        for place in _places(stop - start, n_rows):
            rows = slice(start + place.start, start + place.stop)
            with np.errstate(invalid="ignore", over="ignore"):
                distances[rows] = _DISTANCES[metric](vectors[rows].astype(np.float64), own)

    for place in _places(n, n_rows * _BLOCKS_PER_YIELD):
        for_each_part(place.stop - place.start, partial(_moved, part, place.start), n_rows)
        yield Progress(place.start / n, "Finding neighbors")
    distances[~np.isfinite(distances)] = np.inf
    return distances


def _moved(part: Callable[[int, int], None], by: int, start: int, stop: int) -> None:
    part(by + start, by + stop)


def _places(n: int, size: int) -> Iterator[slice]:
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _n_rows(vectors: FloatArray) -> int:
    return max(1, _BLOCK // max(1, int(vectors.shape[1])))


def _check(k: int, metric: str) -> None:
    if metric not in METRICS:
        raise InvalidChoice(f"The distance must be one of {', '.join(METRICS)}, got {metric}.")
    if k < 1:
        raise InvalidChoice(f"The number of neighbors must be at least 1, got {k}.")


def _checked_points(vectors: FloatArray, points: IntArray) -> IntArray:
    """Those that are finite, each once, rising."""
    points = distinct(points)
    if not len(points):
        raise NothingToShow("No point is selected, so there are no neighbors.")
    outside = points[(points < 0) | (points >= len(vectors))]
    if len(outside):
        last = len(vectors) - 1
        raise InvalidChoice(f"The point must lie between 0 and {last:,}, got {outside[0]}.")
    if len(vectors) < 2:
        raise NothingToShow("A single point has no neighbors.")
    found = [
        points[place][np.isfinite(vectors[points[place]]).all(axis=1)]
        for place in _places(len(points), _n_rows(vectors))
    ]
    finite = np.concatenate(found)
    if not len(finite):
        raise NothingToShow(f"Point {points[0]:,} holds values that are not finite: no neighbors.")
    return finite


def _smallest(distances: DoubleArray, k: int) -> Neighbors:
    """The k smallest that are finite; equal distances in row order."""
    k = min(k, int(np.count_nonzero(np.isfinite(distances))))
    if k == 0:
        return Neighbors(frozen(np.empty(0, np.int64)), frozen(np.empty(0, np.float32)))
    border = np.partition(distances, k - 1)[k - 1]
    candidates = np.flatnonzero(distances <= border)
    ids = candidates[np.argsort(distances[candidates], kind="stable")][:k]
    # those between values near the end of float32 lie beyond it
    most = np.finfo(np.float32).max
    return Neighbors(frozen(ids), frozen(np.clip(distances[ids], -most, most).astype(np.float32)))


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
