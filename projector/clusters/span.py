"""A spanning tree, nearly the shortest, of points joined by mutual reachability: the distance, but
no less than what it takes either point to reach enough others."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.clusters.tree import Tree
from projector.neighbor_graph import NeighborGraph
from projector.neighbor_graph.exact import as_single
from projector.neighbor_graph.space import places
from projector.parallel import beside, for_each_part
from projector.progress import Progress, Work

FEW_DIMS = 8
"""Up to so many dimensions a tree of boxes finds neighbors fast."""
_EDGES = 1 << 18
_QUERIES = 1 << 14
_COMPARED = 5e10
_TILE = 1 << 22
_BLOCK = 1 << 20


def core_distances(graph: NeighborGraph, n_close: int) -> FloatArray:
    """float32 (n,): how far the n_close-th point is, itself counted."""
    if n_close < 2:
        return np.zeros(len(graph.ids), np.float32)
    return np.ascontiguousarray(graph.distances[:, n_close - 2])


def shortest_tree(
    points: FloatArray, graph: NeighborGraph, core: FloatArray, seed: int
) -> Work[tuple[Tree, bool]]:
    """The shortest tree along the graph, and where that falls into parts, of joins between nearest
    points of different parts. points: (n, d), finite. Also whether all points were compared."""
    from projector.clusters import kernels

    n = len(graph.ids)
    a, lengths = yield from _reachability(graph, core)
    b = graph.ids.ravel()
    order = yield from _sorted_places(lengths)
    parents, chosen = np.arange(n), np.empty(n, np.int64)
    count = 0
    for start in range(0, len(order), _EDGES):
        yield Progress(0.6 + 0.1 * start / len(order), "Joining the points")
        stop = min(len(order), start + _EDGES)
        count = kernels.join_edges(a, b, order, parents, chosen, count, start, stop)
    edges = [(a[chosen[:count]], b[chosen[:count]], lengths[chosen[:count]])]
    is_exact = True
    while count < n - 1:
        ends, others, apart, is_all = yield from _bridges(points, _components(parents), seed)
        is_exact &= is_all
        lengths = as_single(np.maximum(np.maximum(apart, core[ends]), core[others]))
        order = np.argsort(lengths, kind="stable")
        joined = kernels.join_edges(ends, others, order, parents, chosen, 0, 0, len(order))
        taken = chosen[:joined]
        edges.append((ends[taken], others[taken], lengths[taken]))
        count += joined
    return _sorted_tree(edges), is_exact


def _reachability(
    graph: NeighborGraph, core: FloatArray
) -> Work[tuple[NDArray[np.int32], FloatArray]]:
    """Of each edge of the graph, row by row, the row it begins at and how long it is."""
    n, k = graph.ids.shape
    starts, lengths = np.empty((n, k), np.int32), np.empty((n, k), np.float32)
    for place in places(n, max(1, _EDGES // k)):
        starts[place] = np.arange(place.start, place.stop)[:, None]
        far = np.maximum(graph.distances[place], core[place, None])
        lengths[place] = np.maximum(far, core[graph.ids[place]])
        yield Progress(0.5, "Sorting the distances")
    return starts.ravel(), lengths.ravel()


def _sorted_places(lengths: FloatArray) -> Work[IntArray]:
    """int64: the places of the lengths, shortest first; of a hundred million it takes seconds."""
    told = Progress(0.5, "Sorting the distances")
    yield told
    return (yield from beside(partial(np.argsort, lengths, kind="stable"), lambda: told))


def _sorted_tree(
    edges: list[tuple[NDArray[np.int32], NDArray[np.int32], FloatArray]],
) -> Tree:
    a, b, lengths = (np.concatenate(parts) for parts in zip(*edges, strict=True))
    order = np.argsort(lengths, kind="stable")
    return Tree(
        a[order].astype(np.int64), b[order].astype(np.int64), lengths[order].astype(np.float64)
    )


def _components(parents: IntArray) -> IntArray:
    """int64 (n,): the number of each point's part, 0 and up."""
    from projector.clusters import kernels

    roots = np.empty(len(parents), np.int64)
    kernels.all_roots(parents, roots)
    numbers: IntArray = np.unique(roots, return_inverse=True)[1]
    return numbers


def _bridges(
    points: FloatArray, parts: IntArray, seed: int
) -> Work[tuple[NDArray[np.int32], NDArray[np.int32], DoubleArray, bool]]:
    """From each part an edge to the nearest point of another: ends, others int32, lengths float64;
    and whether all points were looked at."""
    is_all = True
    if points.shape[1] <= FEW_DIMS:
        rows = np.arange(len(points))
        others, apart = yield from _nearest_by_boxes(points, parts)
    else:
        rows = _some_of_each(parts, points.shape, seed)
        is_all = len(rows) == len(points) - int(np.bincount(parts).max())
        others, apart = yield from _nearest_by_products(points, parts, rows)
    order = np.argsort(apart, kind="stable")
    first = order[np.unique(parts[rows][order], return_index=True)[1]]
    return rows[first].astype(np.int32), others[first].astype(np.int32), apart[first], is_all


