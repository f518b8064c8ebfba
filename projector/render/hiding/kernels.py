# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""What is hidden for certain: how far away the farthest of the discs in front is, part by part of
the picture. A point behind all of them, wherever it reaches, need not be drawn.

Keys' upper halves are compared, of rank and depth; a pixel without a disc is the farthest of all.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from projector.render.lanes.kernels import apart

SIDE = 4
"""Pixels to each side of a block."""
look_key, put_farthest = apart("blocks")


@njit(cache=True, nogil=True, error_model="numpy")
def measure_blocks(keys, pad, top, bottom, blocks):
    """The farthest key of each block, blocks int32 (h / SIDE, w / SIDE) rounded up, from keys
    int64 (h, w + 2 pad). top, bottom: of the rows to look at, whole blocks of them."""
    step, width = keys.shape[1], keys.shape[1] - 2 * pad
    line = np.zeros(blocks.shape[1] * SIDE, dtype=np.int32)
    for first in range(top, bottom, SIDE):
        line[:] = 0
        for y in range(first, min(first + SIDE, bottom)):
            measure_line(keys, y * step + pad, width, line)
        for block in range(blocks.shape[1]):
            at = block * SIDE
            farthest = max(max(line[at], line[at + 1]), max(line[at + 2], line[at + 3]))
            blocks[first // SIDE, block] = farthest


@njit(cache=True, nogil=True, error_model="numpy")
def measure_line(keys, begin, width, line):
    """Keep the farther of each pixel's key and of what is there."""
    for x in range(width):
        key = np.int32(look_key(keys, begin + x) >> np.int64(32))
        line[x] = max(line[x], key)


@njit(cache=True, nogil=True, error_model="numpy")
def spread_blocks(blocks, farthest):
    """The farthest key of each block, of the next to the right, and of both below: farthest int32
    (blocks + 1,). What begins in a block and is no wider than one ends in these. The last is
    nearer than all, for points out of view."""
    height, width = blocks.shape
    for y in range(height):
        below = min(height - 1, y + 1)
        for x in range(width):
            right = min(width - 1, x + 1)
            farthest[y * width + x] = max(
                max(blocks[y, x], blocks[y, right]), max(blocks[below, x], blocks[below, right])
            )
    farthest[height * width] = -1


@njit(cache=True, nogil=True, error_model="numpy")
def is_wide_seen(x, y, r, key, farthest, width, height):
    """Whether some part of the picture that a disc wider than a block touches is farther."""
    half = np.float32(0.5)
    columns = (width + SIDE - 1) // SIDE
    left, top = int(max(0, x - r - half)) // SIDE, int(max(0, y - r - half)) // SIDE
    right = int(min(width - 1, max(0, x + r))) // SIDE
    bottom = int(min(height - 1, max(0, y + r))) // SIDE
    for row in range(top, bottom + 1, 2):
        for column in range(left, right + 1, 2):
            if key <= farthest[row * columns + column]:
                return True
    return False
