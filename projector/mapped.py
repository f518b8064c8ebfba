"""Gives back the memory of a mapped file after a block of it was read.

What is read of a mapped file counts as memory of the program until the system wants it back. Work
that walks over a large file hands back each block, so that it stays small.
"""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np

_LEAST_BYTES = 64 << 20
"""Smaller files are left in memory: they will be looked at again."""


def release(block: np.ndarray[Any, Any]) -> None:
    """Drop the block's pages from memory; looked at again, they are read again from the file.

    Does nothing for arrays that don't lie in a large file that is mapped to be read only.
    """
    source = _mapping(block)
    if (
        not block.flags.c_contiguous
        or source is None
        or not hasattr(source, "madvise")
        or len(source) < _LEAST_BYTES
    ):
        return
    whole = np.frombuffer(source, np.uint8)
    if whole.flags.writeable:  # changed pages would be lost
        return
    low = block.ctypes.data - whole.ctypes.data
    start = -(-low // mmap.PAGESIZE) * mmap.PAGESIZE
    stop = (low + block.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
    if stop > start:
        source.madvise(mmap.MADV_DONTNEED, start, stop - start)


def _mapping(array: object) -> mmap.mmap | None:
    """The mapped file that an array is a view of."""
    while array is not None and not isinstance(array, mmap.mmap):
        array = array.obj if isinstance(array, memoryview) else getattr(array, "base", None)
    return array
