"""Walks protobuf messages without copying: the lists of numbers in them can be very long."""

from __future__ import annotations

from collections.abc import Iterator

from projector.embeddings.checkpoints.varints import read_varint

_FIXED_BYTES = {1: 8, 5: 4}
_LENGTH_DELIMITED = 2


def find_bytes(message: memoryview, path: tuple[int, ...]) -> Iterator[memoryview]:
    """Every value of the field that is reached by these numbers, messages within messages.

    Fields of other kinds are passed over. Raises ValueError where the bytes are no message.
    """
    at = 0
    while at < len(message):
        tag, at = read_varint(message, at)
        kind = tag & 7
        if kind == 0:
            _, at = read_varint(message, at)
            continue
        length = _FIXED_BYTES.get(kind, 0)
        if kind == _LENGTH_DELIMITED:
            length, at = read_varint(message, at)
        elif not length:
            raise ValueError("a value can't be understood")
        if at + length > len(message):
            raise ValueError("a value is cut short")
        if kind == _LENGTH_DELIMITED and tag >> 3 == path[0]:
            inner = message[at : at + length]
            if len(path) == 1:
                yield inner
            else:
                yield from find_bytes(inner, path[1:])
        at += length
