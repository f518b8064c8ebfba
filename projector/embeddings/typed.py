"""Gives columns of text their types: numbers, booleans, dates; and columns their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from projector.embeddings.layout import MISSING

if TYPE_CHECKING:
    import polars as pl

_SAMPLE = 100
_DATE = r"^\d{4}-\d\d-\d\d$"
_TIME = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$"
_LEADING_ZERO = r"^[+-]?0\d"


def unique_names(names: Sequence[str]) -> list[str]:
    """Names that differ, none of them empty: a repeated one gets a number."""
    unique: dict[str, None] = {}
    counts: dict[str, int] = {}
    for i, name in enumerate(names):
        name = name or f"column {i + 1}"
        candidate, count = name, counts.get(name, 1)
        while candidate in unique:
            count += 1
            candidate = f"{name} ({count})"
        counts[name] = count
        unique[candidate] = None
    return list(unique)


def typed(column: pl.Series) -> pl.Series:
    """Texts as int64, float64, bool, date or datetime where every cell is one; empty ones null.

    Numbers with leading zeros (00501) stay text, as they are names. Words for missing values (NA,
    null ...) are null among numbers, and words elsewhere.
    """
    import polars as pl

    bare = column.str.strip_chars()
    is_empty = bare == ""
    if is_empty.any():
        column, bare = column.set(is_empty, None), bare.set(is_empty, None)
    if column.null_count() == len(column):
        return column
    sample = bare.drop_nulls().head(_SAMPLE)
    if sample.str.contains(_LEADING_ZERO).any():
        return column
    if _fits(sample, _without_missing(sample), pl.Float64()):
        return _number(column, bare)
    found = _truth(bare, sample)
    if found is None:
        found = _date(bare, sample)
    return column if found is None else found


def _number(column: pl.Series, bare: pl.Series) -> pl.Series:
    import polars as pl

    if bare.str.contains(_LEADING_ZERO).any():
        return column
    for dtype in (pl.Int64(), pl.Float64()):
        numbers = bare.cast(dtype, strict=False)
        if numbers.null_count() == bare.null_count():
            return numbers
    words = _without_missing(bare)
    if words.null_count() > bare.null_count() and words.null_count() < len(words):
        for dtype in (pl.Int64(), pl.Float64()):
            numbers = words.cast(dtype, strict=False)
            if numbers.null_count() == words.null_count():
                return numbers
    return column


def _without_missing(bare: pl.Series) -> pl.Series:
    is_missing = bare.is_in(sorted(MISSING)).fill_null(False)
    return bare.set(is_missing, None) if is_missing.any() else bare


def _fits(sample: pl.Series, words: pl.Series, dtype: pl.DataType) -> bool:
    """Whether the cells that are no words for missing values are of the type."""
    return bool(words.cast(dtype, strict=False).null_count() == words.null_count())


def _truth(bare: pl.Series, sample: pl.Series) -> pl.Series | None:
    words = ["True", "False", "true", "false", "TRUE", "FALSE"]
    if not sample.is_in(words).all() or not bare.drop_nulls().is_in(words).all():
        return None
    return bare.str.to_lowercase() == "true"


def _date(bare: pl.Series, sample: pl.Series) -> pl.Series | None:
    import polars as pl

    for pattern, dtype in ((_DATE, pl.Date()), (_TIME, pl.Datetime("us"))):
        if not sample.str.contains(pattern).all():
            continue
        if not bare.drop_nulls().str.contains(pattern).all():
            continue
        plain = bare.str.replace("T", " ", literal=True)
        short = plain.str.len_bytes() == 16
        if short.any():
            plain = plain.zip_with(~short.fill_null(False), plain + ":00")
        days = (
            plain.str.to_date("%Y-%m-%d", strict=False)
            if isinstance(dtype, pl.Date)
            else plain.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
        )
        if days.null_count() == bare.null_count():
            return days
    return None
