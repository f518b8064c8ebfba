"""Chooses between the exact and the approximate search, and says no before it starts in vain."""

from __future__ import annotations

import numpy as np

from projector.arrays import FloatArray
from projector.embeddings.memory import check_fits
from projector.errors import InvalidChoice, NothingToShow
from projector.neighbor_graph.graph import NeighborGraph
from projector.neighbors import METRICS, Metric
from projector.progress import Work

EXACT_ROWS = 50_000
WIDE_EXACT_ROWS, WIDE = 100_000, 256
"""So wide rows are compared all with all for longer, as other ways save less."""

_EXACT_COST = 2.5e12  # pairs times (dims + 64): half a minute or so of one core
_COST_OF_A_PAIR = 64
_SHARED_NEIGHBORS, _FEW_NEIGHBORS = 96, 16
_MOST_SHARED_BYTES = 1 << 28


def is_exact_search(n: int, d: int) -> bool:
    """Whether find_neighbors compares all pairs of so many rows."""
    most = WIDE_EXACT_ROWS if d >= WIDE else EXACT_ROWS
    return n <= most and n * n * (d + _COST_OF_A_PAIR) <= _EXACT_COST


def n_searched(n: int, k: int) -> int:
    """How many neighbors of n rows are looked for where k are wanted: as many as serve the next
    who asks. A few more cost little, and t-SNE wants some 90 where UMAP wants 14."""
    size = _SHARED_NEIGHBORS if 8 * n * _SHARED_NEIGHBORS <= _MOST_SHARED_BYTES else _FEW_NEIGHBORS
    return max(1, min(n - 1, -(-k // size) * size))


def find_neighbors(
    vectors: FloatArray, k: int, metric: Metric = "euclidean", *, seed: int = 0
) -> Work[NeighborGraph]:
    """The k nearest neighbors of every row; n - 1 of them where k is more.

    vectors: float32 (n, d), possibly memory-mapped, of any length and scale; rows that hold NaN or
    infinities have no neighbors and are nobody's. seed: of the approximate search, which is the
    same each time; its recall is raised to 0.95 or as far as it goes, and reported. Equal distances
    come in row order. Raises InvalidChoice, NothingToShow (fewer than two finite rows), TooLarge.
    """
    _check(vectors, k, metric)
    n, d = vectors.shape
    k = min(k, n - 1)
    check_fits(estimate_bytes(n, d, k), f"Finding {k:,} neighbors of {n:,} rows", _ADVICE)
    from projector.neighbor_graph.exact import exact_graph
    from projector.neighbor_graph.space import measure

    vectors = _readable(vectors)
    is_exact = is_exact_search(n, d)
    space = yield from measure(vectors, metric, keep_copy=is_exact)
    recall = 1.0
    if is_exact:
        ids, distances = yield from exact_graph(space, k)
    else:
        from projector.neighbor_graph.approximate import approximate_graph

        # what is found depends a little on how many are looked for
        ids, distances, recall = yield from approximate_graph(space, n_searched(n, k), seed)
    graph = NeighborGraph(ids, distances, metric, recall)
    return graph.nearest(min(k, graph.k))


_ADVICE = "Ask for fewer neighbors, or reduce the vectors by PCA first."


def estimate_bytes(n: int, d: int, k: int) -> int:
    """Memory find_neighbors takes at its peak, beyond the vectors."""
    if is_exact_search(n, d):
        graph = 8 * n * (2 * k + k // 8 + 6)  # candidates too
        return graph + 4 * n * d + (200 << 20)
    graph = 8 * n * (k + n_searched(n, k))
    from projector.neighbor_graph import approximate, descent

    if d >= approximate.DESCENT_DIMS:
        return graph + descent.estimate_bytes(n, d, n_searched(n, k))
    sampled = min(1 << 26, int(96 * float(np.sqrt(n))) * d)
    return graph + n * (4 * d + 40) + 8 * sampled + (200 << 20)


def estimate_seconds(n: int, d: int) -> float:
    """How long find_neighbors takes on two cores, roughly; few neighbors or many hardly matter."""
    if is_exact_search(n, d):
        return 0.05 + n * n * (1.5e-11 * d + 1.5e-9)
    if d >= WIDE:
        return 1.0 + n * (1e-4 + 1.5e-7 * d)
    return 1.0 + n * (5e-6 + 9e-10 * float(np.sqrt(n)) * (d + 16))


def _check(vectors: FloatArray, k: int, metric: str) -> None:
    if metric not in METRICS:
        raise InvalidChoice(f"The distance must be one of {', '.join(METRICS)}, got {metric}.")
    if k < 1:
        raise InvalidChoice(f"The number of neighbors must be at least 1, got {k:,}.")
    if len(vectors) < 2:
        raise NothingToShow("A single point has no neighbors.")
    if vectors.shape[1] < 1:
        raise NothingToShow("Vectors without any dimension have no neighbors.")


def _readable(vectors: FloatArray) -> FloatArray:
    """As kernels read them: plain arrays of single or double precision, still memory-mapped."""
    plain = np.asarray(vectors)
    if plain.dtype in (np.float32, np.float64) and plain.flags.c_contiguous:
        return plain
    return np.ascontiguousarray(plain, np.float32)
