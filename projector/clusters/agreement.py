"""How well clusters agree with labels that were known before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, IntArray
from projector.errors import InvalidChoice, NothingToShow


@dataclass(frozen=True, slots=True)
class Agreement:
    """rand: the adjusted Rand index (Hubert & Arabie 1985), 1 for the same groups, about 0 for
    groups by chance. purity: 0..1, the share of rows whose label is the commonest one of their
    cluster. n: rows that were compared."""

    rand: float
    purity: float
    n: int


def compare_labels(clusters: NDArray[np.int32], labels: IntArray) -> Agreement:
    """Both int (n,), -1 for none; only rows that have both are compared.

    Raises InvalidChoice for another number of rows, NothingToShow where no row has both.
    """
    if len(clusters) != len(labels):
        raise InvalidChoice(f"{len(clusters):,} points need {len(clusters):,} labels.")
    known = (clusters >= 0) & (labels >= 0)
    n = int(np.count_nonzero(known))
    if not n:
        raise NothingToShow("No point has both a cluster and a label.")
    ours, theirs = clusters[known].astype(np.int64), labels[known].astype(np.int64)
    width = int(theirs.max()) + 1
    pairs, counts = np.unique(ours * width + theirs, return_counts=True)
    commonest = np.zeros(int(ours.max()) + 1, np.int64)
    np.maximum.at(commonest, pairs // width, counts)
    both = _n_pairs(counts)
    first, second = _n_pairs(np.bincount(ours)), _n_pairs(np.bincount(theirs))
    return Agreement(_adjusted(both, first, second, n), float(commonest.sum()) / n, n)


def _n_pairs(counts: IntArray) -> float:
    """How many pairs of rows are in the same group."""
    sizes: DoubleArray = counts.astype(np.float64)
    return float((sizes * (sizes - 1)).sum() / 2)


def _adjusted(both: float, first: float, second: float, n: int) -> float:
    expected = first * second / (n * (n - 1) / 2) if n > 1 else 0.0
    most = (first + second) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)
