"""The axes of parallel coordinates: where each trial's value lies, which ticks to write, what a
brush holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray, MaskArray, frozen
from projector.hparams.choice import Brush, Scale
from projector.hparams.columns import Column
from projector.hparams.texts import number_text, value_text

FEW_VALUES = 8
WIDE_RATIO = 50.0


@dataclass(frozen=True, slots=True)
class Tick:
    """position: 0 at the lower end of the axis, 1 at the upper."""

    position: float
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """positions: float64 (n,), 0 at the lower end, 1 at the upper, NaN for the missing lane.

    knots: the values at places: float64 (k,) rising, at `places` rising from 0 to 1, before
    inverting; on a category axis the numbers 0..k-1 of `labels`.
    """

    column: Column
    scale: Scale
    is_inverted: bool
    positions: DoubleArray
    ticks: tuple[Tick, ...]
    knots: DoubleArray
    places: DoubleArray
    labels: tuple[str, ...] = ()

    @property
    def n_missing(self) -> int:
        return int(np.isnan(self.positions).sum())


def guess_scale(column: Column) -> Scale:
    """Categories for words, logarithmic for positive numbers that crowd at the low end."""
    if column.kind != "number":
        return "category"
    used = _finite(column)
    if len(used) == 0 or used.min() <= 0 or used.max() < WIDE_RATIO * used.min():
        return "linear"
    return "log" if np.median(used) <= used.max() / 4 else "linear"


def allowed_scales(column: Column) -> tuple[Scale, ...]:
    """The scales that make sense: logarithmic only for positive numbers."""
    if column.kind != "number":
        return ("category",)
    used = _finite(column)
    if len(used) and used.min() > 0:
        return ("linear", "log", "quantile", "category")
    return ("linear", "quantile", "category")


def axis_of(column: Column, scale: Scale | None = None, is_inverted: bool = False) -> Axis:
    """The axis of a column; a scale that is not allowed falls back to our guess."""
    if scale is None or scale not in allowed_scales(column):
        scale = guess_scale(column)
    if scale == "category":
        return _category_axis(column, is_inverted)
    used = _finite(column)
    knots, places = _knots(used, scale)
    values = np.where(np.isfinite(column.values), column.values, np.nan)
    positions = _place(values, knots, places, scale)
    ticks = [Tick(float(p), t) for p, t in _ticks(used, knots, places, scale)]
    return _finished(column, scale, is_inverted, positions, ticks, knots, places, ())


def brush_between(axis: Axis, a: float, b: float) -> Brush:
    """The brush from one position to another; ends beyond the axis hold its extremes exactly."""
    low, high = sorted((1 - a, 1 - b) if axis.is_inverted else (a, b))
    if axis.scale == "category":
        inside = _labels_between(axis, low, high)
        return Brush(axis.column.id, labels=inside)
    return Brush(axis.column.id, _value_at(axis, low), _value_at(axis, high))


def brush_span(axis: Axis, brush: Brush) -> tuple[float, float] | None:
    """The lower and upper position of a brush; None where it shows in the lane, or nowhere."""
    if brush.is_missing or not len(axis.knots):
        return None
    if axis.scale == "category":
        span = _label_span(axis, brush)
        if span is None:
            return None
        low, high = span
    elif brush.labels:
        return None
    else:
        ends = np.array([brush.low, brush.high])
        low, high = np.clip(_place(ends, axis.knots, axis.places, axis.scale), 0, 1).tolist()
    return (1 - high, 1 - low) if axis.is_inverted else (low, high)


def brush_mask(axis: Axis, brush: Brush) -> MaskArray:
    """Which trials a brush holds."""
    if brush.is_missing:
        return np.isnan(axis.positions)
    if axis.scale == "category":
        span = brush_span(axis, brush)
        if span is None:
            return np.zeros(len(axis.positions), dtype=np.bool_)
        return np.asarray((axis.positions >= span[0]) & (axis.positions <= span[1]))
    values = axis.column.values
    if brush.labels:
        return np.zeros(len(values), dtype=np.bool_)
    return np.asarray((values >= brush.low) & (values <= brush.high))


def passing_mask(axes: Sequence[Axis], brushes: Sequence[Brush], n: int) -> MaskArray:
    """Which trials pass all axes; the brushes of one axis add up."""
    passing = np.ones(n, dtype=np.bool_)
    for axis in axes:
        own = [brush_mask(axis, brush) for brush in brushes if brush.column == axis.column.id]
        if own:
            passing &= np.logical_or.reduce(own)
    return passing


def _finite(column: Column) -> DoubleArray:
    if column.kind != "number":
        return np.empty(0)
    return np.asarray(column.values[np.isfinite(column.values)], dtype=np.float64)


def _category_axis(column: Column, is_inverted: bool) -> Axis:
    used = column.distinct()
    labels = tuple(value_text(value) for value in used)
    n = max(1, len(labels))
    places = (np.arange(len(labels)) + 0.5) / n
    _, order = np.unique(column.ranks[~np.isnan(column.ranks)], return_inverse=True)
    positions = np.full(len(column), np.nan)
    positions[~np.isnan(column.ranks)] = (order + 0.5) / n
    positions[column.missing] = np.nan
    ticks = [Tick(float(p), label) for p, label in zip(places, labels, strict=True)]
    knots = np.arange(len(labels), dtype=np.float64)
    return _finished(column, "category", is_inverted, positions, ticks, knots, places, labels)


def _finished(
    column: Column,
    scale: Scale,
    is_inverted: bool,
    positions: DoubleArray,
    ticks: list[Tick],
    knots: DoubleArray,
    places: DoubleArray,
    labels: tuple[str, ...],
) -> Axis:
    if is_inverted:
        positions = 1 - positions
        ticks = [Tick(1 - tick.position, tick.label) for tick in ticks]
    return Axis(column, scale, is_inverted, frozen(positions), tuple(ticks), knots, places, labels)


def _knots(used: DoubleArray, scale: Scale) -> tuple[DoubleArray, DoubleArray]:
    if len(used) == 0:
        return np.empty(0), np.empty(0)
    if scale == "quantile":
        knots, counts = np.unique(used, return_counts=True)
        middles = np.cumsum(counts) - (counts + 1) / 2
        span = middles[-1] - middles[0]
        places = (middles - middles[0]) / span if span else np.full(len(knots), 0.5)
        return knots, places
    low, high = float(used.min()), float(used.max())
    if low == high:
        return np.array([low]), np.array([0.5])
    return np.array([low, high]), np.array([0.0, 1.0])


def _place(
    values: DoubleArray, knots: DoubleArray, places: DoubleArray, scale: Scale
) -> DoubleArray:
    if len(knots) == 0:
        return np.full(len(values), np.nan)
    if len(knots) == 1:
        side = np.sign(values - knots[0])
        return np.where(np.isnan(values), np.nan, 0.5 + side)
    if scale == "log":
        with np.errstate(invalid="ignore", divide="ignore"):
            values, knots = np.log(values), np.log(knots)
    if scale == "quantile":
        return np.asarray(np.interp(values, knots, places))
    # halves, as the whole span of two huge doubles may overflow
    half = knots[1] / 2 - knots[0] / 2
    return np.asarray((values / 2 - knots[0] / 2) / half)


def _value_at(axis: Axis, place: float) -> float:
    """The value at a place before inverting; the exact extremes at and beyond the ends."""
    knots, places = axis.knots, axis.places
    if len(knots) == 0:
        return math.nan
    if len(knots) == 1:
        side = int(place > places[0]) - int(place < places[0])
        return float(np.nextafter(knots[0], side * math.inf)) if side else float(knots[0])
    if place <= places[0] or place >= places[-1]:
        return float(knots[0] if place <= places[0] else knots[-1])
    if axis.scale == "log":
        return float(np.exp(np.interp(place, places, np.log(knots))))
    if axis.scale == "linear":
        return float(knots[0] * (1 - place) + knots[1] * place)
    return float(np.interp(place, places, knots))


def _labels_between(axis: Axis, low: float, high: float) -> tuple[str, ...]:
    half = 0.5 / max(1, len(axis.labels))
    inside = (axis.places + half > low) & (axis.places - half < high)
    return tuple(label for label, is_in in zip(axis.labels, inside, strict=True) if is_in)


def _label_span(axis: Axis, brush: Brush) -> tuple[float, float] | None:
    wanted = set(brush.labels)
    ids = [i for i, label in enumerate(axis.labels) if label in wanted]
    if not ids:
        return None
    return ids[0] / len(axis.labels), (ids[-1] + 1) / len(axis.labels)


def _ticks(
    used: DoubleArray, knots: DoubleArray, places: DoubleArray, scale: Scale
) -> list[tuple[float, str]]:
    """Ticks at the values that were used where they are few, else at round ones."""
    if len(used) == 0:
        return []
    distinct = np.unique(used)
    if len(distinct) <= FEW_VALUES:
        at = distinct
    elif scale == "linear":
        at = _round_values(float(distinct[0]), float(distinct[-1]))
    elif scale == "log":
        at = _decades(float(distinct[0]), float(distinct[-1]))
    else:
        at = np.quantile(distinct, np.linspace(0, 1, 5), method="nearest")
    where = _place(np.asarray(at, dtype=np.float64), knots, places, scale)
    return [(float(p), number_text(float(v), ".4g")) for p, v in zip(where, at, strict=True)]


def _round_values(low: float, high: float) -> DoubleArray:
    """Multiples of 1, 2 or 5 times a power of ten, about five of them."""
    rough = high / 5 - low / 5
    if not (rough > 0 and math.isfinite(rough)):
        return np.array([low, high])
    power = 10.0 ** math.floor(math.log10(rough))
    if power == 0 or not math.isfinite(low / power):
        return np.array([low, high])
    step = next((power * m for m in (1, 2, 5) if power * m >= rough), power * 10)
    first, last = math.ceil(low / step), math.floor(high / step)
    return np.asarray(np.arange(first, last + 1) * step, dtype=np.float64)


def _decades(low: float, high: float) -> DoubleArray:
    """Powers of ten; of a narrow range also 2 and 5 times those, or else equal factors."""
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    if last - first >= 2:
        every = max(1, (last - first) // 8)
        return np.array([10.0**p for p in range(first, last + 1, every)])
    fine = np.array([m * 10.0**p for p in range(first - 1, last + 1) for m in (1, 2, 5)])
    inside = fine[(fine >= low) & (fine <= high)]
    return inside if len(inside) >= 3 else np.asarray(np.geomspace(low, high, 5), dtype=np.float64)
