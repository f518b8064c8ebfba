"""Protobuf wire bytes and CRC-32C, compiled. Every function stays inside the `end` it is given.

A position of -1 as answer means: the bytes are no such thing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from projector.logs.dtypes import SMALL_FLOATS


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


@njit(cache=True, nogil=True)
def little_endian(buf: Any, start: int, size: int) -> Any:
    """Up to 8 bytes as uint64; the caller knows that they are there."""
    value = np.uint64(0)
    for i in range(size):
        value |= np.uint64(buf[start + i]) << np.uint64(8 * i)
    return value


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def read_length(buf: Any, pos: int, end: int) -> Any:
    """Where the length-delimited bytes at `pos` start and stop."""
    length, pos = read_varint(buf, pos, end)
    if pos < 0 or length > np.uint64(end - pos):
        return -1, -1
    return pos, pos + np.int64(length)


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def float_from_half(bits: Any) -> float:
    """The value of a binary16 pattern."""
    mantissa = np.float64(bits & np.uint64(0x3FF))
    exponent = np.int64((bits >> np.uint64(10)) & np.uint64(0x1F))
    sign = -1.0 if bits & np.uint64(0x8000) else 1.0
    if exponent == 31:
        return np.nan if mantissa != 0.0 else sign * np.inf
    if exponent == 0:
        return sign * np.ldexp(mantissa, -24)
    return sign * np.ldexp(mantissa + 1024.0, exponent - 25)


@njit(cache=True, nogil=True)
def float_from_single(bits: Any) -> float:
    """The value of a binary32 pattern."""
    return np.float64(np.uint32(bits & _LOW32).view(np.float32))


@njit(cache=True, nogil=True)
def float_from_double(bits: Any) -> float:
    """The value of a binary64 pattern."""
    return np.uint64(bits).view(np.float64)


@njit(cache=True, nogil=True)
def _signed(bits: Any, width: int) -> float:
    shift = 64 - width
    return np.float64((np.int64(bits) << shift) >> shift)


@njit(cache=True, nogil=True)
def size_of(dtype: int) -> int:
    """Bytes of one element in tensor_content; 0 for types that are no single real number."""
    if dtype == 2 or dtype == 9 or dtype == 23:
        return 8
    if dtype == 1 or dtype == 3 or dtype == 13 or dtype == 22:
        return 4
    if dtype == 5 or dtype == 14 or dtype == 15 or dtype == 16 or dtype == 17 or dtype == 19:
        return 2
    if dtype == 4 or dtype == 6 or dtype == 10 or dtype == 11 or dtype == 12:
        return 1
    if 24 <= dtype <= 33:
        return 1
    return 0


@njit(cache=True, nogil=True)
def number_from_bits(bits: Any, dtype: int) -> float:
    """The value of one element of a dtype whose size_of is not 0, given its bits."""
    if dtype == 1:
        return float_from_single(bits)
    if dtype == 2:
        return float_from_double(bits)
    if dtype == 9:
        return np.float64(np.int64(bits))
    if dtype == 23:
        return np.float64(np.uint64(bits))
    if dtype == 19:
        return float_from_half(bits)
    if dtype == 14:
        return float_from_single((bits & np.uint64(0xFFFF)) << np.uint64(16))
    if dtype == 10:
        return 1.0 if bits != np.uint64(0) else 0.0
    if dtype == 3 or dtype == 13:
        return _signed(bits, 32)
    if dtype == 5 or dtype == 15:
        return _signed(bits, 16)
    if dtype == 6 or dtype == 11 or dtype == 29 or dtype == 31:
        return _signed(bits, 8)
    if 24 <= dtype <= 28 or dtype == 33:
        return np.float64(SMALL_FLOATS[dtype, bits & _BYTE])
    width = 8 * size_of(dtype)
    return np.float64(bits & ((np.uint64(1) << np.uint64(width)) - np.uint64(1)))
