"""k-means by Lloyd's rounds over blocks, from starts spread out by k-means++ (Arthur and
Vassilvitskii 2007) on a sample."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.clusters.contract import Clusters, KMeansParameters
from projector.clusters.result import blocks, clusters_of, finite_rows
from projector.errors import InvalidChoice, NothingToShow
from projector.parallel import for_each_part, products_alone
from projector.progress import Progress, Work, scaled

_N_SAMPLED = 10_000
_SAMPLE_ROUNDS = 30
_SETTLED = 1e-4  # of the mean variance: centers that move less have arrived
_VALUES = 1 << 22
_SMALLEST_PART = 256
_PLAIN = 1e-9, 1e9
"""Between these the squares of values are well inside single precision."""


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Those of the vectors (n, d) that are rows, int64, taken times a power of two."""

    vectors: FloatArray
    rows: IntArray
    scale: float = 1.0

    def __len__(self) -> int:
        return len(self.rows)

    def blocks(self) -> Iterator[tuple[slice, FloatArray]]:
        for place, block in blocks(self.vectors, self.rows):
            yield place, self._scaled(block)

    def at(self, places: IntArray) -> FloatArray:
        return self._scaled(np.array(self.vectors[self.rows[places]], np.float32))

    def _scaled(self, block: FloatArray) -> FloatArray:
        if self.scale == 1:
            return block
        return (block.astype(np.float64) * self.scale).astype(np.float32)


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
    finite belong to none. Raises InvalidChoice when there are fewer rows than clusters,
    NothingToShow for vectors without any dimension."""
    if vectors.shape[1] < 1:
        raise NothingToShow("Vectors without any dimension make no clusters.")
    rows = yield from finite_rows(vectors)
    k = parameters.n_clusters
    if len(rows) < k:
        raise InvalidChoice(f"{len(rows):,} points can't make {k:,} clusters.")
    points = _Points(vectors, rows, (yield from _find_scale(vectors, rows)))
    random = np.random.default_rng(parameters.seed)
    sampled = np.arange(len(rows))
    if len(rows) > max(_N_SAMPLED, 20 * k):
        sampled = np.sort(random.choice(len(rows), max(_N_SAMPLED, 20 * k), replace=False))
    sample = points.at(sampled)
    starting = 0.3 if len(sample) < len(rows) else 0.8
    centers = yield from scaled(_best_start(sample, parameters, random), 0.0, starting)
    least = _SETTLED * float(sample.var(axis=0, dtype=np.float64).mean())
    last = yield from scaled(lloyd(points, centers, parameters.n_rounds, least), starting, 0.95)
    labels = np.full(len(vectors), -1, np.int32)
    labels[rows] = last.labels
    strength = (labels >= 0).astype(np.float32)
    inertia = last.inertia / points.scale**2
    return (yield from clusters_of(vectors, labels, strength, parameters, inertia=inertia))


def _find_scale(vectors: FloatArray, rows: IntArray) -> Work[float]:
    """A power of two that brings very large and very small values near 1; 1 for all others."""
    largest = 0.0
    for _, block in blocks(vectors, rows):
        largest = max(largest, float(block.max()), -float(block.min()))
        yield Progress(0.0, "Looking through the vectors")
    if largest == 0 or _PLAIN[0] < largest < _PLAIN[1]:
        return 1.0
    return 2.0 ** -math.ceil(math.log2(largest))


def _best_start(
    sample: FloatArray, parameters: KMeansParameters, random: np.random.Generator
) -> Work[DoubleArray]:
    """The centers of the start that goes best on the sample."""
    points, n_starts = _Points(sample, np.arange(len(sample))), parameters.n_starts
    best: _Round | None = None
    for start in range(n_starts):
        low, middle, high = ((start + part) / n_starts for part in (0.0, 0.1, 1.0))
        spreading = _spread_out(sample, parameters.n_clusters, random)
        centers = yield from scaled(spreading, low, middle)
        least = _SETTLED * float(sample.var(axis=0, dtype=np.float64).mean())
        trying = lloyd(points, centers, _SAMPLE_ROUNDS, least)
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


def lloyd(points: _Points, centers: DoubleArray, n_rounds: int, least_move: float) -> Work[_Round]:
    """Give each row its nearest center and move the centers to their rows' mean, until no label
    changes, the centers move (as a sum of squares) no more than least_move, or rounds run out."""
    last: _Round | None = None
    done, first_move = 0.0, 0.0
    for number in range(n_rounds):
        now = yield from _round(points, centers, done, f"Moving the centers, round {number + 1}")
        is_same = last is not None and np.array_equal(now.labels, last.labels)
        if is_same or now.moved <= least_move:
            break
        first_move = first_move or now.moved
        done = max(done, (number + 1) / n_rounds, _share_gone(first_move, now.moved, least_move))
        last, centers = now, now.centers
    # labels belong to the last centers, and the sum is taken in double precision
    last = yield from _round(points, now.centers, 0.95, "Moving the centers")
    inertia = yield from _inertia(points, now.centers, last.labels)
    return replace(last, inertia=inertia)


def _share_gone(first: float, now: float, least: float) -> float:
    """How far the moves have come down from the first to the least, 0..1: by about one factor a
    round."""
    if not 0 < least < first:
        return 0.0
    return min(1.0, max(0.0, float(np.log(first / now) / np.log(first / least))))


def _round(points: _Points, centers: DoubleArray, done: float, note: str) -> Work[_Round]:
    k, n = len(centers), len(points)
    labels, apart = np.empty(n, np.int32), np.empty(n)
    middle = centers.mean(axis=0).astype(np.float32)
    moved = (centers - middle).astype(np.float32)
    sums = np.zeros(moved.shape)
    size = max(1, _VALUES // max(k, 1))
    for place, block in points.blocks():
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
        means[empty] = points.at(far)
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


def _inertia(points: _Points, centers: DoubleArray, labels: NDArray[np.int32]) -> Work[float]:
    """The sum of squared distances to the centers, by differences in double precision."""
    total = 0.0
    for place, block in points.blocks():
        change = block - centers[labels[place]]
        total += float(np.einsum("ij,ij->", change, change))
        yield Progress(0.97, "Moving the centers")
    return total
