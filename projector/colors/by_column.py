"""The colors of all points by one column of their metadata, with a legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from projector.colors.categories import categories, category_legend, category_table
from projector.colors.columns import kind_of, numbers_of, without_empty
from projector.colors.legends import Legend, PointColors
from projector.colors.maps import shade_table
from projector.colors.paint import painted
from projector.colors.palettes import POINT
from projector.colors.scales import gradient, gradient_legend

if TYPE_CHECKING:
    import polars as pl


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
        table = np.array([[*POINT[is_dark], 255]], dtype=np.uint8)
        return PointColors(painted(np.zeros(n_points, dtype=np.int32), table), Legend())
    if column.dtype.is_numeric() and not _are_categories(column, as_categories):
        return _by_gradient(column, is_dark)
    found = categories(column)
    table = category_table(found, is_dark)
    return PointColors(painted(found.codes, table), category_legend(found, table))


def _are_categories(column: pl.Series, wanted: bool | None) -> bool:
    return kind_of(column).looks_like == "categories" if wanted is None else wanted


def _by_gradient(column: pl.Series, is_dark: bool) -> PointColors:
    numbers = numbers_of(without_empty(column))
    values = np.full(len(column), np.nan) if numbers is None else numbers
    shades = gradient(values, title=column.name)
    rgba = painted(shades.codes, shade_table(shades.palette, is_dark))
    return PointColors(rgba, gradient_legend(shades, is_dark))
