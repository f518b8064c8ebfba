"""What a UMAP will cost, as measured on a laptop of two cores."""

from __future__ import annotations

import math

from projector.parallel import N_CORES
from projector.projections.contract import Estimate
from projector.projections.umap.parameters import UmapParameters

_CACHED_POINTS = 50_000  # of more, those that a point meets have to come from afar
_EDGES_PER_NEIGHBOR = 1.8  # each pair of neighbors lies in the rows of both, some are mutual


def estimate_umap(n: int, d: int, parameters: UmapParameters) -> Estimate:
    """For n rows of d dims, neighbors included."""
    from projector.neighbor_graph.find import estimate_bytes, estimate_seconds

    k = max(1, min(parameters.n_neighbors, n) - 1)
    neighbors, edges = n * k, _EDGES_PER_NEIGHBOR * n * k
    joining = 28 * neighbors + 16 * edges
    laying_out = 20 * edges + 8 * n * (parameters.n_dims + 5) * 4
    n_bytes = max(estimate_bytes(n, d, k), 8 * neighbors + max(joining, laying_out))
    pairs = neighbors * (1 + parameters.negative_sample_rate) * 0.4
    waiting = max(1.0, 1 + 0.7 * math.log2(max(1, n) / _CACHED_POINTS))
    epoch = (pairs * 8e-9 + edges * 6e-9) * waiting + 2e-4
    seconds = neighbors * 2e-6 + epoch * parameters.n_epochs_for(n)
    finding = estimate_seconds(n, d)
    return Estimate(int(n_bytes), 0.3 + finding + seconds / min(N_CORES, 8))
