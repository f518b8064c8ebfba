"""Which rows of vectors can be used at all."""

from __future__ import annotations

import numpy as np

from projector.arrays import FloatArray, MaskArray
from projector.mapped import release
from projector.progress import Progress, Work

_BLOCK = 1 << 20  # values looked at between two yields


def find_finite(*arrays: FloatArray, note: str = "Looking for gaps") -> Work[MaskArray]:
    """bool (n,): the rows that hold neither NaN nor infinities, in all of the arrays.

    arrays: (n, d) each, possibly memory-mapped. Yields Progress of unknown length.
    """
    n = len(arrays[0])
    mask = np.ones(n, np.bool_)
    for array in arrays:
        size = max(16, _BLOCK // max(1, array.shape[1]))
        for start in range(0, n, size):
            block = array[start : start + size]
            mask[start : start + size] &= np.isfinite(block).all(axis=1)
            release(block)
            yield Progress(None, note)
    return mask
