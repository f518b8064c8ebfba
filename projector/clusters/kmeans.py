"""k-means by Lloyd's rounds over blocks, from starts spread out by k-means++ (Arthur and
Vassilvitskii 2007) on a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.clusters.contract import Clusters, KMeansParameters
from projector.clusters.result import blocks, clusters_of, finite_rows, sums_by_label
from projector.errors import InvalidChoice
from projector.progress import Progress, Work

_N_SAMPLED = 10_000
_SAMPLE_ROUNDS = 30
_SETTLED = 1e-4  # of the mean variance: centers that move less have arrived
_VALUES = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class _Round:
    """labels: int32 (n,). centers: float64 (k, d), the means of these. inertia: of the labels to
    the centers they were given by. moved: the sum of the squares of the centers' moves."""

    labels: NDArray[np.int32]
    centers: DoubleArray
    inertia: float
    moved: float


def kmeans(vectors: FloatArray, parameters: KMeansParameters) -> Work[Clusters]:
    """Clusters around means. vectors: float32 (n, d), possibly memory-mapped; rows that are not
    finite belong to none. Raises InvalidChoice when there are fewer rows than clusters."""
    rows = yield from finite_rows(vectors)
    k = parameters.n_clusters
    if len(rows) < k:
        raise InvalidChoice(f"{len(rows):,} points can't make {k:,} clusters.")
    random = np.random.default_rng(parameters.seed)
    sampled = rows
    if len(rows) > max(_N_SAMPLED, 20 * k):
        sampled = np.sort(random.choice(rows, max(_N_SAMPLED, 20 * k), replace=False))
    sample = np.array(vectors[sampled], np.float32)
    centers = yield from _best_start(sample, parameters, random)
    least = _SETTLED * float(sample.var(axis=0, dtype=np.float64).mean())
    last = yield from lloyd(vectors, rows, centers, parameters.n_rounds, least)
    labels = np.full(len(vectors), -1, np.int32)
    labels[rows] = last.labels
    strength = (labels >= 0).astype(np.float32)
    return (yield from clusters_of(vectors, labels, strength, parameters, inertia=last.inertia))


def _best_start(
    sample: FloatArray, parameters: KMeansParameters, random: np.random.Generator
) -> Work[DoubleArray]:
    """The centers of the start that goes best on the sample."""
    rows = np.arange(len(sample))
    best: _Round | None = None
    for start in range(parameters.n_starts):
        yield Progress(0.3 * start / parameters.n_starts, "Spreading out the centers")
        centers = yield from _spread_out(sample, parameters.n_clusters, random)
        least = _SETTLED * float(sample.var(axis=0, dtype=np.float64).mean())
        last = yield from lloyd(sample, rows, centers, _SAMPLE_ROUNDS, least)
        best = last if best is None or last.inertia < best.inertia else best
    assert best is not None
    return best.centers


def _spread_out(sample: FloatArray, k: int, random: np.random.Generator) -> Work[DoubleArray]:
    """Rows far from one another: each drawn by the square of its distance to those before, the best
    of a few draws."""
    n_draws = 2 + int(np.log(k))
    middle = sample.mean(axis=0)
    moved = sample - middle
    squares = np.einsum("ij,ij->i", moved, moved)
    chosen = [int(random.integers(len(sample)))]
    apart = _squared(moved, squares, np.array(chosen))[:, 0]
    while len(chosen) < k:
        total = np.cumsum(apart, dtype=np.float64)
        draws = np.searchsorted(total, random.random(n_draws) * total[-1])
        draws = np.minimum(draws, len(sample) - 1)
        nearer = np.minimum(_squared(moved, squares, draws), apart[:, None])
        best = int(np.argmin(nearer.sum(axis=0)))
        apart = nearer[:, best]
        chosen.append(int(draws[best]))
        yield Progress(0.0, "Spreading out the centers")
    return sample[chosen].astype(np.float64)


def _squared(moved: FloatArray, squares: FloatArray, rows: IntArray) -> FloatArray:
    return np.maximum(squares[:, None] + squares[rows] - 2 * (moved @ moved[rows].T), 0)


def lloyd(
    vectors: FloatArray, rows: IntArray, centers: DoubleArray, n_rounds: int, least_move: float
) -> Work[_Round]:
    """Give each row its nearest center and move the centers to their rows' mean, until no label
    changes, the centers move (as a sum of squares) no more than least_move, or rounds run out."""
    last: _Round | None = None
    for number in range(n_rounds):
        done = 0.3 + 0.6 * number / n_rounds
        now = yield from _round(vectors, rows, centers, done)
        is_same = last is not None and np.array_equal(now.labels, last.labels)
        if is_same or now.moved <= least_move:
            break
        last, centers = now, now.centers
    # labels belong to the last centers, and the sum is taken in double precision
    return (yield from _round(vectors, rows, now.centers, 0.9))


def _round(vectors: FloatArray, rows: IntArray, centers: DoubleArray, done: float) -> Work[_Round]:
    k, n = len(centers), len(rows)
    labels, apart = np.empty(n, np.int32), np.empty(n)
    sums = np.zeros_like(centers)
    middle = centers.mean(axis=0).astype(np.float32)
    moved = (centers - middle).astype(np.float32)
    squares = np.einsum("ij,ij->i", moved, moved)
    size = max(1, _VALUES // max(k, 1))
    for place, block in blocks(vectors, rows):
        for start in range(0, len(block), size):
            part = block[start : start + size]
            at = slice(place.start + start, place.start + start + len(part))
            labels[at] = (squares - 2 * ((part - middle) @ moved.T)).argmin(axis=1)
            change = part - centers[labels[at]]
            apart[at] = np.einsum("ij,ij->i", change, change)
            sums += sums_by_label(part, labels[at], k)
            yield Progress(done, "Moving the centers")
    counts = np.bincount(labels, minlength=k)
    means = sums / np.maximum(counts, 1)[:, None]
    empty = np.flatnonzero(counts == 0)
    if len(empty):  # they begin anew at the rows that lie farthest from their centers
        far = np.argsort(-apart, kind="stable")[: len(empty)]
        means[empty] = vectors[rows[far]]
    return _Round(labels, means, float(apart.sum()), float(((means - centers) ** 2).sum()))
