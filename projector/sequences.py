"""Points that follow one another: a column that names the next row of each draws lines.

The column is TensorBoard's `__seq_next__`, formerly `__next__`: the row that follows, counted from
0; empty where a line ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from projector.arrays import IntArray
from projector.progress import Work

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("__seq_next__", "__next__")


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
        raise NotImplementedError


def sequence_column(table: pl.DataFrame | None) -> str | None:
    """The name of the column, or None where there is none."""
    columns = () if table is None else table.columns
    return next((name for name in COLUMNS if name in columns), None)


def read_sequences(table: pl.DataFrame | None) -> Work[Sequences | None]:
    """The lines that a table of n rows describes; None where it has no such column, or an empty
    one. Each step from a row to the next is in exactly one line."""
    raise NotImplementedError
