"""Points as large as a number says: their areas are proportional to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray, FloatArray, frozen
from projector.colors import robust_range

SMALLEST, LARGEST = 0.4, 2.6
"""Factors of the common radius: smaller points can't be seen, larger ones cover the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """factors: float32 (n,), of the common radius, SMALLEST..LARGEST. zero: the value that has no
    area; 0, or the least value where some are below 0. high: the value whose factor is LARGEST;
    greater ones are drawn no larger. n_missing: rows without a value, which are the smallest."""

    title: str
    factors: FloatArray
    zero: float
    high: float
    n_missing: int

    def factor_of(self, value: float) -> float:
        """How large a point of this value is drawn."""
        return float(_factors(np.array([value]), self.zero, self.high)[0])


def sizes_by(values: DoubleArray, title: str = "") -> Sizes | None:
    """Sizes of points by their values: float64 (n,), NaN for none.

    The largest hundredth are all as large as the largest of the rest, as a single outlier would
    make all others vanish. None where no row has a value.
    """
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    low, high = float(finite.min()), robust_range(finite)[1]
    zero = min(0.0, low)
    if not high > zero:
        high = float(finite.max())
    factors = _factors(values, zero, high)
    n_missing = int(np.count_nonzero(np.isnan(values)))
    return Sizes(title, frozen(factors.astype(np.float32)), zero, high, n_missing)


def _factors(values: DoubleArray, zero: float, high: float) -> DoubleArray:
    # halves, as the whole width of float64 would overflow
    span = high / 2 - zero / 2
    inner = np.clip(np.nan_to_num(values, nan=zero, posinf=high, neginf=zero), zero, high)
    shares = (inner / 2 - zero / 2) / span if span > 0 else np.zeros(len(values))
    return np.asarray(np.clip(LARGEST * np.sqrt(shares), SMALLEST, LARGEST))
