"""Protobuf wire bytes and CRC-32C, compiled. Every function stays inside the `end` it is given.

A position of -1 as answer means: the bytes are no such thing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# Nothing here allocates. Counting references to the arrays at each call would take two thirds of
# the time, handing twenty arrays from function to function most of the rest.
compiled = njit(cache=True, nogil=True, _nrt=False)
inlined = njit(cache=True, nogil=True, _nrt=False, forceinline=True)


def _crc_tables() -> Any:
    """uint64 (8, 256): the tables of slicing-by-8 for the reflected polynomial 0x82F63B78."""
    first = np.arange(256, dtype=np.uint64)
    for _ in range(8):
        first = (first >> np.uint64(1)) ^ (np.uint64(0x82F63B78) * (first & np.uint64(1)))
    tables = [first]
    for _ in range(7):
        last = tables[-1]
        tables.append((last >> np.uint64(8)) ^ first[(last & np.uint64(255)).astype(np.int64)])
    return np.array(tables)


_CRC = _crc_tables()
_LOW32 = np.uint64(0xFFFFFFFF)
_BYTE = np.uint64(0xFF)


@compiled
def little_endian(buf: Any, start: int, size: int) -> Any:
    """Up to 8 bytes as uint64; the caller knows that they are there."""
    value = np.uint64(0)
    for i in range(size):
        value |= np.uint64(buf[start + i]) << np.uint64(8 * i)
    return value


@compiled
def masked_crc(buf: Any, start: int, end: int) -> Any:
    """The masked CRC-32C of the bytes start..end, uint64."""
    crc = _LOW32
    i = start
    while i + 8 <= end:
        low = crc ^ little_endian(buf, i, 4)
        crc = (
            _CRC[7, low & _BYTE]
            ^ _CRC[6, (low >> np.uint64(8)) & _BYTE]
            ^ _CRC[5, (low >> np.uint64(16)) & _BYTE]
            ^ _CRC[4, low >> np.uint64(24)]
            ^ _CRC[3, buf[i + 4]]
            ^ _CRC[2, buf[i + 5]]
            ^ _CRC[1, buf[i + 6]]
            ^ _CRC[0, buf[i + 7]]
        )
        i += 8
    while i < end:
        crc = _CRC[0, (crc ^ np.uint64(buf[i])) & _BYTE] ^ (crc >> np.uint64(8))
        i += 1
    crc ^= _LOW32
    rotated = ((crc >> np.uint64(15)) | (crc << np.uint64(17))) & _LOW32
    return (rotated + np.uint64(0xA282EAD8)) & _LOW32


@compiled
def read_varint(buf: Any, pos: int, end: int) -> Any:
    """The uint64 and the position after it."""
    value = np.uint64(0)
    for i in range(10):
        if pos >= end:
            return value, -1
        byte = np.uint64(buf[pos])
        pos += 1
        value |= (byte & np.uint64(0x7F)) << np.uint64(7 * i)
        if byte < np.uint64(0x80):
            return value, pos
    return value, -1


@compiled
def read_length(buf: Any, pos: int, end: int) -> Any:
    """Where the length-delimited bytes at `pos` start and stop."""
    length, pos = read_varint(buf, pos, end)
    if pos < 0 or length > np.uint64(end - pos):
        return -1, -1
    return pos, pos + np.int64(length)


@compiled
def read_field(buf: Any, pos: int, end: int) -> Any:
    """Field number, wire type, and where the field's bytes start and stop.

    The bytes of a length-delimited field are without their length; the next field begins at stop.
    """
    key, pos = read_varint(buf, pos, end)
    number, wire = np.int64(key >> np.uint64(3)), np.int64(key & np.uint64(7))
    if pos < 0 or number < 1 or number > 536870911:
        return number, wire, -1, -1
    if wire == 2:
        start, stop = read_length(buf, pos, end)
        return number, wire, start, stop
    if wire == 0:
        _, stop = read_varint(buf, pos, end)
    elif wire == 1:
        stop = pos + 8
    elif wire == 5:
        stop = pos + 4
    else:
        stop = -1
    if stop > end:
        stop = -1
    return number, wire, pos, stop
