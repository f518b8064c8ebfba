"""The table that says where the rows of each tag lie: int64 (n_tags, 8), a line a tag."""

from __future__ import annotations

from typing import NamedTuple

ROWS, BLOBS, NEXT_ROW, NEXT_BLOB, FIRST_ROW, FIRST_KIND, KINDS, IS_RISING = range(8)
"""The columns of the table, for the kernels; NEXT: where the next one goes."""


class TagRows(NamedTuple):
    """One line, when all rows are sorted.

    first_row: in the order of the files. kinds: a bit for each kind of row that occurs. is_rising:
    1 where each step is higher than the one before and no row is void.
    """

    n: int
    n_blobs: int
    stop: int
    stop_blob: int
    first_row: int
    first_kind: int
    kinds: int
    is_rising: int

    @property
    def start(self) -> int:
        return self.stop - self.n

    @property
    def start_blob(self) -> int:
        return self.stop_blob - self.n_blobs
