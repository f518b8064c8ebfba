"""Points that lie apart from their neighbors: the local outlier factor (Breunig et al. 2000)."""

from __future__ import annotations

from dataclasses import dataclass

from projector.arrays import FloatArray, IntArray
from projector.neighbor_graph import NeighborGraph
from projector.progress import Work


@dataclass(frozen=True, slots=True, eq=False)
class Outliers:
    """scores: float32 (n,), about 1 inside a group and more the farther out; NaN for rows without
    neighbors. ranked: int64, the rows with a score, highest first, equals in row order. k: of the
    neighbors. is_exact: whether the neighbors were."""

    scores: FloatArray
    ranked: IntArray
    k: int
    is_exact: bool


def outlier_scores(graph: NeighborGraph, k: int) -> Work[Outliers]:
    """k: so many of the graph's neighbors are looked at, 1..graph.k; 20 is usual.

    Raises InvalidChoice for k out of range and for dot products, which are no distances.
    """
    raise NotImplementedError
