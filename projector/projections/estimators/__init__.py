"""The projections as scikit-learn knows its own: fit, transform, get_params, attributes with an
underscore; for pipelines and notebooks.

They follow scikit-learn's conventions by their methods alone, so that nothing of it is imported:
the constructor only stores, `fit` checks, what was learned ends with an underscore.
"""

from __future__ import annotations

from projector.projections.estimators.pca import Pca
from projector.projections.estimators.tsne import Tsne
from projector.projections.estimators.umap import Umap

__all__ = ["Pca", "Tsne", "Umap"]
