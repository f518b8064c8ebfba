"""k-means by Lloyd's rounds over blocks, from starts spread out by k-means++."""

from __future__ import annotations

from projector.arrays import FloatArray
from projector.clusters.contract import Clusters, KMeansParameters
from projector.progress import Work


def kmeans(vectors: FloatArray, parameters: KMeansParameters) -> Work[Clusters]:
    """Clusters around means. vectors: float32 (n, d), possibly memory-mapped; rows that are not
    finite belong to none. Raises InvalidChoice when there are fewer rows than clusters."""
    raise NotImplementedError
