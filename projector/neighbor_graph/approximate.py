"""Neighbors of very many rows: lists of rows around centers propose, exact distances decide. Wide
rows go to the descent instead (projector.neighbor_graph.descent).

A row is compared with the lists whose centers are nearest to that of its own. How many of them is
raised until enough of the true neighbors of a sample lie in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from typing import Any

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.neighbor_graph.descent import descend
from projector.neighbor_graph.exact import (
    Found,
    Ids,
    as_single,
    distances_to,
    nearest_of_rows,
    sorted_pairs,
)
from projector.neighbor_graph.lists import Lists, sort_into_lists
from projector.neighbor_graph.space import Space
from projector.parallel import N_CORES, for_each_part, products_alone
from projector.progress import Progress, Work, scaled

WANTED_RECALL = 0.95
MOST_COST = 8e12
"""Pairs compared times (dims + 64) beyond which recall is not raised any further."""

DESCENT_DIMS = 256
"""From so many dims on neighbors lie in most lists, and the descent is quicker."""

_N_SAMPLED = 256
_LEAST_PROBED = 32  # lists looked through, however costly
_OPERATIONS = 1 << 29  # multiplications of a part, some 20 ms
_PARTS_PER_YIELD = N_CORES
_MOST_ROWS = 1024

Part = tuple[slice, Ids]
"""Rows of a list by their places, and the lists they are compared with."""


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """m: candidates kept of each row, of which the k nearest are chosen."""

    space: Space
    lists: Lists
    k: int
    m: int

    @property
    def most_probed(self) -> int:
        """So many lists may be looked through for each row."""
        whole = float(self.space.n) ** 2 * (self.space.d + 64)
        affordable = max(_LEAST_PROBED, len(self.lists.sizes) * MOST_COST / whole)
        return int(min(self.lists.near.shape[1], affordable))

    def found(self, parts: list[Part]) -> tuple[IntArray, Found]:
        """Which rows these are, and their neighbors."""
        candidates: list[Any] = [None] * len(parts)

        def some(start: int, stop: int) -> None:
            for i in range(start, stop):
                candidates[i] = self.lists.nearest(*parts[i], self.m)[0]

        for_each_part(len(parts), some)
        own = np.concatenate([self.lists.numbers[place] for place, _ in parts])
        ids: Ids = np.concatenate(candidates)
        ids[ids == own[:, None]] = -1
        ids, distances = sorted_pairs(ids, distances_to(self.space, own, ids), self.k)
        return own, Found(ids, distances, np.ones(len(own), np.bool_))

    def parts(self, n_probed: int) -> Iterator[Part]:
        """All rows, in parts that take little time each."""
        lists = self.lists
        for which, (begin, end) in enumerate(pairwise(lists.edges.tolist())):
            among = lists.looked_through(which, n_probed, self.m)
            size = _OPERATIONS // (int(lists.sizes[among].sum()) * (self.space.d + 16))
            size = max(16, min(_MOST_ROWS, size))
            for start in range(begin, end, size):
                yield slice(start, min(end, start + size)), among


def approximate_graph(space: Space, k: int, seed: int) -> Work[tuple[Ids, FloatArray, float]]:
    """ids and distances as in NeighborGraph, and the recall measured."""
    rng = np.random.default_rng(seed)
    finite = np.flatnonzero(space.mask)
    sample = np.sort(rng.choice(finite, min(_N_SAMPLED, len(finite)), replace=False))
    work = nearest_of_rows(space, sample, k, np.float32)
    true = yield from _noted(work, 0.02, "Finding true neighbors of a sample")
    if space.d >= DESCENT_DIMS and space.metric in ("euclidean", "cosine"):
        recall_of = partial(_recall_of, true)
        return (yield from descend(space, k, seed, sample, recall_of, WANTED_RECALL))
    # by Euclidean distance lists propose, by absolute differences we choose: from more of them
    m = min(3 * k + 21 if space.metric == "manhattan" else k + 7 + k // 8, space.n)
    with products_alone():
        lists = yield from scaled(sort_into_lists(space, finite, m, rng), 0.02, 0.15)
        search = _Search(space, lists, k, m)
        n_probed, recall = yield from _tune(search, sample, true)
        ids, distances = yield from _search_all(search, n_probed)
    return ids, distances, recall


def _recall_of(true: Found, found: Found) -> float:
    return _recall(found.distances, true.distances)


def _noted(work: Work[Any], done: float, note: str) -> Work[Any]:
    """The same work, with one place in the whole for all of its steps."""
    try:
        while True:
            next(work)
            yield Progress(done, note)
    except StopIteration as stop:
        return stop.value


def _tune(search: _Search, sample: IntArray, true: Found) -> Work[tuple[int, float]]:
    """How many lists to look through, and the recall this gives on the sample."""
    lists = search.lists
    places_of = np.full(search.space.n, -1, np.int64)
    places_of[lists.numbers] = np.arange(len(lists.numbers))
    own = places_of[sample]
    most = search.most_probed
    n_probed = min(most, _enough_lists(lists, own, places_of[true.ids[true.ids >= 0]], true))
    while True:
        parts = []
        for place, which in zip(own.tolist(), lists.list_of(own).tolist(), strict=True):
            among = lists.looked_through(which, n_probed, search.m)
            parts.append((slice(place, place + 1), among))
        found = []
        for start in range(0, len(parts), _PARTS_PER_YIELD):
            found.append(search.found(parts[start : start + _PARTS_PER_YIELD])[1].distances)
            yield Progress(0.15, "Measuring recall")
        recall = _recall(np.concatenate(found), true.distances)
        if recall >= WANTED_RECALL or n_probed == most:
            return n_probed, recall
        n_probed = min(most, n_probed + 1 + n_probed // 4)


def _enough_lists(lists: Lists, own: IntArray, neighbors: IntArray, true: Found) -> int:
    """So many lists hold enough of the true neighbors. own, neighbors: places of the sample's rows
    and, one after another, of all their neighbors."""
    rows = np.repeat(lists.list_of(own), (true.ids >= 0).sum(axis=1))
    theirs = lists.list_of(neighbors)
    is_here = lists.near[rows] == theirs[:, None]
    ranks = np.where(is_here.any(axis=1), is_here.argmax(axis=1), lists.near.shape[1])
    return int(np.quantile(ranks, WANTED_RECALL, method="higher")) + 1


def _search_all(search: _Search, n_probed: int) -> Work[tuple[Ids, FloatArray]]:
    n, k = search.space.n, search.k
    ids, distances = np.full((n, k), -1, np.int32), np.full((n, k), np.inf, np.float32)
    parts, done = search.parts(n_probed), 0
    while some := list(islice(parts, _PARTS_PER_YIELD)):
        own, found = search.found(some)
        ids[own] = found.ids
        distances[own] = as_single(found.distances)
        done += len(own)
        yield Progress(0.15 + 0.85 * done / len(search.lists.numbers), "Finding neighbors")
    return ids, distances


def _recall(found: DoubleArray, true: DoubleArray) -> float:
    """The share found of the true neighbors, never quite 1: a sample can't promise that.

    Whatever is as near as the farthest true neighbor counts, so equal points may stand in for one
    another.
    """
    border = np.where(np.isfinite(true), true, -np.inf).max(axis=1, keepdims=True)
    is_true = found <= border + 1e-6 * np.abs(border)
    wanted = np.isfinite(true).sum()
    return float(min(is_true.sum() / wanted, 1 - 1 / (wanted + 1)))
