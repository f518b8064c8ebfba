"""The exact search where each pair of rows is multiplied once: the rows and the columns of a tile
of products both read it.

The candidates of all rows are kept at once, which takes as much memory as the graph itself. Each
row meets the others in rising order, so that equals come out as in a search row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from projector.arrays import FloatArray, IntArray
from projector.neighbor_graph.exact import (
    Ids,
    as_single,
    candidates_of,
    decided,
    rows_at_once,
)
from projector.neighbor_graph.space import Floats, Space, places
from projector.parallel import for_each_part, products_alone
from projector.progress import Progress, Work

_MOST_SIDE = 2048  # rows of a block: a tile of products takes 16 MB
_LEAST_SIDE = 64
_OPERATIONS = 1 << 29  # multiplications between two yields, some 20 ms
_SMALLEST_PART = 16
_DECIDING = 0.06  # share of the time


def fill_by_pairs(
    space: Space, ids: Ids, distances: FloatArray, share: tuple[float, float]
) -> Work[IntArray]:
    """Set ids and distances, (n, k), of all finite rows; those that are not sure come back.

    By any distance but Manhattan's, which is no product. share: from where to where in the whole
    the progress runs.
    """
    n, m = space.n, candidates_of(space, ids.shape[1])
    begin, end = share
    middle = end - (end - begin) * _DECIDING
    heaps = np.full((n, m), np.inf, np.float32)
    candidates = np.full((n, m), -1, np.int32)
    with products_alone():
        for part in _compare_all(space, heaps, candidates):
            yield Progress(begin + (middle - begin) * part, "Finding neighbors")
    unsure = [np.empty(0, np.int64)]
    finite = np.flatnonzero(space.mask)
    for place in places(len(finite), rows_at_once(m)):
        own = finite[place]
        rows = space.rows(own, np.float32)
        found = decided(space, rows, own, heaps[own], candidates[own], ids.shape[1])
        ids[own] = found.ids
        distances[own] = as_single(found.distances)
        unsure.append(own[~found.is_sure])
        yield Progress(middle + (end - middle) * place.stop / len(finite), "Finding neighbors")
    return np.concatenate(unsure)


def _compare_all(space: Space, heaps: Floats, ids: Ids) -> Iterator[float]:
    """Every block with itself and with those after it. Yields the share done."""
    blocks = list(places(space.n, _side(space.d)))
    n_tiles, done = len(blocks) * (len(blocks) + 1) // 2, 0
    for i, place in enumerate(blocks):
        rows = np.ascontiguousarray(space.rows(place, np.float32))
        offsets = space.offsets(place, rows)
        for other in blocks[i:]:
            columns = np.ascontiguousarray(space.rows(other, np.float32))
            products = _multiplied(rows, columns)
            factor = np.float32(2 if space.metric == "euclidean" else 1)
            _to_rows(products, space.offsets(other, columns), factor, place, other, heaps, ids)
            if other != place:
                _to_columns(products, offsets, factor, place, other, heaps, ids)
            done += 1
            yield done / n_tiles


def _multiplied(rows: Floats, columns: Floats) -> Floats:
    """rows @ columns.T, (a, d) and (b, d) to (a, b)."""
    products = np.empty((len(rows), len(columns)), np.float32)

    def part(start: int, stop: int) -> None:
        np.matmul(rows[start:stop], columns.T, out=products[start:stop])

    for_each_part(len(rows), part, _SMALLEST_PART)
    return products


def _side(d: int) -> int:
    """Rows of a block, such that a tile takes little time."""
    return max(_LEAST_SIDE, min(_MOST_SIDE, int((_OPERATIONS / d) ** 0.5)))


def _to_rows(
    products: Floats,
    offsets: Floats,
    factor: np.float32,
    place: slice,
    other: slice,
    heaps: Floats,
    ids: Ids,
) -> None:
    from projector.neighbor_graph.kernels import keep_nearest

    own = np.arange(place.start, place.stop)
    first, near, near_ids = other.start, heaps[place], ids[place]
    part = partial(keep_nearest, products, offsets, factor, own, first, near, near_ids)
    for_each_part(len(own), part, _SMALLEST_PART)


def _to_columns(
    products: Floats,
    offsets: Floats,
    factor: np.float32,
    place: slice,
    other: slice,
    heaps: Floats,
    ids: Ids,
) -> None:
    from projector.neighbor_graph.kernels import keep_nearest_of_columns

    first, near, near_ids = place.start, heaps[other], ids[other]
    part = partial(keep_nearest_of_columns, products, offsets, factor, first, near, near_ids)
    for_each_part(other.stop - other.start, part, _SMALLEST_PART)
