"""PCA as a projection: which of the principal components become the axes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.embeddings.memory import check_fits
from projector.progress import Work
from projector.projections.contract import (
    Control,
    Estimate,
    Inputs,
    Parameters,
    Projection,
    check_one_an_axis,
    wait_while_paused,
)
from projector.projections.pca import EXACT_LIMIT, Pca, estimate_bytes, fit_pca
from projector.projections.step import Step

_MOST_COMPONENTS = 1000
_FLOPS = 2e10  # a second, of two cores


@dataclass(frozen=True, slots=True, kw_only=True)
class PcaParameters(Parameters):
    """components: those that become the axes, counted from 1; empty for the first ones.

    The same vectors give the same positions whatever the seed.
    """

    components: tuple[int, ...] = field(
        default=(),
        metadata={
            "help": "The principal components that become the axes, counted from 1, the one of the "
            "largest variance. Automatic: the first ones."
        },
    )

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)
        check_one_an_axis("component", self.components, self.n_dims, _MOST_COMPONENTS)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The components, one an axis, counted from 1."""
        return self.components or tuple(range(1, self.n_dims + 1))


def pca_steps(inputs: Inputs, parameters: PcaParameters, control: Control) -> Work[Step]:
    """One step; an axis whose component the vectors don't have is 0. A start is not needed."""
    n, d = inputs.vectors.shape
    check_fits(estimate_pca(n, d, parameters).n_bytes, f"PCA of {n:,} rows of {d:,} values")
    pca = yield from fit_pca(inputs.vectors, max(parameters.chosen))
    yield from wait_while_paused(control, 1.0)
    shares = {
        f"variance {component}": float(pca.variance_ratio[component - 1])
        for component in parameters.chosen
        if component <= len(pca.variance_ratio)
    }
    step = Step(1.0, "Principal components", _positions(pca, parameters.chosen), shares)
    yield step
    return step


def _positions(pca: Pca, chosen: tuple[int, ...]) -> FloatArray:
    positions = np.zeros((len(pca.positions), len(chosen)), np.float32)
    for axis, component in enumerate(chosen):
        if component <= pca.positions.shape[1]:
            positions[:, axis] = pca.positions[:, component - 1]
    positions[np.isnan(pca.positions).any(axis=1)] = np.nan
    return frozen(positions)


def estimate_pca(n: int, d: int, parameters: PcaParameters) -> Estimate:
    """The exact way looks at the vectors a few times, the approximate one in each of its rounds."""
    width = max(parameters.chosen)
    narrow = min(n, d)
    if narrow <= EXACT_LIMIT:
        flops = 2.0 * n * d * narrow + 10.0 * narrow**3
    else:
        flops = 150.0 * n * d * (width + 10)
    n_bytes = estimate_bytes(n, d, width) + 4 * n * parameters.n_dims
    return Estimate(n_bytes, 0.01 + (flops + 20.0 * n * d) / _FLOPS)


PROJECTION = Projection(
    name="pca",
    title="PCA",
    tip="The directions in which the vectors vary most",
    parameters=PcaParameters,
    steps=pca_steps,
    estimate=estimate_pca,
)
