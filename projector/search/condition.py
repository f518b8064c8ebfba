"""Which rows of a table meet a condition in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import frozen
from projector.errors import InvalidChoice
from projector.progress import Progress, Work
from projector.search.meaning import sql_text
from projector.search.rows import SLICE, FoundRows, as_texts
from projector.search.words import read_words

if TYPE_CHECKING:
    import polars as pl

ROW = "row"


def find_where(table: pl.DataFrame, condition: str) -> Work[FoundRows]:
    """All rows for which an SQL condition holds, such as `label = '7' AND count > 100`.

    Only an expression of this table's columns is taken, made of comparisons, AND, OR, NOT, IN,
    BETWEEN, LIKE, ILIKE, REGEXP, IS NULL, CASE, arithmetic and functions of one row; anything else
    is refused. Column names may be written in any case where that is clear, or in double quotes;
    `row` is the row's number where no column is called so. Where a column of texts is compared with
    a number, or numbers with a text such as '7', what is meant is compared; NaN is a missing value.
    Raises InvalidChoice.
    """
    import polars as pl

    columns = table.columns if ROW in table.columns else [*table.columns, ROW]
    words = read_words(condition, columns)
    used = tuple(dict.fromkeys(word.value for word in words if word.kind == "column"))
    kept = table.select(name for name in used if name in table.columns)
    text = sql_text(words, {name: kept[name].dtype for name in kept.columns})
    found = [np.empty(0, np.int64)]
    try:
        expression = pl.sql_expr(text)
        for start in range(0, max(1, len(table)), SLICE):
            yield Progress(start / max(1, len(table)), "Searching")
            found.append(_rows(kept, start, min(len(table), start + SLICE), expression))
    except pl.exceptions.PolarsError as error:
        raise InvalidChoice(f"The condition can't be used: {_why(error)}.") from error
    return FoundRows(frozen(np.concatenate(found)), used, frozen(np.empty(0, np.int32)))


def _rows(
    table: pl.DataFrame, start: int, stop: int, expression: pl.Expr
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The numbers of the rows of one slice for which the expression is true."""
    import polars as pl

    counter = "row number"
    while counter in table.columns:
        counter += "_"
    part = pl.DataFrame({counter: np.arange(start, stop, dtype=np.int64)})
    columns = [_plain(table[name][start:stop]) for name in table.columns]
    part = part.with_columns(columns)
    if ROW not in table.columns:
        part = part.with_columns(pl.col(counter).alias(ROW))
    return part.filter(expression)[counter].to_numpy().astype(np.int64)


def _plain(column: pl.Series) -> pl.Series:
    """Numbers without NaN, which would count as larger than all; what is nested as text."""
    import polars as pl

    if column.dtype.is_float():
        return column.fill_nan(None)
    dtype = column.dtype
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object, pl.Categorical, pl.Enum):
        return as_texts(column)
    return column


def _why(error: Exception) -> str:
    """What polars says, without the context it adds."""
    lines = str(error).partition("This error occurred")[0].strip().splitlines()
    return " ".join(" ".join(lines).split()).rstrip(".") or "it can't be read"
