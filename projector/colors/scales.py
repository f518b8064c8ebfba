"""Numbers as shades: straight, by powers of ten, by rank, or away from a middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from projector.arrays import ByteArray, DoubleArray, FloatArray, frozen
from projector.colors.legends import Gradient, Legend, LegendEntry, Tick
from projector.colors.maps import MISSING_SHADE, N_SHADES, gradient_stops
from projector.colors.palettes import MISSING
from projector.colors.ticks import number_text, round_times, round_values
from projector.errors import InvalidChoice

Scale = Literal["linear", "log", "symlog", "rank", "diverging"]
SCALES: dict[str, str] = {
    "linear": "Linear",
    "log": "Logarithmic",
    "symlog": "Logarithmic on both sides of 0",
    "rank": "By rank",
    "diverging": "Away from a middle",
}
"""Names in choices, and what they are called."""

_N_TICKS = 5
_STRAIGHT_PART = 1e-3
_N_SAMPLED = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Shades:
    """codes: uint8 (n,), 0..254 from low to high, MISSING_SHADE for NaN. low, high: the values at
    the ends; values beyond have the ends' shades, and n_below and n_above count them. center: of a
    diverging scale, else None. ticks: for the legend. palette: one of MAPS."""

    title: str
    codes: ByteArray
    scale: Scale
    low: float
    high: float
    center: float | None
    palette: str
    ticks: tuple[Tick, ...]
    n_missing: int
    n_below: int = 0
    n_above: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether no row has a value."""
        return self.n_missing == len(self.codes)


def gradient(
    values: DoubleArray | FloatArray,
    *,
    scale: Scale = "linear",
    low: float | None = None,
    high: float | None = None,
    center: float | None = None,
    palette: str | None = None,
    title: str = "",
    are_times: bool = False,
) -> Shades:
    """Each value as one of 255 shades.

    values: (n,), NaN for none. low, high: the ends, None for the least and the greatest finite
    value (of a log scale, above 0). center: of the diverging scale, None for 0 where that lies
    inside, else halfway. palette: None for coolwarm where the scale diverges, else viridis.
    are_times: values count seconds since 1970. Raises InvalidChoice when the ends are in the wrong
    order or not finite, or no value is above 0 for a log scale.
    """
    if scale not in SCALES:
        raise InvalidChoice(f"The scale must be one of {', '.join(SCALES)}, got {scale}.")
    values = np.asarray(values, dtype=np.float64)
    is_missing = np.isnan(values)
    palette = palette or ("coolwarm" if scale == "diverging" else "viridis")
    if is_missing.all():
        codes = frozen(np.full(len(values), MISSING_SHADE, np.uint8))
        return Shades(title, codes, scale, 0.0, 0.0, None, palette, (), len(values))
    low, high = _ends(values, scale, low, high)
    if scale == "diverging" and center is None:
        center = 0.0 if low < 0.0 < high else low / 2 + high / 2
    ruler = _Ruler(
        scale,
        low,
        high,
        center if scale == "diverging" else None,
        _ranked(values, scale, low, high),
    )
    codes = (ruler.shares(values) * (N_SHADES - 1) + 0.5).astype(np.uint8)
    codes[is_missing] = MISSING_SHADE
    return Shades(
        title,
        frozen(codes),
        scale,
        low,
        high,
        ruler.center,
        palette,
        _ticks(ruler, are_times),
        int(np.count_nonzero(is_missing)),
        int(np.count_nonzero(values < low)),
        int(np.count_nonzero(values > high)),
    )


