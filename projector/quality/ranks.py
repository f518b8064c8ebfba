"""Trustworthiness, continuity and shared neighbors: who is near whom, before and after.

Venna & Kaski 2001 (trustworthiness and continuity), as scikit-learn's trustworthiness counts them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.errors import InvalidChoice, NothingToShow
from projector.finite import find_finite
from projector.neighbor_graph import NeighborGraph
from projector.neighbors import Metric
from projector.parallel import for_each_part, products_alone
from projector.progress import Progress, Work
from projector.quality.figures import Figure, mean_over_rows
from projector.quality.spaces import Space, open_space

_MOST_EXACT = 1.2e11  # operations of an exact measurement: some seconds,
_MOST_SAMPLED = 6e10  # as of a sampled one, which waits for vectors to be read too
_LEAST_ROWS = 200
_BLOCK = 1 << 16  # rows whose neighbors are compared at once
_PER_SECOND = 1.5e10  # operations, on two cores
_PER_PAIR = 40  # operations that a pair costs whatever the number of dims


@dataclass(frozen=True, slots=True, eq=False)
class RankFigures:
    """k: the number of neighbors looked at. trustworthiness: near points of the layout are near in
    truth. continuity: truly near points are near in the layout. overlap: the share of true
    neighbors that are neighbors in the layout."""

    k: int
    trustworthiness: Figure
    continuity: Figure
    overlap: Figure


def measure_ranks(
    vectors: FloatArray,
    positions: FloatArray,
    k: int = 15,
    metric: Metric = "euclidean",
    *,
    n_sample: int | None = None,
    seed: int = 0,
) -> Work[RankFigures]:
    """The figures of some or all rows, each ranked among all rows.

    vectors: float32 (n, d), possibly memory-mapped. positions: float32 (n, 2 or 3). Rows that are
    not finite in both take no part. metric: of the vectors; positions are euclidean. n_sample: rows
    to look at, None for all where that takes seconds, and else as many as do. Raises InvalidChoice
    unless 1 <= k < half of the rows, NothingToShow for fewer than 3 rows.
    """
    mask = yield from find_finite(vectors, positions)
    n = int(np.count_nonzero(mask))
    check_neighbors(n, k)
    high = yield from open_space(vectors, mask, metric)
    low = yield from open_space(positions, mask, "euclidean")
    rows = _chosen_rows(high, n_sample, seed)
    sums = np.zeros((3, len(rows)))
    with products_alone():
        for start in range(0, len(rows), high.n_queries):
            group = slice(start, start + high.n_queries)
            done, share = start / len(rows), min(high.n_queries, len(rows)) / len(rows)
            sums[:, group] = yield from _group_sums(high, low, rows[group], k, done, share)
    scale = 2.0 / (k * (2.0 * n - 3.0 * k - 1.0))
    figures = (
        mean_over_rows("trustworthiness", 1.0 - scale * sums[0], rows, len(mask), n),
        mean_over_rows("continuity", 1.0 - scale * sums[1], rows, len(mask), n),
        mean_over_rows(f"neighbor overlap at {k}", sums[2] / k, rows, len(mask), n),
    )
    return RankFigures(k, *figures)


def n_looked_at(n: int, d: int, n_sample: int | None = None) -> int:
    """So many of n finite rows of d values measure_ranks looks at."""
    per_row = n * float(d + _PER_PAIR)
    if n_sample is None:
        is_exact = n * per_row <= _MOST_EXACT
        n_sample = n if is_exact else max(_LEAST_ROWS, int(_MOST_SAMPLED / per_row))
    return min(n, n_sample)


def estimate_rank_seconds(n: int, d: int, n_sample: int | None = None) -> float:
    """How long measure_ranks takes on two cores, roughly, once the vectors are read."""
    return n_looked_at(n, d, n_sample) * n * float(d + _PER_PAIR) / _PER_SECOND


def check_neighbors(n: int, k: int) -> None:
    """Raise unless k neighbors can be ranked among n rows."""
    if n < 3:
        raise NothingToShow(f"Quality needs at least 3 rows with finite numbers, got {n}.")
    if k < 1 or 2 * k >= n:
        most = (n - 1) // 2
        raise InvalidChoice(
            f"The number of neighbors must lie between 1 and {most:,}, below half of the "
            f"{n:,} rows, got {k:,}."
        )


def _chosen_rows(space: Space, n_sample: int | None, seed: int) -> IntArray:
    """int64, rising: the rows to look at."""
    ids = np.flatnonzero(space.mask)
    if n_sample is not None and n_sample < 1:
        raise InvalidChoice(f"The sample must hold at least 1 row, got {n_sample:,}.")
    n_rows = n_looked_at(len(ids), space.d, n_sample)
    if n_rows == len(ids):
        return ids
    return np.sort(np.random.default_rng(seed).choice(ids, n_rows, replace=False))


def _group_sums(
    high: Space, low: Space, rows: IntArray, k: int, done: float, share: float
) -> Work[DoubleArray]:
    """float64 (3, m): by how many ranks intruders and lost neighbors exceed k, and how many
    neighbors are shared."""

    def note(part: float) -> Progress:
        return Progress(done + share * part, "Comparing neighbors")

    _, near_low = yield from _scan(low, rows, k, None, lambda part: note(0.2 * part))
    ranks_high, near_high = yield from _scan(
        high, rows, k, near_low, lambda part: note(0.2 + 0.6 * part)
    )
    ranks_low, _ = yield from _scan(low, rows, 0, near_high, lambda part: note(0.8 + 0.2 * part))
    sums = np.empty((3, len(rows)))
    sums[0] = np.maximum(ranks_high - k, 0).sum(axis=1)
    sums[1] = np.maximum(ranks_low - k, 0).sum(axis=1)
    sums[2] = (ranks_low <= k).sum(axis=1)
    return sums


def _scan(
    space: Space,
    rows: IntArray,
    k: int,
    targets: IntArray | None,
    note: Callable[[float], Progress],
) -> Work[tuple[IntArray, IntArray]]:
    """The ranks of targets, int64 (m, t), seen from the rows, and the k nearest rows, int64
    (m, k)."""
    from projector.quality import kernels

    m = len(rows)
    queries = space.rows(rows)
    best, ids = np.full((m, max(k, 1)), np.inf), np.full((m, max(k, 1)), -1, np.int64)
    near = np.empty((m, 0), np.int64) if targets is None else targets
    near_scores = _scores_of(space, queries, near)
    counts = np.zeros(near.shape, np.int64)
    for place in space.places(m):
        scores = space.scores(queries, place)
        inside = np.flatnonzero((rows >= place.start) & (rows < place.stop))
        scores[inside, rows[inside] - place.start] = np.inf  # nobody is near to itself

        def part(
            start: int, stop: int, scores: DoubleArray = scores, at: int = place.start
        ) -> None:
            if k:
                kernels.keep_nearest(scores, at, best, ids, start, stop)
            kernels.count_nearer(scores, at, near_scores, near, counts, start, stop)

        for_each_part(m, part, smallest=16)
        yield note(place.stop / space.n)
    return counts + 1, ids


def _scores_of(space: Space, queries: DoubleArray, targets: IntArray) -> DoubleArray:
    """float64 (m, t): of each query's own targets."""
    scores = np.empty(targets.shape)
    for column in range(targets.shape[1]):
        scores[:, column] = space.pair_scores(queries, space.rows(targets[:, column]))
    return scores


