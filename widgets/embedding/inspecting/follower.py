"""Which points come before and after one in its sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projector.sequences import sequence_column

if TYPE_CHECKING:
    import polars as pl


def followers(table: pl.DataFrame | None, row: int) -> tuple[int | None, int | None]:
    """The rows before and after; None where the line begins, ends, or there is none."""
    name = sequence_column(table)
    if table is None or name is None or table[name].dtype.is_nested():
        return None, None
    column = table[name]
    after = _row(column[row], len(column), row)
    if column.dtype.is_numeric():
        before = (column == row).arg_true()
    else:
        before = (column == str(row)).arg_true()
    rows = [one for one in before.head(2).to_list() if one != row]
    return (rows[0] if rows else None), after


def _row(value: object, n: int, own: int) -> int | None:
    """A row number other than its own, written as a number or as text."""
    try:
        number = float(str(value).strip())
    except ValueError:
        return None
    is_row = 0 <= number < n and number == int(number) and number != own
    return int(number) if is_row else None
