"""Live t-SNE in two and three dimensions.

The objective and the descent are those of van der Maaten and Hinton (2008, "Visualizing data using
t-SNE"). Start and learning rate follow Kobak and Berens (2019, "The art of using t-SNE for
single-cell transcriptomics") and Belkina et al. (2019, "Automated optimized parameters for
t-distributed stochastic neighbor embedding"). Repulsion is interpolated on a grid and convolved by
FFT, as in Linderman et al. (2019, "Fast interpolation-based t-SNE"), but through one scalar
potential and B-splines, as particle-mesh methods of physics do, which carries it to 3D.
"""

from __future__ import annotations

from projector.progress import Progress, Work
from projector.projections.contract import Control, Inputs, Projection
from projector.projections.step import Step
from projector.projections.tsne.estimate import estimate_tsne
from projector.projections.tsne.parameters import TsneParameters

__all__ = ["PROJECTION", "TsneParameters", "estimate_tsne", "tsne_steps", "warm_up"]


def tsne_steps(inputs: Inputs, parameters: TsneParameters, control: Control) -> Work[Step]:
    """A Step per iteration; the first, the layout that it starts from, comes at once.

    Diagnostics: iteration; gradient, its norm; kl, the divergence as it was last estimated, every
    ten iterations and never exaggerated, and "kl iteration", the one whose layout it is of. The
    last Step's kl is of its own layout, by all pairs where there are at most 20,000 points, and
    then stands as "exact kl", too. Raises InvalidChoice, NothingToShow, TooLarge.
    """
    from projector.projections.tsne.run import run_tsne

    return (yield from run_tsne(inputs, parameters, control))


def warm_up() -> Work[None]:
    """Compile all kernels by a short run of each kind."""
    from projector.projections.tsne.run import warm_up_kernels

    yield Progress(None, "Preparing t-SNE")
    yield from warm_up_kernels()


PROJECTION = Projection(
    name="tsne",
    title="t-SNE",
    tip="Keeps neighbors together: shows clusters, not distances between them",
    parameters=TsneParameters,
    steps=tsne_steps,
    estimate=estimate_tsne,
)
