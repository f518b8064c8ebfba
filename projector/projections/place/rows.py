"""New rows into a finished layout, as one piece of work."""

from __future__ import annotations

import numpy as np

from projector.arrays import FloatArray, MaskArray, frozen
from projector.errors import InvalidChoice
from projector.neighbors import Metric
from projector.progress import Work
from projector.projections.place.anchors import N_ANCHORS, PERPLEXITY, find_anchors
from projector.projections.place.refine import refine_places
from projector.projections.step import Step


def place_rows(
    new: FloatArray,
    reference: FloatArray,
    layout: FloatArray,
    *,
    k: int = N_ANCHORS,
    perplexity: float = PERPLEXITY,
    metric: Metric = "euclidean",
    n_rounds: int = 0,
) -> Work[Step]:
    """Positions for new rows, float32 (m, d), among the reference, float32 (n, d), whose layout,
    float32 (n, 2 or 3), stays as it is: weighted means of their nearest neighbors' positions.

    n_rounds: steps downhill afterwards, for layouts of t-SNE. Positions of the steps are those of
    the new rows, NaN for rows with gaps. For PCA there is Pca.transform. Raises InvalidChoice,
    NothingToShow, TooLarge.
    """
    if len(layout) != len(reference):
        raise InvalidChoice(
            f"A layout of {len(reference):,} rows is needed, got one of {len(layout):,}."
        )
    usable: MaskArray = np.asarray(np.isfinite(layout).all(axis=1))
    anchors = yield from find_anchors(
        new, reference, k=k, perplexity=perplexity, metric=metric, usable_mask=usable
    )
    placed = frozen(np.ones(len(new), np.bool_))
    note = f"Placed {len(new):,} rows"
    step = Step(0.5 if n_rounds else 1.0, note, anchors.place(layout), placed_mask=placed)
    yield step
    if n_rounds:
        positions = yield from refine_places(step.positions, anchors, layout, n_rounds)
        step = Step(1.0, note, positions, placed_mask=placed)
        yield step
    return step
