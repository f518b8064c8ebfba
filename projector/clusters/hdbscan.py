"""HDBSCAN: clusters of any shape and density, and noise, from a graph of neighbors.

With all pairs in the graph the result is that of scikit-learn; beyond some 1,500 points the
spanning tree runs along the nearest neighbors only, which changes few labels: some 998 of 1,000
pairs of real vectors stay together or apart.
"""

from __future__ import annotations

import numpy as np

from projector.arrays import FloatArray
from projector.clusters.contract import Clusters, HdbscanParameters
from projector.clusters.result import clusters_of, finite_rows
from projector.clusters.span import FEW_DIMS, core_distances, near_by_boxes, shortest_tree
from projector.clusters.tree import cut
from projector.embeddings.memory import check_fits
from projector.errors import NothingToShow
from projector.neighbor_graph import NeighborGraph, find_neighbors
from projector.neighbor_graph.exact import as_single
from projector.progress import Progress, Work, scaled

_COMPARED_WITH_ALL = 1500
_LEAST_NEIGHBORS = 30
_MORE_THAN_CLOSE = 15
_MOST_CLOSE = 100
_EDGE_BYTES = 40  # of the graph, of the edges in it, and of these sorted
_ADVICE = "Choose fewer close points, or a smaller least size."


def hdbscan(
    vectors: FloatArray, parameters: HdbscanParameters, graph: NeighborGraph | None = None
) -> Work[Clusters]:
    """Clusters by density. vectors: float32 (n, d), vectors or positions; rows that are not finite
    are noise. graph: neighbors found before, used where they suffice (euclidean and at least
    n_neighbors of them). Raises NothingToShow for fewer than two finite rows, TooLarge."""
    rows = yield from finite_rows(vectors)
    if len(rows) < 2:
        raise NothingToShow("Fewer than two rows hold finite numbers only: no clusters.")
    n_bytes = _EDGE_BYTES * len(rows) * n_neighbors(len(rows), parameters)
    check_fits(n_bytes, f"HDBSCAN of {len(rows):,} points", _ADVICE)
    n_close = parameters.n_close or min(parameters.least_size, _MOST_CLOSE)
    n_close = min(n_close, len(rows))
    points = np.ascontiguousarray(vectors if len(rows) == len(vectors) else vectors[rows])
    if graph is not None and len(graph.ids) == len(vectors):
        mask = np.zeros(len(vectors), np.bool_)
        mask[rows] = True
        graph = graph.among(mask)
    near = yield from scaled(_graph(points, n_close, parameters, graph), 0.0, 0.5)
    core = core_distances(near, n_close)
    tree, is_all = yield from shortest_tree(points, near, core, parameters.seed)
    yield Progress(0.9, "Cutting the tree")
    found, firm = cut(tree, parameters.least_size, parameters.selection)
    labels, strength = np.full(len(vectors), -1, np.int32), np.zeros(len(vectors), np.float32)
    labels[rows], strength[rows] = found, firm
    is_exact = is_all and near.is_exact and near.k >= len(rows) - 1
    return (yield from clusters_of(vectors, labels, strength, parameters, is_exact=is_exact))


def n_neighbors(n: int, parameters: HdbscanParameters) -> int:
    """So many neighbors of each of n finite rows the tree runs along, 1 or more."""
    if n <= _COMPARED_WITH_ALL:
        return max(1, n - 1)
    n_close = parameters.n_close or min(parameters.least_size, _MOST_CLOSE)
    return min(n - 1, max(n_close + _MORE_THAN_CLOSE, _LEAST_NEIGHBORS))


def _graph(
    points: FloatArray, n_close: int, parameters: HdbscanParameters, given: NeighborGraph | None
) -> Work[NeighborGraph]:
    """Enough neighbors of each point, by its place among the finite rows."""
    n = len(points)
    k = n_neighbors(n, parameters)
    if given is not None and given.metric == "euclidean" and given.k >= k and n == len(given.ids):
        return given.nearest(k)
    if points.shape[1] > FEW_DIMS or n <= _COMPARED_WITH_ALL:
        return (yield from find_neighbors(points, k, seed=parameters.seed))
    ids, distances = yield from near_by_boxes(points, points, k + 1)
    # of points in one place any may come first, also another than the point itself
    is_self = ids == np.arange(n)[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    kept = ~is_self
    return NeighborGraph(
        ids[kept].reshape(n, k).astype(np.int32),
        as_single(distances[kept].reshape(n, k)),
        "euclidean",
    )
