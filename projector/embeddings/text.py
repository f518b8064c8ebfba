"""Decodes text files whose encoding nobody wrote down."""

from __future__ import annotations

import codecs
from pathlib import Path

from projector.embeddings.memory import check_fits
from projector.embeddings.pieces import LONGEST_LINE, PIECE_BYTES, opened_stream
from projector.errors import Unreadable
from projector.progress import Progress, Work

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode_text(data: bytes) -> tuple[str, str]:
    """The text without its byte order mark, line ends as newlines, and the name of the encoding.

    UTF-8 unless a mark says otherwise; what is not UTF-8 is read as Windows-1252, so nothing is
    refused.
    """
    text, encoding = _decode(data)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        text = text.replace("\r", "" if "\n" in text else "\n")
    return text, encoding


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


def plain_text(path: Path) -> Work[tuple[bytes, str]]:
    """All of a text file, packed or not, as UTF-8 with plain line ends, and its encoding.

    By the rules of decode_text, a piece at a time. Raises NotFound, Unreadable, TooLarge.
    """
    pieces = []
    n_bytes = n_of_line = 0
    with opened_stream(path) as stream:
        while piece := stream.read(PIECE_BYTES):
            n_bytes += len(piece)
            check_fits(n_bytes * 4, str(path))
            end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            n_of_line = len(piece) - end - 1 if end >= 0 else n_of_line + len(piece)
            if n_of_line > LONGEST_LINE:
                raise Unreadable(f"{path} is no table: it has a line of more than 64 MB.")
            pieces.append(piece)
            yield Progress(None, f"Reading {path.name}")
    encoding = yield from _recode(pieces)
    text = b"".join(pieces)
    pieces.clear()
    if b"\r" in text:
        yield Progress(None, f"Reading {path.name}")
        text = text.replace(b"\r\n", b"\n")
        yield Progress(None, f"Reading {path.name}")
        text = text.replace(b"\r", b"" if b"\n" in text else b"\n")
    return text, encoding


def _recode(pieces: list[bytes]) -> Work[str]:
    """Make the pieces UTF-8 without a byte order mark, and tell what they were."""
    for mark, encoding in _MARKS:
        if pieces and pieces[0].startswith(mark):
            pieces[0] = pieces[0][len(mark) :]
            yield from _recode_as(pieces, encoding, "replace")
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for i, piece in enumerate(pieces):
            decoder.decode(piece, final=i == len(pieces) - 1)
            yield Progress(None)
    except UnicodeDecodeError:
        yield from _recode_as(pieces, "cp1252", "replace")
        return "cp1252"
    return "utf-8"


def _recode_as(pieces: list[bytes], encoding: str, errors: str) -> Work[None]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for i, piece in enumerate(pieces):
        pieces[i] = decoder.decode(piece, final=i == len(pieces) - 1).encode("utf-8", "replace")
        yield Progress(None)
