"""Colors that mean something: categories and gradients that survive color blindness, with legends.

The first twelve categories were placed by hand, then moved apart in OKLab as seen with normal
sight, deuteranopia, protanopia and tritanopia; later ones follow from their number alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, DoubleArray, MaskArray, frozen

if TYPE_CHECKING:
    import polars as pl

Rgb = tuple[int, int, int]
N_LISTED = 20
MOST_NUMBERS_AS_CATEGORIES = 50

POINT: tuple[Rgb, Rgb] = ((59, 116, 214), (111, 163, 255))
MISSING: tuple[Rgb, Rgb] = ((172, 177, 186), (92, 99, 112))
CATEGORIES: tuple[tuple[Rgb, ...], tuple[Rgb, ...]] = (
    ((74, 106, 206), (214, 134, 8), (40, 162, 120), (172, 42, 74), (110, 47, 135), (40, 182, 246),
     (211, 193, 24), (248, 120, 188), (122, 61, 22), (84, 226, 178), (60, 54, 180), (128, 110, 3)),
    ((72, 130, 255), (253, 216, 158), (51, 138, 110), (222, 66, 18), (150, 90, 186),
     (128, 211, 254), (190, 200, 20), (241, 136, 165), (234, 118, 6), (143, 165, 251),
     (94, 240, 220), (114, 165, 106)),
)  # fmt: skip
VIRIDIS: tuple[Rgb, ...] = (
    (68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141), (39, 173, 129),
    (92, 200, 99), (170, 220, 50), (253, 231, 37),
)  # fmt: skip
VISIBLE_PART = ((0.0, 0.92), (0.26, 1.0))
"""Which part of the gradient stands out from a light and from a dark background."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend. is_missing: the rows that hold no value; its label is empty."""

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


def color_by_column(
    column: pl.Series | None,
    is_dark: bool,
    as_categories: bool | None = None,
    *,
    n_points: int = 0,
) -> PointColors:
    """One color a row, and what the colors mean.

    as_categories: None leaves it to the values: few different whole numbers are categories, other
    numbers a gradient. Texts are always categories; null, NaN and "" count as missing.
    n_points: how many, where there is no column to count.
    """
    if column is None:
        return _painted(np.zeros(n_points, dtype=np.int64), [POINT[is_dark]], Legend())
    column = _without_empty(column)
    if column.dtype.is_numeric() and not _are_categories(column, as_categories):
        return _by_gradient(column, is_dark)
    return _by_category(column, is_dark)


def category_color(index: int, is_dark: bool = False) -> Rgb:
    """The color of the index-th category, 0 and up; always the same for the same index."""
    table = CATEGORIES[is_dark]
    if index < len(table):
        return table[index]
    turn = index - len(table)
    lightness = ((0.52, 0.68, 0.60), (0.78, 0.64, 0.71))[is_dark][turn % 3]
    return _from_oklch(lightness, 0.115, math.radians(40 + 137.508 * turn))


def run_color(index: int, is_dark: bool = False) -> Rgb:
    """The color of the index-th run."""
    return category_color(index, is_dark)


def gradient_stops(is_dark: bool, n: int = 33) -> tuple[Rgb, ...]:
    """Colors from low to high at equal distances, each visible on its background."""
    low, high = VISIBLE_PART[is_dark]
    places = np.linspace(low, high, n) * (len(VIRIDIS) - 1)
    table = np.array(VIRIDIS, dtype=np.float64)
    channels = [np.interp(places, np.arange(len(table)), table[:, c]) for c in range(3)]
    return tuple(
        (int(r + 0.5), int(g + 0.5), int(b + 0.5)) for r, g, b in zip(*channels, strict=True)
    )


def _without_empty(column: pl.Series) -> pl.Series:
    """NaN and "" become null, kinds that are neither number nor text become text."""
    import polars as pl

    if column.dtype.is_float():
        return column.fill_nan(None)
    if column.dtype.is_integer():
        return column
    if column.dtype.is_numeric():
        return column.cast(pl.Float64)
    if column.dtype.is_nested() or column.dtype == pl.Binary or column.dtype == pl.Object:
        column = pl.Series(column.name, [None if v is None else str(v) for v in column.to_list()])
    texts = column.cast(pl.String)
    return texts.set(texts == "", None)


def _are_categories(column: pl.Series, wanted: bool | None) -> bool:
    if wanted is not None:
        return wanted
    distinct = column.drop_nulls().unique()
    if len(distinct) > MOST_NUMBERS_AS_CATEGORIES:
        return False
    values = distinct.to_numpy().astype(np.float64)
    return bool((np.isfinite(values) & (values == np.round(values))).all())


