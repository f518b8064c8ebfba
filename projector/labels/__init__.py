"""Labels in the picture: which points are named at this zoom, and where without overlap.

`rank_labels` and `typical_rows` once per layout, in a job; then for each picture
`choose_candidates`, measure their texts, `place_labels`.
"""

from __future__ import annotations

from projector.labels.candidates import Candidates, choose_candidates
from projector.labels.placement import ANCHORS, CENTERED, Placed, place_labels
from projector.labels.rank import LabelRank, rank_labels
from projector.labels.typical import typical_rows

__all__ = [
    "ANCHORS",
    "CENTERED",
    "Candidates",
    "LabelRank",
    "Placed",
    "choose_candidates",
    "place_labels",
    "rank_labels",
    "typical_rows",
]
