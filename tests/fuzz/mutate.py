"""Changes that keep protobuf messages messages: a field changed, doubled, dropped or moved, and
the lengths around it made right again."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.fuzz.chunks import N_KINDS, SOUND, Chunk, chunks, joined

Mutate = Callable[[bytes, int], bytes]
Field = tuple[int, int, bytes]  # number, wire type, bytes without their length


def varint(value: int) -> bytes:
    made = bytearray()
    while value >= 0x80:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


def take_varint(data: bytes, pos: int) -> tuple[int, int]:
    """The number and the place after it. Raises ValueError."""
    value = 0
    for i in range(10):
        if pos >= len(data):
            break
        value |= (data[pos] & 0x7F) << (7 * i)
        pos += 1
        if data[pos - 1] < 0x80:
            return value, pos
    raise ValueError(pos)


def fields(data: bytes) -> list[Field]:
    """The fields of a message. Raises ValueError where the bytes are none."""
    found, pos = [], 0
    while pos < len(data):
        key, pos = take_varint(data, pos)
        start, wire = pos, key & 7
        if wire == 0:
            _, pos = take_varint(data, pos)
        elif wire == 2:
            length, start = take_varint(data, pos)
            pos = start + length
        elif wire in (1, 5):
            pos += 8 if wire == 1 else 4
        else:
            raise ValueError(wire)
        if pos > len(data) or not key >> 3:
            raise ValueError(pos)
        found.append((key >> 3, wire, data[start:pos]))
    return found


def message(parts: list[Field]) -> bytes:
    """The other way round."""
    made = [
        varint(number << 3 | wire) + (varint(len(data)) if wire == 2 else b"") + data
        for number, wire, data in parts
    ]
    return b"".join(made)


def mutated_message(data: bytes, chance: random.Random, mutate: Mutate) -> bytes:
    """A message with one change somewhere inside."""
    try:
        parts = fields(data)
    except ValueError:
        parts = []
    if not parts or chance.random() < 0.1:
        return mutate(data, len(data) + 32)
    i = chance.randrange(len(parts))
    number, wire, content = parts[i]
    match chance.randrange(12):
        case 0:
            parts.insert(chance.randrange(len(parts) + 1), parts[i])
        case 1:
            del parts[i]
        case 2:
            parts.insert(chance.randrange(len(parts)), parts.pop(i))
        case 3:
            parts[i] = chance.randrange(1, 20), wire, content
        case _ if wire == 2:
            parts[i] = number, wire, mutated_message(content, chance, mutate)
        case _ if wire == 0:
            value = chance.choice(
                [0, 1, 127, 1 << 31, 1 << 63, (1 << 64) - 1, chance.getrandbits(8)]
            )
            parts[i] = number, wire, varint(value)
        case _:
            changed = mutate(content, len(content))
            parts[i] = number, wire, changed[: len(content)].ljust(len(content), b"\0")
    return message(parts)


def mutated_chunks(data: bytes, seed: int, mutate: Mutate) -> bytes:
    """A list of chunks, after one byte of settings, with one change in one of them."""
    chance = random.Random(seed)
    parts: list[Chunk] = list(chunks(data[1:]))
    if not parts or chance.random() < 0.05:
        return mutate(data, len(data) + 64)
    i = chance.randrange(len(parts))
    kind, payload = parts[i]
    match chance.randrange(10):
        case 0:
            parts.insert(chance.randrange(len(parts) + 1), parts[i])
        case 1:
            del parts[i]
        case 2:
            parts[i] = chance.randrange(N_KINDS), payload
        case 3:
            parts[i] = kind, payload[: chance.randrange(len(payload) + 1)]
        case 4:
            parts.insert(i, (SOUND, chance.randbytes(chance.randrange(20))))
        case _:
            parts[i] = kind, mutated_message(payload, chance, mutate)
    return data[:1] + joined(parts)
