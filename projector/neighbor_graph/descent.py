"""Neighbors of many wide rows: those of neighbors are looked at, round by round (nearest neighbor
descent, Dong, Moses and Li 2011).

It starts from groups of rows that lie together. Most rows that are looked at are told apart by
their lengths along a few axes, found on a sample; whole rows are compared only where it counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray
from projector.neighbor_graph.exact import (
    Found,
    Ids,
    as_single,
    distances_to,
    rows_at_once,
    sorted_pairs,
)
from projector.neighbor_graph.groups import split_into_groups
from projector.neighbor_graph.space import Floats, Space, places
from projector.parallel import for_each_part, products_alone
from projector.progress import Progress, Work, scaled

N_AXES = 96
LEAST_CANDIDATES = 40
N_TREES = 4
GROUP = 768
N_ROUNDS = 12
_SETTLED = 0.001  # of the candidates new in a round
_LEAST_GAIN = 0.03  # of recall in a round, where it falls short
_N_SAMPLED = 4096
_BLOCK = 1 << 20
_GROUPS = 8
_LOOKED_AT = 1 << 26  # values between two yields, some 50 ms
_SMALLEST_PART = 16
_MOST_ALIKE = 0.99  # share of neighbors whose tails are no more alike than assumed


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Finite rows, those that lie together one after another. numbers: int64 (n,), of each row.
    rows: float32 (n, d), prepared. heads: float32 (n, h), lengths along a few axes. tails: float32
    (n,), the length of what is left."""

    numbers: IntArray
    rows: FloatArray
    heads: FloatArray
    tails: FloatArray

    @property
    def n(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True, eq=False)
