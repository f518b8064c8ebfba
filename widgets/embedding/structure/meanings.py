"""What each figure of quality means, in words, and on which scale it is to be read."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

CONTEXT = "Quality"


@dataclass(frozen=True, slots=True)
class Meaning:
    """name: of the attribute of Quality. title: of the row. column: in the metadata, "" where the
    figure belongs to no points. sentence: short; explanation: of the tool tip. low: where the scale
    begins; it ends at 1. chance: what a layout by chance has."""

    name: str
    title: str
    column: str
    sentence: str
    explanation: str
    low: float
    chance: float


def meanings(n: int, k: int) -> tuple[Meaning, ...]:
    """Of a layout of n points, k neighbors of each looked at; in the order they are shown."""
    tr = QCoreApplication.translate
    return (
        Meaning(
            "trustworthiness",
            tr(CONTEXT, "Trustworthiness"),
            "trustworthiness",
            tr(CONTEXT, "What lies near in the picture is near in truth."),
            tr(
                CONTEXT,
                "Points that are neighbors in the picture only cost the more, the farther away "
                "they truly are. Low values: groups that are not there.",
            ),
            0.0,
            _chance_of_ranks(n, k),
        ),
        Meaning(
            "continuity",
            tr(CONTEXT, "Continuity"),
            "continuity",
            tr(CONTEXT, "What is near in truth lies near in the picture."),
            tr(
                CONTEXT,
                "True neighbors that the picture tears apart cost the more, the farther apart they "
                "are drawn. Low values: groups that were torn.",
            ),
            0.0,
            _chance_of_ranks(n, k),
        ),
        Meaning(
            "overlap",
            tr(CONTEXT, "Neighbor overlap"),
            "neighbor overlap",
            tr(CONTEXT, "True neighbors that are neighbors here."),
            tr(
                CONTEXT,
                "The strictest figure: a neighbor counts only if it is among the nearest both in "
                "truth and in the picture.",
            ),
            0.0,
            min(1.0, k / max(1, n - 1)),
        ),
        Meaning(
            "triplets",
            tr(CONTEXT, "Triplet accuracy"),
            "triplet accuracy",
            tr(CONTEXT, "The nearer of two is drawn nearer."),
            tr(
                CONTEXT,
                "Random triplets of points: whether the picture keeps which of two points is "
                "nearer to the third. It tells of the large, not of neighbors.",
            ),
            0.0,
            0.5,
        ),
        Meaning(
            "distances",
            tr(CONTEXT, "Distance correlation"),
            "",
            tr(CONTEXT, "Whether long distances are drawn long."),
            tr(
                CONTEXT,
                "Spearman's correlation of distances in truth and in the picture, over random "
                "pairs of points; from -1 to 1.",
            ),
            -1.0,
            0.0,
        ),
    )


def _chance_of_ranks(n: int, k: int) -> float:
    """Trustworthiness and continuity where neighbors are drawn by lot."""
    if n < 3 or 2 * k >= n:
        return 0.5
    beyond = (n - 1 - k) * (n - k) / (2 * (n - 1))
    return 1.0 - 2.0 * beyond / (2 * n - 3 * k - 1)
