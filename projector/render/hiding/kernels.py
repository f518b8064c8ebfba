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
ACROSS, DOWN = 16, 4
"""So many blocks side by side, and above one another, are looked at together: a tile."""
WIDE, TALL = ACROSS * SIDE, DOWN * SIDE
look_key, put_line = apart("lines")
look_line, put_block = apart("blocks")
look_block, put_farthest = apart("farthest")


@njit(cache=True, nogil=True, error_model="numpy")
def measure_tile(keys, pad, tile_row, tile_column, top, bottom, line, blocks, farthest):
    """Find the farthest key of the blocks of a tile, from keys int64 (h, w + 2 pad).

    blocks int32 (h / SIDE rounded up, pitch): of each. farthest int32 (blocks + 1,): the
    farthest of each, of the next to the right and of both below, as what begins in a block and is
    no wider than one ends in these; the last item stands for what is out of view. line int32
    (WIDE,) is overwritten.
    """
    pitch, width = blocks.shape[1], keys.shape[1] - 2 * pad
    left, step = tile_column * WIDE, keys.shape[1]
    first, past = tile_row * DOWN, min((bottom + SIDE - 1) // SIDE, (tile_row + 1) * DOWN)
    for row in range(first, past):
        begin = row * SIDE * step + pad + left
        last = min(SIDE, bottom - row * SIDE) - 1
        second, third, fourth = min(1, last) * step, min(2, last) * step, last * step
        if left + WIDE <= width:
            measure_line(keys, begin, second, third, fourth, WIDE, line)
        else:
            line[:] = np.int32(-1)
            measure_line(keys, begin, second, third, fourth, width - left, line)
        at = row * pitch + tile_column * ACROSS
        for block in range(ACROSS):
            one = max(look_line(line, SIDE * block), look_line(line, SIDE * block + 1))
            other = max(look_line(line, SIDE * block + 2), look_line(line, SIDE * block + 3))
            put_block(blocks, at + block, max(one, other))
    for row in range(max(top // SIDE, first - 1), past):
        begin = row * pitch + tile_column * ACROSS
        down = pitch if (row + 1) * SIDE < bottom else 0
        spread(blocks, begin, ACROSS, down, farthest)
        if tile_column:
            spread(blocks, begin - 1, 1, down, farthest)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def spread(blocks, begin, n, down, farthest):
    """What is farthest among four neighbors, for some of a row and those so far on in the next."""
    for at in range(begin, begin + n):
        here = max(look_block(blocks, at), look_block(blocks, at + 1))
        below = max(look_block(blocks, at + down), look_block(blocks, at + down + 1))
        put_farthest(farthest, at, max(here, below))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def measure_line(keys, begin, second, third, fourth, n, line):
    """The farthest of each four pixels above one another, in rows so far from the first."""
    for x in range(n):
        at = begin + x
        upper = max(look_key(keys, at), look_key(keys, at + second))
        lower = max(look_key(keys, at + third), look_key(keys, at + fourth))
        put_line(line, x, np.int32(max(upper, lower) >> np.int64(32)))


@njit(cache=True, nogil=True, error_model="numpy")
def is_box_seen(left, top, right, bottom, key, farthest, pitch):
    """Whether some block of a box, the last one included, is farther than a key. All in blocks."""
    for row in range(top, bottom + 1, 2):
        for column in range(left, right + 1, 2):
            if key <= farthest[np.uint64(row * pitch + column)]:
                return True
    return False
