"""Neighbors of very many rows: faiss's inverted file proposes, exact distances decide. Wide rows go
to the descent instead (projector.neighbor_graph.descent).

Rows are sorted into lists around centers; a row is compared with the lists whose centers are
nearest to it. How many of them is raised until enough of the true neighbors of a sample are found.
The centers are found here rather than by faiss, whose training can't be left in the middle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
    rows_at_once,
    sorted_pairs,
)
from projector.neighbor_graph.space import Floats, Space, places
from projector.parallel import beside
from projector.progress import Progress, Work

WANTED_RECALL = 0.95
MOST_COST = 2.2e12
"""Pairs compared times (dims + 64) beyond which recall is not raised any further."""

DESCENT_DIMS = 256
"""From so many dims on neighbors lie in most lists, and the descent is quicker."""

_N_SAMPLED = 256
_TRAINED_PER_LIST = 24
_MOST_TRAINED = 1 << 26  # values: 256 MB
_N_ROUNDS = 6
_OPERATIONS = 1 << 29  # multiplications of one call of faiss, some 50 ms
_MOST_SINGLE = 1 << 28  # values kept in single precision: 1 GB; half precision proposes beyond


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """faiss's index with how many lists there are; m: candidates asked of it for each row."""

    space: Space
    index: Any
    n_lists: int
    k: int
    m: int

    def found(self, own: IntArray, n_probed: int) -> Work[Found]:
        import faiss

        rows = np.ascontiguousarray(self.space.rows(own, np.float32))
        how = faiss.SearchParametersIVF(nprobe=n_probed)  # type: ignore[call-arg]
        call = partial(self.index.search, rows, self.m, params=how)
        _, candidates = yield from beside(call, _nothing)
        yield None
        ids = candidates.astype(np.int32)
        ids[ids == own[:, None]] = -1
        distances = distances_to(self.space, own, ids)
        yield None
        ids, distances = sorted_pairs(ids, distances, self.k)
        return Found(ids, distances, np.ones(len(own), np.bool_))

    def block(self, n_probed: int) -> int:
        """Rows to ask for in one call."""
        compared = self.space.n * n_probed // self.n_lists + self.n_lists
        most = min(1536, 2 * rows_at_once(self.m))
        return max(32, min(most, _OPERATIONS // (compared * (self.space.d + 16))))

    @property
    def most_probed(self) -> int:
        """So many lists may be looked through for each row."""
        whole = float(self.space.n) ** 2 * (self.space.d + 64)
        return int(min(self.n_lists, max(32, self.n_lists * MOST_COST / whole)))


def _nothing() -> None:
    return None


def approximate_graph(space: Space, k: int, seed: int) -> Work[tuple[Ids, FloatArray, float]]:
    """ids and distances as in NeighborGraph, and the recall measured."""
    rng = np.random.default_rng(seed)
    finite = np.flatnonzero(space.mask)
    sample = np.sort(rng.choice(finite, min(_N_SAMPLED, len(finite)), replace=False))
    if space.d >= DESCENT_DIMS and space.metric in ("euclidean", "cosine"):
        work = nearest_of_rows(space, sample, k, np.float32)
        true = yield from _noted(work, 0.02, "Finding true neighbors of a sample")
        recall_of = partial(_recall_of, true)
        return (yield from descend(space, k, seed, sample, recall_of, WANTED_RECALL))
    centers = yield from _find_centers(space, finite, rng)
    index = yield from _build(space, finite, centers, k)
    true = yield from _noted(nearest_of_rows(space, sample, k, np.float32), 0.3, "Measuring recall")
    n_probed, recall = yield from _tune(index, sample, true)
    ids = np.full((space.n, k), -1, np.int32)
    distances = np.full((space.n, k), np.inf, np.float32)
    for place in places(len(finite), index.block(n_probed)):
        own = finite[place]
        at = 0.35 + 0.65 * place.start / len(finite)
        found = yield from _noted(index.found(own, n_probed), at, "Finding neighbors")
        ids[own] = found.ids
        distances[own] = as_single(found.distances)
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


def _find_centers(space: Space, finite: IntArray, rng: np.random.Generator) -> Work[FloatArray]:
    """k-means on a sample, from random rows."""
    n_lists = max(1, min(int(4 * len(finite) ** 0.5), len(finite) // 2))
    n_trained = min(
        len(finite), _TRAINED_PER_LIST * n_lists, max(n_lists, _MOST_TRAINED // space.d)
    )
    chosen = rng.choice(finite, n_trained, replace=False)
    rows = np.empty((n_trained, space.d), np.float32)
    for place in places(n_trained, 8192):
        rows[place] = space.rows(chosen[place], np.float32)
        yield Progress(0.02, "Sampling rows")
    centers = rows[:n_lists].copy()
    for i in range(_N_ROUNDS):
        share = 0.02 + 0.13 * i / _N_ROUNDS
        nearest = yield from _nearest_centers(rows, centers, share)
        order = np.argsort(nearest, kind="stable")
        used, starts = np.unique(nearest[order], return_index=True)
        sums = np.add.reduceat(rows[order], starts, axis=0)
        counts = np.diff(np.append(starts, n_trained))
        centers[used] = sums / counts[:, None].astype(np.float32)
    return centers


def _nearest_centers(rows: Floats, centers: Floats, done: float) -> Work[IntArray]:
    import faiss

    flat = faiss.IndexFlatL2(centers.shape[1])
    flat.add(centers)
    nearest = np.empty(len(rows), np.int64)
    for place in places(len(rows), max(64, _OPERATIONS // centers.size)):
        call = partial(flat.search, rows[place], 1)
        _, ids = yield from _noted(beside(call, _nothing), done, "Sorting rows into groups")
        nearest[place] = ids[:, 0]
        yield Progress(done, "Sorting rows into groups")
    return nearest


def _build(space: Space, finite: IntArray, centers: FloatArray, k: int) -> Work[_Index]:
    import faiss

    is_dot = space.metric == "dot"
    measure = faiss.METRIC_INNER_PRODUCT if is_dot else faiss.METRIC_L2
    quantizer = faiss.IndexFlat(space.d, measure)
    quantizer.add(centers)
    n_lists = len(centers)
    if space.n * space.d <= _MOST_SINGLE:
        index: Any = faiss.IndexIVFFlat(quantizer, space.d, n_lists, measure)
    else:
        half = faiss.ScalarQuantizer.QT_fp16
        index = faiss.IndexIVFScalarQuantizer(quantizer, space.d, n_lists, half, measure, False)
    index.is_trained = True
    for place in places(len(finite), max(64, _OPERATIONS // centers.size)):
        own = finite[place]
        rows = np.ascontiguousarray(space.rows(own, np.float32))
        call: Callable[[], None] = partial(index.add_with_ids, rows, own)
        at = 0.15 + 0.15 * place.start / len(finite)
        yield from _noted(beside(call, _nothing), at, "Sorting rows into groups")
        yield Progress(at, "Sorting rows into groups")
    # by Euclidean distance faiss proposes, by absolute differences we choose: from more of them
    m = 3 * k + 20 if space.metric == "manhattan" else k + 6 + k // 8
    return _Index(space, index, n_lists, k, min(m + 1, space.n))


def _tune(index: _Index, sample: IntArray, true: Found) -> Work[tuple[int, float]]:
    """How many lists to look through, and the recall this gives on the sample."""
    n_probed = min(4, index.most_probed)
    while True:
        parts = []
        for place in places(len(sample), index.block(n_probed)):
            found = yield from _noted(index.found(sample[place], n_probed), 0.3, "Measuring recall")
            parts.append(found.distances)
            yield Progress(0.3, "Measuring recall")
        recall = _recall(np.concatenate(parts), true.distances)
        if recall >= WANTED_RECALL or n_probed == index.most_probed:
            return n_probed, recall
        n_probed = min(n_probed + max(1, n_probed // 2), index.most_probed)


def _recall(found: DoubleArray, true: DoubleArray) -> float:
    """The share found of the true neighbors, never quite 1: a sample can't promise that.

    Whatever is as near as the farthest true neighbor counts, so equal points may stand in for one
    another.
    """
    border = np.where(np.isfinite(true), true, -np.inf).max(axis=1, keepdims=True)
    is_true = found <= border + 1e-6 * np.abs(border)
    wanted = np.isfinite(true).sum()
    return float(min(is_true.sum() / wanted, 1 - 1 / (wanted + 1)))
