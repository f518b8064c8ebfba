"""Live UMAP in two and three dimensions.

The fuzzy graph, the forces and the schedule are those of McInnes, Healy and Melville (2018, "UMAP:
Uniform Manifold Approximation and Projection for Dimension Reduction") as umap-learn has them.
"""

from __future__ import annotations

import numpy as np

from projector.progress import Progress, Work
from projector.projections.contract import Control, Inputs, Projection
from projector.projections.step import Step
from projector.projections.umap.estimate import estimate_umap
from projector.projections.umap.parameters import UmapParameters

__all__ = ["PROJECTION", "UmapParameters", "estimate_umap", "umap_steps", "warm_up"]


def umap_steps(inputs: Inputs, parameters: UmapParameters, control: Control) -> Work[Step]:
    """A Step per epoch, or per several where they are quick; the first is the start.

    Diagnostics: epoch, learning rate. Raises InvalidChoice, NothingToShow, TooLarge.
    """
    from projector.projections.umap.run import run_umap

    return (yield from run_umap(inputs, parameters, control))


def warm_up() -> Work[None]:
    """Compile all kernels by short runs."""
    yield Progress(None, "Preparing UMAP")
    vectors = np.random.default_rng(0).normal(size=(500, 4)).astype(np.float32)
    inputs = Inputs(vectors, labels=np.arange(500) % 3)
    yield from umap_steps(inputs, UmapParameters(n_epochs=2), Control())


PROJECTION = Projection(
    name="umap",
    title="UMAP",
    tip="Keeps neighbors together, and more of the large shape than t-SNE",
    parameters=UmapParameters,
    steps=umap_steps,
    estimate=estimate_umap,
)
