"""The cells of a column as texts, by which rows are searched and told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projector.errors import InvalidChoice

if TYPE_CHECKING:
    import polars as pl


def texts_of(column: pl.Series) -> pl.Series:
    """As polars writes the values; null for empty cells, and for NaN, which says as little.

    Raises InvalidChoice where cells hold lists, bytes or other things without a text.
    """
    import polars as pl

    if column.dtype.is_float():
        column = column.fill_nan(None)
    if column.dtype.is_nested():
        raise _without_texts(column)
    try:
        return column.cast(pl.String)
    except pl.exceptions.PolarsError as error:
        raise _without_texts(column) from error


def _without_texts(column: pl.Series) -> InvalidChoice:
    return InvalidChoice(
        f"The column {column.name} holds {column.dtype} values; choose one of texts or numbers."
    )
