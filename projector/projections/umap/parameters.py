"""What can be chosen for UMAP, checked in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from projector.errors import InvalidChoice
from projector.neighbors import METRICS, Metric
from projector.projections.contract import Parameters, check_range

Start = Literal["spectral", "pca", "random"]
STARTS: tuple[Start, ...] = get_args(Start)

_MANY_ROWS = 10_000
_EPOCHS_OF_FEW, _EPOCHS_OF_MANY = 500, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class UmapParameters(Parameters):
    """The names, meanings and defaults are those of umap-learn.

    n_neighbors: counts the point itself; of fewer points, all are neighbors. min_dist: how close
    points may lie, 0..spread. n_epochs: None for 500 up to 10,000 rows and 200 beyond. start: the
    layout before the first epoch, where none is given to go on from. local_connectivity: so many
    nearest points count as fully connected. set_op_mix_ratio: 1 joins what either of two points
    takes for a neighbor, 0 keeps only what both do. target_weight: 0..1, how much labels count
    against vectors, where there are labels.
    """

    n_neighbors: int = 15
    min_dist: float = 0.1
    spread: float = 1.0
    metric: Metric = "euclidean"
    n_epochs: int | None = None
    start: Start = "spectral"
    negative_sample_rate: int = 5
    repulsion_strength: float = 1.0
    local_connectivity: float = 1.0
    set_op_mix_ratio: float = 1.0
    learning_rate: float = 1.0
    target_weight: float = 0.5

    def __post_init__(self) -> None:
        # a dataclass with slots is made anew, so `super()` without arguments would miss its base
        Parameters.__post_init__(self)
        check_range("The number of neighbors", self.n_neighbors, 2, 1000)
        check_range("The spread", self.spread, 0.01, 100)
        check_range("The minimum distance", self.min_dist, 0, self.spread)
        _check_word("The distance", self.metric, METRICS)
        _check_word("The start", self.start, STARTS)
        if self.n_epochs is not None:
            check_range("The number of epochs", self.n_epochs, 0, 100_000)
        check_range("The negative sample rate", self.negative_sample_rate, 0, 100)
        check_range("The strength of repulsion", self.repulsion_strength, 0, 100)
        check_range("The local connectivity", self.local_connectivity, 0, self.n_neighbors)
        check_range("The share of the union", self.set_op_mix_ratio, 0, 1)
        check_range("The learning rate", self.learning_rate, 0.001, 100)
        check_range("The weight of labels", self.target_weight, 0, 1)

    def n_neighbors_for(self, n: int) -> int:
        """The number of neighbors of each of n points, the point itself not counted."""
        return max(0, min(self.n_neighbors, n) - 1)

    def n_epochs_for(self, n: int) -> int:
        """The number of epochs for n rows."""
        if self.n_epochs is not None:
            return self.n_epochs
        return _EPOCHS_OF_FEW if n <= _MANY_ROWS else _EPOCHS_OF_MANY


def _check_word(what: str, word: str, words: tuple[str, ...]) -> None:
    if word not in words:
        raise InvalidChoice(f"{what} must be one of {', '.join(words)}, got {word}.")
