"""Numbers of seven bits a byte, the lowest first, as protobuf and LevelDB write them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = bytes | memoryview

_MOST_BYTES = 10


def read_varint(data: Bytes, at: int) -> tuple[int, int]:
    """The number at a place, and the place after it. Raises ValueError where none ends."""
    value = 0
    for i, byte in enumerate(data[at : at + _MOST_BYTES]):
        value |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            return value, at + i + 1
    raise ValueError("one of its numbers is cut short")


def parse_varints(data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """All numbers in bytes that end with a whole one, modulo 2**64.

    data: uint8 (k,). Raises ValueError where one is longer than ten bytes or cut short.
    """
    if not len(data):
        return np.zeros(0, np.uint64)
    ends = np.flatnonzero(data < 0x80)
    if not len(ends) or ends[-1] != len(data) - 1:
        raise ValueError("its last number is cut short")
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts + 1
    if lengths.max() > _MOST_BYTES:
        raise ValueError("one of its numbers is too long")
    places = np.arange(len(data)) - np.repeat(starts, lengths)
    shifted = (data & 0x7F).astype(np.uint64) << (7 * places).astype(np.uint64)
    return np.bitwise_or.reduceat(shifted, starts)
