"""Protobuf wire bytes, compiled. Every function stays inside the `end` it is given.

A position of -1 as answer means: the bytes are no such thing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.extending import intrinsic

# Nothing here allocates. Counting references to the arrays at each call would take two thirds of
# the time, handing twenty arrays from function to function most of the rest.
compiled = njit(cache=True, nogil=True, _nrt=False)
inlined = njit(cache=True, nogil=True, _nrt=False, forceinline=True)


def _load(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """One load of the processor; numba's own indexing asks at each byte whether it is negative."""
    array = context.make_array(signature.args[0])(context, builder, args[0])
    place = builder.gep(builder.bitcast(array.data, ir.IntType(8).as_pointer()), [args[1]])
    kind = ir.IntType(signature.return_type.bitwidth)
    return builder.load(builder.bitcast(place, kind.as_pointer()), align=1)


@intrinsic
def load8(context: Any, array: Any, place: Any) -> Any:
    """The 8 bytes at `place` as uint64; nobody checks that they are there: see columns.PADDING."""
    return types.uint64(array, types.int64), _load


@intrinsic
def load4(context: Any, array: Any, place: Any) -> Any:
    """The 4 bytes at `place` as uint32."""
    return types.uint32(array, types.int64), _load


@intrinsic
def load1(context: Any, array: Any, place: Any) -> Any:
    """The byte at `place` as uint8."""
    return types.uint8(array, types.int64), _load


@compiled
def little_endian(buf: Any, start: int, size: int) -> Any:
    """Up to 8 bytes as uint64; the caller knows that they are there."""
    if size == 8:
        return load8(buf, start)
    if size == 4:
        return np.uint64(load4(buf, start))
    value = np.uint64(0)
    for i in range(size):
        value |= np.uint64(load1(buf, start + i)) << np.uint64(8 * i)
    return value


@compiled
def read_varint(buf: Any, pos: int, end: int) -> Any:
    """The uint64 and the position after it."""
    value = np.uint64(0)
    for i in range(10):
        if pos >= end:
            return value, -1
        byte = np.uint64(load1(buf, pos))
        pos += 1
        value |= (byte & np.uint64(0x7F)) << np.uint64(7 * i)
        if byte < np.uint64(0x80):
            return value, pos
    return value, -1


@compiled
def read_field(buf: Any, pos: int, end: int) -> Any:
    """Field number, wire type, and where the field's bytes start and stop.

    The bytes of a length-delimited field are without their length; the next field begins at stop.
    Looks at LONGEST_HEAD bytes at most, none of them the field's own but those of a varint.
    """
    key, pos = read_varint(buf, pos, end)
    number, wire = np.int64(key >> np.uint64(3)), np.int64(key & np.uint64(7))
    if pos < 0 or number < 1 or number > 536870911:
        return number, wire, -1, -1
    stop: Any = -1
    if wire == 1:
        stop = pos + 8
    elif wire == 5:
        stop = pos + 4
    elif wire == 0:
        _, stop = read_varint(buf, pos, end)
    elif wire == 2:
        length, pos = read_varint(buf, pos, end)
        if pos >= 0 and length <= np.uint64(end - pos):
            stop = pos + np.int64(length)
    if stop > end:
        stop = -1
    return number, wire, pos, stop


LONGEST_HEAD = 20
