"""What colors mean, as a legend shows it."""

from __future__ import annotations

from dataclasses import dataclass

from projector.arrays import ByteArray
from projector.colors.palettes import Rgb


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend. is_missing: the rows that hold no value; its label is empty."""

    label: str
    count: int
    color: Rgb
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """share: where along the gradient, 0..1, rising from tick to tick. text: the value there."""

    share: float
    text: str


@dataclass(frozen=True, slots=True)
class Gradient:
    """low, high: the values at its ends. stops: colors at equal distances from low to high. ticks:
    what is written beside it; empty where the ends alone are."""

    low: float
    high: float
    stops: tuple[Rgb, ...]
    ticks: tuple[Tick, ...] = ()


@dataclass(frozen=True, slots=True)
class Legend:
    """What the colors mean. title: the column, "" where there is none.

    entries: categories, a handful in natural order, of many the 20 most frequent; then the missing
    values, if any. n_more: categories that are not listed. gradient: set where numbers are shown as
    a gradient; entries then holds at most the missing values.
    """

    title: str = ""
    entries: tuple[LegendEntry, ...] = ()
    n_more: int = 0
    gradient: Gradient | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PointColors:
    """rgba: uint8 (n, 4), read-only."""

    rgba: ByteArray
    legend: Legend
