"""What a t-SNE will cost, as measured on a laptop of two cores."""

from __future__ import annotations

from projector.parallel import N_CORES
from projector.projections.contract import Estimate
from projector.projections.tsne.parameters import TsneParameters

_GRID_BYTES = 36  # of one node: charges, potential, transforms, kernel
_EXACT_LIMIT = 50_000  # up to here neighbors are found by comparing all with all


def estimate_tsne(n: int, d: int, parameters: TsneParameters) -> Estimate:
    """For n rows of d dims, neighbors included. Raises InvalidChoice for too large a perplexity."""
    k = parameters.n_neighbors_for(n) if n > 1 else 1
    is_3d = parameters.n_dims == 3
    n_nodes = min(8_000_000, 80 * n if is_3d else 40 * n) + 4096
    graph, work, symmetric = 8 * n * k, 9 * n * k, 8 * n * k
    search = 256 << 20 if n * n > 64 << 20 else 4 * n * n
    if n > _EXACT_LIMIT:
        search += 4 * n * d
    n_bytes = graph + work + symmetric + 200 * n + _GRID_BYTES * n_nodes + search
    edges, repulsion = 0.7 * n * k * 2e-9, n * (8e-7 if is_3d else 3e-7)
    iteration = edges + min(repulsion, n * n * 1.1e-10) + 5e-4
    finding = n * n * (d + 10) * 3e-11 if n <= _EXACT_LIMIT else n * (d + 10) * 2e-6
    seconds = finding + iteration * parameters.n_iterations
    return Estimate(int(n_bytes), 0.2 + seconds / min(N_CORES, 8))
