"""The nearest neighbors of all points at once: what t-SNE, UMAP and quality figures share.

Exact to some 50,000 rows, or 75,000 of some 400 dims, in tiles of products; beyond that by an
inverted file, or of wide rows by a descent, whose recall is measured. What needs numba or faiss is
imported when the work starts.
"""

from projector.neighbor_graph.cache import NeighborCache
from projector.neighbor_graph.find import estimate_bytes, estimate_seconds, find_neighbors
from projector.neighbor_graph.graph import NeighborGraph

__all__ = ["NeighborCache", "NeighborGraph", "estimate_bytes", "estimate_seconds", "find_neighbors"]
