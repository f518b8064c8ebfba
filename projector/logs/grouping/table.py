"""The table that says where the rows of each tag lie: int64 (n_tags, 8), a line a tag."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from projector.arrays import IntArray

ROWS, BLOBS, NEXT_ROW, NEXT_BLOB, FIRST_ROW, FIRST_KIND, KINDS, IS_RISING = range(8)
"""ROWS, BLOBS: how many. NEXT_ROW, NEXT_BLOB: where the next one goes; in the end, behind the last.

FIRST_ROW: in the order of the files. KINDS: a bit for each kind of row that occurs. IS_RISING: 1
where each step is higher than the one before and no row is void.
"""


N_COLUMNS = 8


class TagRows(NamedTuple):
    """Where the rows and blobs of one tag lie once all are sorted. is_rising: each step is higher
    than the one before and no row is void."""

    start: int
    stop: int
    start_blob: int
    stop_blob: int
    is_rising: bool


def tag_rows(table: IntArray) -> list[TagRows]:
    """Of each tag."""
    n, n_blobs = table[:, ROWS], table[:, BLOBS]
    stop, stop_blob = table[:, NEXT_ROW], table[:, NEXT_BLOB]
    columns = (stop - n, stop, stop_blob - n_blobs, stop_blob, table[:, IS_RISING])
    return [TagRows._make(line) for line in np.stack(columns, axis=1).tolist()]
