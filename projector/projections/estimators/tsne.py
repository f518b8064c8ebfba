"""t-SNE as an estimator."""

from __future__ import annotations

import math

from projector.neighbors import Metric
from projector.projections.estimators.base import Start
from projector.projections.estimators.placing import Placing


class Tsne(Placing):
    """Our t-SNE; the parameters are those of TsneParameters.

    start: "pca", "random" or a layout to go on from. Learned: embedding_ float32 (n, c);
    kl_divergence_, as far as it was measured; n_iter_.
    """

    _projection = "tsne"

    def __init__(
        self,
        n_components: int = 2,
        *,
        perplexity: float | None = None,
        learning_rate: float | None = None,
        early_exaggeration: float = 12.0,
        n_early: int = 250,
        n_iterations: int = 750,
        metric: Metric = "euclidean",
        supervision: float = 0.0,
        start: Start = "pca",
        random_state: int | None = 0,
    ) -> None:
        self.n_components = n_components
        self.perplexity = perplexity
        self.learning_rate = learning_rate
        self.early_exaggeration = early_exaggeration
        self.n_early = n_early
        self.n_iterations = n_iterations
        self.metric = metric
        self.supervision = supervision
        self.start = start
        self.random_state = random_state

    @property
    def kl_divergence_(self) -> float:
        return self.diagnostics_.get("kl", math.nan)  # a single point has none

    @property
    def n_iter_(self) -> int:
        return int(self.diagnostics_.get("iteration", 0))
