"""How much each point wants to be near each of its neighbors: the joint probabilities of t-SNE."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray
from projector.parallel import for_each_part
from projector.progress import Progress, Work

if TYPE_CHECKING:
    from projector.neighbor_graph import NeighborGraph

_EDGES = 1 << 21  # edges between two yields: a few tens of milliseconds
_SQUARED = ("euclidean", "manhattan")
"""Of unit vectors the cosine distance is half the squared one, and inner products are logarithms
of weights already: these two are taken as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Affinities:
    """A symmetric sparse matrix whose values sum to one, in compressed rows: each pair of points
    stands once, in the row of one of both, so that rows are about as long as one another.

    starts: int64 (n + 1,), row i is starts[i]..starts[i + 1] of the others. ids: int32, columns.
    values: float32, > 0 or 0. entropy: the sum of -p log p, over both halves.
    """

    starts: IntArray
    ids: NDArray[np.int32]
    values: FloatArray
    entropy: float

    @property
    def n(self) -> int:
        return len(self.starts) - 1


def fit_affinities(
    graph: NeighborGraph,
    perplexity: float,
    labels: IntArray | None = None,
    supervision: float = 0.0,
) -> Work[Affinities]:
    """Gaussian weights whose entropy is the logarithm of the perplexity, made symmetric.

    labels: int64 (n,), -1 for unknown. As in TensorBoard they act as a prior: equal labels raise an
    affinity, different ones lower it, by how rare the class is; supervision 0 leaves all as it is.
    """
    ids = np.ascontiguousarray(graph.ids)
    distances = np.ascontiguousarray(graph.distances, np.float32)
    weights = yield from _calibrated(ids, distances, perplexity, graph.metric in _SQUARED)
    if labels is not None and supervision > 0:
        yield from _supervise(ids, weights, labels, supervision)
    return (yield from _symmetric(ids, weights))


def _calibrated(
    ids: NDArray[np.int32], distances: FloatArray, perplexity: float, is_squared: bool
) -> Work[FloatArray]:
    """float32 (n, k): weights of each row's neighbors, summing to one; 0 where there is none."""
    from projector.projections.tsne.affinities import kernels

    weights = np.empty(distances.shape, np.float32)
    kernel = partial(kernels.calibrate, ids, distances, perplexity, is_squared, weights)
    for start, stop in _pieces(ids, 48):
        for_each_part(stop - start, partial(kernel, start), 64)
        yield Progress(0.5 * stop / len(ids), "Weighing neighbors")
    return weights


def _supervise(
    ids: NDArray[np.int32], weights: FloatArray, labels: IntArray, supervision: float
) -> Work[None]:
    from projector.projections.tsne.affinities import kernels

    classes, places = np.unique(labels, return_inverse=True)
    counts = np.bincount(places)
    n = len(labels)
    # against the uniform prior 1 / n: a partner of the same class is picked as often as any of it
    bonus = supervision * n / counts.astype(np.float64)
    is_known = classes >= 0
    places = np.where(is_known[places], places, -1).astype(np.int64)
    for start, stop in _pieces(ids):
        kernels.supervise(ids, weights, places, bonus, 1.0 - supervision, start, stop)
        yield Progress(0.5 + 0.1 * stop / n, "Weighing labels")


def _symmetric(ids: NDArray[np.int32], weights: FloatArray) -> Work[Affinities]:
    """Each weight plus the one in the other direction, for all pairs of which one is a neighbor of
    the other; divided by the sum of all."""
    from projector.projections.tsne.affinities import kernels

    n = len(ids)
    joint, is_mutual = np.empty_like(weights), np.empty(weights.shape, np.bool_)
    pair = partial(kernels.pair, ids, weights, joint, is_mutual)
    counts = np.zeros(n, np.int64)
    for start, stop in _pieces(ids, 8):
        for_each_part(stop - start, partial(pair, start), 64)
        kernels.count(ids, is_mutual, counts, start, stop)
        yield Progress(0.6 + 0.2 * stop / n, "Pairing neighbors")
    starts = np.concatenate(([0], np.cumsum(counts)))
    columns, values = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    places = starts[:-1].copy()
    for start, stop in _pieces(ids, 4):
        kernels.fill(ids, joint, is_mutual, places, columns, values, start, stop)
        yield Progress(0.8 + 0.15 * stop / n, "Pairing neighbors")
    entropy = yield from _normalize(values)
    return Affinities(starts, columns, values, entropy)


def _normalize(values: FloatArray) -> Work[float]:
    """Divide by twice the sum, as pairs stand once, and return the entropy."""
    total = entropy = 0.0
    for start in range(0, len(values), _EDGES):
        total += float(values[start : start + _EDGES].sum(dtype=np.float64))
        yield Progress(0.97, "Pairing neighbors")
    for start in range(0, len(values), _EDGES):
        part = values[start : start + _EDGES]
        part /= np.float32(2 * total or 1.0)
        inside = part[part > 0].astype(np.float64)
        entropy -= 2 * float((inside * np.log(inside)).sum())
        yield Progress(0.99, "Pairing neighbors")
    return entropy


def _pieces(ids: NDArray[np.int32], cost: int = 1) -> list[tuple[int, int]]:
    """Rows between two yields, where an edge costs so many nanoseconds or so."""
    n, k = ids.shape
    size = max(64, 4 * _EDGES // (cost * max(1, k)))
    return [(start, min(start + size, n)) for start in range(0, n, size)]
