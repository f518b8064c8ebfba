"""Sorted tables of keys and values, as LevelDB defines them (table_format.md).

A table is a list of blocks, and a last block that says where the others are. A damaged block
spoils only itself.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projector.arrays import frozen
from projector.embeddings.checkpoints.snappy import decompress
from projector.embeddings.checkpoints.stored import Checksum, file_size, read_pieces
from projector.embeddings.checkpoints.varints import Bytes, read_varint
from projector.embeddings.memory import check_fits
from projector.errors import Unreadable
from projector.progress import Progress, Work

MAGIC = bytes.fromhex("57FB808B247547DB")

_FOOTER_BYTES = 48
_TRAILER_BYTES = 5
_LONGEST_KEY = 1 << 16
_MOST_SHARED = 64
"""Keys share their beginnings; all keys of a block are at most this many times its size."""

Entry = tuple[bytes, memoryview]


@dataclass(frozen=True, slots=True)
class Block:
    """size bytes from `offset` on, and five more. last_key: no key in it is greater."""

    last_key: bytes
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Table:
    """blocks: in the order of their keys and places, without overlap."""

    path: Path
    blocks: tuple[Block, ...]

    def block_of(self, key: bytes) -> int | None:
        """The number of the only block that can hold the key."""
        at = bisect_left(self.blocks, key, key=lambda block: block.last_key)
        return at if at < len(self.blocks) else None


def is_table(path: Path) -> bool:
    """Whether a file ends as tables do; never raises."""
    try:
        if not path.is_file() or path.stat().st_size < _FOOTER_BYTES:
            return False
        with path.open("rb") as file:
            file.seek(-len(MAGIC), 2)
            return file.read() == MAGIC
    except (OSError, ValueError):
        return False


def read_table(path: Path) -> Work[Table]:
    """Where the blocks of a file are. Raises NotFound, Unreadable, TooLarge."""
    size = file_size(path)
    if size < _FOOTER_BYTES:
        raise Unreadable(f"{path} is cut short: {size:,} bytes are too few for a checkpoint.")
    (footer,) = read_pieces(path, size - _FOOTER_BYTES, _FOOTER_BYTES)
    if not footer.endswith(MAGIC):
        raise Unreadable(
            f"{path} is no TensorFlow checkpoint or is cut short: the mark at its end is missing."
        )
    end = size - _FOOTER_BYTES
    try:
        _, at = _read_handle(footer, 0)
        (offset, length), _ = _read_handle(footer, at)
        _check_place(offset, length, end)
        index = yield from read_block(path, Block(b"", offset, length))
        return Table(path, tuple(_parse_index(index, end)))
    except ValueError as error:
        raise Unreadable(f"{path} is damaged: {error}.") from error


def read_block(path: Path, block: Block) -> Work[memoryview]:
    """The contents of a block, decompressed. Raises NotFound, Unreadable, TooLarge."""
    check_fits(block.size, f"One block of {path}")
    data, checksum, n_read = np.empty(block.size, np.uint8), Checksum(), 0
    for piece in read_pieces(path, block.offset, block.size):
        checksum.add(piece)
        data[n_read : n_read + len(piece)] = np.frombuffer(piece, np.uint8)
        n_read += len(piece)
        yield Progress(n_read / block.size, f"Reading {path.name}")
    (trailer,) = read_pieces(path, block.offset + block.size, _TRAILER_BYTES)
    checksum.add(trailer[:1])
    if checksum.masked != struct.unpack("<I", trailer[1:])[0]:
        raise Unreadable(f"{path} is damaged: the checksum at byte {block.offset:,} is wrong.")
    view = frozen(data).data
    if trailer[0] == 0:
        return view
    if trailer[0] != 1:
        raise Unreadable(f"{path} is compressed in a way that is not known ({trailer[0]}).")
    try:
        return decompress(view)
    except ValueError as error:
        raise Unreadable(f"{path} is damaged at byte {block.offset:,}: {error}.") from error


def parse_entries(block: Bytes) -> Iterator[Entry]:
    """The keys and values of a block in their order. Raises ValueError, saying what is wrong."""
    end = _entries_end(block)
    view, key, at = memoryview(block), b"", 0
    left = _MOST_SHARED * len(block)
    while at < end:
        shared, at = read_varint(block, at)
        unshared, at = read_varint(block, at)
        length, at = read_varint(block, at)
        value = at + unshared
        left -= shared + unshared
        if shared > len(key) or value + length > end:
            raise ValueError("an entry of its table goes past the end")
        if left < 0 or shared + unshared > _LONGEST_KEY:
            raise ValueError("the keys of its table are too long")
        key = key[:shared] + bytes(view[at:value])
        at = value + length
        yield key, view[value:at]


def _entries_end(block: Bytes) -> int:
    """Where the entries end and the list of restarts begins."""
    if len(block) < 4:
        raise ValueError("a block of its table is too short")
    (n_restarts,) = struct.unpack("<I", block[-4:])
    end = len(block) - 4 - 4 * int(n_restarts)
    if end < 0:
        raise ValueError("a block of its table is too short")
    return end


def _parse_index(index: Bytes, end: int) -> Iterator[Block]:
    """Blocks follow one another in honest tables; so reading all takes no longer than the file."""
    reached = 0
    for key, value in parse_entries(index):
        (offset, size), _ = _read_handle(value, 0)
        if offset < reached:
            raise ValueError("the blocks of its table overlap")
        _check_place(offset, size, end)
        reached = offset + size + _TRAILER_BYTES
        yield Block(key, offset, size)


def _check_place(offset: int, size: int, end: int) -> None:
    if offset + size + _TRAILER_BYTES > end:
        raise ValueError("its table names a place outside the file")


def _read_handle(data: Bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = read_varint(data, at)
    size, at = read_varint(data, at)
    return (offset, size), at
