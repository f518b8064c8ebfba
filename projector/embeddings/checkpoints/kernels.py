"""The inner loop of snappy; import only inside a job, as numba takes a second to load."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def undo_snappy(data: Any, start: Any, out: Any) -> Any:
    """Decompress data[start:] into `out`; how many bytes were written, or -1 if it is not sound.

    data, out: uint8 arrays. Every read and write stays inside them.
    """
    at, done, n, size = start, 0, len(data), len(out)
    while at < n:
        kind, high = np.int64(data[at]) & 3, np.int64(data[at]) >> 2
        at += 1
        n_more: Any = np.int64(0)  # bytes of a number that follow the tag
        if kind == 0:
            n_more = max(0, high - 59)
        elif kind == 1:
            n_more = 1
        else:
            n_more = 2 if kind == 2 else 4
        if at + n_more > n:
            return -1
        number: Any = np.int64(0)
        for i in range(n_more):
            number |= np.int64(data[at + i]) << (8 * i)
        at += n_more
        if kind == 0:
            length: Any = (number if n_more else high) + 1
            if at + length > n or done + length > size:
                return -1
            out[done : done + length] = data[at : at + length]
            at += length
        else:
            length = 4 + (high & 7) if kind == 1 else high + 1
            back = number | ((high >> 3) << 8) if kind == 1 else number
            if back == 0 or back > done or done + length > size:
                return -1
            for i in range(length):  # byte by byte: a copy may overlap what it writes
                out[done + i] = out[done + i - back]
        done += length
    return done
