"""How bytes of the fuzzer become event files with right checksums, and the other way round.

An input is a list of chunks: one byte for what to do, two for the length, and that many bytes. So
a mutation inside a payload leaves the frame around it whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from google.protobuf.message import DecodeError

from projector.logs.messages import event_pb2
from tests.slow_reader import masked

SOUND, PLAIN, WRONG_CHECKSUM, WRONG_LENGTH, BARE, TOO_LONG, NEXT_FILE = range(7)
N_KINDS = 7
Chunk = tuple[int, bytes]


def chunks(data: bytes) -> Iterator[Chunk]:
    """Any bytes as chunks."""
    pos = 0
    while pos < len(data):
        kind = data[pos] % N_KINDS
        length = int.from_bytes(data[pos + 1 : pos + 3], "little")
        yield kind, data[pos + 3 : pos + 3 + length]
        pos += 3 + length


def joined(parts: Sequence[Chunk]) -> bytes:
    """The bytes that `chunks` takes apart again."""
    return b"".join(struct.pack("<BH", kind, len(p[:65535])) + p[:65535] for kind, p in parts)


def files(parts: Iterator[Chunk]) -> list[bytes]:
    """The event files that chunks stand for, at most three."""
    made = [bytearray()]
    for kind, payload in parts:
        if kind == NEXT_FILE:
            if len(made) == 3:
                break
            made.append(bytearray())
        else:
            made[-1] += piece(kind, payload)
    return [bytes(file) for file in made]


def piece(kind: int, payload: bytes) -> bytes:
    """What one chunk adds to its file."""
    if kind == BARE:
        return payload
    if kind == PLAIN:
        payload = as_protobuf_writes(payload)
    if kind == TOO_LONG:
        length, payload = struct.pack("<Q", int.from_bytes(payload[:4], "little")), payload[4:]
    else:
        length = struct.pack("<Q", len(payload))
    checksums = [masked(length), masked(payload)]
    if kind == WRONG_LENGTH:
        checksums[0] = b"\0\0\0\0"
    if kind == WRONG_CHECKSUM:
        checksums[1] = b"\0\0\0\0"
    return length + checksums[0] + payload + checksums[1]


def as_protobuf_writes(payload: bytes) -> bytes:
    """The event as its own library would have written it; an empty one where it is none."""
    try:
        event = event_pb2.Event.FromString(payload)
    except DecodeError:
        return b""
    event.DiscardUnknownFields()
    return bytes(event.SerializeToString(deterministic=True))


def payloads_of(data: bytes) -> Iterator[bytes]:
    """The payloads of the sound records at the start of an event file."""
    pos = 0
    while pos + 16 <= len(data):
        length = struct.unpack_from("<Q", data, pos)[0]
        if masked(data[pos : pos + 8]) != data[pos + 8 : pos + 12]:
            return
        if pos + 16 + length > len(data):
            return
        yield data[pos + 12 : pos + 12 + length]
        pos += 16 + length
