"""The pieces a checkpoint is made of: compressed blocks, keys of parts, packed numbers."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.embeddings.checkpoints.slices import slice_key
from projector.embeddings.checkpoints.snappy import decompress
from projector.embeddings.checkpoints.table import parse_entries
from projector.embeddings.checkpoints.varints import parse_varints, read_varint
from tests.projector.checkpoints.writer import block, snappy_literals, varint

Copy = tuple[int, int, int]  # kind, length, how far back


def slowly(data: bytes) -> bytes:
    """Snappy, one byte after another, as the format's description reads."""
    size, at = read_varint(data, 0)
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            length = tag >> 2
            if length >= 60:
                extra = length - 59
                length = int.from_bytes(data[at : at + extra], "little")
                at += extra
            out += data[at : at + length + 1]
            at += length + 1
            continue
        if tag & 3 == 1:
            length, back, used = 4 + (tag >> 2 & 7), (tag >> 5) << 8 | data[at], 1
        else:
            used = 2 if tag & 3 == 2 else 4
            length, back = (tag >> 2) + 1, int.from_bytes(data[at : at + used], "little")
        at += used
        for _ in range(length):
            out.append(out[-back])
    assert len(out) == size
    return bytes(out)


@st.composite
def compressed(draw: st.DrawFn) -> bytes:
    """Sound snappy bytes with every kind of element."""
    made, size = bytearray(), 0
    for _ in range(draw(st.integers(1, 12))):
        kind = draw(st.integers(0, 3)) if size else 0
        if kind == 0:
            text = draw(st.binary(min_size=1, max_size=300))
            n_extra = draw(st.integers((len(text) > 60) + (len(text) > 256), 4))
            tag = (59 + n_extra if n_extra else len(text) - 1) << 2
            made += bytes([tag]) + (len(text) - 1).to_bytes(4, "little")[:n_extra] + text
            size += len(text)
            continue
        back = draw(st.integers(1, min(size, 2047)))
        length = draw(st.integers(4, 11) if kind == 1 else st.integers(1, 64))
        if kind == 1:
            made += bytes([1 | (length - 4) << 2 | (back >> 8) << 5, back & 255])
        else:
            n_extra = 2 if kind == 2 else 4
            made += bytes([kind | (length - 1) << 2]) + back.to_bytes(n_extra, "little")
        size += length
    return varint(size) + bytes(made)


@settings(deadline=None)  # the first call compiles
@given(compressed())
def test_compressed_bytes_are_those_that_a_slow_decoder_finds(data: bytes) -> None:
    assert decompress(data) == slowly(data)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_decoder_do_more_than_refuse(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert len(decompress(data)) == read_varint(data, 0)[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xff\xff\xff\x7f\x00a",  # promises 32 GB
        varint(4) + b"\x00a\x01\x01",  # one too many
        varint(5) + b"\x05\x01",  # copies from before the start
        varint(5) + b"\x00a\x05\x00",  # copies from itself
        varint(2) + b"\x04a",  # a literal that is cut short
        varint(5) + b"\x00a",  # too little
    ],
)
def test_unsound_compressed_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decompress(data)


def test_a_key_of_a_part_is_the_one_that_tensorflow_writes() -> None:
    expected = bytes.fromhex("00656d620001010284838083")
    assert slice_key(b"emb", [(4, 3), (0, 3)]) == expected


def test_a_key_of_a_whole_dimension_has_length_minus_one() -> None:
    assert slice_key(b"a", [(0, -1)]).endswith(bytes.fromhex("807f"))


def test_bytes_that_mark_the_end_of_a_name_are_escaped() -> None:
    assert slice_key(b"\x00\xff", []) == bytes.fromhex("00 00ff ff00 0001 00")


def test_large_numbers_in_a_key_take_as_many_bytes_as_tensorflow_gives_them() -> None:
    assert slice_key(b"", [(33334, 64)]) == bytes.fromhex("00 0001 0101 e08236 c040")


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=20))
def test_keys_are_in_the_order_of_their_numbers(starts: list[int]) -> None:
    keys = [slice_key(b"a", [(start, 1)]) for start in sorted(starts)]
    assert keys == sorted(keys)


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_packed_numbers_are_those_that_were_packed(numbers: list[int]) -> None:
    data = np.frombuffer(b"".join(map(varint, numbers)), np.uint8)
    assert parse_varints(data).tolist() == numbers


@pytest.mark.parametrize("data", [b"\x80", b"\x01\x80", b"\x80" * 10 + b"\x01"])
def test_packed_numbers_that_never_end_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_varints(np.frombuffer(data, np.uint8))


@given(st.dictionaries(st.binary(max_size=30), st.binary(max_size=30)), st.integers(1, 20))
def test_a_block_holds_the_entries_that_were_put_in(
    entries: dict[bytes, bytes], interval: int
) -> None:
    rows = sorted(entries.items())
    found = [(key, bytes(value)) for key, value in parse_entries(block(rows, interval))]
    assert found == rows


def test_literals_alone_are_decompressed() -> None:
    text = bytes(range(256)) * 5
    assert decompress(snappy_literals(text)) == text


def test_keys_that_grow_out_of_a_few_bytes_are_refused() -> None:
    first = varint(0) + varint(60_000) + varint(0) + b"a" * 60_000
    more = (varint(60_000) + varint(0) + varint(0)) * 1000
    with pytest.raises(ValueError, match="too long"):
        list(parse_entries(first + more + b"\0\0\0\0"))
