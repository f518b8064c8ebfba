"""How well a layout keeps the order of distances at large: random triplets and random pairs.

Wang et al. 2021 (PaCMAP) measure random triplets so; the correlation of distances before and after
is what a Shepard diagram shows.
"""

from __future__ import annotations

import itertools

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, MaskArray, frozen
from projector.errors import InvalidChoice, NothingToShow
from projector.finite import find_finite
from projector.neighbors import Metric
from projector.progress import Progress, Work
from projector.quality.figures import Figure, Kind
from projector.quality.spaces import Space, open_space

N_TRIPLETS = 200_000
N_PAIRS = 100_000

_MOST_ROWS_WHOLE = 60  # of triplets: 102,660 of them
_BLOCK = 1 << 20  # values a block


def triplet_accuracy(
    vectors: FloatArray,
    positions: FloatArray,
    metric: Metric = "euclidean",
    *,
    n_triplets: int = N_TRIPLETS,
    seed: int = 0,
) -> Work[Figure]:
    """The share of triplets (a, b, c) in which b is nearer to a than c before and after, or
    farther both times. Of up to 60 rows it is all triplets, and exact.

    vectors: float32 (n, d). positions: float32 (n, 2 or 3). Per point: the share among the triplets
    that start at it. Raises NothingToShow for fewer than 3 finite rows, InvalidChoice.
    """
    mask = yield from find_finite(vectors, positions)
    ids = np.flatnonzero(mask)
    _check(ids, n_triplets, "triplets")
    is_exact = len(ids) <= _MOST_ROWS_WHOLE
    rng = np.random.default_rng(seed)
    triplets = _all_triplets(ids) if is_exact else _random_triplets(ids, n_triplets, rng)
    high = yield from open_space(vectors, mask, metric)
    low = yield from open_space(positions, mask, "euclidean")
    a, b, c = triplets
    agrees = np.empty(len(a), np.bool_)
    size = max(16, _BLOCK // max(1, high.d))
    for start in range(0, len(a), size):
        at = slice(start, start + size)
        before = _order(high, a[at], b[at], c[at])
        agrees[at] = before == _order(low, a[at], b[at], c[at])
        yield Progress(start / len(a), "Comparing triplets")
    value = float(agrees.mean())
    kind: Kind = "exact" if is_exact else "sampled"
    error = 0.0 if is_exact else float(np.sqrt(value * (1.0 - value) / len(a)))
    per_point = _shares(agrees, a, len(mask))
    return Figure("random-triplet accuracy", value, per_point, len(a), "triplets", kind, error)


def _check(ids: IntArray, n: int, what: str) -> None:
    if len(ids) < 3:
        raise NothingToShow(f"Quality needs at least 3 rows with finite numbers, got {len(ids)}.")
    if n < 1:
        raise InvalidChoice(f"The number of {what} must be at least 1, got {n:,}.")


def _order(space: Space, a: IntArray, b: IntArray, c: IntArray) -> FloatArray:
    """-1 where b is nearer to a than c is, 1 where it is farther, 0 for equals."""
    return np.sign(space.pair_distances(a, b) - space.pair_distances(a, c)).astype(np.float32)


def _all_triplets(ids: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Each row with each pair of two others, once."""
    pairs = np.array(list(itertools.combinations(range(len(ids)), 2)))
    a = np.repeat(np.arange(len(ids)), len(pairs))
    b, c = np.tile(pairs[:, 0], len(ids)), np.tile(pairs[:, 1], len(ids))
    kept = (a != b) & (a != c)
    return ids[a[kept]], ids[b[kept]], ids[c[kept]]


def _random_triplets(
    ids: IntArray, n_triplets: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray, IntArray]:
    """So many triplets of three different rows, the starts as evenly spread as can be."""
    n = len(ids)
    a = np.resize(rng.permutation(n), n_triplets)
    b = (a + rng.integers(1, n, n_triplets)) % n
    low, high = np.minimum(a, b), np.maximum(a, b)
    c = rng.integers(0, n - 2, n_triplets)
    c += c >= low
    c += c >= high
    return ids[a], ids[b], ids[c]


def _shares(agrees: MaskArray, starts: IntArray, n: int) -> FloatArray:
    """float32 (n,): of the triplets that start at each row; NaN where none does."""
    counts = np.bincount(starts, minlength=n)
    sums = np.bincount(starts, agrees, minlength=n)
    with np.errstate(invalid="ignore"):
        return frozen((sums / counts).astype(np.float32))


def distance_correlation(
    vectors: FloatArray,
    positions: FloatArray,
    metric: Metric = "euclidean",
    *,
    n_pairs: int = N_PAIRS,
    seed: int = 0,
) -> Work[Figure]:
    """Spearman's rank correlation of distances before and after, over random pairs of rows, or
    over all pairs where there are no more than asked for. NaN where all distances are equal.

    Raises NothingToShow for fewer than 3 finite rows, InvalidChoice.
    """
    mask = yield from find_finite(vectors, positions)
    ids = np.flatnonzero(mask)
    _check(ids, n_pairs, "pairs")
    n = len(ids)
    is_exact = n * (n - 1) // 2 <= n_pairs
    first, second = _pairs(n, n_pairs, is_exact, np.random.default_rng(seed))
    first, second = ids[first], ids[second]
    high = yield from open_space(vectors, mask, metric)
    low = yield from open_space(positions, mask, "euclidean")
    before, after = np.empty(len(first)), np.empty(len(first))
    size = max(16, _BLOCK // max(1, high.d))
    for start in range(0, len(first), size):
        at = slice(start, start + size)
        before[at] = high.pair_distances(first[at], second[at])
        after[at] = low.pair_distances(first[at], second[at])
        yield Progress(start / len(first), "Comparing distances")
    value = spearman(before, after)
    kind: Kind = "exact" if is_exact else "sampled"
    error = 0.0 if is_exact else 1.03 * (1.0 - value**2) / np.sqrt(max(1, len(first) - 3))
    return Figure("distance correlation", value, None, len(first), "pairs", kind, float(error))


def _pairs(
    n: int, n_pairs: int, is_exact: bool, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    if is_exact:
        first, second = np.triu_indices(n, 1)
        return first.astype(np.int64), second.astype(np.int64)
    starts = rng.integers(0, n, n_pairs)
    return starts, (starts + rng.integers(1, n, n_pairs)) % n


def spearman(a: DoubleArray, b: DoubleArray) -> float:
    """Correlation of ranks, equals sharing their mean rank; NaN where one side is constant."""
    x, y = _ranks(a), _ranks(b)
    x -= x.mean()
    y -= y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else float("nan")


def _ranks(values: DoubleArray) -> DoubleArray:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: DoubleArray = last - (counts - 1) / 2.0
    return middle[places]
