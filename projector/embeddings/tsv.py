"""Reads vectors from text: a row a line, values between tabs (or commas, semicolons, blanks).

Polars reads whole pieces of the file; a piece it can't read goes through Python line by line, which
knows every oddity and names the faulty line.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.embeddings.memory import check_fits
from projector.errors import NothingToShow, Unreadable
from projector.progress import Progress, Work

_PIECE = 1 << 22
_VALUES_PER_YIELD = 200_000  # values that Python reads in about 50 ms
_MOST_COLUMNS = 1 << 14  # beyond these, polars takes kilobytes a column and seconds
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Layout:
    """separator: None is any run of blanks. n_values: numbers a row, without the label."""

    separator: str | None
    has_header: bool
    has_labels: bool
    n_values: int


@dataclass(frozen=True, slots=True, eq=False)
class TextVectors:
    """vectors: float32 (n, d), read-only. labels: the n texts of a leading column, or None."""

    vectors: FloatArray
    labels: list[str] | None


def read_tsv(path: Path) -> Work[TextVectors]:
    """The vectors in a text file. Raises Unreadable (naming the line), NothingToShow, TooLarge."""
    try:
        with path.open("rb") as file:
            layout = _find_layout(path, file)
            n_lines = yield from _count_lines(path, file)
            n_bytes = n_lines * layout.n_values * 4
            check_fits(n_bytes, f"{path} with {n_lines:,} × {layout.n_values:,} values")
            return (yield from _read_rows(path, file, layout, n_lines))
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error


def looks_like_vectors(path: Path) -> bool:
    """True when the first lines of a text file are rows of at least two numbers."""
    try:
        with path.open("rb") as file:
            layout = _find_layout(path, file)
    except (OSError, Unreadable, NothingToShow):
        return False
    return layout.n_values >= 2


def _read_rows(path: Path, file: BinaryIO, layout: _Layout, n_lines: int) -> Work[TextVectors]:
    vectors = np.empty((n_lines, layout.n_values), np.float32)
    labels: list[str] = []
    n = 0
    first_line = 1
    size = max(1, path.stat().st_size)
    skips_line = layout.has_header
    for piece in _pieces(file):
        if skips_line:
            lead = len(piece) - len(piece.lstrip())
            after = piece.find(b"\n", lead) + 1 or len(piece)
            first_line += piece.count(b"\n", 0, after)
            piece = piece[after:]
            skips_line = False
        found = _parse_fast(piece, layout)
        if found is None:
            found = yield from _parse_slowly(piece, layout, path, first_line)
        rows, row_labels = found
        vectors[n : n + len(rows)] = rows
        labels += row_labels
        n += len(rows)
        first_line += piece.count(b"\n")
        yield Progress(min(1.0, file.tell() / size), f"Reading {path.name}")
    if not n:
        raise NothingToShow(f"{path} holds no rows of numbers.")
    return TextVectors(frozen(vectors[:n]), labels if layout.has_labels else None)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces that end with a line, with plain line ends and no byte order mark."""
    file.seek(0)
    rest = b""
    is_first = True
    while data := file.read(_PIECE):
        if is_first:
            data, is_first = data.removeprefix(_BOM), False
        end = data.rfind(b"\n") + 1
        if end:
            yield _plain(rest + data[:end])
            rest = data[end:]
        else:
            rest += data
    if rest:
        yield _plain(rest)


def _plain(piece: bytes) -> bytes:
    if b"\r" not in piece:
        return piece
    return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _count_lines(path: Path, file: BinaryIO) -> Work[int]:
    """At least the number of lines."""
    file.seek(0)
    n = 1
    while data := file.read(_PIECE):
        n += data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
        yield Progress(None, f"Reading {path.name}")
    return n


