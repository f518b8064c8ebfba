"""Checks the packed pieces of an HDF5 dataset before HDF5 unpacks them.

HDF5 unpacks a piece whole, however large it turns out: a file of a megabyte could take a gigabyte.
"""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Any

from projector.errors import Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import h5py

GZIP, SHUFFLE, FLETCHER32, NBIT, SCALEOFFSET, LZF = 1, 2, 3, 5, 6, 32000

_LARGEST = 256 << 20
_BEST_RATIO = 1032  # of gzip; that of lzf is below 100


def why_not_unpacked(dataset: h5py.Dataset) -> str:
    """What keeps the pieces from being unpacked safely; a phrase to go after a name, or ""."""
    numbers = _filters(dataset)
    for number in numbers:
        if number not in (GZIP, SHUFFLE, FLETCHER32, NBIT, SCALEOFFSET, LZF):
            return f"is packed by a filter that is not read (number {number})."
    packers = [i for i, number in enumerate(numbers) if number in (GZIP, LZF)]
    if len(packers) > 1 or any(
        number != FLETCHER32 for i in packers for number in numbers[i + 1 :]
    ):
        return "is packed more than once."
    if dataset.chunks and _chunk_bytes(dataset) > _LARGEST:
        return "is packed in pieces of more than 256 MB."
    return ""


def check_chunks(dataset: h5py.Dataset, what: str) -> Work[None]:
    """Raise Unreadable when a piece would unpack to more than its size; what: names the dataset."""
    numbers = _filters(dataset)
    if dataset.chunks is None or not numbers:
        return
    size = _chunk_bytes(dataset)
    largest_stored = size + size // 8 + 64
    suspects: list[tuple[int, ...]] = []

    def look(chunk: Any) -> None:
        if chunk.size > largest_stored or chunk.size * _BEST_RATIO > _LARGEST:
            suspects.append((chunk.size, *chunk.chunk_offset))

    dataset.id.chunk_iter(look)
    for stored, *offset in suspects:
        if stored > largest_stored or not _is_of_size(dataset, tuple(offset), size):
            raise Unreadable(f"{what} is damaged: it would unpack to more than its size.")
        yield Progress(None, "Checking packed values")


def _is_of_size(dataset: h5py.Dataset, offset: tuple[int, ...], size: int) -> bool:
    numbers = _filters(dataset)
    if GZIP not in numbers:
        return True
    mask, data = dataset.id.read_direct_chunk(offset)
    if mask & (1 << numbers.index(GZIP)):  # stored as it is
        return True
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(data, size + 64)  # checksums may have been packed, too
    except zlib.error:
        return False
    return unpacker.eof


def _filters(dataset: h5py.Dataset) -> list[int]:
    plan = dataset.id.get_create_plist()
    return [plan.get_filter(i)[0] for i in range(plan.get_nfilters())]


def _chunk_bytes(dataset: h5py.Dataset) -> int:
    return math.prod(dataset.chunks or ()) * int(dataset.dtype.itemsize)
