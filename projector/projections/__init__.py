"""Ways from many dimensions to two or three; a file and a line in PROJECTIONS add another.

What is slow to import behind the table is imported when its projection first runs.
"""

from __future__ import annotations

from projector.projections.components import PROJECTION as PCA
from projector.projections.contract import Projection
from projector.projections.raw import PROJECTION as RAW
from projector.projections.tsne import PROJECTION as TSNE
from projector.projections.umap import PROJECTION as UMAP

__all__ = ["PROJECTIONS", "Projection"]

PROJECTIONS: dict[str, Projection] = {
    projection.name: projection for projection in (PCA, TSNE, UMAP, RAW)
}
