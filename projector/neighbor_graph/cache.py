"""Graphs found before, shared by all that look at the same vectors."""

from __future__ import annotations

from collections.abc import Hashable

from projector.arrays import FloatArray
from projector.kept import KeptResults
from projector.neighbor_graph.find import find_neighbors, is_exact_search, n_searched
from projector.neighbor_graph.graph import NeighborGraph
from projector.neighbors import Metric
from projector.progress import Work

_MOST_BYTES = 1 << 30


class NeighborCache:
    """Finds each graph once; one with more neighbors serves where fewer are wanted.

    Vectors are known by their identity: hand over the same array each time, such as the one that
    a PreparationCache gives, and never write to it. Graphs go with their vectors. most_bytes: of
    the graphs kept; those unused for longest go first, the newest always stays. What comes back
    never depends on what was asked for before: where the search is approximate, the first neighbors
    of a much larger graph may differ from those of a smaller one, so it doesn't serve.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._kept: KeptResults[NeighborGraph] = KeptResults(most_bytes)

    def find(
        self, vectors: FloatArray, k: int, metric: Metric = "euclidean", *, seed: int = 0
    ) -> Work[NeighborGraph]:
        """As find_neighbors, at once where a graph of at least k neighbors is here."""
        known = self.known(vectors, k, metric, seed=seed)
        if known is not None:
            return known
        n, d = vectors.shape
        searched = k if k < 1 or n < 2 or is_exact_search(n, d) else n_searched(n, k)
        graph = yield from find_neighbors(vectors, searched, metric, seed=seed)
        self._kept.keep(vectors, _key(vectors, k, metric, seed), graph, graph.n_bytes)
        return graph.nearest(min(k, graph.k))

    def known(
        self, vectors: FloatArray, k: int, metric: Metric = "euclidean", *, seed: int = 0
    ) -> NeighborGraph | None:
        """The graph with exactly k neighbors (n - 1 where k is more), or None; no work is done."""
        if vectors.ndim != 2:
            return None
        k = min(k, len(vectors) - 1)
        graph = self._kept.find(vectors, _key(vectors, k, metric, seed))
        return graph.nearest(k) if graph is not None and 1 <= k <= graph.k else None

    @property
    def n_bytes(self) -> int:
        """What the graphs take now."""
        return self._kept.n_bytes

    def clear(self) -> None:
        self._kept.clear()


def _key(vectors: FloatArray, k: int, metric: str, seed: int) -> Hashable:
    """The seed, and how many are looked for, change only what is approximate."""
    n, d = vectors.shape
    return metric if is_exact_search(n, d) else (metric, seed, n_searched(n, k))
