"""What a t-SNE will cost, as measured on a laptop of two cores."""

from __future__ import annotations

import math

from projector.parallel import N_CORES
from projector.projections.contract import Estimate
from projector.projections.tsne.parameters import TsneParameters

_GRID_BYTES = 36  # of one node: charges, potential, transforms, kernel
_EXACT_LIMIT = 50_000  # up to here neighbors are found by comparing all with all
_CACHED_POINTS = 50_000  # of more, those that a point meets have to come from afar


def estimate_tsne(n: int, d: int, parameters: TsneParameters) -> Estimate:
    """For n rows of d dims, neighbors included. Raises InvalidChoice for too large a perplexity."""
    from projector.neighbor_graph import estimate_seconds

    k = parameters.n_neighbors_for(n) if n > 1 else 1
    is_3d = parameters.n_dims == 3
    n_nodes = min(8_000_000, 80 * n if is_3d else 40 * n) + 4096
    graph, work, symmetric = 8 * n * k, 9 * n * k, 8 * n * k
    search = 256 << 20 if n * n > 64 << 20 else 4 * n * n
    if n > _EXACT_LIMIT:
        search += 4 * n * d
    n_bytes = graph + work + symmetric + 200 * n + _GRID_BYTES * n_nodes + search
    edges, repulsion = 0.7 * n * k * 2e-9, n * (8e-7 if is_3d else 3e-7)
    waiting = max(1.0, 1 + 0.6 * math.log2(max(1, n) / _CACHED_POINTS))
    iteration = (edges + min(repulsion, n * n * 1.1e-10)) * waiting + 5e-4
    seconds = iteration * parameters.n_iterations / min(N_CORES, 8)
    return Estimate(int(n_bytes), 0.2 + estimate_seconds(n, d) + seconds)
