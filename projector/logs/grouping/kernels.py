"""The rows of a run sorted by tag, compiled: two passes of a counting sort over its files.

Signatures are fixed and take read-only columns too, so that no other kind of array makes numba
compile anew while the window waits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types

from projector.logs.columns import NUMBER, NUMBER_TENSOR, TENSOR
from projector.logs.grouping.table import (
    BLOBS,
    FIRST_KIND,
    FIRST_ROW,
    IS_RISING,
    KINDS,
    NEXT_BLOB,
    NEXT_ROW,
    ROWS,
)

_LARGEST_VALUE_KIND = 99
"""Kinds of rows beyond it come from events, not from their summaries, and are not grouped."""

_ONE = np.uint64(1)


def _column(dtype: Any, *, is_written: bool = False) -> Any:
    return types.Array(dtype, 1, "C", readonly=not is_written)


_TABLE = types.Array(types.int64, 2, "C")
_IDS, _INTS, _DOUBLES, _BYTES = (
    _column(dtype) for dtype in (types.int32, types.int64, types.float64, types.uint8)
)
_NEW_IDS, _NEW_INTS, _NEW_DOUBLES, _NEW_BYTES = (
    _column(dtype, is_written=True)
    for dtype in (types.int32, types.int64, types.float64, types.uint8)
)
_COUNT = types.int64(_IDS, _BYTES, _INTS, types.int64, types.int64, types.int64, _TABLE)
_SORT = types.int64(
    types.Tuple((_IDS, _INTS, _DOUBLES, _DOUBLES, _BYTES, _INTS, _INTS)),
    types.UniTuple(_INTS, 3),
    types.UniTuple(types.int64, 5),
    _TABLE,
    types.Tuple(
        (
            *(_NEW_INTS, _NEW_DOUBLES, _NEW_DOUBLES, _NEW_BYTES),
            *(_NEW_BYTES, _NEW_INTS, _NEW_INTS, _NEW_IDS),
        )
    ),
    _NEW_BYTES,
)


@njit([_COUNT], cache=True, nogil=True, _nrt=False)
def count_rows(
    tags: Any, kinds: Any, numbers: Any, start: int, stop: int, first_row: int, table: Any
) -> Any:
    """Count the rows start..stop of one file into the table; answers how many were no values.

    numbers: of each tag of the file, its number in the run. first_row: of the file in the run.
    """
    n_events = 0
    for i in range(start, stop):
        kind = kinds[i]
        if kind > _LARGEST_VALUE_KIND:
            n_events += 1
            continue
        number = numbers[tags[i]]
        if table[number, ROWS] == 0:
            table[number, FIRST_ROW] = first_row + i
            table[number, FIRST_KIND] = kind
        table[number, ROWS] += 1
        table[number, KINDS] |= np.int64(1) << np.int64(kind)
        if kind != NUMBER:
            table[number, BLOBS] += 1
    return n_events


@njit([types.void(_TABLE)], cache=True, nogil=True, _nrt=False)
def lay_out(table: Any) -> None:
    """Where the rows and blobs of each tag begin, one tag behind the other."""
    row, blob = 0, 0
    for number in range(len(table)):
        table[number, NEXT_ROW], table[number, NEXT_BLOB] = row, blob
        table[number, IS_RISING] = 1
        row += table[number, ROWS]
        blob += table[number, BLOBS]


@njit([_SORT], cache=True, nogil=True, _nrt=False)
def sort_rows(columns: Any, maps: Any, span: Any, table: Any, out: Any, dropped: Any) -> Any:
    """Put the rows of one file behind those of their tags; answers how many blobs were passed.

    columns: tags, steps, wall times, values, kinds, and the blobs' offsets and lengths. maps: the
    tags' numbers in the run; the rows of restarts, and from which step on each makes void what lies
    before it. span: start, stop, the first blob of it, the first row and the number of the file.
    out: the columns of Sorted, some of which may be empty.
    dropped: 1 for what a restart made void (empty where there is no restart).
    """
    tags, steps, wall_times, values, kinds, offsets, lengths = columns
    numbers, restarts, limits = maps
    start, stop, blob, first_row, file_id = span
    out_steps, out_times, out_values, out_kinds, out_fields, out_offsets, out_lengths, out_ids = out
    has_ids, has_fields, has_dropped = len(out_ids) > 0, len(out_fields) > 0, len(dropped) > 0
    restart = 0
    # unsigned places, for numba asks of every signed one whether it is negative
    for i in range(np.uint64(start), np.uint64(stop)):
        kind = kinds[i]
        blob += kind != NUMBER
        if kind > _LARGEST_VALUE_KIND:
            continue
        number, step = np.uint64(numbers[np.uint64(tags[i])]), steps[i]
        row = np.int64(i) + first_row
        place = np.uint64(table[number, NEXT_ROW])
        table[number, NEXT_ROW] += 1
        if table[number, FIRST_ROW] != row and out_steps[place - _ONE] >= step:
            table[number, IS_RISING] = 0
        out_steps[place], out_times[place] = step, wall_times[i]
        out_values[place], out_kinds[place] = values[i], kind
        if kind != NUMBER:
            to, at = np.uint64(table[number, NEXT_BLOB]), np.uint64(blob - 1)
            table[number, NEXT_BLOB] += 1
            out_offsets[to], out_lengths[to] = offsets[at], lengths[at]
        if has_ids:
            out_ids[place] = file_id
        if has_fields:
            out_fields[place] = TENSOR if kind == NUMBER_TENSOR else kind
        if has_dropped:
            while restart < len(restarts) and restarts[restart] <= row:
                restart += 1
            dropped[place] = restart < len(restarts) and step >= limits[restart]
            if dropped[place]:
                table[number, IS_RISING] = 0
    return blob
