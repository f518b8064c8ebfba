"""Points that follow one another: a column that names the next row of each draws lines.

The column is TensorBoard's `__seq_next__`, formerly `__next__`: the row that follows, counted from
0; empty where a line ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import IntArray, frozen
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("__seq_next__", "__next__")

_END, _BAD = -1, -2
_ROWS_A_YIELD = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """column: where they come from. rows: int64 (m,), the rows of all lines, one line behind the
    other. offsets: int64 (k + 1,): line i is rows[offsets[i]:offsets[i + 1]], of two rows or more.

    A closed line ends with the row it began with. Where lines meet, one goes on and the others end
    at that row. trouble: a sentence on what could not be followed, "" where all could.
    """

    column: str
    rows: IntArray
    offsets: IntArray
    trouble: str = ""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def line(self, i: int) -> IntArray:
        """The rows of one line in order."""
        return self.rows[self.offsets[i] : self.offsets[i + 1]]

    @property
    def pairs(self) -> IntArray:
        """int64 (m - k, 2): each row with the one that follows it, for painters of segments."""
        pairs = np.column_stack([self.rows[:-1], self.rows[1:]])
        return np.delete(pairs, self.offsets[1:-1] - 1, axis=0)


def sequence_column(table: pl.DataFrame | None) -> str | None:
    """The name of the column, or None where there is none."""
    columns = () if table is None else table.columns
    return next((name for name in COLUMNS if name in columns), None)


def read_sequences(table: pl.DataFrame | None) -> Work[Sequences | None]:
    """The lines that a table of n rows describes; None where it has no such column, or one without
    any line or trouble. Each step from a row to the next is in exactly one line."""
    name = sequence_column(table)
    if table is None or name is None:
        return None
    note = "Following sequences"
    yield Progress(0.0, note)
    follower, trouble = _followers(table[name])
    if not trouble and not (follower >= 0).any():
        return None
    rows: list[int] = []
    offsets = [0]
    for line in _lines(follower):
        rows += line
        offsets.append(len(rows))
        if len(rows) // _ROWS_A_YIELD != offsets[-2] // _ROWS_A_YIELD:
            yield Progress(min(1.0, len(rows) / len(follower)), note)
    return Sequences(
        name, frozen(np.array(rows, np.int64)), frozen(np.array(offsets, np.int64)), trouble
    )


def _followers(column: pl.Series) -> tuple[IntArray, str]:
    """int64 (n,): the row after each, or below 0 for none; and a sentence on what is wrong."""
    import polars as pl

    n = len(column)
    texts = column.cast(pl.String, strict=False) if not column.dtype.is_nested() else None
    if texts is None:
        return np.full(n, _END), f"The column {column.name} holds no row numbers."
    texts = texts.str.strip_chars()
    is_empty = (texts.is_null() | (texts == "") | (texts == "NaN")).to_numpy()
    numbers = texts.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    with np.errstate(invalid="ignore"):
        is_row = (numbers >= 0) & (numbers < n) & (numbers == np.floor(numbers))
    is_row &= numbers != np.arange(n)  # a row that follows itself is no line
    follower = np.where(is_empty, _END, _BAD)
    follower[is_row] = numbers[is_row].astype(np.int64)
    bad = np.flatnonzero(follower == _BAD)
    if not len(bad):
        return follower, ""
    row = int(bad[0])
    which = f"row {row:,}" if len(bad) == 1 else f"{len(bad):,} rows, such as row {row:,}"
    return follower, (
        f"In the column {column.name}, {which}, no other row is named: "
        f"{str(column[row])[:40]!r} is none of 0 to {n - 1:,}. Lines end there."
    )


def _lines(follower: IntArray) -> Iterator[list[int]]:
    """From each row that follows none; then what is left, which goes in circles."""
    following = follower.tolist()
    is_begun = np.zeros(len(follower), np.bool_)
    is_followed = np.zeros(len(follower), np.bool_)
    is_followed[follower[follower >= 0]] = True
    has_next = follower >= 0
    begun = is_begun.tolist()
    for candidates in (has_next & ~is_followed, has_next & is_followed):
        for start in np.flatnonzero(candidates).tolist():
            if not begun[start]:
                yield _line_from(start, following, begun)


def _line_from(start: int, following: list[int], begun: list[bool]) -> list[int]:
    """Up to the end, or to a row where another line, or this one, has gone on already."""
    line, row = [start], start
    while following[row] >= 0 and not begun[row]:
        begun[row] = True
        row = following[row]
        line.append(row)
    return line
