"""Single numbers in tensors, compiled: what numpy would say of a TensorProto of one element."""

from __future__ import annotations

from typing import Any

import numpy as np

from projector.logs.dtypes import SMALL_FLOATS
from projector.logs.wire.kernels import compiled, little_endian, read_field, read_varint

_LOW32 = np.uint64(0xFFFFFFFF)
_BYTE = np.uint64(0xFF)


@compiled
def number_in_tensor(buf: Any, start: int, end: int) -> Any:
    """Whether the bytes are a TensorProto, whether it holds exactly one real number, and which.

    Follows tensors.parse_tensor: raw content first, then the typed field that fits the dtype.
    """
    dtype, is_single = np.int64(0), True
    content_start, content_end = start, start
    single, n_single = np.uint64(0), 0
    double, n_double = np.uint64(0), 0
    integer, n_integer = np.uint64(0), 0
    half, n_half = np.uint64(0), 0
    small, n_small = np.uint64(0), 0
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return False, False, np.nan
        if number == 1 and wire == 0:
            dtype = np.int64(read_varint(buf, first, end)[0])
        elif number == 2 and wire == 2:
            is_sound, is_one = _is_one_element(buf, first, pos)
            is_single = is_single and is_one
            if not is_sound:
                return False, False, np.nan
        elif number == 4 and wire == 2:
            content_start, content_end = first, pos
        elif number == 5:
            single, n_single = _count_fixed(buf, first, pos, wire, 4, single, n_single)
        elif number == 6:
            double, n_double = _count_fixed(buf, first, pos, wire, 8, double, n_double)
        elif number == 7 or number == 10 or number == 11 or number == 16 or number == 17:
            integer, n_integer = _count_varints(buf, first, pos, wire, integer, n_integer)
        elif number == 13:
            half, n_half = _count_varints(buf, first, pos, wire, half, n_half)
        elif number == 18 and wire == 2:
            n_small = pos - first
            if n_small == 1:
                small = np.uint64(buf[first])
        if n_single < 0 or n_double < 0 or n_integer < 0 or n_half < 0:
            return False, False, np.nan
    if dtype > 100:
        dtype -= 100
    size = size_of(dtype)
    if not is_single or size == 0:
        return True, False, np.nan
    if content_end > content_start:
        if content_end - content_start != size:
            return True, False, np.nan
        return True, True, number_from_bits(little_endian(buf, content_start, size), dtype)
    bits, n = integer, n_integer
    if dtype == 1:
        bits, n = single, n_single
    elif dtype == 2:
        bits, n = double, n_double
    elif dtype == 14 or dtype == 19:
        bits, n = half, n_half
        if bits > np.uint64(0xFFFF):
            # PyTorch's add_tensor stores the pattern of a 32-bit float here
            dtype = np.int64(1)
    elif 24 <= dtype <= 28 or dtype == 33:
        bits, n = small, n_small
    if n == 0:
        return True, True, 0.0
    return True, n == 1, number_from_bits(bits, dtype)


@compiled
def _is_one_element(buf: Any, start: int, end: int) -> Any:
    """Whether the bytes are a shape, and whether all its sizes are 1."""
    is_one = True
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return False, False
        if number != 2 or wire != 2:
            continue
        size, inner = np.uint64(0), first
        while inner < pos:
            inner_number, inner_wire, inner_first, inner = read_field(buf, inner, pos)
            if inner < 0:
                return False, False
            if inner_number == 1 and inner_wire == 0:
                size = read_varint(buf, inner_first, pos)[0]
        is_one = is_one and size == np.uint64(1)
    return True, is_one


@compiled
def _count_fixed(buf: Any, start: int, stop: int, wire: int, size: int, bits: Any, n: int) -> Any:
    """The first number of a field of fixed size, and how many there are now; -1 if damaged."""
    if wire == 2 and (stop - start) % size:
        return bits, -1
    if wire != (5 if size == 4 else 1) and wire != 2:
        return bits, n
    if stop - start < size:
        return bits, n
    return little_endian(buf, start, size), n + (stop - start) // size


@compiled
def _count_varints(buf: Any, start: int, stop: int, wire: int, bits: Any, n: int) -> Any:
    """The same for varints; beyond two they are not counted."""
    if wire == 0:
        return read_varint(buf, start, stop)[0], n + 1
    if wire != 2 or start == stop:
        return bits, n
    bits, pos = read_varint(buf, start, stop)
    if pos < 0:
        return bits, -1
    return bits, n + (1 if pos == stop else 2)


@compiled
def float_from_half(bits: Any) -> Any:
    """The value of a binary16 pattern."""
    mantissa = np.float64(bits & np.uint64(0x3FF))
    exponent = np.int64((bits >> np.uint64(10)) & np.uint64(0x1F))
    sign = -1.0 if bits & np.uint64(0x8000) else 1.0
    if exponent == 31:
        return np.nan if mantissa != 0.0 else sign * np.inf
    if exponent == 0:
        return sign * np.ldexp(mantissa, -24)
    return sign * np.ldexp(mantissa + 1024.0, exponent - 25)


@compiled
def float_from_single(bits: Any) -> Any:
    """The value of a binary32 pattern."""
    return np.float64(np.uint32(bits & _LOW32).view(np.float32))


@compiled
def float_from_double(bits: Any) -> Any:
    """The value of a binary64 pattern."""
    return np.uint64(bits).view(np.float64)


@compiled
def _signed(bits: Any, width: int) -> Any:
    shift = 64 - width
    return np.float64((np.int64(bits) << shift) >> shift)


@compiled
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


@compiled
def number_from_bits(bits: Any, dtype: int) -> Any:
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
