"""The index, and going on where an earlier scan ended.

An input for the index: two bytes that tell how long the table is, the table, the arrays. Checksums
are left out of account, else no changed byte would get past them.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from projector.logs import index
from projector.logs.columns import NUMBER
from projector.logs.file_columns import FileColumns
from projector.logs.known import KnownFile, Stamp
from projector.logs.records import framed
from projector.logs.scan import FileScan
from projector.progress import finish
from tests.file_checks import check_columns, scanned
from tests.fuzz.chunks import chunks, files

_LARGEST = 1 << 16
_NEW = framed(b"\x10\x05") * 3


class NoChecksums:
    """In the place of zlib: every checksum is 0."""

    @staticmethod
    def crc32(data: Any, start: int = 0) -> int:
        return 0


def read_any_index(data: bytes, folder: Path) -> list[FileColumns]:
    """What an index of these bytes tells of files, each read on from there."""
    path = folder / "any.index"
    path.write_bytes(index_file(data))
    index.zlib = NoChecksums  # type: ignore[attr-defined,assignment]
    try:
        known = finish(index.read_index(path, [folder]))
    finally:
        index.zlib = zlib  # type: ignore[attr-defined]
    found = [one.columns for one in known.values()]
    return [after for columns in found if (after := read_on(columns, folder)) is not None]


def index_file(data: bytes) -> bytes:
    """The table and arrays behind a header that fits them."""
    n = min(int.from_bytes(data[:2], "little"), len(data[2:]))
    table, arrays = data[2 : 2 + n], data[2 + n :]
    padding = bytes(-n % 8)
    n_all = 32 + n + len(padding) + len(arrays)
    header = index._HEADER.pack(index._MAGIC, index._VERSION, 0, n, n_all)
    return b"".join((header, table, padding, arrays))


def read_on(columns: FileColumns, folder: Path) -> FileColumns | None:
    """What is found behind the place up to which the file is said to be known."""
    if columns.read_to > _LARGEST:
        return None
    path = folder / "tfevents"
    content = bytes(columns.read_to) + _NEW
    path.write_bytes(content)
    reading = FileScan(path, columns)
    while not reading.is_done:
        reading.advance()
    found = reading.finish()
    n_numbers = int((found.rows.kinds == NUMBER).sum())
    assert len(found.blobs.offsets) == len(found.rows.tags) - n_numbers
    assert found.read_to <= len(content)
    return found


def read_twice(data: bytes, folder: Path) -> tuple[FileColumns, FileColumns]:
    """A growing file, read in two goes with an index between them, and the same in one go. The
    first two bytes tell where the first go ends."""
    whole = files(chunks(data[2:]))[0]
    cut = int.from_bytes(data[:2], "little") % (len(whole) + 1)
    path = folder / "tfevents"
    path.write_bytes(whole[:cut])
    first = scanned(path)
    first = FileColumns.from_arrays(path, first.arrays())
    path.write_bytes(whole)
    reading = FileScan(path, first)
    while not reading.is_done:
        reading.advance()
    second = reading.finish()
    check_columns(second, whole)
    return second, scanned(path)


def index_seed(path: Path, folder: Path) -> bytes:
    """The index of one file, as an input."""
    columns = scanned(path)
    known = {str(folder / "tfevents"): KnownFile(columns, Stamp(1, 2, 3), False, 0)}
    made = folder / "seed.index"
    index.zlib = NoChecksums  # type: ignore[attr-defined,assignment]
    try:
        finish(index.write_index(made, [folder], known))
    finally:
        index.zlib = zlib  # type: ignore[attr-defined]
    data = made.read_bytes()
    made.unlink()
    n = int.from_bytes(data[16:24], "little")
    return n.to_bytes(2, "little") + data[32 : 32 + n] + data[32 + n + -n % 8 :]
