"""Tables of typed columns as metadata: each column a number, a truth, a date or a text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from projector.errors import Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl


@contextmanager
def told_by_polars(path: Path) -> Iterator[None]:
    """Polars' errors, and the panics that damaged files cause in it, as a sentence."""
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else "it is damaged"
        raise Unreadable(f"{path} can't be read as a table: {reason}.") from error


def plain_columns(table: pl.DataFrame, note: str) -> Work[tuple[pl.DataFrame | None, list[str]]]:
    """The table with columns that can be shown, nested ones as JSON; and the names left out.

    None where no column is left.
    """
    import polars as pl

    found, lost = [], []
    for column in table:
        try:
            plain = plain_column(column)
        except pl.exceptions.PolarsError:
            plain = None
        if plain is None:
            lost.append(column.name)
        else:
            found.append(plain)
        yield Progress(None, note)
    return (pl.DataFrame(found) if found else None), lost


def plain_column(column: pl.Series) -> pl.Series | None:
    """int64, uint64, float64, bool, date, datetime or text; None for bytes and objects."""
    import polars as pl

    dtype = column.dtype
    if dtype.is_nested():
        table = pl.DataFrame([column.alias("x")])
        whole = table.select(pl.struct("x").struct.json_encode()).to_series()
        inner = whole.str.slice(5).str.head(-1).alias(column.name)  # of {"x":...}
        return inner.set(column.is_null(), None)
    if dtype in (pl.Boolean, pl.UInt64, pl.Date, pl.Datetime, pl.String):
        return column
    if dtype.is_integer():
        return column.cast(pl.Int64)
    if dtype.is_numeric():
        return column.cast(pl.Float64)
    if dtype in (pl.Binary, pl.Object):
        return None
    return column.cast(pl.String)


def is_list_of_numbers(dtype: pl.DataType) -> bool:
    """Whether every value of a column is a row of real numbers."""
    import polars as pl

    if isinstance(dtype, pl.Array):
        return len(dtype.shape) == 1 and _is_number(dtype.inner)
    return isinstance(dtype, pl.List) and _is_number(dtype.inner)


def _is_number(dtype: object) -> bool:
    import polars as pl

    return isinstance(dtype, pl.DataType) and (dtype.is_numeric() or dtype == pl.Boolean)
