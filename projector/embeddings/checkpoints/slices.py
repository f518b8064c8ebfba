"""Parts of partitioned variables: the key each stands under, and which rectangle it is.

The keys are in TensorFlow's order-preserving code (ordered_code.cc, saved_tensor_slice_util.cc).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from projector.embeddings.messages.checkpoint_pb2 import TensorSlice

Extent = tuple[int, int]
"""Start and length along one dimension; length -1 means the whole."""

WHOLE: Extent = (0, -1)


def extents_of(message: TensorSlice) -> tuple[Extent, ...]:
    """The rectangle as the file states it, so that its key can be made again."""
    return tuple(
        (extent.start, extent.length if extent.HasField("length") else -1)
        for extent in message.extent
    )


def slice_key(name: bytes, extents: Sequence[Extent]) -> bytes:
    """The key under which a part of a variable is kept; begins with a zero byte."""
    parts = [_number(0), _text(name), _number(len(extents))]
    for start, length in extents:
        parts += (_signed(start), _signed(length))
    return b"".join(parts)


def ranges_of(extents: Sequence[Extent], shape: Sequence[int]) -> tuple[slice, ...] | None:
    """The part as one slice a dimension, or None where it lies outside the shape."""
    if len(extents) != len(shape):
        return None
    found = []
    for (start, length), size in zip(extents, shape, strict=True):
        stop = size if length == -1 else start + length
        if start < 0 or length < -1 or not start <= stop <= size:
            return None
        found.append(slice(start, stop))
    return tuple(found)


def _number(value: int) -> bytes:
    """How many bytes follow, then those, the highest first."""
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "big")


def _text(data: bytes) -> bytes:
    escaped = re.sub(rb"[\x00\xff]", lambda found: found[0] + bytes([255 - found[0][0]]), data)
    return escaped + b"\x00\x01"


def _signed(value: int) -> bytes:
    """As many leading ones as there are bytes, then the number; flipped below zero."""
    n_bits = (value if value >= 0 else ~value).bit_length() + 1
    size = (n_bits + 6) // 7
    header = (((1 << size) - 1) << (7 * size)) if size > 1 else 0x80
    mask = (1 << (8 * size)) - 1
    return ((value & mask) ^ header).to_bytes(size, "big")
