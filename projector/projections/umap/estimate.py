"""What a UMAP will cost, as measured on a laptop of two cores."""

from __future__ import annotations

from projector.parallel import N_CORES
from projector.projections.contract import Estimate
from projector.projections.umap.parameters import UmapParameters

_EDGES_PER_NEIGHBOR = 1.8  # each pair of neighbors lies in the rows of both, some are mutual


def estimate_umap(n: int, d: int, parameters: UmapParameters) -> Estimate:
    """For n rows of d dims, neighbors included."""
    from projector.neighbor_graph.find import estimate_bytes, is_exact_search

    k = max(1, min(parameters.n_neighbors, n) - 1)
    neighbors, edges = n * k, _EDGES_PER_NEIGHBOR * n * k
    joining = 28 * neighbors + 16 * edges
    laying_out = 20 * edges + 8 * n * (parameters.n_dims + 5) * 4
    n_bytes = max(estimate_bytes(n, d, k), 8 * neighbors + max(joining, laying_out))
    finding = n * n * (d + 10) * 3e-11 if is_exact_search(n, d) else n * (d + 10) * 2e-6
    pairs = neighbors * (1 + parameters.negative_sample_rate) * 0.4
    epoch = pairs * 8e-9 + edges * 6e-9 + 2e-4
    seconds = finding + neighbors * 1e-6 + epoch * parameters.n_epochs_for(n)
    return Estimate(int(n_bytes), 0.3 + seconds / min(N_CORES, 8))
