"""Walks large text files, plain or gzip'd, in pieces of whole lines."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from projector.embeddings.files import opened
from projector.errors import Unreadable
from projector.progress import Progress, Work

PIECE_BYTES = 1 << 22
LONGEST_LINE = 1 << 26

_BOM = b"\xef\xbb\xbf"
_BLANKS = re.compile(rb"[ \t]{2,}|\t")
_EDGES = re.compile(rb"(?m)^ | $")


def has_suffix(path: Path, suffixes: tuple[str, ...]) -> bool:
    """Whether the name ends with one of them, whatever its case, a last .gz aside."""
    return path.name.lower().removesuffix(".gz").endswith(suffixes)


def is_gzip(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


@contextmanager
def opened_stream(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked while they are read where its name ends with .gz.

    Raises NotFound, Unreadable, also for damage that is met inside the block.
    """
    with opened(path) as file:
        if not is_gzip(path):
            yield file
            return
        try:
            with gzip.GzipFile(fileobj=file, mode="rb") as stream:
                yield cast("BinaryIO", stream)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise Unreadable(f"{path} is a damaged .gz file; make it again.") from error


def line_pieces(stream: BinaryIO, path: Path, is_quoted: bool = False) -> Iterator[bytes]:
    """All of the text in pieces that end with a line, with plain line ends and no byte order mark.

    Empty ones stand between where a line goes on for long. is_quoted: line ends between double
    quotes end no line. Raises Unreadable where a line has no
    end.
    """
    rest = b""
    is_first = True
    while data := stream.read(PIECE_BYTES):
        if is_first:
            data, is_first = data.removeprefix(_BOM), False
        data = rest + data
        end = _last_line_end(data, is_quoted)
        yield _plain(data[:end])
        rest = data[end:]
        if len(rest) > LONGEST_LINE:
            raise Unreadable(f"{path} is no table: it has a line of more than 64 MB.")
    if rest:
        yield _plain(rest)


def first_lines(stream: BinaryIO, path: Path) -> Work[bytes]:
    """The first piece that holds a line, empty where none does. Raises Unreadable."""
    for piece in line_pieces(stream, path):
        if piece:
            return piece
        yield Progress(None, f"Looking into {path.name}")
    return b""


def _last_line_end(data: bytes, is_quoted: bool) -> int:
    """Where the last whole line stops, 0 where there is none."""
    end = data.rfind(b"\n") + 1
    if not end and b"\r" in data[:-1]:  # of a file that has no other line ends
        end = data.rfind(b"\r", 0, len(data) - 1) + 1
    if not is_quoted:
        return end
    n_quotes = data.count(b'"', 0, end)
    while end and n_quotes % 2:
        before = data.rfind(b"\n", 0, end - 1) + 1
        n_quotes -= data.count(b'"', before, end)
        end = before
    return end


def _plain(piece: bytes) -> bytes:
    if b"\r" not in piece:
        return piece
    return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def count_lines(stream: BinaryIO, path: Path) -> Work[int]:
    """At least the number of lines in the rest of a stream."""
    n = 1
    while data := stream.read(PIECE_BYTES):
        n += data.count(b"\n")
        if b"\r" in data:
            n += data.count(b"\r") - data.count(b"\r\n")
        yield Progress(None, f"Looking through {path.name}")
    return n


def with_single_blanks(piece: bytes) -> bytes:
    """The piece with one blank between cells, and none at the ends of lines."""
    return _EDGES.sub(b"", _BLANKS.sub(b" ", piece))


def done(file: BinaryIO, path: Path) -> float | None:
    """How much of a file was read, 0..1; None for a packed one."""
    if is_gzip(path):
        return None
    return min(1.0, file.tell() / max(1, path.stat().st_size))
