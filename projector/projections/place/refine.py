"""Steps downhill for rows that were placed: t-SNE's divergence, with the layout standing still."""

from __future__ import annotations

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.errors import InvalidChoice
from projector.parallel import for_each_part
from projector.progress import Progress, Work
from projector.projections.place.anchors import Anchors

MOST_ROUNDS = 1000

_PAIRS = 1 << 23  # looked at between two yields, some 50 ms


def refine_places(
    positions: FloatArray, anchors: Anchors, layout: FloatArray, n_rounds: int = 20
) -> Work[FloatArray]:
    """float32 (m, 2 or 3): each row where its divergence is smaller, never larger than before.

    A row's divergence is that between its weights and how near it lies to all points of the
    layout, float32 (n, 2 or 3), as in t-SNE; each round takes time in proportion to m times n.
    Raises InvalidChoice.
    """
    from projector.projections.place import kernels

    if not 0 <= n_rounds <= MOST_ROUNDS:
        raise InvalidChoice(
            f"The number of rounds must lie between 0 and {MOST_ROUNDS:,}, got {n_rounds:,}."
        )
    is_finite = np.isfinite(layout).all(axis=1)
    new_ids = np.cumsum(is_finite, dtype=np.int32) - np.int32(1)
    new_ids[~is_finite] = -1
    there = np.array(layout[is_finite], np.float32)
    moved = np.array(positions, np.float32)
    size = max(1, _PAIRS // max(1, len(there) * (n_rounds + 1)))
    for first in range(0, len(moved), size):
        place = slice(first, first + size)
        own, weights = moved[place], np.array(anchors.weights[place])
        ids = np.where(anchors.ids[place] >= 0, new_ids[anchors.ids[place]], np.int32(-1))

        def part(
            start: int,
            stop: int,
            ids: object = ids,
            weights: object = weights,
            own: object = own,
        ) -> None:
            kernels.refine(ids, weights, there, n_rounds, own, start, stop)

        for_each_part(len(own), part)
        yield Progress(min(1.0, (first + size) / len(moved)), "Moving rows to better places")
    return frozen(moved)
