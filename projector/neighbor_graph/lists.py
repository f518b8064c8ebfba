"""Rows sorted into lists around centers: neighbors of a row are looked for in lists near its own.

All rows of a list look through the same lists, so that one product of matrices compares them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from projector.arrays import FloatArray, IntArray
from projector.neighbor_graph.exact import Ids
from projector.neighbor_graph.space import Floats, Space, places
from projector.parallel import for_each_part
from projector.progress import Progress, Work

_TRAINED_PER_LIST = 24
_MOST_TRAINED = 1 << 26  # values: 256 MB
_N_ROUNDS = 6
_OPERATIONS = 1 << 29  # multiplications between two yields, some 20 ms
_TILE = 1 << 19  # values of a tile of products, which stays in the cache
_ROWS = 512
_BLOCK = 1 << 20
_MOST_SINGLE = 1 << 28  # values kept in single precision: 1 GB; half precision proposes beyond
_SMALLEST_PART = 64
_MOST_NEAR = 1024  # lists that are known to be near another one


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """numbers: int64 (n,), which of the vectors each row is, list by list. rows: float32 or float16
    (n, d), prepared. offsets: float32 (n,), added to products times -factor to make distances.
    edges: int64 (g + 1,), where each list begins. sizes: int64 (g,), 1 or more. near: int32 (g, p),
    the lists nearest to each, nearest first."""

    numbers: IntArray
    rows: Floats
    offsets: FloatArray
    factor: np.float32
    edges: IntArray
    sizes: IntArray
    near: Ids

    def list_of(self, places: IntArray) -> IntArray:
        """In which list each row is, by its place."""
        return np.searchsorted(self.edges, places, side="right") - 1

    def looked_through(self, which: int, n_probed: int, least: int) -> Ids:
        """So many lists near to one, more where they hold fewer than `least` rows."""
        near: Ids = self.near[which]
        enough = int(np.searchsorted(np.cumsum(self.sizes[near]), least)) + 1
        return near[: max(n_probed, enough)]

    def nearest(self, own: slice, among: Ids, m: int) -> tuple[Ids, FloatArray]:
        """Of a few rows of one list the m nearest rows of some lists, itself among them: ids int32
        (r, m) of the vectors, -1 where there are fewer, and distances as they are compared."""
        from projector.neighbor_graph.kernels import keep_nearest

        queries = np.asarray(self.rows[own], np.float32)
        shape = len(queries), m
        heaps, found = np.full(shape, np.inf, np.float32), np.full(shape, -1, np.int32)
        nobody = np.full(len(queries), -1, np.int64)
        first, numbers = 0, []
        for parts in self._tiles(among, max(256, _TILE // len(queries))):
            columns = np.concatenate([self.rows[part] for part in parts], dtype=np.float32)
            offsets = np.concatenate([self.offsets[part] for part in parts])
            products = queries @ columns.T
            keep_nearest(
                products, offsets, self.factor, nobody, first, heaps, found, 0, len(queries)
            )
            numbers += [self.numbers[part] for part in parts]
            first += len(columns)
        known = np.concatenate(numbers)
        return np.where(found >= 0, known[found], -1).astype(np.int32), heaps

    def _tiles(self, among: Ids, size: int) -> Iterator[list[slice]]:
        """The rows of these lists, at most about so many at once."""
        parts: list[slice] = []
        n = 0
        for which in among.tolist():
            begin, end = int(self.edges[which]), int(self.edges[which + 1])
            for start in range(begin, end, size):
                stop = min(end, start + size)
                if parts and n + stop - start > size:
                    yield parts
                    parts, n = [], 0
                parts.append(slice(start, stop))
                n += stop - start
        yield parts


def sort_into_lists(
    space: Space, finite: IntArray, least: int, rng: np.random.Generator
) -> Work[Lists]:
    """Sort the finite rows; each list knows so many of those near to it that some hold `least` rows
    at any rate."""
    centers = yield from _find_centers(space, finite, rng)
    own = np.empty(len(finite), np.int64)
    for place in places(len(finite), max(1, _OPERATIONS // centers.size)):
        own[place] = _nearest_centers(space.rows(finite[place], np.float32), centers)
        yield Progress(0.4 + 0.4 * place.start / len(finite), "Sorting rows into groups")
    order = np.argsort(own, kind="stable")
    counts = np.bincount(own, minlength=len(centers))
    sizes = counts[counts > 0]
    edges = np.concatenate([[0], np.cumsum(sizes)])
    near = yield from _near_lists(centers[counts > 0], space.metric == "dot", least)
    rows, offsets = yield from _kept_rows(space, finite[order])
    factor = np.float32(1 if space.metric == "dot" else 2)
    return Lists(finite[order], rows, offsets, factor, edges, sizes, near)


def _kept_rows(space: Space, numbers: IntArray) -> Work[tuple[Floats, FloatArray]]:
    """The prepared rows in this order, and what is added to their products."""
    n = len(numbers)
    rows = np.empty((n, space.d), np.float32 if n * space.d <= _MOST_SINGLE else np.float16)
    offsets = np.zeros(n, np.float32)
    for place in places(n, max(1, _BLOCK // space.d)):
        rows[place] = space.rows(numbers[place], np.float32)
        if space.metric != "dot":
            kept = np.asarray(rows[place], np.float32)
            offsets[place] = np.einsum("ij,ij->i", kept, kept)
        yield Progress(0.85 + 0.15 * place.start / n, "Sorting rows into groups")
    return rows, offsets


def _near_lists(centers: Floats, is_dot: bool, least: int) -> Work[Ids]:
    """int32 (g, p): the lists nearest to each, itself first."""
    n = len(centers)
    near = np.empty((n, min(n, max(least, _MOST_NEAR))), np.int32)
    squares = np.zeros(n) if is_dot else np.einsum("ij,ij->i", centers, centers)
    for place in places(n, max(1, _BLOCK // n)):
        distances = squares - (1 if is_dot else 2) * (centers[place] @ centers.T)
        own = np.arange(place.start, place.stop)
        distances[own - place.start, own] = -np.inf
        near[place] = np.argsort(distances, axis=1, kind="stable")[:, : near.shape[1]]
        yield Progress(0.8 + 0.05 * place.start / n, "Sorting rows into groups")
    return near


def _find_centers(space: Space, finite: IntArray, rng: np.random.Generator) -> Work[FloatArray]:
    """k-means on a sample, from random rows."""
    n_lists = max(1, min(int(4 * len(finite) ** 0.5), len(finite) // 2))
    n_trained = min(
        len(finite), _TRAINED_PER_LIST * n_lists, max(n_lists, _MOST_TRAINED // space.d)
    )
    chosen = rng.choice(finite, n_trained, replace=False)
    rows = np.empty((n_trained, space.d), np.float32)
    for place in places(n_trained, max(1, _BLOCK // space.d)):
        rows[place] = space.rows(chosen[place], np.float32)
        yield Progress(0.0, "Sampling rows")
    centers = rows[:n_lists].copy()
    own = np.empty(n_trained, np.int64)
    for number in range(_N_ROUNDS):
        for place in places(n_trained, max(1, _OPERATIONS // centers.size)):
            own[place] = _nearest_centers(rows[place], centers)
            done = (number + place.start / n_trained) / _N_ROUNDS
            yield Progress(0.4 * done, "Sorting rows into groups")
        order = np.argsort(own, kind="stable")
        used, starts = np.unique(own[order], return_index=True)
        sums = np.add.reduceat(rows[order], starts, axis=0)
        centers[used] = sums / np.diff(np.append(starts, n_trained))[:, None].astype(np.float32)
    return centers


def _nearest_centers(rows: Floats, centers: Floats) -> IntArray:
    """int64 (r,): which center is nearest to each row."""
    from projector.neighbor_graph.kernels import keep_nearest

    offsets = np.einsum("ij,ij->i", centers, centers)
    found, heaps = (
        np.full((len(rows), 1), -1, np.int32),
        np.full((len(rows), 1), np.inf, np.float32),
    )
    nobody = np.full(len(rows), -1, np.int64)

    def part(start: int, stop: int) -> None:
        for begin in range(start, stop, _ROWS):
            some = slice(begin, min(stop, begin + _ROWS))
            products = np.ascontiguousarray(rows[some]) @ centers.T
            keep_nearest(
                products, offsets, np.float32(2), nobody[some], 0, heaps[some], found[some],
                0, len(products),
            )  # fmt: skip

    for_each_part(len(rows), part, _SMALLEST_PART)
    return found[:, 0].astype(np.int64)