def _by_gradient(column: pl.Series, is_dark: bool) -> PointColors:
    values: DoubleArray = np.array(
        column.cast(float).fill_null(np.nan).to_numpy(), dtype=np.float64
    )
    missing = np.isnan(values)
    finite = values[np.isfinite(values)]
    gradient = None
    stops = gradient_stops(is_dark, 256)
    places = np.zeros(len(values), dtype=np.int64)
    if not missing.all():
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
        gradient = Gradient(low, high, gradient_stops(is_dark))
        places[~missing] = _shares(values[~missing], low, high) * 255 + 0.5
    places[missing] = len(stops)
    legend = Legend(column.name, _missing_entries(missing, is_dark), gradient=gradient)
    return _painted(places, [*stops, MISSING[is_dark]], legend)


def _shares(values: DoubleArray, low: float, high: float) -> DoubleArray:
    """Where values lie between low and high, 0..1; infinities at the ends, a single value amid."""
    inner = np.clip(values, low, high)
    # halves, as the whole width of float64 would overflow
    span = high / 2 - low / 2
    if not span > 0:
        return np.where(np.isposinf(values), 1.0, np.where(np.isneginf(values), 0.0, 0.5))
    return np.clip((inner / 2 - low / 2) / span, 0.0, 1.0)


def _by_category(column: pl.Series, is_dark: bool) -> PointColors:
    import polars as pl

    counted = column.drop_nulls().value_counts(name="n of rows")
    keys = counted.to_series(0).to_list()
    counts = counted["n of rows"].to_list()
    by_count = sorted(range(len(keys)), key=lambda i: (-counts[i], _natural(keys[i])))
    # a handful keeps its order and colors whatever the counts; of many, the frequent come first
    few = len(keys) <= len(CATEGORIES[is_dark])
    ranked = sorted(range(len(keys)), key=lambda i: _natural(keys[i])) if few else by_count
    index = {place: rank for rank, place in enumerate(ranked)}
    table = [category_color(rank, is_dark) for rank in range(len(keys))]
    ranks = pl.Series([keys[i] for i in ranked], dtype=column.dtype)
    codes = _codes(column, ranks)
    missing = codes == len(table)
    entries = [LegendEntry(_text(keys[i]), counts[i], table[index[i]]) for i in ranked[:N_LISTED]]
    legend = Legend(
        column.name,
        (*entries, *_missing_entries(missing, is_dark)),
        n_more=max(0, len(keys) - N_LISTED),
    )
    return _painted(codes, [*table, MISSING[is_dark]], legend)


def _codes(column: pl.Series, ranks: pl.Series) -> NDArray[np.int64]:
    """The place of each value in ranks, or their number where it is missing."""
    import polars as pl

    if not len(ranks):
        return np.zeros(len(column), dtype=np.int64)
    places = pl.Series(range(len(ranks)), dtype=pl.Int64)
    codes = column.replace_strict(ranks, places, default=len(ranks), return_dtype=pl.Int64)
    return codes.fill_null(len(ranks)).to_numpy()


def _missing_entries(missing: MaskArray, is_dark: bool) -> tuple[LegendEntry, ...]:
    n = int(missing.sum())
    return (LegendEntry("", n, MISSING[is_dark], is_missing=True),) if n else ()


def _natural(value: object) -> tuple[int, float, str]:
    """Numbers by size before texts by alphabet; "10" comes after "9"."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 1, 0.0, str(value)
    return (0, number, str(value)) if math.isfinite(number) else (1, 0.0, str(value))


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _painted(codes: NDArray[np.int64], table: list[Rgb], legend: Legend) -> PointColors:
    rgba = np.full((len(table), 4), 255, dtype=np.uint8)
    rgba[:, :3] = table
    return PointColors(frozen(rgba[codes]), legend)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    """sRGB of a color in OKLCH (Ottosson 2020), with less chroma where it would leave the gamut."""
    while True:
        a, b = chroma * math.cos(hue), chroma * math.sin(hue)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
        green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
        blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
        if chroma < 0.01 or all(-1e-3 <= c <= 1.001 for c in (red, green, blue)):
            return _byte(red), _byte(green), _byte(blue)
        chroma *= 0.9


def _byte(linear: float) -> int:
    """0..255 of a linear channel."""
    value = min(1.0, max(0.0, linear))
    curved = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(curved * 255)
