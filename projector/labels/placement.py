"""Where labels go so that none covers another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray

ANCHORS = (
    "right",
    "left",
    "above",
    "below",
    "above right",
    "below right",
    "above left",
    "below left",
)
"""Where a label may stand beside its point, in the order in which they are tried."""

HOLD = 1.5
"""By how much the priority of a label rises that was placed in the picture before."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """places: int64 (k,), which of the candidates got a label, the most important first. ids: int64
    (k,), their points. rects: float32 (k, 4): left, top, width, height in pixels. anchors: uint8
    (k,), numbers into ANCHORS."""

    places: IntArray
    ids: IntArray
    rects: FloatArray
    anchors: NDArray[np.uint8]


def place_labels(
    ids: IntArray,
    xy: FloatArray,
    sizes: FloatArray,
    priorities: FloatArray,
    viewport: tuple[float, float],
    *,
    previous: Placed | None = None,
    obstacles: FloatArray | None = None,
    away_px: float = 6.0,
    gap_px: float = 2.0,
    most: int = 1000,
) -> Placed:
    """Give labels a place, the most important first, none over another or over an edge.

    ids: int64 (m,). xy: float32 (m, 2), the points' middles in pixels; NaN for what can't be seen.
    sizes: float32 (m, 2), width and height of each text, as the caller's font has it; empty ones
    get no label. priorities: float32 (m,), higher is better. viewport: width and height. previous:
    what was placed in the picture before: its labels win against others that are not more important
    by HOLD, and keep their side. obstacles: float32 (k, 4), rectangles to keep free. away_px: from
    the point's middle to the text. gap_px: between texts. most: of labels at all.
    """
    raise NotImplementedError
