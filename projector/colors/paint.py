"""From codes to colors."""

from __future__ import annotations

import numpy as np

from projector.arrays import ByteArray, frozen

Codes = np.ndarray[tuple[int, ...], np.dtype[np.integer]]


def painted(codes: Codes, table: ByteArray) -> ByteArray:
    """uint8 RGBA (n, 4), read-only: the table's row of each code. A million take a few
    milliseconds. table: uint8 (m, 4), longer than every code."""
    whole = np.ascontiguousarray(table).view(np.uint32).ravel()
    return frozen(np.take(whole, codes).view(np.uint8).reshape(-1, 4))
