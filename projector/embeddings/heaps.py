"""Checks the heaps of an HDF5 file, where it keeps texts of any length, before HDF5 reads them.

HDF5 itself never comes to the end of some damaged heaps. Their layout is in its file format
specification, "Disk Format: Level 1E - Global Heap".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

_MAGIC = b"GCOL"
_PIECE = 1 << 22
_LARGEST_FILE = 4 << 30  # beyond, looking for heaps takes longer than names are worth
_LARGEST_HEAP = 16 << 20
_OBJECT = struct.Struct("<HHIQ")


def are_heaps_sound(file: BinaryIO) -> bool:
    """Whether every heap in a file can be walked to its end; False where that is not worth it."""
    size = file.seek(0, 2)
    return size <= _LARGEST_FILE and all(_is_sound(file, at, size) for at in _find_heaps(file))


def _find_heaps(file: BinaryIO) -> Iterator[int]:
    start, rest = 0, b""
    while True:
        file.seek(start + len(rest))
        data = rest + file.read(_PIECE)
        if len(data) == len(rest):
            return
        at = data.find(_MAGIC)
        while at >= 0:
            yield start + at
            at = data.find(_MAGIC, at + 1)
        rest = data[-(len(_MAGIC) - 1) :]
        start += len(data) - len(rest)


def _is_sound(file: BinaryIO, at: int, file_size: int) -> bool:
    """One object follows the other, and what is free reaches to the end."""
    file.seek(at)
    head = file.read(16)
    size = int.from_bytes(head[8:16], "little")
    if not 16 <= size <= min(file_size - at, _LARGEST_HEAP):
        return False
    data = head + file.read(size - 16)
    place = 16
    while place + _OBJECT.size <= size:
        index, _, _, n_bytes = _OBJECT.unpack_from(data, place)
        if index == 0:
            return bool(n_bytes == size - place)
        place += _OBJECT.size + (n_bytes + 7) // 8 * 8
    return place <= size
