"""The inner loop of reading a PNG; import only inside a job, as numba takes a second to load."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def undo_filters(
    raw: NDArray[np.uint8], previous: NDArray[np.uint8], step: int, out: NDArray[np.uint8]
) -> int:
    """Write the samples of filtered PNG rows to `out`; -1, or the first row with no known filter.

    raw: uint8 (rows, 1 + stride), a filter number before each row. previous: uint8 (stride,), the
    row above the first one. step: bytes a pixel, at least 1. out: uint8 (rows, stride).
    """
    n_rows, stride = out.shape
    for y in range(n_rows):
        kind = raw[y, 0]
        if kind > 4:
            return y
        above = previous if y == 0 else out[y - 1]
        for x in range(stride):
            a = np.int32(out[y, x - step]) if x >= step else np.int32(0)
            b = np.int32(above[x])
            if kind == 0:
                guess = np.int32(0)
            elif kind == 1:
                guess = a
            elif kind == 2:
                guess = b
            elif kind == 3:
                guess = (a + b) >> 1
            else:
                c = np.int32(above[x - step]) if x >= step else np.int32(0)
                pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
                guess = a if pa <= pb and pa <= pc else (b if pb <= pc else c)
            out[y, x] = np.uint8((np.int32(raw[y, x + 1]) + guess) & 255)
    return -1
