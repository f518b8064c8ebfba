"""How far all points are from the nearest of a set of points, which may be a large selection."""

from __future__ import annotations

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.progress import Progress, Work

_MOST_POINTS = 512
_BLOCK = 1 << 19  # values of a block: 4 MB as float64
_OPERATIONS = 1 << 28  # multiplications between two yields, some 50 ms


def distances_to_any(vectors: FloatArray, points: IntArray, metric: str) -> Work[DoubleArray]:
    """float64 (n,): the least of the distances to the points, which are finite; NaN or inf for
    rows that are not. vectors: float32 (n, d), possibly memory-mapped. metric: one of
    projector.neighbors.METRICS."""
    n, d = vectors.shape
    distances = np.full(n, np.inf)
    n_rows = max(16, min(_BLOCK // d, _OPERATIONS // (d * _MOST_POINTS)))
    for start in range(0, len(points), _MOST_POINTS):
        some = vectors[points[start : start + _MOST_POINTS]].astype(np.float64)
        for row in range(0, n, n_rows):
            place = slice(row, min(row + n_rows, n))
            with np.errstate(invalid="ignore", over="ignore"):
                found = _least(vectors[place].astype(np.float64), some, metric)
            distances[place] = np.minimum(distances[place], found)
            yield Progress((start + len(some) * row / n) / len(points), "Finding neighbors")
    return distances


def _least(rows: DoubleArray, points: DoubleArray, metric: str) -> DoubleArray:
    """float64 (r,)."""
    from scipy.spatial.distance import cdist

    if metric == "manhattan":
        return np.asarray(cdist(rows, points, "cityblock").min(axis=1))
    if metric == "dot":
        return np.asarray(-(rows @ points.T).max(axis=1))
    if metric == "cosine":
        rows = rows / _lengths(rows)
        points = points / _lengths(points)
        return np.asarray(1.0 - np.clip((rows @ points.T).max(axis=1), -1.0, 1.0))
    return _least_euclidean(rows, points)


def _lengths(rows: DoubleArray) -> DoubleArray:
    """(r, 1), 1 in place of 0."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.asarray(np.where(lengths == 0, 1.0, lengths))


def _least_euclidean(rows: DoubleArray, points: DoubleArray) -> DoubleArray:
    """Products tell which point is nearest, the difference to it how far it is."""
    center = points.mean(axis=0)
    moved = points - center
    scores = np.einsum("ij,ij->i", moved, moved) - 2 * ((rows - center) @ moved.T)
    rows = rows - points[scores.argmin(axis=1)]
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)))
