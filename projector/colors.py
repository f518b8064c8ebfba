"""Colors that mean something: categories and gradients that survive color blindness, and their legends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import ByteArray

if TYPE_CHECKING:
    import polars as pl

Rgb = tuple[int, int, int]
N_LISTED = 20


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend. is_missing: the rows that hold no value."""

    label: str
    count: int
    color: Rgb
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Gradient:
    """low, high: the values at its ends. stops: colors at equal distances from low to high."""

    low: float
    high: float
    stops: tuple[Rgb, ...]


@dataclass(frozen=True, slots=True)
class Legend:
    """What the colors mean. title: the column, "" where there is none.

    entries: categories, most frequent first, at most 20; then the missing values, where there are any.
    n_more: categories that are not listed. gradient: set where numbers are shown as a gradient; entries then holds
    at most the missing values.
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


def category_color(index: int, is_dark: bool = False) -> Rgb:
    """The color of the index-th category."""
    return (59, 116, 214)


def run_color(index: int, is_dark: bool = False) -> Rgb:
    """The color of the index-th run."""
    return category_color(index, is_dark)


def color_by_column(
    column: pl.Series | None,
    is_dark: bool,
    as_categories: bool | None = None,
    *,
    n_points: int = 0,
) -> PointColors:
    """One color a row. n_points: how many, where there is no column to count."""
    n = n_points if column is None else len(column)
    return PointColors(np.full((n, 4), 255, dtype=np.uint8), Legend())
