"""Which points are worth a try in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projector.arrays import FloatArray, IntArray, MaskArray
from projector.labels.rank import LabelRank
from projector.render.camera import Camera

MOST_CANDIDATES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """ids: int64 (m,). xy: float32 (m, 2) in pixels from the top left. depths: float32 (m,), along
    the sight in world units. priorities: float32 (m,), for place_labels."""

    ids: IntArray
    xy: FloatArray
    depths: FloatArray
    priorities: FloatArray


def choose_candidates(
    rank: LabelRank,
    camera: Camera,
    width: int,
    height: int,
    *,
    first: Sequence[IntArray] = (),
    shown_mask: MaskArray | None = None,
    most: int = MOST_CANDIDATES,
) -> Candidates:
    """The most important points that the camera sees, most important first.

    first: groups of rows that come before all others, such as hovered, selected, neighbors; of each
    at most `most`. shown_mask: bool (n,), rows that are shown at all. With most=0 only those of the
    groups. A few milliseconds for a million points.
    """
    raise NotImplementedError
