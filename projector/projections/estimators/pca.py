"""PCA as an estimator."""

from __future__ import annotations

from typing import Any

import numpy as np

from projector.arrays import DoubleArray, FloatArray
from projector.embeddings.memory import check_fits
from projector.errors import InvalidChoice
from projector.progress import Work
from projector.projections.contract import Control
from projector.projections.estimators.base import Estimator
from projector.projections.estimators.checks import checked_vectors, checked_whole
from projector.projections.pca import Pca as Found
from projector.projections.pca import estimate_bytes, fit_pca
from projector.projections.step import Step


class Pca(Estimator):
    """Principal components, centered and not scaled.

    Learned: embedding_ float32 (n, c); components_ float64 (c, d); explained_variance_ratio_ (c,);
    mean_ (d,).
    """

    _projection = "pca"

    def __init__(self, n_components: int = 2, *, random_state: int | None = 0) -> None:
        self.n_components = n_components
        self.random_state = random_state

    components_: DoubleArray
    explained_variance_ratio_: DoubleArray
    mean_: DoubleArray
    _found: Found

    def steps(self, X: Any, y: Any = None, control: Control | None = None) -> Work[Step]:  # noqa: N803
        """Fit step by step; there is one Step. n_components may be any number here."""
        n_components = checked_whole("n_components", self.n_components)
        if n_components < 1:
            raise InvalidChoice(f"n_components must be at least 1, got {n_components:,}.")
        vectors = checked_vectors(X)
        n, d = vectors.shape
        check_fits(estimate_bytes(n, d, n_components), f"PCA of {n:,} rows of {d:,} values")
        found = yield from fit_pca(vectors, n_components)
        self.n_features_in_ = vectors.shape[1]
        self._found = found
        self.components_ = found.components
        self.explained_variance_ratio_ = found.variance_ratio
        self.mean_ = found.mean
        step = Step(1.0, "Principal components", found.positions)
        self._learn(step)
        yield step
        return step

    def transform(self, X: Any) -> FloatArray:  # noqa: N803
        """float32 (m, c), of any rows as wide as those fitted."""
        vectors = self._checked_new(X)
        return self._found.transform(vectors)

    def inverse_transform(self, X: Any) -> FloatArray:  # noqa: N803
        """float32 (m, d): the vectors that lie at these positions, (m, c). Raises InvalidChoice."""
        self._check_fitted()
        positions = checked_vectors(X)
        c = len(self.components_)
        if positions.shape[1] != c:
            raise InvalidChoice(
                f"Positions along {c:,} components are needed, got {positions.shape[1]:,} columns."
            )
        whole = positions.astype(np.float64) @ self.components_ + self.mean_
        return np.asarray(whole, np.float32)
