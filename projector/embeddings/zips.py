"""Members of ZIP files, which hold the arrays of .npz, PyTorch and .keras files.

Stored members are mapped where they lie. Deflated ones are read as a stream, and never believed to
hold more than deflate could have packed.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray
from projector.embeddings.convert import ReadRows
from projector.embeddings.elements import Element
from projector.embeddings.files import map_bytes, opened
from projector.errors import Unreadable

START = b"PK\x03\x04"

_BEST_RATIO = 1032  # of deflate, on zeros
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_BAD = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError),
)


def is_zip(start: bytes) -> bool:
    return start.startswith(START)


def first_name(start: bytes) -> str:
    """The name of the first member of a ZIP that starts with these bytes, "" where it has none."""
    if not is_zip(start) or len(start) < 30:
        return ""
    length = int.from_bytes(start[26:28], "little")
    return start[30 : 30 + length].decode("utf-8", "replace")


@contextmanager
def opened_zip(path: Path) -> Iterator[ZipFile]:
    """The ZIP, open to be read. Raises NotFound, Unreadable."""
    with opened(path) as file:
        try:
            archive = ZipFile(file)
        except _BAD as error:
            raise Unreadable(f"{path} is no sound ZIP file: {_reason(error)}.") from error
        with archive:
            yield archive


def data_offset(path: Path, info: ZipInfo) -> int:
    """Where in the file the bytes of a stored member start. Raises NotFound, Unreadable."""
    check_member(path, info)
    with opened(path) as file:
        file.seek(info.header_offset)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) == _LOCAL_HEADER.size:
            magic, n_name, n_extra = _LOCAL_HEADER.unpack(header)
            if magic == START:
                return int(info.header_offset + _LOCAL_HEADER.size + n_name + n_extra)
    raise Unreadable(f"{path} is damaged: {info.filename!r} is not where it should be.")


def map_member(path: Path, info: ZipInfo) -> ByteArray:
    """The bytes of a stored member, mapped. Raises NotFound, Unreadable."""
    return map_bytes(path, data_offset(path, info), info.file_size)


def is_stored(info: ZipInfo) -> bool:
    return info.compress_type == ZIP_STORED


def check_member(path: Path, info: ZipInfo) -> None:
    """Raise Unreadable for members that can't be read or promise more than they can hold."""
    what = f"{path} can't be read: {info.filename!r}"
    if info.flag_bits & 1:
        raise Unreadable(f"{what} is encrypted.")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Unreadable(f"{what} is packed in a way that is not read; use deflate, or none.")
    ratio = 1 if is_stored(info) else _BEST_RATIO
    if info.file_size > info.compress_size * ratio:
        raise Unreadable(f"{what} promises more bytes than it can hold.")


@contextmanager
def opened_member(path: Path, archive: ZipFile, info: ZipInfo) -> Iterator[BinaryIO]:
    """One member as a stream; damage met while it is read gets a sentence, too.

    Raises NotFound, Unreadable.
    """
    check_member(path, info)
    what = f"{path} is damaged in {info.filename!r}"
    try:
        stream = archive.open(info)
    except _BAD as error:
        raise Unreadable(f"{what}: {_reason(error)}.") from error
    try:
        with stream:
            yield stream  # type: ignore[misc]
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise Unreadable(f"{what}: {_reason(error)}.") from error


def rows_of_stream(stream: BinaryIO, element: Element, n_dims: int, what: str) -> ReadRows:
    """Reads rows one block after the other; what: the start of the sentence when they run out."""

    def read(start: int, stop: int) -> NDArray[Any]:
        n_bytes = (stop - start) * n_dims * element.stored.itemsize
        data = stream.read(n_bytes)
        if len(data) != n_bytes:
            raise Unreadable(f"{what} is cut short in row {start:,} or after.")
        return np.frombuffer(data, element.stored).reshape(stop - start, n_dims)

    return read


def _reason(error: BaseException) -> str:
    return str(error).rstrip(".")[:200] or type(error).__name__
