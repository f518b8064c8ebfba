"""Graphs found before, shared by all that look at the same vectors."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import dataclass

from projector.arrays import FloatArray
from projector.neighbor_graph.find import find_neighbors, is_exact_search
from projector.neighbor_graph.graph import NeighborGraph
from projector.neighbors import Metric
from projector.progress import Work

_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class _Key:
    """vectors: the identity of the array. seed: None where the search was exact, as the seed then
    changes nothing."""

    vectors: int
    metric: str
    seed: int | None


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    vectors: weakref.ref[FloatArray]
    graph: NeighborGraph


class NeighborCache:
    """Finds each graph once; one with more neighbors serves where fewer are wanted.

    Vectors are known by their identity, so hand over the same array (such as `Prepared.vectors`)
    each time, and never write to it. Graphs of arrays that are gone go with them. n_bytes: of the
    graphs kept; those unused for longest go first, the newest always stays.
    """

    def __init__(self, n_bytes: int = _MOST_BYTES) -> None:
        self._n_bytes = n_bytes
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()

    def find(
        self, vectors: FloatArray, k: int, metric: Metric = "euclidean", *, seed: int = 0
    ) -> Work[NeighborGraph]:
        """As find_neighbors, at once where a graph of at least k neighbors is here."""
        found = self.known(vectors, k, metric, seed=seed)
        if found is None:
            found = yield from find_neighbors(vectors, k, metric, seed=seed)
            self._keep(vectors, found, seed)
        return found

    def known(
        self, vectors: FloatArray, k: int, metric: Metric = "euclidean", *, seed: int = 0
    ) -> NeighborGraph | None:
        """The graph with exactly k neighbors (n - 1 where k is more), or None."""
        key = _key(vectors, metric, seed)
        kept = self._kept.get(key)
        k = min(k, len(vectors) - 1)
        if kept is None or kept.vectors() is not vectors or not 1 <= k <= kept.graph.k:
            return None
        self._touch(key)
        return kept.graph.nearest(k)

    @property
    def n_bytes(self) -> int:
        """What the graphs take now."""
        return sum(kept.graph.n_bytes for kept in list(self._kept.values()))

    def clear(self) -> None:
        self._kept.clear()

    def _keep(self, vectors: FloatArray, graph: NeighborGraph, seed: int) -> None:
        key = _key(vectors, graph.metric, seed)
        self._kept[key] = _Kept(weakref.ref(vectors), graph)
        self._touch(key)
        for old in [key for key, kept in list(self._kept.items()) if kept.vectors() is None]:
            self._kept.pop(old, None)
        while len(self._kept) > 1 and self.n_bytes > self._n_bytes:
            self._kept.popitem(last=False)

    def _touch(self, key: _Key) -> None:
        if key in self._kept:
            self._kept.move_to_end(key)


def _key(vectors: FloatArray, metric: str, seed: int) -> _Key:
    return _Key(id(vectors), metric, None if is_exact_search(*vectors.shape) else seed)