def neighbor_overlap(truth: NeighborGraph, layout: NeighborGraph, k: int) -> Work[Figure]:
    """The share of each row's k true neighbors that are neighbors in the layout, of all rows.

    Both graphs: of the same n rows, with at least k neighbors. Rows without neighbors in one of
    them are left out. It is exact where both graphs are. Raises InvalidChoice, NothingToShow.
    """
    if not 1 <= k <= min(truth.k, layout.k):
        most = min(truth.k, layout.k)
        raise InvalidChoice(f"The number of neighbors must lie between 1 and {most}, got {k}.")
    n = len(truth.ids)
    counts = np.empty(n, np.int64)
    for start in range(0, n, _BLOCK):
        place = slice(start, start + _BLOCK)
        counts[place] = _shared_counts(truth.ids[place, :k], layout.ids[place, :k])
        yield Progress(start / n, "Comparing neighbors")
    rows = np.flatnonzero((truth.ids[:, 0] >= 0) & (layout.ids[:, 0] >= 0))
    if not len(rows):
        raise NothingToShow("No row has neighbors both in truth and in the layout.")
    figure = mean_over_rows(f"neighbor overlap at {k}", counts[rows] / k, rows, n, len(rows))
    is_exact = truth.is_exact and layout.is_exact
    return figure if is_exact else replace(figure, kind="approximate")


def _shared_counts(a: NDArray[np.int32], b: NDArray[np.int32]) -> IntArray:
    from projector.quality import kernels

    a, b = np.array(a, order="C"), np.array(b, order="C")  # one kind of array, one compilation
    counts = np.empty(len(a), np.int64)

    def part(start: int, stop: int) -> None:
        kernels.count_shared(a, b, counts, start, stop)

    for_each_part(len(a), part, smallest=1024)
    return counts