def _find_layout(path: Path, file: BinaryIO) -> _Layout:
    """What the first two lines that are not blank tell."""
    lines: list[str] = []
    for line in _first_lines(path, file):
        if line.strip():
            lines.append(line)
        if len(lines) == 2:
            break
    if not lines:
        raise NothingToShow(f"{path} is empty.")
    separator = _find_separator(lines[0])
    first, *others = (_cells(line, separator) for line in lines)
    has_header = any(not _is_number(cell) for cell in first[1:]) or (
        not _is_number(first[0]) and (len(first) == 1 or _is_all_numbers(others, len(first)))
    )
    if has_header and not others:
        raise NothingToShow(f"{path} holds a header line and no rows of numbers.")
    row = others[0] if has_header else first
    is_longer = has_header and len(row) == len(first) + 1
    has_labels = len(row) > 1 and (is_longer or not _is_number(row[0]))
    return _Layout(separator, has_header, has_labels, len(row) - has_labels)


def _first_lines(path: Path, file: BinaryIO) -> Iterator[str]:
    piece = next(_pieces(file), b"")
    if b"\0" in piece[:4096]:
        raise Unreadable(f"{path} is not a text file in UTF-8.")
    try:
        yield from (line.decode() for line in io.BytesIO(piece))
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not a text file in UTF-8.") from error


def _find_separator(line: str) -> str | None:
    return next((mark for mark in "\t,;" if mark in line), None)


def _cells(line: str, separator: str | None) -> list[str]:
    return line.rstrip("\n").split(separator)


def _is_all_numbers(rows: list[list[str]], n_cells: int) -> bool:
    """True when the row below has as many cells, all numbers: then a header is above it."""
    return bool(rows) and len(rows[0]) == n_cells and all(map(_is_number, rows[0]))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _parse_fast(piece: bytes, layout: _Layout) -> tuple[FloatArray, list[str]] | None:
    """Rows of a piece of the file, or None where a value is missing, odd or too many."""
    n_cells = layout.n_values + layout.has_labels
    if n_cells > _MOST_COLUMNS:
        return None
    import polars as pl

    names = [str(i) for i in range(n_cells)]
    schema = {name: pl.Float64() for name in names}
    if layout.has_labels:
        schema[names[0]] = pl.String()  # type: ignore[assignment]
    if not piece.strip():
        return np.empty((0, layout.n_values), np.float32), []
    try:
        table = pl.read_csv(
            piece,
            separator=layout.separator or " ",
            has_header=False,
            quote_char=None,
            schema=schema,
        )
    except pl.exceptions.PolarsError:
        return None
    numbers = table.select(names[1:] if layout.has_labels else names)
    if any(column.null_count() for column in numbers):
        return None
    with np.errstate(over="ignore"):
        rows = numbers.to_numpy().astype(np.float32)
    labels = table[names[0]].fill_null("").to_list() if layout.has_labels else []
    return rows, labels


def _parse_slowly(
    piece: bytes, layout: _Layout, path: Path, first_line: int
) -> Work[tuple[FloatArray, list[str]]]:
    """The same, a line at a time. Raises Unreadable naming the line."""
    rows: list[FloatArray] = []
    labels: list[str] = []
    n_cells = layout.n_values + layout.has_labels
    n_waiting = 0
    for number, line in enumerate(piece.split(b"\n"), first_line):
        if not line.strip():
            continue
        cells = _cells(line.decode("utf-8", errors="replace"), layout.separator)
        if len(cells) != n_cells:
            raise Unreadable(
                f"{path}, line {number}: {len(cells)} values, but the lines before have {n_cells}."
            )
        if layout.has_labels:
            labels.append(cells[0])
        rows.append(_parse_row(cells[layout.has_labels :], path, number))
        n_waiting += n_cells
        if n_waiting > _VALUES_PER_YIELD:
            n_waiting = 0
            yield Progress(None, f"Reading {path.name}, line {number:,}")
    if not rows:
        return np.empty((0, layout.n_values), np.float32), []
    return np.stack(rows), labels


def _parse_row(cells: list[str], path: Path, number: int) -> FloatArray:
    try:
        with np.errstate(over="ignore"):
            return np.array([float(cell) for cell in cells]).astype(np.float32)
    except ValueError:
        bad = next(cell for cell in cells if not _is_number(cell))
        shown = bad if len(bad) <= 40 else bad[:40] + "…"
        raise Unreadable(f"{path}, line {number}: {shown!r} is not a number.") from None
