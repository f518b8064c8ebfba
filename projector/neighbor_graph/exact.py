"""Exact neighbors: products of blocks in single precision find candidates, whose distances are
then taken from the vectors themselves in double precision.

A few candidates more than neighbors are kept. Where the rounding of single precision might still
have lost a neighbor, the row is searched again with products in double precision. The product of
two blocks serves the rows of both, so that each pair is multiplied once (projector.neighbor_graph.
pairs).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray, MaskArray, frozen
from projector.neighbor_graph.space import Floats, Space, places
from projector.parallel import for_each_part
from projector.progress import Progress, Work

_TILE_ROWS = 1024
_TILE_VALUES = 1 << 23  # of a tile of products: 32 MB
_OPERATIONS = 1 << 29  # multiplications between two yields, some 50 ms
_MANHATTAN_OPERATIONS = 1 << 27
_SMALLEST_PART = 16
_MOST_CHOSEN = 0.25  # share of all rows up to which candidates are kept in heaps
_LARGEST = float(np.finfo(np.float32).max)

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """ids: int32 (r, k), -1 where there are fewer. distances: float64 (r, k), rising, inf beside
    -1. is_sure: bool (r,), False where rounding may have lost a neighbor."""

    ids: Ids
    distances: DoubleArray
    is_sure: MaskArray


def exact_graph(space: Space, k: int) -> Work[tuple[Ids, FloatArray]]:
    """ids int32 (n, k) and distances float32 (n, k) as in NeighborGraph; k < n."""
    from projector.neighbor_graph.pairs import fill_by_pairs

    ids = np.full((space.n, k), -1, np.int32)
    distances = np.full((space.n, k), np.inf, np.float32)
    if space.metric == "manhattan" or candidates_of(space, k) >= _MOST_CHOSEN * space.n:
        finite = np.flatnonzero(space.mask)
        unsure = yield from _fill(space, finite, np.float32, ids, distances, (0.04, 0.9))
    else:
        unsure = yield from fill_by_pairs(space, ids, distances, (0.04, 0.9))
    yield from _fill(space, unsure, np.float64, ids, distances, (0.9, 1.0))
    return ids, distances


def _fill(
    space: Space,
    rows: IntArray,
    dtype: DTypeLike,
    ids: Ids,
    distances: FloatArray,
    share: tuple[float, float],
) -> Work[IntArray]:
    """Set ids and distances of these rows; the rows that are not sure come back."""
    unsure = [np.empty(0, np.int64)]
    begin, end = share
    for place in places(len(rows), rows_at_once(ids.shape[1])):
        own = rows[place]
        work = nearest_of_rows(space, own, ids.shape[1], dtype)
        try:
            while True:
                part = next(work)
                done = (place.start + part * (place.stop - place.start)) / len(rows)
                yield Progress(begin + (end - begin) * done, "Finding neighbors")
        except StopIteration as stop:
            found: Found = stop.value
        ids[own] = found.ids
        distances[own] = as_single(found.distances)
        unsure.append(own[~found.is_sure])
    return np.concatenate(unsure)


def rows_at_once(k: int) -> int:
    """So few that what is kept of each stays small."""
    return max(16, min(_TILE_ROWS, _TILE_VALUES // (8 * k)))


def as_single(distances: DoubleArray) -> FloatArray:
    """float32, where only what was infinite is infinite."""
    single = np.clip(distances, -_LARGEST, _LARGEST).astype(np.float32)
    single[np.isinf(distances)] = np.inf
    return single


def nearest_of_rows(space: Space, own: IntArray, k: int, dtype: DTypeLike) -> Work[Found]:
    """The k nearest of a few rows, which are finite. Yields how much is done, 0..1.

    dtype: float32 or float64, of the products.
    """
    m = candidates_of(space, k)
    if m >= _MOST_CHOSEN * space.n:
        yield 0.0
        return _all_of_rows(space, own, k)
    rows = np.ascontiguousarray(space.rows(own, dtype))
    ids = np.full((len(own), m), -1, np.int32)
    heaps = np.full((len(own), m), np.inf, dtype)
    for place in places(space.n, _tile_columns(space, len(own))):
        columns = np.ascontiguousarray(space.rows(place, dtype))
        offsets = space.offsets(place, columns)
        if space.metric == "manhattan":
            _compare_manhattan(rows, columns, offsets, own, place.start, heaps, ids)
        else:
            _compare(space, rows, columns, offsets, own, place.start, heaps, ids)
        yield place.stop / space.n
    return decided(space, rows, own, heaps, ids, k)


def candidates_of(space: Space, k: int) -> int:
    """How many are kept of each row, of which the k nearest will be chosen."""
    return min(k + max(6, k // 8), space.n - 1)


def decided(space: Space, rows: Floats, own: IntArray, heaps: Floats, ids: Ids, k: int) -> Found:
    """The k nearest of the candidates, by exact distances. rows: (r, d), prepared. own: int64 (r,).
    heaps, ids: (r, m) as the kernels leave them."""
    missed = heaps[:, 0].astype(np.float64)
    distances = distances_to(space, own, ids)
    ids, distances = sorted_pairs(ids, distances, k)
    is_sure = _is_sure(space, rows, missed, distances[:, -1])
    return Found(ids, distances, is_sure)


def _all_of_rows(space: Space, own: IntArray, k: int) -> Found:
    """The same where so many are wanted that choosing candidates would not pay."""
    ids = np.tile(np.arange(space.n, dtype=np.int32), (len(own), 1))
    ids[np.arange(len(own)), own] = -1
    ids[:, ~space.mask] = -1
    ids, distances = sorted_pairs(ids, distances_to(space, own, ids), k)
    return Found(ids, distances, np.ones(len(own), np.bool_))


def sorted_pairs(ids: Ids, distances: DoubleArray, k: int) -> tuple[Ids, DoubleArray]:
    """The k nearest of each row, nearest first, equals in row order."""
    order = np.empty((len(ids), k), np.int64)

    def part(start: int, stop: int) -> None:
        order[start:stop] = np.lexsort((ids[start:stop], distances[start:stop]))[:, :k]

    for_each_part(len(ids), part, _SMALLEST_PART)
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(distances, order, axis=1)


def _tile_columns(space: Space, n_rows: int) -> int:
    most = _MANHATTAN_OPERATIONS if space.metric == "manhattan" else _OPERATIONS
    columns = min(_TILE_VALUES // n_rows, most // (n_rows * space.d), _TILE_VALUES // space.d)
    return max(64, columns)


def _compare(
    space: Space,
    rows: Floats,
    columns: Floats,
    offsets: Floats,
    own: IntArray,
    first: int,
    heaps: Floats,
    ids: Ids,
) -> None:
    from projector.neighbor_graph.kernels import keep_nearest

    products = rows @ columns.T
    factor = rows.dtype.type(2 if space.metric == "euclidean" else 1)

    def part(start: int, stop: int) -> None:
        keep_nearest(products, offsets, factor, own, first, heaps, ids, start, stop)

    for_each_part(len(own), part, _SMALLEST_PART)


def _compare_manhattan(
    rows: Floats,
    columns: Floats,
    offsets: Floats,
    own: IntArray,
    first: int,
    heaps: Floats,
    ids: Ids,
) -> None:
    from projector.neighbor_graph.kernels import keep_nearest_manhattan

    def part(start: int, stop: int) -> None:
        keep_nearest_manhattan(rows, columns, offsets, own, first, heaps, ids, start, stop)

    for_each_part(len(own), part, _SMALLEST_PART)


def distances_to(space: Space, own: IntArray, ids: Ids) -> DoubleArray:
    """float64 (r, m): from the vectors themselves; inf where an id is -1."""
    from projector.neighbor_graph import kernels

    metric = {
        "euclidean": kernels.EUCLIDEAN,
        "cosine": kernels.COSINE,
        "dot": kernels.DOT,
        "manhattan": kernels.MANHATTAN,
    }[space.metric]
    distances = np.empty(ids.shape)
    vectors = frozen(space.vectors[:])  # mapped or not, the kernel is compiled for one kind

    def part(start: int, stop: int) -> None:
        kernels.exact_distances(vectors, metric, own, ids, distances, start, stop)

    for_each_part(len(own), part, _SMALLEST_PART)
    return distances


def _is_sure(space: Space, rows: Floats, missed: DoubleArray, farthest: DoubleArray) -> MaskArray:
    """Whether no point that was passed over can be nearer than the farthest neighbor kept.

    missed: the least that any point passed over came out at, as the products gave it. A point
    nearer than the farthest neighbor is no longer than the row's own vector and that distance
    together, which bounds the rounding of its product.
    """
    unit = float(np.finfo(rows.dtype).eps) * (8 + np.sqrt(space.d))
    squares = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
    is_all = np.isinf(missed)  # nothing was passed over
    farthest = np.where(is_all, 0.0, farthest) * space.scale
    if space.metric == "cosine":
        least = 1 + missed - unit
    elif space.metric == "manhattan":
        least = missed * (1 - unit)
    elif space.metric == "dot":
        farthest *= space.scale
        least = missed - unit * np.sqrt(squares * space.d)  # prepared values are at most 1
    else:
        rounding = 3 * unit * (np.sqrt(squares) + farthest) ** 2
        farthest = farthest**2
        least = missed + squares - rounding
    return np.asarray(is_all | (farthest == 0) & (space.metric != "dot") | (farthest <= least))
