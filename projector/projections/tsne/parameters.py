"""What can be chosen about t-SNE, and what is taken where nothing was."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, get_args

from projector.errors import InvalidChoice
from projector.neighbors import METRICS, Metric
from projector.projections.contract import Parameters, check_range, check_word

Start = Literal["pca", "random"]

_PERPLEXITY = 30.0
_LEAST_RATE = 200.0
_MOST_ITERATIONS = 1_000_000


_HELP = {
    "perplexity": {
        "help": "How many neighbors each point looks to, roughly: small for fine structure, large "
        "for broad; at most a third of the rows. Automatic: 30, or as much as the rows "
        "allow."
    },
    "learning_rate": {
        "help": "How far points move at each iteration. Too small and they stay in a ball, too "
        "large and they fly apart. Automatic: grows with the number of rows."
    },
    "early_exaggeration": {
        "help": "How much more strongly neighbors attract one another at first, so that clusters "
        "form before they part; 1 for not at all."
    },
    "n_early": {
        "help": "How many of the first iterations are exaggerated. Not used when a layout goes on."
    },
    "n_iterations": {
        "help": "How often all points move, the exaggerated iterations included. More of them "
        "spread the layout further; it can be stopped, and gone on with, at any time."
    },
    "metric": {
        "help": "How the distance of two vectors is measured when neighbors are looked for."
    },
    "supervision": {
        "help": "How much labels count, from 0, not at all, to 1, where neighbors of different "
        "classes no longer attract one another."
    },
    "start": {
        "help": "Where points lie at first: by principal components, which keeps the broad "
        "arrangement, or at random."
    },
}
"""Words for the user about each choice, as the metadata of its field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TsneParameters(Parameters):
    """perplexity: 1..(n - 1) / 3, None for 30 or as much as n allows. learning_rate: None for
    max(200, n / exaggeration), so n / 12 at first and n later. early_exaggeration: attraction is so
    much stronger for the first n_early of n_iterations. metric: of the neighbors. supervision:
    0..1, how much labels count: 0 not at all, at 1 neighbors of another class don't attract.
    start: where no layout is given to go on from.
    """

    perplexity: float | None = field(default=None, metadata=_HELP["perplexity"])
    learning_rate: float | None = field(default=None, metadata=_HELP["learning_rate"])
    early_exaggeration: float = field(default=12.0, metadata=_HELP["early_exaggeration"])
    n_early: int = field(default=250, metadata=_HELP["n_early"])
    n_iterations: int = field(default=750, metadata=_HELP["n_iterations"])
    metric: Metric = field(default="euclidean", metadata=_HELP["metric"])
    supervision: float = field(default=0.0, metadata=_HELP["supervision"])
    start: Start = field(default="pca", metadata=_HELP["start"])

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)  # super() does not work in a dataclass with slots
        if self.perplexity is not None:
            check_range("The perplexity", self.perplexity, 1, 100_000)
        if self.learning_rate is not None:
            check_rate(self.learning_rate)
        check_exaggeration("The early exaggeration", self.early_exaggeration)
        check_range("The number of early iterations", self.n_early, 0, _MOST_ITERATIONS)
        check_range("The number of iterations", self.n_iterations, 0, _MOST_ITERATIONS)
        check_range("The supervision", self.supervision, 0, 1)
        check_word("The distance", self.metric, METRICS)
        check_word("The start", self.start, get_args(Start))

    def perplexity_for(self, n: int) -> float:
        """For n points. Raises InvalidChoice where the one chosen is more than they allow."""
        most = max(1.0, (n - 1) / 3)
        if self.perplexity is None:
            return min(_PERPLEXITY, most)
        if self.perplexity > most:
            raise InvalidChoice(
                f"The perplexity must be at most {most:,.4g} for {n:,} points "
                f"(a third of the others), got {self.perplexity:,.4g}."
            )
        return float(self.perplexity)

    def n_neighbors_for(self, n: int) -> int:
        """Three times the perplexity: beyond those, affinities are next to nothing."""
        return max(1, min(n - 1, math.ceil(3 * self.perplexity_for(n))))

    def rate_for(self, n: int, exaggeration: float) -> float:
        """The learning rate, which grows with n and falls with the exaggeration now in force."""
        if self.learning_rate is not None:
            return float(self.learning_rate)
        return max(_LEAST_RATE, n / max(exaggeration, 1.0))


def check_rate(rate: float) -> None:
    """Raise InvalidChoice unless it can be used."""
    check_range("The learning rate", rate, 1e-3, 1e7)


def check_exaggeration(what: str, exaggeration: float) -> None:
    """Raise InvalidChoice unless it can be used."""
    check_range(what, exaggeration, 0.1, 1000)
