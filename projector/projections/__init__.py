"""Ways from many dimensions to two or three; a file and a line in PROJECTIONS add another.

The modules behind the table are imported when their projection first runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.progress import Work
from projector.projections.step import Step


@dataclass(frozen=True, slots=True)
class Projection:
    """name: as in choices and on the command line. title, tip: for the user.

    steps: called with vectors float32 (n, d) and the number of dims wanted (2 or 3); yields
    Progress or Step and returns the last Step. Where the vectors have fewer dims, the others are 0.
    """

    name: str
    title: str
    tip: str
    steps: Callable[[FloatArray, int], Work[Step]]


def _pca_steps(vectors: FloatArray, n_dims: int) -> Work[Step]:
    from projector.projections.pca import fit_pca

    pca = yield from fit_pca(vectors, n_dims)
    positions = np.zeros((len(vectors), n_dims), np.float32)
    positions[:, : pca.positions.shape[1]] = pca.positions
    shares = {f"variance {i + 1}": float(share) for i, share in enumerate(pca.variance_ratio)}
    step = Step(1.0, "Principal components", frozen(positions), shares)
    yield step
    return step


PROJECTIONS: dict[str, Projection] = {
    projection.name: projection
    for projection in (
        Projection("pca", "PCA", "The directions in which the vectors vary most", _pca_steps),
    )
}
