"""HDBSCAN: clusters of any shape and density, and noise, from a graph of neighbors."""

from __future__ import annotations

from projector.arrays import FloatArray
from projector.clusters.contract import Clusters, HdbscanParameters
from projector.neighbor_graph import NeighborGraph
from projector.progress import Work


def hdbscan(
    vectors: FloatArray, parameters: HdbscanParameters, graph: NeighborGraph | None = None
) -> Work[Clusters]:
    """Clusters by density. vectors: float32 (n, d), vectors or positions; rows that are not finite
    are noise. graph: neighbors found before, used where they suffice (euclidean and enough of
    them). Raises NothingToShow for fewer than two finite rows, TooLarge."""
    raise NotImplementedError