def robust_range(values: DoubleArray | FloatArray, share: float = 0.01) -> tuple[float, float]:
    """The ends without the outermost share at each side, 0..0.5; of very many values by a sample.

    (0, 0) where there is no finite value.
    """
    values = np.asarray(values, dtype=np.float64)
    finite = values[:: max(1, len(values) // _N_SAMPLED)]
    finite = finite[np.isfinite(finite)]
    if not len(finite):
        return 0.0, 0.0
    low, high = np.quantile(finite, [share, 1 - share], method="nearest")
    return float(low), float(high)


def gradient_legend(shades: Shades, is_dark: bool = False) -> Legend:
    """A gradient with its ticks, and the missing rows, if any."""
    missing = (LegendEntry("", shades.n_missing, MISSING[is_dark], is_missing=True),)
    drawn = None
    if not shades.is_empty:
        stops = gradient_stops(is_dark, palette=shades.palette)
        drawn = Gradient(shades.low, shades.high, stops, shades.ticks)
    return Legend(shades.title, missing if shades.n_missing else (), gradient=drawn)


@dataclass(frozen=True, slots=True, eq=False)
class _Ruler:
    """Where values lie along a gradient. sorted_values: of the rank scale, else empty."""

    scale: Scale
    low: float
    high: float
    center: float | None
    sorted_values: DoubleArray

    def shares(self, values: DoubleArray) -> DoubleArray:
        """0..1 of each value; NaN counts as low."""
        inner = np.clip(np.where(np.isnan(values), self.low, values), self.low, self.high)
        if self.scale == "rank":
            return self._ranks(inner, values)
        if self.scale == "diverging" and self.center is not None:
            # halves, as the whole width of float64 would overflow
            reach = max(self.high / 2 - self.center / 2, self.center / 2 - self.low / 2)
            if not reach > 0:
                return np.full(len(values), 0.5)
            return np.asarray(np.clip(0.5 + (inner / 4 - self.center / 4) / reach, 0.0, 1.0))
        low, high = self._bent(np.array([self.low, self.high]))
        return _between(self._bent(inner), values, float(low), float(high))

    def _bent(self, values: DoubleArray) -> DoubleArray:
        if self.scale == "log":
            return np.log(values)
        if self.scale == "symlog":
            straight = max(abs(self.low), abs(self.high)) * _STRAIGHT_PART
            return np.arcsinh(values / straight) if straight > 0 else values
        return values

    def _ranks(self, inner: DoubleArray, values: DoubleArray) -> DoubleArray:
        """The middle rank of equal values."""
        last = len(self.sorted_values) - 1
        if self.sorted_values[0] == self.sorted_values[last]:
            return _between(inner, values, self.low, self.high)
        before = np.searchsorted(self.sorted_values, inner, "left")
        through = np.searchsorted(self.sorted_values, inner, "right")
        return np.asarray(np.clip((before + through - 1) / 2 / last, 0.0, 1.0))

    def value_at(self, share: float) -> float:
        """Of the rank scale: the value of that rank."""
        return float(self.sorted_values[round(share * (len(self.sorted_values) - 1))])


def _between(inner: DoubleArray, values: DoubleArray, low: float, high: float) -> DoubleArray:
    """Where values lie between low and high, 0..1; infinities at the ends, a single value amid."""
    span = high / 2 - low / 2
    if not span > 0:
        return np.where(np.isposinf(values), 1.0, np.where(np.isneginf(values), 0.0, 0.5))
    return np.asarray(np.clip((inner / 2 - low / 2) / span, 0.0, 1.0))


def _ends(
    values: DoubleArray, scale: Scale, low: float | None, high: float | None
) -> tuple[float, float]:
    for end in (low, high):
        if end is not None and not np.isfinite(end):
            raise InvalidChoice(f"The ends of a gradient must be numbers, got {end}.")
    usable = values[np.isfinite(values)]
    if scale == "log":
        usable = usable[usable > 0]
        if not len(usable) and (low is None or high is None):
            raise InvalidChoice("A logarithmic scale needs values above 0, and there are none.")
        if low is not None and low <= 0:
            raise InvalidChoice(f"A logarithmic scale begins above 0, got {low:g}.")
    if not len(usable):
        usable = np.zeros(1)
    low = float(usable.min()) if low is None else low
    high = float(usable.max()) if high is None else high
    if low > high:
        raise InvalidChoice(f"A gradient runs upward; its ends were {low:g} and {high:g}.")
    return low, high


def _ranked(values: DoubleArray, scale: Scale, low: float, high: float) -> DoubleArray:
    if scale != "rank":
        return np.empty(0)
    inner = values[~np.isnan(values)]
    return np.sort(np.clip(inner, low, high))


def _ticks(ruler: _Ruler, are_times: bool) -> tuple[Tick, ...]:
    low, high = ruler.low, ruler.high
    if not low < high:
        return (Tick(0.5, round_times([low])[0] if are_times else number_text(low)),)
    if ruler.scale == "rank":
        shares = [i / (_N_TICKS - 1) for i in range(_N_TICKS)]
        values = [ruler.value_at(share) for share in shares]
        texts = round_times(values) if are_times else [number_text(v) for v in values]
        return tuple(Tick(s, t) for s, t in zip(shares, texts, strict=True))
    values, texts = round_values(ruler.scale, low, high, are_times)
    places = ruler.shares(np.array(values)).tolist()
    return tuple(Tick(share, text) for share, text in zip(places, texts, strict=True))
