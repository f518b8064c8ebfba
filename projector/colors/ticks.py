"""Round values between two ends, and how they are written."""

from __future__ import annotations

import math

import numpy as np

_SECONDS = (
    1,
    5,
    15,
    30,
    60,
    300,
    900,
    1800,
    3600,
    10800,
    21600,
    43200,
    86400,
    2 * 86400,
    7 * 86400,
    14 * 86400,
)
_MONTHS = (1, 3, 6)
_MONTH = 30.44 * 86400
_MOST = 6


def round_values(
    scale: str, low: float, high: float, are_times: bool
) -> tuple[list[float], list[str]]:
    """Two to some seven round values in low..high, rising, with their texts; low < high.

    scale: as in projector.colors.SCALES; powers of ten where it is logarithmic.
    """
    if are_times and scale not in ("log", "symlog"):
        return _time_values(low, high)
    if scale == "log":
        values = _decades(low, high)
    elif scale == "symlog":
        values = _both_sides(low, high)
    else:
        values = _even(low, high)
    if len(values) < 2:
        values = _even(low, high) if scale != "linear" else values
    if len(values) < 2:
        values = [low, high]
    return values, [number_text(value) for value in values]


def number_text(value: float) -> str:
    """As short as it can be told from others nearby: 0.25, 1,500, 2e+07."""
    if value == 0:
        return "0"
    if 1e4 <= abs(value) < 1e7:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def round_times(values: list[float]) -> list[str]:
    """Seconds since 1970 as dates, with the time of day where they differ by less than a few."""
    finite = [value for value in values if math.isfinite(value)]
    span = max(finite, default=0.0) - min(finite, default=0.0)
    return [_time_text(value, span) for value in values]


def _even(low: float, high: float) -> list[float]:
    rough = high / (_MOST - 1) - low / (_MOST - 1)
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 0.0
    if not (0 < power < math.inf):
        return [low, high]
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if not (math.isfinite(step) and last - first <= 2 * _MOST):
        return [low, high]
    digits = max(0, -math.floor(math.log10(step)))
    return [min(high, max(low, round(i * step, min(digits, 300)))) for i in range(first, last + 1)]


def _decades(low: float, high: float) -> list[float]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    stride = max(1, math.ceil((last - first + 1) / _MOST))
    values = [10.0**i for i in range(first, last + 1, stride)]
    if len(values) < 3:
        finer = [f * 10.0**i for i in range(first - 1, last + 1) for f in (1, 2, 5)]
        values = [value for value in finer if low <= value <= high]
    return [min(high, max(low, value)) for value in values]


def _both_sides(low: float, high: float) -> list[float]:
    top = math.floor(math.log10(max(abs(low), abs(high))))
    powers = [10.0**i for i in (top - 2, top)]
    values = [*(-power for power in reversed(powers)), 0.0, *powers]
    return [value for value in values if low <= value <= high]


def _time_values(low: float, high: float) -> tuple[list[float], list[str]]:
    span = high - low
    step = next((s for s in _SECONDS if span / s <= _MOST), None)
    if step is not None:
        values = [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
        at = [float(value) for value in values]
    else:
        at = _calendar_values(low, high)
    if len(at) < 2:
        at = [low, high]
    return at, [_time_text(value, span) for value in at]


def _calendar_values(low: float, high: float) -> list[float]:
    """Beginnings of months or years."""
    span = high - low
    years = [float(value) for value in _even(0.0, span / _MONTH / 12)]
    step = next((m for m in _MONTHS if span / (m * _MONTH) <= _MOST), None)
    step = step or 12 * max(1, round(years[1] if len(years) > 1 else 1))
    if not (abs(low) < 1e11 and abs(high) < 1e11):
        return [low, high]
    first = np.datetime64(int(low), "s").astype("datetime64[M]").astype(int)
    last = np.datetime64(int(high), "s").astype("datetime64[M]").astype(int)
    months = np.arange(-(-(first - 360) // step) * step, last + 1, step)
    seconds = months.astype("datetime64[M]").astype("datetime64[s]").astype(np.int64)
    return [float(value) for value in seconds if low <= value <= high]


def _time_text(value: float, span: float) -> str:
    if not abs(value) < 1e11:
        return number_text(value)
    moment = np.datetime64(math.floor(value), "s")
    text = str(moment)
    if span <= 3 * 86400:
        return text[11:16] if 0 < span < 86400 and span >= 300 else text[5:].replace("T", " ")
    return text[:10] if span < 3 * 365 * 86400 else text[:7]
