"""Estimators whose new rows are placed among the fitted ones."""

from __future__ import annotations

from typing import Any

from projector.arrays import FloatArray
from projector.neighbors import Metric
from projector.progress import finish
from projector.projections.estimators.base import Estimator
from projector.projections.place import place_rows


class Placing(Estimator):
    """Those whose new rows are placed among the fitted ones, which are kept for that."""

    metric: Metric
    _vectors: FloatArray

    def _learn_vectors(self, vectors: FloatArray) -> None:
        self._vectors = vectors

    def transform(self, X: Any) -> FloatArray:  # noqa: N803
        """float32 (m, n_components): new rows among the fitted ones, which stay where they are."""
        vectors = self._checked_new(X)
        step = finish(place_rows(vectors, self._vectors, self.embedding_, metric=self.metric))
        return step.positions
