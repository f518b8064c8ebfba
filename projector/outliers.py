"""Points that lie apart from their neighbors: the local outlier factor (Breunig et al. 2000)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray, MaskArray, frozen
from projector.errors import InvalidChoice
from projector.neighbor_graph import NeighborGraph
from projector.progress import Progress, Work

_BLOCK = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class Outliers:
    """scores: float32 (n,), about 1 inside a group and more the farther out; NaN for rows without
    neighbors. ranked: int64, the rows with a score, highest first, equals in row order. k: of the
    neighbors. is_exact: whether the neighbors were; recall: the share of true ones among them."""

    scores: FloatArray
    ranked: IntArray
    k: int
    is_exact: bool
    recall: float = 1.0


def outlier_scores(graph: NeighborGraph, k: int) -> Work[Outliers]:
    """k: so many of the graph's neighbors are looked at, 1..graph.k; 20 is usual.

    Raises InvalidChoice for k out of range and for dot products, which are no distances.
    """
    if not 1 <= k <= graph.k:
        raise InvalidChoice(f"The number of neighbors must lie between 1 and {graph.k}, got {k}.")
    if graph.metric == "dot":
        raise InvalidChoice("Outliers need a distance; dot products are none.")
    n = len(graph.ids)
    reach = np.where(graph.ids[:, k - 1] >= 0, graph.distances[:, k - 1], np.nan)
    reach = np.where(np.isnan(reach), _farthest(graph, k), reach).astype(np.float64)
    density, scores = np.full(n, np.nan), np.full(n, np.nan, np.float32)
    for start in range(0, n, _BLOCK):
        place = slice(start, start + _BLOCK)
        ids, known, counts = _neighbors(graph, place, k)
        apart = np.maximum(graph.distances[place, :k].astype(np.float64), reach[ids])
        sums = np.where(known, apart, 0.0).sum(axis=1)
        density[place] = 1 / (sums / counts + 1e-10)  # as in scikit-learn: twins are not infinite
        yield Progress(0.5 * start / n, "Measuring densities")
    for start in range(0, n, _BLOCK):
        place = slice(start, start + _BLOCK)
        ids, known, counts = _neighbors(graph, place, k)
        sums = np.where(known, density[ids], 0.0).sum(axis=1)
        scores[place] = sums / counts / density[place]
        yield Progress(0.5 + 0.5 * start / n, "Comparing densities")
    ranked = np.argsort(-np.where(np.isnan(scores), -np.inf, scores), kind="stable")
    ranked = ranked[: n - int(np.isnan(scores).sum())]
    return Outliers(frozen(scores), frozen(ranked), k, graph.is_exact, graph.recall)


def _neighbors(
    graph: NeighborGraph, place: slice, k: int
) -> tuple[NDArray[np.int32], MaskArray, DoubleArray]:
    """ids (r, k), 0 where there is none; which there are; how many, NaN for none."""
    ids = graph.ids[place, :k]
    known = ids >= 0
    counts = known.sum(axis=1).astype(np.float64)
    counts[counts == 0] = np.nan
    return np.where(known, ids, 0), known, counts


def _farthest(graph: NeighborGraph, k: int) -> FloatArray:
    """float32 (n,): the distance of the last neighbor there is."""
    distances = graph.distances[:, :k]
    farthest: FloatArray = np.where(np.isfinite(distances), distances, 0).max(axis=1)
    return farthest
