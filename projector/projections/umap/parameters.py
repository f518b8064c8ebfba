"""What can be chosen for UMAP, checked in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from projector.neighbors import METRICS, Metric
from projector.projections.contract import Parameters, check_range, check_word

Start = Literal["spectral", "pca", "random"]
STARTS: tuple[Start, ...] = get_args(Start)

_MANY_ROWS = 10_000
_EPOCHS_OF_FEW, _EPOCHS_OF_MANY = 500, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class UmapParameters(Parameters):
    """The names, meanings and defaults are those of umap-learn; each field's help says the meaning.

    n_neighbors: 2..1000. min_dist: 0..spread. spread: 0.01..100. n_epochs: 0..100,000.
    negative_sample_rate, repulsion_strength: 0..100. local_connectivity: 0..n_neighbors.
    set_op_mix_ratio, target_weight: 0..1. learning_rate: 0.001..100. Raises InvalidChoice.
    """

    n_neighbors: int = field(
        default=15,
        metadata={
            "help": "How many nearest points each point is tied to, itself counted: few show fine "
            "detail, many the large shape"
        },
    )
    min_dist: float = field(
        default=0.1,
        metadata={"help": "How close points may lie in the layout: 0 packs them tight"},
    )
    spread: float = field(
        default=1.0,
        metadata={"help": "The distance at which points of the layout count as apart"},
    )
    metric: Metric = field(
        default="euclidean", metadata={"help": "The distance by which neighbors are found"}
    )
    n_epochs: int | None = field(
        default=None,
        metadata={
            "help": f"Rounds of laying out ({_EPOCHS_OF_FEW} up to {_MANY_ROWS:,} rows, "
            f"{_EPOCHS_OF_MANY} beyond)"
        },
    )
    start: Start = field(
        default="spectral",
        metadata={
            "help": "The layout before the first epoch: smooth along the ties (spectral), "
            "principal components (pca) or random"
        },
    )
    negative_sample_rate: int = field(
        default=5,
        metadata={"help": "Random points that push, for each neighbor that pulls"},
    )
    repulsion_strength: float = field(
        default=1.0, metadata={"help": "How strongly points push one another apart"}
    )
    local_connectivity: float = field(
        default=1.0, metadata={"help": "So many nearest points are tied as strongly as can be"}
    )
    set_op_mix_ratio: float = field(
        default=1.0,
        metadata={
            "help": "1 ties two points if either takes the other for a neighbor, 0 only if both do"
        },
    )
    learning_rate: float = field(
        default=1.0, metadata={"help": "How far points move in the first epoch"}
    )
    target_weight: float = field(
        default=0.5,
        metadata={"help": "How much labels count against vectors, 0..1, where there are labels"},
    )

    def __post_init__(self) -> None:
        # a dataclass with slots is made anew, so `super()` without arguments would miss its base
        Parameters.__post_init__(self)
        check_range("The number of neighbors", self.n_neighbors, 2, 1000)
        check_range("The spread", self.spread, 0.01, 100)
        check_range("The minimum distance", self.min_dist, 0, self.spread)
        check_word("The distance", self.metric, METRICS)
        check_word("The start", self.start, STARTS)
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
