"""Which points belong together and how much: the fuzzy graph that UMAP lays out."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray, frozen
from projector.neighbor_graph import NeighborGraph
from projector.parallel import N_CORES, for_each_part
from projector.progress import Progress, Work

_BLOCK_EDGES = 1 << 20  # looked at between two yields, by each core
_UNKNOWN_LABEL = np.float32(np.exp(-1.0))


@dataclass(frozen=True, slots=True, eq=False)
class FuzzyGraph:
    """Edges of n points; each lies in the rows of both its ends.

    starts: int64 (n + 1,), the edges of row i are starts[i] .. starts[i + 1]. ids: int32 (m,), the
    other end. weights: float32 (m,), above 0, at most 1.
    """

    starts: IntArray
    ids: NDArray[np.int32]
    weights: FloatArray

    @property
    def n(self) -> int:
        return len(self.starts) - 1


def fuzzy_graph(
    neighbors: NeighborGraph, local_connectivity: float = 1.0, set_op_mix_ratio: float = 1.0
) -> Work[FuzzyGraph]:
    """UMAP's fuzzy simplicial set, over all the neighbors that are given.

    Distances may be negative, as those of inner products: then what counts is how much farther than
    the closest pair of all they are.
    """
    ids = neighbors.ids
    distances = _never_negative(ids, neighbors.distances)
    weights = yield from _memberships(ids, distances, local_connectivity)
    takers, taker_ids, taker_weights = yield from _transposed(ids, weights)
    return (yield from _joined(ids, weights, takers, taker_ids, taker_weights, set_op_mix_ratio))


def without_light_edges(graph: FuzzyGraph, n_epochs: int) -> Work[FuzzyGraph]:
    """Without the edges so light that not one of so many epochs would use them.

    The heaviest edges of each row come last: nearest neighbors get the last word in an epoch, which
    raises the layout's recall.
    """
    from projector.projections.umap.fuzzy.kernels import keep_heavy, sort_rows

    if len(graph.weights) == 0:
        return graph
    least = np.float32(graph.weights.max() / n_epochs)
    kept = np.zeros_like(graph.starts)
    ids, weights = graph.ids.copy(), graph.weights.copy()
    place = 0
    for start, stop in _row_blocks(graph.n, len(ids), n_parts=1):
        place = keep_heavy(graph.starts, ids, weights, least, kept, place, start, stop)
        yield Progress(None, "Leaving out the lightest edges")
    ids, weights = ids[:place].copy(), weights[:place].copy()
    yield from _in_parts(graph.n, place * 8, lambda a, b: sort_rows(kept, ids, weights, a, b))
    return FuzzyGraph(kept, ids, weights)


def supervised(graph: FuzzyGraph, labels: IntArray, weight: float) -> Work[FuzzyGraph]:
    """Edges between different labels weakened, the more so the larger the weight, 0..1.

    labels: int64 (n,), -1 for unknown. At weight 1 such edges go; at 0 they lose most all the same,
    as is UMAP's custom.
    """
    from projector.projections.umap.fuzzy.kernels import connect_again, weaken_strangers

    stranger = np.float32(np.exp(-2.5 / (1 - weight))) if weight < 1 else np.float32(0)
    weights = graph.weights.copy()
    peaks = np.empty(graph.n, np.float32)
    yield from _in_parts(
        graph.n,
        len(weights),
        lambda a, b: weaken_strangers(
            graph.starts, graph.ids, weights, labels, _UNKNOWN_LABEL, stranger, peaks, a, b
        ),
    )
    yield from _in_parts(
        graph.n,
        len(weights),
        lambda a, b: connect_again(graph.starts, graph.ids, weights, peaks, a, b),
    )
    return FuzzyGraph(graph.starts, graph.ids, weights)


def component_labels(graph: FuzzyGraph) -> tuple[int, NDArray[np.int32]]:
    """How many connected components there are, and the component of each point, int32 (n,)."""
    from projector.projections.umap.fuzzy.kernels import find_components

    labels = np.full(graph.n, -1, np.int32)
    count = find_components(graph.starts, graph.ids, labels, np.empty(graph.n, np.int32))
    return int(count), labels


def _never_negative(ids: NDArray[np.int32], distances: FloatArray) -> FloatArray:
    has_neighbor = ids >= 0
    least = float(distances.min(where=has_neighbor, initial=0.0))
    if least >= 0:
        return distances
    most = float(distances.max(where=has_neighbor, initial=least))
    tiny = (most - least) * 1e-6 or 1.0  # nothing lies at distance 0, which marks duplicates
    shifted: FloatArray = (distances - np.float32(least - tiny)).astype(np.float32)
    return frozen(shifted)


def _memberships(
    ids: NDArray[np.int32], distances: FloatArray, connectivity: float
) -> Work[FloatArray]:
    from projector.projections.umap.fuzzy.kernels import find_memberships, mean_distance

    total, count = mean_distance(ids, distances, 0, len(ids))
    mean = total / max(1, count)
    weights = np.empty(ids.shape, np.float32)
    yield from _in_parts(
        len(ids),
        ids.size * 16,  # rounds of the bisection
        lambda a, b: find_memberships(ids, distances, connectivity, mean, weights, a, b),
    )
    return weights


def _transposed(
    ids: NDArray[np.int32], weights: FloatArray
) -> Work[tuple[IntArray, NDArray[np.int32], FloatArray]]:
    """For each point, which have it among their neighbors: starts, ids and weights."""
    from projector.projections.umap.fuzzy.kernels import count_takers, place_takers

    n = len(ids)
    starts = np.zeros(n + 1, np.int64)
    for start, stop in _row_blocks(n, ids.size, n_parts=1):
        count_takers(ids, starts, start, stop)
        yield Progress(start / n, "Joining neighborhoods")
    np.cumsum(starts, out=starts)
    places = starts.copy()
    taker_ids, taker_weights = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    for start, stop in _row_blocks(n, ids.size * 4, n_parts=1):
        place_takers(ids, weights, places, taker_ids, taker_weights, start, stop)
        yield Progress(start / n, "Joining neighborhoods")
    return starts, taker_ids, taker_weights


def _joined(
    ids: NDArray[np.int32],
    weights: FloatArray,
    takers: IntArray,
    taker_ids: NDArray[np.int32],
    taker_weights: FloatArray,
    mix_ratio: float,
) -> Work[FuzzyGraph]:
    from projector.projections.umap.fuzzy.kernels import count_joined, join

    n, k = ids.shape
    mix = np.float32(mix_ratio)
    starts = np.zeros(n + 1, np.int64)
    given = (ids, weights, takers, taker_ids, taker_weights, mix, starts)
    yield from _in_parts(n, ids.size * k, lambda a, b: count_joined(*given, a, b))
    np.cumsum(starts, out=starts)
    all_ids, all_weights = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    yield from _in_parts(n, ids.size * k, lambda a, b: join(*given, all_ids, all_weights, a, b))
    return FuzzyGraph(starts, all_ids, all_weights)


def _in_parts(
    n: int, n_operations: int, kernel: Callable[[int, int], None]
) -> Generator[Progress, None, None]:
    """Run a kernel over n rows on all cores, in blocks that take some tens of milliseconds."""
    for start, stop in _row_blocks(n, n_operations, N_CORES):

        def part(first: int, last: int, start: int = start) -> None:
            kernel(start + first, start + last)

        for_each_part(stop - start, part, smallest=256)
        yield Progress(stop / n, "Joining neighborhoods")


def _row_blocks(n: int, n_operations: int, n_parts: int) -> list[tuple[int, int]]:
    n_blocks = max(1, min(n, n_operations // (_BLOCK_EDGES * n_parts)))
    edges = [n * block // n_blocks for block in range(n_blocks + 1)]
    return list(pairwise(edges))
