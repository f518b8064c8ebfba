"""How far to trust a projection, as numbers with their errors and per point.

Everything is Work: it yields Progress, may be dropped at any yield, and holds blocks in memory
rather than the whole matrix of distances.
"""

from __future__ import annotations

from projector.quality.figures import Figure
from projector.quality.labels import Disagreement, class_codes, label_disagreement
from projector.quality.measure import Quality, estimate_seconds, measure_quality
from projector.quality.order import distance_correlation, triplet_accuracy
from projector.quality.ranks import (
    RankFigures,
    measure_ranks,
    n_looked_at,
    neighbor_overlap,
)

__all__ = [
    "Disagreement",
    "Figure",
    "Quality",
    "RankFigures",
    "class_codes",
    "distance_correlation",
    "estimate_seconds",
    "label_disagreement",
    "measure_quality",
    "measure_ranks",
    "n_looked_at",
    "neighbor_overlap",
    "triplet_accuracy",
]
