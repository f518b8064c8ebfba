"""All figures of one layout together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from projector.arrays import FloatArray
from projector.neighbors import Metric
from projector.progress import Progress, Work
from projector.quality.figures import Figure
from projector.quality.order import N_PAIRS, N_TRIPLETS, distance_correlation, triplet_accuracy
from projector.quality.ranks import estimate_rank_seconds, measure_ranks

_READING = 6e-9  # seconds a value: each figure looks through all vectors
_COMPARED = 2.5e-9  # seconds a value of a triplet or pair

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """k: the number of neighbors looked at. The figures say themselves whether they are exact;
    distances is a correlation, -1..1, the others are shares."""

    k: int
    metric: Metric
    trustworthiness: Figure
    continuity: Figure
    overlap: Figure
    triplets: Figure
    distances: Figure

    @property
    def figures(self) -> tuple[Figure, ...]:
        return (
            self.trustworthiness,
            self.continuity,
            self.overlap,
            self.triplets,
            self.distances,
        )


def measure_quality(
    vectors: FloatArray,
    positions: FloatArray,
    k: int = 15,
    metric: Metric = "euclidean",
    *,
    n_sample: int | None = None,
    seed: int = 0,
) -> Work[Quality]:
    """How far to trust the positions, float32 (n, 2 or 3), of the vectors, float32 (n, d).

    n_sample: rows to rank, None for all of them where that takes seconds. Raises InvalidChoice
    unless 1 <= k < half of the finite rows, NothingToShow for fewer than 3.
    """
    ranks = yield from _within(
        measure_ranks(vectors, positions, k, metric, n_sample=n_sample, seed=seed), 0.0, 0.8
    )
    triplets = yield from _within(triplet_accuracy(vectors, positions, metric, seed=seed), 0.8, 0.1)
    distances = yield from _within(
        distance_correlation(vectors, positions, metric, seed=seed), 0.9, 0.1
    )
    return Quality(
        k, metric, ranks.trustworthiness, ranks.continuity, ranks.overlap, triplets, distances
    )


def estimate_seconds(n: int, d: int, n_sample: int | None = None) -> float:
    """How long measure_quality takes on two cores with nothing else to do, roughly. n_sample: as
    there."""
    n_compared = min(3 * N_TRIPLETS + 2 * N_PAIRS, n**3)
    return estimate_rank_seconds(n, d, n_sample) + d * (n * _READING + n_compared * _COMPARED)


def _within(work: Work[_Result], first: float, share: float) -> Work[_Result]:
    """The same work, its progress squeezed into a share of the whole."""
    while True:
        try:
            step = next(work)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        yield Progress(first + share * (step.done or 0.0), step.note)