def _nearest_by_boxes(points: FloatArray, parts: IntArray) -> Work[tuple[IntArray, DoubleArray]]:
    """The nearest point of another part, and how far. Two parts differ in a bit of their numbers:
    bit by bit, those with it are looked for among those without, and the other way round."""
    others, apart = np.zeros(len(points), np.int64), np.full(len(points), np.inf)
    for bit in range(int(parts.max()).bit_length()):
        is_on = (parts >> bit & 1).astype(bool)
        for side in (is_on, ~is_on):
            targets, own = np.flatnonzero(side), np.flatnonzero(~side)
            if not len(targets) or not len(own):
                continue
            found, far = yield from near_by_boxes(points[targets], points[own], 1)
            nearer = far[:, 0] < apart[own]
            apart[own[nearer]] = far[nearer, 0]
            others[own[nearer]] = targets[found[nearer, 0]]
    return others, apart


def near_by_boxes(
    targets: FloatArray, points: FloatArray, k: int
) -> Work[tuple[IntArray, DoubleArray]]:
    """ids int64, distances float64 (m, k) of the targets nearest to each point, nearest first."""
    from scipy.spatial import cKDTree

    yield Progress(None, "Sorting the points into boxes")
    tree = cKDTree(targets, balanced_tree=False, compact_nodes=True)
    ids, distances = np.empty((len(points), k), np.int64), np.empty((len(points), k))
    size = max(256, 4 * _QUERIES // k)
    for begin in range(0, len(points), size):
        block = slice(begin, begin + size)

        def part(start: int, stop: int, block: slice = block) -> None:
            far, found = tree.query(points[block][start:stop], k=k)
            ids[block][start:stop] = found.reshape(-1, k)
            distances[block][start:stop] = far.reshape(-1, k)

        for_each_part(len(points[block]), part, 256)
        yield Progress(None, "Finding neighbors")
    return ids, distances


def _some_of_each(parts: IntArray, shape: tuple[int, ...], seed: int) -> IntArray:
    """Rows to be compared with all others: all that can be afforded, evenly out of each part; of
    the largest part none, as the others reach it."""
    n, d = shape
    sizes = np.bincount(parts)
    affordable = int(_COMPARED / (n * (d + 64)))
    shuffled = np.random.default_rng(seed).permutation(n)
    shuffled = shuffled[parts[shuffled] != int(np.argmax(sizes))]
    if len(shuffled) > affordable:
        by_part = shuffled[np.argsort(parts[shuffled], kind="stable")]
        starts = np.flatnonzero(np.diff(parts[by_part], prepend=-1))
        ranks = np.arange(len(by_part)) - np.repeat(starts, np.diff([*starts, len(by_part)]))
        shuffled = by_part[ranks < max(1, affordable // len(starts))]
    return np.sort(shuffled)


def _nearest_by_products(
    points: FloatArray, parts: IntArray, rows: IntArray
) -> Work[tuple[IntArray, DoubleArray]]:
    """The same by comparing rows with all points, which lie part by part for this."""
    by_part = np.argsort(parts, kind="stable")
    edges = np.concatenate([[0], np.cumsum(np.bincount(parts))])
    moved, squares = yield from _around_the_mean(points, by_part)
    own = np.flatnonzero(np.isin(by_part, rows))
    own_parts = parts[by_part[own]]
    others = np.empty(len(points), np.int64)
    size = max(1, _TILE // len(points))
    for begin in range(0, len(own), size):
        place = slice(begin, begin + size)
        squared = moved[own[place]] @ moved.T
        squared *= -2
        squared += squares
        for part in np.unique(own_parts[place]):
            first, last = np.searchsorted(own_parts[place], [part, part + 1])
            squared[first:last, edges[part] : edges[part + 1]] = np.inf
        others[by_part[own[place]]] = by_part[squared.argmin(axis=1)]
        yield Progress(0.7 + 0.2 * begin / len(own), "Joining far groups")
    change = points[rows].astype(np.float64) - points[others[rows]]
    return others[rows], np.sqrt(np.einsum("ij,ij->i", change, change))


def _around_the_mean(points: FloatArray, order: IntArray) -> Work[tuple[FloatArray, FloatArray]]:
    """The points in this order, seen from their mean, and the squares of their lengths."""
    n, d = points.shape
    moved, squares, total = np.empty((n, d), np.float32), np.empty(n, np.float32), np.zeros(d)
    blocks = list(places(n, max(1, _BLOCK // d)))
    for place in blocks:
        total += points[place].sum(axis=0, dtype=np.float64)
        yield Progress(0.7, "Joining far groups")
    mean = (total / n).astype(np.float32)
    for place in blocks:
        moved[place] = points[order[place]] - mean
        squares[place] = np.einsum("ij,ij->i", moved[place], moved[place])
        yield Progress(0.7, "Joining far groups")
    return moved, squares
