"""Groups of points that lie together: k-means and HDBSCAN, and names told by the metadata."""

from projector.clusters.agreement import Agreement, compare_labels
from projector.clusters.contract import Clusters, HdbscanParameters, KMeansParameters
from projector.clusters.hdbscan import hdbscan, n_neighbors
from projector.clusters.kmeans import kmeans
from projector.clusters.names import name_clusters

__all__ = [
    "Agreement",
    "Clusters",
    "HdbscanParameters",
    "KMeansParameters",
    "compare_labels",
    "hdbscan",
    "kmeans",
    "n_neighbors",
    "name_clusters",
]
