# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""What is hidden for certain: how far away the farthest of the discs in front is, part by part of
the picture. A point behind all of them, wherever it reaches, need not be drawn.

Keys' upper halves are compared, of rank and depth; a pixel without a disc is the farthest of all.
Rows from `top` to `bottom` are a picture of their own: a strip knows nothing of the others.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from projector.render.lanes.kernels import apart

SIDE = 4
"""Pixels to each side of a block."""
SEGMENT = 32
"""Pixels of a row of blocks that are looked at together."""
look_key, put_farthest = apart("blocks")


@njit(cache=True, nogil=True, error_model="numpy")
def measure_segment(keys, pad, row, segment, top, bottom, line, blocks, farthest):
    """Find the farthest key of the blocks of a segment, from keys int64 (h, w + 2 pad).

    blocks int32 (h / SIDE, w / SIDE), rounded up: of each. farthest int32 (blocks + 1,): of each,
    of the next to the right and of both below. What begins in a block and is no wider than one
    ends in these. line int32 (SEGMENT,) is overwritten.
    """
    columns, width = blocks.shape[1], keys.shape[1] - 2 * pad
    left, first = segment * SEGMENT, segment * (SEGMENT // SIDE)
    n = min(SEGMENT, width - left)
    line[n - n % SIDE :] = 0
    step, begin = keys.shape[1], row * SIDE * keys.shape[1] + pad + left
    last = min(SIDE, bottom - row * SIDE) - 1
    measure_line(keys, begin, min(1, last) * step, min(2, last) * step, last * step, n, line)
    past = min(columns, first + SEGMENT // SIDE)
    is_nearer = False
    for block in range(first, past):
        at = (block - first) * SIDE
        key = max(max(line[at], line[at + 1]), max(line[at + 2], line[at + 3]))
        is_nearer |= key != blocks[row, block]
        blocks[row, block] = key
    if not is_nearer:
        return
    for y in range(max(top // SIDE, row - 1), row + 1):
        here, below = y, min((bottom - 1) // SIDE, y + 1)
        for x in range(max(0, first - 1), past):
            right = min(columns - 1, x + 1)
            farthest[y * columns + x] = max(
                max(blocks[here, x], blocks[here, right]),
                max(blocks[below, x], blocks[below, right]),
            )


@njit(cache=True, nogil=True, error_model="numpy")
def measure_line(keys, begin, second, third, fourth, n, line):
    """The farthest of each four pixels above one another, in rows so far from the first."""
    for x in range(n):
        at = begin + x
        upper = max(look_key(keys, at), look_key(keys, at + second))
        lower = max(look_key(keys, at + third), look_key(keys, at + fourth))
        put_farthest(line, x, np.int32(max(upper, lower) >> np.int64(32)))


@njit(cache=True, nogil=True, error_model="numpy")
def is_box_seen(left, top, right, bottom, key, farthest, columns):
    """Whether some block of a box, the last one included, is farther than a key. All in blocks."""
    for row in range(top, bottom + 1, 2):
        for column in range(left, right + 1, 2):
            if key <= farthest[np.uint64(row * columns + column)]:
                return True
    return False