class _Heaps:
    """Of each row the m nearest so far. distances: float32 (n, m), squared, rising between rounds.
    ids: int32 (n, m), -1 for none. is_new: int8 (n, m), found in the last round."""

    distances: FloatArray
    ids: Ids
    is_new: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a row's circle holds: `nearest` of its neighbors and others by chance, `own` in all;
    with those that it is a neighbor of, `whole` at most."""

    nearest: int
    own: int
    whole: int


NEAR, FAR = Reach(20, 20, 40), Reach(8, 30, 60)
"""The first is quick; where rows crowd around a few, only the second comes far enough."""


def descend(
    space: Space,
    k: int,
    seed: int,
    sample: IntArray,
    recall: Callable[[Found], float],
    wanted: float,
) -> Work[tuple[Ids, FloatArray, float]]:
    """ids, distances and recall as approximate_graph gives them, by euclidean or cosine distance.

    sample: int64, finite rows by which recall is told. wanted: enough of it.
    """
    rng = np.random.default_rng(seed)
    with products_alone():
        rows = yield from scaled(_sorted_rows(space, rng), 0.02, 0.12)
    m = min(rows.n - 1, max(LEAST_CANDIDATES, k + 4 + k // 16))
    heaps = _Heaps(
        np.full((rows.n, m), np.inf, np.float32),
        np.full((rows.n, m), -1, np.int32),
        np.ones((rows.n, m), np.int8),
    )
    with products_alone():
        yield from scaled(_compare_groups(rows, heaps, rng), 0.12, 0.3)
    yield from _measure(rows, heaps)
    likeness = _likeness(rows, heaps, rng)
    places_of = np.full(space.n, -1, np.int64)
    places_of[rows.numbers] = np.arange(rows.n)
    own = places_of[sample]
    reach, told = NEAR, 0.0
    for number in range(N_ROUNDS):
        begin, end = (0.3 + 0.6 * (1 - 0.6**i) for i in (number, number + 1))
        n_new = yield from scaled(_round(rows, heaps, likeness, reach, rng), begin, end)
        before, told = told, recall(_decided(space, rows, heaps, own, k))
        yield Progress(end, "Measuring recall")
        is_settled = n_new <= _SETTLED * heaps.ids.size
        if told >= wanted or (is_settled and reach is FAR):
            break
        if is_settled or told - before < _LEAST_GAIN:
            reach = FAR
    ids, distances = yield from scaled(_all_decided(space, rows, heaps, k), 0.9, 1.0)
    return ids, distances, told


def estimate_bytes(n: int, d: int, k: int) -> int:
    """What descend takes at its peak, beyond the graph."""
    m = max(LEAST_CANDIDATES, k + 4 + k // 16)
    return n * (4 * d + 8 * min(d, N_AXES) + 9 * m + 5 * FAR.whole + 64) + (300 << 20)


def _sorted_rows(space: Space, rng: np.random.Generator) -> Work[_Rows]:
    finite = np.flatnonzero(space.mask)
    axes = yield from _axes(space, finite, rng)
    heads = np.empty((len(finite), axes.shape[1]), np.float32)
    size = max(1, _BLOCK // space.d)
    for place in places(len(finite), size):
        heads[place] = space.rows(finite[place], np.float32) @ axes
        yield Progress(0.1 + 0.4 * place.start / len(finite), "Sorting rows into groups")
    order, _ = yield from scaled(split_into_groups(heads, GROUP, rng), 0.5, 0.5)
    numbers, heads = finite[order], heads[order]
    rows = np.empty((len(finite), space.d), np.float32)
    tails = np.empty(len(finite), np.float32)
    for place in places(len(finite), size):
        rows[place] = space.rows(numbers[place], np.float32)
        left = np.einsum("ij,ij->i", rows[place], rows[place])
        left -= np.einsum("ij,ij->i", heads[place], heads[place])
        tails[place] = np.sqrt(np.maximum(left, 0))
        yield Progress(0.6 + 0.4 * place.start / len(finite), "Sorting rows into groups")
    return _Rows(numbers, rows, heads, tails)


def _axes(space: Space, finite: IntArray, rng: np.random.Generator) -> Work[Floats]:
    """float32 (d, h), orthonormal: nearly those along which a sample varies most."""
    if space.d <= 2 * N_AXES:
        return np.eye(space.d, dtype=np.float32)
    chosen = rng.choice(finite, min(len(finite), _N_SAMPLED), replace=False)
    sample = space.rows(np.sort(chosen), np.float32)
    sample = sample - sample.mean(axis=0)
    axes = rng.standard_normal((space.d, N_AXES), np.float32)
    for _ in range(3):
        yield Progress(0.0, "Finding axes")
        axes = np.linalg.qr(sample.T @ (sample @ axes))[0]
    return np.ascontiguousarray(axes)


def _compare_groups(rows: _Rows, heaps: _Heaps, rng: np.random.Generator) -> Work[None]:
    """Fill the heaps by heads alone."""
    squares = np.einsum("ij,ij->i", rows.heads, rows.heads)
    for tree in range(N_TREES):
        share = tree / N_TREES, (tree + 1) / N_TREES
        order, edges = yield from scaled(split_into_groups(rows.heads, GROUP, rng), *share)
        for some in places(len(edges) - 1, _GROUPS):
            part = partial(_compare_some, rows, squares, heaps, order, edges[some.start :])
            for_each_part(some.stop - some.start, part)
            done = (tree + some.stop / len(edges)) / N_TREES
            yield Progress(done, "Comparing rows of a group")


def _compare_some(
    rows: _Rows,
    squares: FloatArray,
    heaps: _Heaps,
    order: IntArray,
    edges: IntArray,
    start: int,
    stop: int,
) -> None:
    from projector.neighbor_graph import kernels

    for group in range(start, stop):
        members = order[edges[group] : edges[group + 1]]
        heads = rows.heads[members]
        kernels.keep_group(
            heads @ heads.T, squares[members], members, heaps.distances, heaps.ids, 0, len(members)
        )


def _measure(rows: _Rows, heaps: _Heaps) -> Work[None]:
    from projector.neighbor_graph import kernels

    size = max(64, _LOOKED_AT // (rows.rows.shape[1] * heaps.ids.shape[1]))
    for place in places(rows.n, size):

        def part(start: int, stop: int, at: int = place.start) -> None:
            kernels.measure_heaps(
                rows.rows, heaps.distances, heaps.ids, heaps.is_new, at + start, at + stop
            )

        for_each_part(place.stop - place.start, part, _SMALLEST_PART)
        yield Progress(0.3, "Comparing rows of a group")


def _likeness(rows: _Rows, heaps: _Heaps, rng: np.random.Generator) -> np.float32:
    """The cosine between the tails of neighbors that few exceed."""
    if rows.heads.shape[1] == rows.rows.shape[1]:
        return np.float32(0)
    own = rng.choice(rows.n, min(rows.n, 2048), replace=False)
    ids, squared = heaps.ids[own, :10], heaps.distances[own, :10]
    a, b = rows.tails[own][:, None], rows.tails[ids]
    change = rows.heads[own][:, None] - rows.heads[ids]
    heads = np.einsum("ijk,ijk->ij", change, change)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = (a * a + b * b - (squared - heads)) / (2 * a * b)
    cosines = cosines[(ids >= 0) & np.isfinite(cosines)]
    return np.float32(np.clip(np.quantile(cosines, _MOST_ALIKE), 0, 1) if len(cosines) else 1)


def _round(
    rows: _Rows, heaps: _Heaps, likeness: np.float32, reach: Reach, rng: np.random.Generator
) -> Work[int]:
    """Look around each row once; how many neighbors were new."""
    from projector.neighbor_graph import kernels

    circles, circles_new = yield from _circles(heaps, reach, rng)
    size = max(64, _LOOKED_AT // (reach.whole**2 // 2 * rows.heads.shape[1]))
    counts = []
    for place in places(rows.n, size):

        def part(start: int, stop: int, at: int = place.start) -> None:
            n_new = kernels.look_around(
                rows.heads, rows.rows, rows.tails, likeness, circles, circles_new,
                heaps.distances, heaps.ids, heaps.is_new, at + start, at + stop,
            )  # fmt: skip
            counts.append(n_new)

        for_each_part(place.stop - place.start, part, _SMALLEST_PART)
        yield Progress(place.stop / rows.n, "Finding neighbors")
    return sum(counts)


def _circles(
    heaps: _Heaps, reach: Reach, rng: np.random.Generator
) -> Work[tuple[Ids, NDArray[np.int8]]]:
    from projector.neighbor_graph import kernels

    n, m = heaps.ids.shape
    own, nearest = min(reach.own, m), min(reach.nearest, m)
    others = nearest + rng.choice(m - nearest, own - nearest, replace=False)
    ranks = np.concatenate([np.arange(nearest), np.sort(others)])
    circles, circles_new = (
        np.full((n, reach.whole), -1, np.int32),
        np.zeros((n, reach.whole), np.int8),
    )
    circles[:, :own], circles_new[:, :own] = heaps.ids[:, ranks], heaps.is_new[:, ranks]
    n_used = np.full(n, own, np.int64)
    for rank in ranks.tolist():
        kernels.fill_circles(heaps.ids, heaps.is_new, n_used, circles, circles_new, rank, 0, n)
        yield Progress(0.0, "Finding neighbors")
    heaps.is_new[:, ranks] = 0
    return circles, circles_new


def _decided(space: Space, rows: _Rows, heaps: _Heaps, own: IntArray, k: int) -> Found:
    """The k nearest of some rows, by their places here, with exact distances; -1 where fewer are
    finite."""
    known = heaps.ids[own]
    ids = np.full((len(own), max(k, known.shape[1])), -1, np.int32)
    ids[:, : known.shape[1]] = np.where(known >= 0, rows.numbers[known], -1)
    ids, distances = sorted_pairs(ids, distances_to(space, rows.numbers[own], ids), k)
    return Found(ids, distances, np.ones(len(own), np.bool_))


def _all_decided(space: Space, rows: _Rows, heaps: _Heaps, k: int) -> Work[tuple[Ids, FloatArray]]:
    ids = np.full((space.n, k), -1, np.int32)
    distances = np.full((space.n, k), np.inf, np.float32)
    size = min(rows_at_once(heaps.ids.shape[1]), max(16, _LOOKED_AT // 4 // (space.d * k)))
    for place in places(rows.n, size):
        own = np.arange(place.start, place.stop)
        found = _decided(space, rows, heaps, own, k)
        ids[rows.numbers[place]] = found.ids
        distances[rows.numbers[place]] = as_single(found.distances)
        yield Progress(place.stop / rows.n, "Measuring distances")
    return ids, distances


def warm_up() -> Work[None]:
    """Compile the kernels by a short run."""
    from projector.neighbor_graph.space import measure

    points = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    space = yield from measure(points, "euclidean", keep_copy=False)
    yield from descend(space, 5, 0, np.arange(60), _enough, 0.0)


def _enough(found: Found) -> float:
    return 1.0
