"""UMAP as an estimator."""

from __future__ import annotations

from projector.neighbors import Metric
from projector.projections.estimators.base import Start
from projector.projections.estimators.placing import Placing


class Umap(Placing):
    """Our UMAP; the parameters are those of UmapParameters.

    start: "spectral", "pca", "random" or a layout to go on from. Learned: embedding_ float32
    (n, c).
    """

    _projection = "umap"

    def __init__(
        self,
        n_components: int = 2,
        *,
        n_neighbors: int = 15,
        min_dist: float = 0.1,
        spread: float = 1.0,
        metric: Metric = "euclidean",
        n_epochs: int | None = None,
        start: Start = "spectral",
        negative_sample_rate: int = 5,
        repulsion_strength: float = 1.0,
        local_connectivity: float = 1.0,
        set_op_mix_ratio: float = 1.0,
        learning_rate: float = 1.0,
        target_weight: float = 0.5,
        random_state: int | None = 0,
    ) -> None:
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.min_dist = min_dist
        self.spread = spread
        self.metric = metric
        self.n_epochs = n_epochs
        self.start = start
        self.negative_sample_rate = negative_sample_rate
        self.repulsion_strength = repulsion_strength
        self.local_connectivity = local_connectivity
        self.set_op_mix_ratio = set_op_mix_ratio
        self.learning_rate = learning_rate
        self.target_weight = target_weight
        self.random_state = random_state
