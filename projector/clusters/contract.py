"""What a clustering is asked for, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray
from projector.errors import InvalidChoice

Selection = Literal["eom", "leaf"]
MOST_CLUSTERS = 10_000


def _check(what: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InvalidChoice(f"{what} must lie between {least:,} and {most:,}, got {value:,}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KMeansParameters:
    """n_clusters: 1..10,000. n_starts: 1..100 beginnings, of which the best goes on. n_rounds: 1..
    10,000, at most. seed: 0..2**32-1. Raises InvalidChoice, with the limits in the sentence."""

    n_clusters: int = 10
    n_starts: int = 5
    n_rounds: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        _check("The number of clusters", self.n_clusters, 1, MOST_CLUSTERS)
        _check("The number of starts", self.n_starts, 1, 100)
        _check("The number of rounds", self.n_rounds, 1, 10_000)
        _check("The seed", self.seed, 0, 2**32 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HdbscanParameters:
    """least_size: 2..1,000,000 points that make a cluster. n_close: 1..1,000, how many points (with
    itself) must lie within a point's core distance, more leave more points out; None for
    least_size, but at most 100. selection: "eom" for the clusters that last longest, "leaf" for the
    finest. seed: of the approximate search for neighbors. Raises InvalidChoice."""

    least_size: int = 15
    n_close: int | None = None
    selection: Selection = "eom"
    seed: int = 0

    def __post_init__(self) -> None:
        _check("The least size of a cluster", self.least_size, 2, 1_000_000)
        if self.n_close is not None:
            _check("The number of close points", self.n_close, 1, 1000)
        if self.selection not in ("eom", "leaf"):
            raise InvalidChoice(f"The selection must be eom or leaf, got {self.selection}.")
        _check("The seed", self.seed, 0, 2**32 - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """labels: int32 (n,), 0 for the largest cluster and so on, -1 for noise and for rows that are
    not finite. sizes: int64 (m,), falling. strength: float32 (n,), 0..1, how firmly a point belongs
    to its cluster; 0 for noise. central: int64 (m, 3), the rows nearest to the cluster's mean, -1
    where it has fewer. parameters: as asked for, with the seed. is_exact: False where neighbors
    were approximate or sampled, or only the nearest of each point were looked at. inertia: of
    k-means, the sum of squared distances, else NaN.
    """

    labels: NDArray[np.int32]
    sizes: IntArray
    strength: FloatArray
    central: IntArray
    parameters: KMeansParameters | HdbscanParameters
    is_exact: bool = True
    inertia: float = float("nan")

    @property
    def n_clusters(self) -> int:
        return len(self.sizes)

    @property
    def n_noise(self) -> int:
        return int(len(self.labels) - self.sizes.sum())

    @property
    def seed(self) -> int:
        return self.parameters.seed
