"""Which points deserve a name first, at any zoom: computed once per layout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import FloatArray, IntArray
from projector.progress import Work


@dataclass(frozen=True, slots=True, eq=False)
class LabelRank:
    """ids: int64 (m,), the points that have a place, the most important first. points: float32
    (m, 3), where they lie, in that order. levels: int16 (m,), rising: at level L the points named
    so far are spread over cells of 1 / 2**L of the cloud's size.
    """

    ids: IntArray
    points: FloatArray
    levels: np.ndarray[tuple[int], np.dtype[np.int16]]


def rank_labels(positions: FloatArray) -> Work[LabelRank]:
    """Rank the points: those amid the densest places of ever smaller cells.

    positions: float32 (n, 3), rows with NaN take no part. A million points take about a second.
    """
    raise NotImplementedError
