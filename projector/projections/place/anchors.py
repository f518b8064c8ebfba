"""Which points of a finished layout a new row belongs to, and how strongly to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, MaskArray, frozen
from projector.embeddings.memory import check_fits
from projector.errors import InvalidChoice, NothingToShow
from projector.neighbor_graph.space import Space, measure, places
from projector.neighbors import METRICS, Metric
from projector.parallel import for_each_part
from projector.progress import Progress, Work

PERPLEXITY = 5.0
N_ANCHORS = 15

_TILE_VALUES = 1 << 22  # of a tile of products: 16 MB
_OPERATIONS = 1 << 29  # multiplications between two yields, some 50 ms
_QUERIES = 1024
_N_EXTRA = 4  # candidates beyond k, as single precision may put them in the wrong order

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """ids: int32 (m, k), rows of the layout, nearest first, -1 for none. weights: float32 (m, k),
    each row summing to 1, or all 0 for a new row that is not finite."""

    ids: Ids
    weights: FloatArray

    def place(self, layout: FloatArray) -> FloatArray:
        """float32 (m, 2 or 3): the weighted means of positions; NaN for rows without anchors."""
        from projector.projections.place import kernels

        layout = np.array(layout, np.float32)
        positions = np.empty((len(self.ids), layout.shape[1]), np.float32)

        def part(start: int, stop: int) -> None:
            kernels.weighted_means(self.ids, self.weights, layout, positions, start, stop)

        for_each_part(len(self.ids), part, smallest=4096)
        return frozen(positions)


def find_anchors(
    new: FloatArray,
    reference: FloatArray,
    *,
    k: int = N_ANCHORS,
    perplexity: float = PERPLEXITY,
    metric: Metric = "euclidean",
    usable_mask: MaskArray | None = None,
) -> Work[Anchors]:
    """The k nearest reference rows of each new row, weighted so that as many of them count as the
    perplexity says. A new row that equals reference rows belongs to these alone.

    new: float32 (m, d), reference: float32 (n, d), both possibly memory-mapped. usable_mask: bool
    (n,), reference rows that have a position; None for all. Raises InvalidChoice, NothingToShow
    when fewer than two reference rows are finite, TooLarge.
    """
    _check(new, reference, k, perplexity, metric)
    check_fits(_n_bytes(len(new), reference.shape, k), f"Placing {len(new):,} rows")
    space = yield from measure(np.asarray(reference), metric, keep_copy=True)
    if usable_mask is not None:
        space = _restricted(space, usable_mask)
    k = min(k, int(np.count_nonzero(space.mask)))
    ids = np.full((len(new), k), -1, np.int32)
    weights = np.zeros((len(new), k), np.float32)
    for place in places(len(new), _QUERIES):
        work = _nearest(space, np.asarray(new[place]), k)
        try:
            while True:
                part = next(work)
                done = (place.start + part * (place.stop - place.start)) / len(new)
                yield Progress(done, "Finding where rows belong")
        except StopIteration as stop:
            ids[place], distances = stop.value
        weights[place] = _weights(distances, metric, perplexity)
    return Anchors(ids, weights)


def _check(new: FloatArray, reference: FloatArray, k: int, perplexity: float, metric: str) -> None:
    if new.shape[1] != reference.shape[1]:
        raise InvalidChoice(
            f"Rows of {new.shape[1]:,} values can't be placed among rows of "
            f"{reference.shape[1]:,} values."
        )
    if k < 1:
        raise InvalidChoice(f"The number of neighbors must be at least 1, got {k:,}.")
    if not perplexity >= 1:
        raise InvalidChoice(f"The perplexity must be at least 1, got {perplexity:,.4g}.")
    if metric not in METRICS:
        raise InvalidChoice(f"The distance must be one of {', '.join(METRICS)}, got {metric}.")


def _n_bytes(m: int, reference: tuple[int, ...], k: int) -> int:
    return 8 * m * k + 4 * reference[0] * reference[1] + (100 << 20)


def _restricted(space: Space, usable_mask: MaskArray) -> Space:
    mask = np.array(space.mask & usable_mask, np.bool_)
    if not mask.any():
        raise NothingToShow("No row of the layout has a position, so nothing can be placed by it.")
    return Space(space.vectors, space.metric, mask, space.center, space.scale, space.copy)


def _nearest(space: Space, new: FloatArray, k: int) -> Work[tuple[Ids, DoubleArray]]:
    """ids int32 (q, k), distances float64 (q, k), rising, inf beside -1. Yields shares, 0..1."""
    is_finite: MaskArray = np.array(np.isfinite(new).all(axis=1))
    queries = Space(new, space.metric, is_finite, space.center, space.scale)
    rows = np.ascontiguousarray(queries.rows(slice(None), np.float32))
    n_kept = min(k + _N_EXTRA, space.n)
    heaps = np.full((len(new), n_kept), np.inf, np.float32)
    ids = np.full((len(new), n_kept), -1, np.int32)
    for place in places(space.n, _n_columns(space, len(new))):
        columns = np.ascontiguousarray(space.rows(place, np.float32))
        offsets = space.offsets(place, columns)
        _keep_nearest(space.metric, rows, columns, offsets, place.start, heaps, ids)
        yield place.stop / space.n
    ids[~is_finite] = -1
    distances = _distances(space, new, ids)
    order = np.lexsort((ids, distances))[:, :k]
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(distances, order, axis=1)


def _n_columns(space: Space, n_queries: int) -> int:
    values = min(_TILE_VALUES // n_queries, _TILE_VALUES // max(1, space.d))
    return max(64, min(values, _OPERATIONS // (n_queries * max(1, space.d))))


def _keep_nearest(
    metric: Metric, rows: Any, columns: Any, offsets: Any, first: int, heaps: Any, ids: Any
) -> None:
    from projector.neighbor_graph import kernels

    nobody = np.full(len(rows), -1, np.int64)
    if metric == "manhattan":

        def part(start: int, stop: int) -> None:
            kernels.keep_nearest_manhattan(
                rows, columns, offsets, nobody, first, heaps, ids, start, stop
            )
    else:
        products = rows @ columns.T
        factor = np.float32(2 if metric == "euclidean" else 1)

        def part(start: int, stop: int) -> None:
            kernels.keep_nearest(products, offsets, factor, nobody, first, heaps, ids, start, stop)

    for_each_part(len(rows), part, 16)


def _distances(space: Space, new: FloatArray, ids: Ids) -> DoubleArray:
    """float64 (q, k), from the vectors themselves, as in projector.neighbors."""
    distances = np.full(ids.shape, np.inf)
    for column in range(ids.shape[1]):
        there = np.flatnonzero(ids[:, column] >= 0)
        own = new[there].astype(np.float64)
        other = space.vectors[ids[there, column]].astype(np.float64)
        distances[there, column] = _of_pairs(own, other, space.metric)
    return distances


def _of_pairs(a: DoubleArray, b: DoubleArray, metric: Metric) -> DoubleArray:
    if metric == "euclidean":
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", a - b, a - b)))
    if metric == "manhattan":
        return np.asarray(np.abs(a - b).sum(axis=1))
    products = np.einsum("ij,ij->i", a, b)
    if metric == "dot":
        return np.asarray(-products)
    squares = np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b)
    cosines = np.divide(products, np.sqrt(squares), out=np.zeros_like(products), where=squares > 0)
    distances = 1.0 - np.clip(cosines, -1.0, 1.0)
    distances[distances < 1e-15] = 0.0  # the same direction, but for rounding
    return np.asarray(distances)


def _weights(distances: DoubleArray, metric: Metric, perplexity: float) -> FloatArray:
    from projector.projections.place import kernels

    costs = distances + 0.0
    if metric == "dot":  # may be negative, and no row is the same as another
        least = costs[:, :1]
        costs = 1.0 + costs - np.where(np.isfinite(least), least, 0.0)
    else:
        costs = costs**2
    weights = np.empty(costs.shape, np.float32)

    def part(start: int, stop: int) -> None:
        kernels.calibrate(costs, perplexity, weights, start, stop)

    for_each_part(len(costs), part, smallest=256)
    return weights
