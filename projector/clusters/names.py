"""What clusters are called: by the values and words of the metadata that tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projector.clusters.contract import Clusters
from projector.progress import Work

if TYPE_CHECKING:
    import polars as pl


def name_clusters(clusters: Clusters, table: pl.DataFrame | None) -> Work[tuple[str, ...]]:
    """One short name a cluster, all different; "cluster 3" (the largest is 1) where nothing tells.

    table: the metadata, n rows, or None.
    """
    raise NotImplementedError
