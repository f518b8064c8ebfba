"""What a column holds, and the numbers in it: also of dates, truths and texts that are numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from projector.arrays import DoubleArray

if TYPE_CHECKING:
    import polars as pl

Holds = Literal["nothing", "numbers", "times", "truths", "texts"]
MOST_NUMBERS_AS_CATEGORIES = 50
_EXACT = 2.0**53


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """holds: what the values are; texts that are all numbers count as numbers. n_distinct: without
    missing ones. looks_like: how to color by it unless the user says otherwise. has_gradient:
    whether a gradient makes sense at all."""

    holds: Holds
    n_distinct: int
    looks_like: Literal["categories", "gradient"]
    has_gradient: bool


def kind_of(column: pl.Series) -> ColumnKind:
    """Few distinct whole numbers look like categories, other numbers and times like a gradient."""
    column = without_empty(column)
    distinct = column.drop_nulls().unique()
    numbers = numbers_of(distinct)
    holds = _holds(column, numbers, len(distinct))
    is_gradient = holds in ("numbers", "times") and not (
        len(distinct) <= MOST_NUMBERS_AS_CATEGORIES
        and numbers is not None
        and (holds == "times" or are_whole(numbers))
    )
    return ColumnKind(
        holds, len(distinct), "gradient" if is_gradient else "categories", numbers is not None
    )


def numbers_of(column: pl.Series) -> DoubleArray | None:
    """float64 (n,), NaN where a value is missing; None for a column that holds other texts.

    Times count seconds since 1970 (UTC unless they name no zone), spans seconds, truths 0 and 1.
    """
    import polars as pl

    column = without_empty(column)
    if not len(column) or column.null_count() == len(column):
        return np.full(len(column), np.nan) if column.dtype.is_numeric() else None
    if column.dtype == pl.String:
        numbers = column.str.strip_chars().cast(pl.Float64, strict=False)
        if numbers.null_count() > column.null_count():
            return None
        return _doubles(numbers)
    if column.dtype in (pl.Date, pl.Datetime, pl.Duration, pl.Time):
        per_second = {"ms": 1e3, "us": 1e6, "ns": 1e9}
        if column.dtype == pl.Date:
            return _doubles(column.cast(pl.Int32).cast(pl.Float64) * 86400.0)
        unit = getattr(column.dtype, "time_unit", None) or (
            "ns" if column.dtype == pl.Time else "us"
        )
        return _doubles(column.cast(pl.Int64).cast(pl.Float64) / per_second[unit])
    return _doubles(column.cast(pl.Float64))


def without_empty(column: pl.Series) -> pl.Series:
    """NaN and "" become null; kinds that are no number, truth or time become text."""
    import polars as pl

    dtype = column.dtype
    if dtype.is_float():
        return column.fill_nan(None)
    if dtype.is_integer() or dtype == pl.Boolean or dtype.is_temporal():
        return column
    if dtype.is_numeric():
        return column.cast(pl.Float64)
    if dtype.is_nested() or dtype == pl.Binary or dtype == pl.Object:
        column = pl.Series(column.name, [None if v is None else str(v) for v in column.to_list()])
    texts = column.cast(pl.String)
    return texts.set(texts == "", None)


def are_whole(numbers: DoubleArray) -> bool:
    """Whether all are whole numbers."""
    return bool((np.isfinite(numbers) & (numbers == np.round(numbers))).all())


def _holds(column: pl.Series, numbers: DoubleArray | None, n_distinct: int) -> Holds:
    import polars as pl

    if n_distinct == 0:
        return "nothing"
    if column.dtype == pl.Boolean:
        return "truths"
    if column.dtype in (pl.Date, pl.Datetime):
        return "times"
    return "texts" if numbers is None else "numbers"


def _doubles(numbers: pl.Series) -> DoubleArray:
    return np.array(numbers.fill_null(np.nan).to_numpy(), dtype=np.float64)
