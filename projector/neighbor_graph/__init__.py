"""The nearest neighbors of all points at once: what t-SNE, UMAP and quality figures share.

Exact to some 50,000 rows, or 75,000 of some 400 dims, in tiles of products; beyond that in
lists of rows that lie together, or of wide rows by a descent, with a recall that is measured. What
needs numba is imported when the work starts.
"""

from projector.neighbor_graph.cache import NeighborCache
from projector.neighbor_graph.find import estimate_bytes, estimate_seconds, find_neighbors
from projector.neighbor_graph.graph import NeighborGraph

__all__ = ["NeighborCache", "NeighborGraph", "estimate_bytes", "estimate_seconds", "find_neighbors"]
