"""k-means by Lloyd's rounds over blocks, from starts spread out by k-means++ (Arthur and
Vassilvitskii 2007) on a sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.clusters.contract import Clusters, KMeansParameters
from projector.clusters.result import blocks, clusters_of, finite_rows
from projector.errors import InvalidChoice
from projector.parallel import for_each_part, products_alone
from projector.progress import Progress, Work, scaled

_N_SAMPLED = 10_000
_SAMPLE_ROUNDS = 30
_SETTLED = 1e-4  # of the mean variance: centers that move less have arrived
_VALUES = 1 << 22
_SMALLEST_PART = 256


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
    starting = 0.3 if len(sample) < len(rows) else 0.8
    centers = yield from scaled(_best_start(sample, parameters, random), 0.0, starting)
    least = _SETTLED * float(sample.var(axis=0, dtype=np.float64).mean())
    work = lloyd(vectors, rows, centers, parameters.n_rounds, least)
    last = yield from scaled(work, starting, 0.95)
    labels = np.full(len(vectors), -1, np.int32)
    labels[rows] = last.labels
    strength = (labels >= 0).astype(np.float32)
    return (yield from clusters_of(vectors, labels, strength, parameters, inertia=last.inertia))


def _best_start(
    sample: FloatArray, parameters: KMeansParameters, random: np.random.Generator
) -> Work[DoubleArray]:
    """The centers of the start that goes best on the sample."""
    rows, n_starts = np.arange(len(sample)), parameters.n_starts
    best: _Round | None = None
    for start in range(n_starts):
        low, middle, high = ((start + part) / n_starts for part in (0.0, 0.1, 1.0))
        spreading = _spread_out(sample, parameters.n_clusters, random)
        centers = yield from scaled(spreading, low, middle)
        least = _SETTLED * float(sample.var(axis=0, dtype=np.float64).mean())
        trying = lloyd(sample, rows, centers, _SAMPLE_ROUNDS, least)
        note = f"Start {start + 1} of {n_starts}"
        last = yield from _noted(scaled(trying, middle, high), note)
        best = last if best is None or last.inertia < best.inertia else best
    assert best is not None
    return best.centers


def _noted(work: Work[_Round], note: str) -> Work[_Round]:
    while True:
        try:
            told = next(work)
        except StopIteration as stop:
            return cast(_Round, stop.value)
        yield Progress(told.done, note)


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
        yield Progress(len(chosen) / k, "Spreading out the centers")
    return sample[chosen].astype(np.float64)


def _squared(moved: FloatArray, squares: FloatArray, rows: IntArray) -> FloatArray:
    return np.maximum(squares[:, None] + squares[rows] - 2 * (moved @ moved[rows].T), 0)


def lloyd(
    vectors: FloatArray, rows: IntArray, centers: DoubleArray, n_rounds: int, least_move: float
) -> Work[_Round]:
    """Give each row its nearest center and move the centers to their rows' mean, until no label
    changes, the centers move (as a sum of squares) no more than least_move, or rounds run out."""
    last: _Round | None = None
    done, first_move = 0.0, 0.0
    for number in range(n_rounds):
        now = yield from _round(
            vectors, rows, centers, done, f"Moving the centers, round {number + 1}"
        )
        is_same = last is not None and np.array_equal(now.labels, last.labels)
        if is_same or now.moved <= least_move:
            break
        first_move = first_move or now.moved
        done = max(done, (number + 1) / n_rounds, _share_gone(first_move, now.moved, least_move))
        last, centers = now, now.centers
    # labels belong to the last centers, and the sum is taken in double precision
    last = yield from _round(vectors, rows, now.centers, 0.95, "Moving the centers")
    inertia = yield from _inertia(vectors, rows, now.centers, last.labels)
    return replace(last, inertia=inertia)


def _share_gone(first: float, now: float, least: float) -> float:
    """How far the moves have come down from the first to the least, 0..1: by about one factor a
    round."""
    if not 0 < least < first:
        return 0.0
    return min(1.0, max(0.0, float(np.log(first / now) / np.log(first / least))))


def _round(
    vectors: FloatArray, rows: IntArray, centers: DoubleArray, done: float, note: str
) -> Work[_Round]:
    k, n = len(centers), len(rows)
    labels, apart = np.empty(n, np.int32), np.empty(n)
    middle = centers.mean(axis=0).astype(np.float32)
    moved = (centers - middle).astype(np.float32)
    sums = np.zeros(moved.shape)
    size = max(1, _VALUES // max(k, 1))
    for place, block in blocks(vectors, rows):
        for start in range(0, len(block), size):
            part = block[start : start + size]
            at = slice(place.start + start, place.start + start + len(part))
            sums += _joined(part, middle, moved, labels[at], apart[at])
            yield Progress(done, note)
    counts = np.bincount(labels, minlength=k)
    means = sums / np.maximum(counts, 1)[:, None] + middle
    empty = np.flatnonzero(counts == 0)
    if len(empty):  # they begin anew at the rows that lie farthest from their centers
        far = np.argsort(-apart, kind="stable")[: len(empty)]
        means[empty] = vectors[rows[far]]
    return _Round(labels, means, float(apart.sum()), float(((means - centers) ** 2).sum()))


def _joined(
    rows: FloatArray,
    middle: FloatArray,
    centers: FloatArray,
    labels: NDArray[np.int32],
    apart: DoubleArray,
) -> DoubleArray:
    """Set the nearest center of each row and how far it is, squared; the sums (k, d) come back.
    Centers and sums are seen from the middle (d,)."""
    from projector.clusters import kernels

    squares = np.einsum("ij,ij->i", centers, centers)
    sums: dict[int, DoubleArray] = {}

    def part(start: int, stop: int) -> None:
        own = np.zeros(centers.shape)
        near = rows[start:stop] - middle
        kernels.join_centers(
            near, near @ centers.T, squares, labels[start:stop], apart[start:stop], own
        )
        sums[start] = own

    with products_alone():
        for_each_part(len(rows), part, _SMALLEST_PART)
    total: DoubleArray = sum((sums[start] for start in sorted(sums)), np.zeros(centers.shape))
    return total


def _inertia(
    vectors: FloatArray, rows: IntArray, centers: DoubleArray, labels: NDArray[np.int32]
) -> Work[float]:
    """The sum of squared distances to the centers, by differences in double precision."""
    total = 0.0
    for place, block in blocks(vectors, rows):
        change = block - centers[labels[place]]
        total += float(np.einsum("ij,ij->", change, change))
        yield Progress(0.97, "Moving the centers")
    return total
