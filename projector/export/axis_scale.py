"""Ticks at round values: from where points are drawn back to the numbers of their layout."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from projector.arrays import FloatArray

_MOST_TICKS = 100
_MOST_COMPARED = 2000
_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class AxisScale:
    """What a place on an axis means: value = at_zero + per_unit * place."""

    per_unit: float
    at_zero: float = 0.0

    def value(self, place: float) -> float:
        return self.at_zero + self.per_unit * place

    def place(self, value: float) -> float:
        return (value - self.at_zero) / self.per_unit


def find_scale(places: FloatArray, values: FloatArray) -> AxisScale | None:
    """The scale of an axis on which values (n,) are drawn at places (n,); NaN rows are left out.

    None where they don't follow one straight rule, or are all the same.
    """
    known = np.flatnonzero(np.isfinite(places) & np.isfinite(values))
    if len(known) < 2:
        return None
    ends = known[[int(places[known].argmin()), int(places[known].argmax())]]
    x, y = places[ends].astype(np.float64), values[ends].astype(np.float64)
    if not x[1] > x[0] or y[1] == y[0]:
        return None
    per_unit = (y[1] - y[0]) / (x[1] - x[0])
    scale = AxisScale(float(per_unit), float(y[0] - per_unit * x[0]))
    some = known[:: max(1, len(known) // _MOST_COMPARED)]
    told = scale.at_zero + scale.per_unit * places[some].astype(np.float64)
    farthest = float(np.abs(told - values[some]).max())
    is_straight = farthest <= _TOLERANCE * abs(float(y[1] - y[0]))
    return scale if is_straight and math.isfinite(scale.at_zero) else None


def round_ticks(low: float, high: float, n_most: int) -> tuple[tuple[float, str], ...]:
    """Values from low to high that are 1, 2 or 5 times a power of ten apart, with their texts;
    n_most steps between them at most, none where they could not be told apart."""
    step = _step(abs(high - low) / max(1, n_most))
    low, high = min(low, high), max(low, high)
    if not (0 < step < math.inf and math.isfinite(low) and math.isfinite(high)):
        return ()
    if max(abs(low), abs(high)) / step > 1e9:
        return ()
    first, last = math.ceil(low / step), math.floor(high / step)
    if last - first > _MOST_TICKS:
        return ()
    return tuple((i * step, _text(i * step, step)) for i in range(first, last + 1))


def _step(least: float) -> float:
    """The least 1, 2 or 5 times a power of ten that is no smaller."""
    if not 0 < least < math.inf:
        return 0.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((n * power for n in (1, 2, 5, 10) if n * power >= least * (1 - 1e-9)), 0.0)


def _text(value: float, step: float) -> str:
    """As many digits as the step needs."""
    if value == 0:
        return "0"
    largest, exponent = abs(value), math.floor(math.log10(step) + 1e-9)
    if largest >= 1e6 or step < 1e-4:
        n_digits = max(0, math.floor(math.log10(largest) + 1e-9) - exponent)
        mantissa, power = f"{value:.{n_digits}e}".split("e")
        text = f"{mantissa}e{int(power)}"
    else:
        text = f"{value:,.{max(0, -exponent)}f}"
    return text.replace("-", "\N{MINUS SIGN}")
