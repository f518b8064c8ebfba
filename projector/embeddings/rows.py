"""Turns pieces of a text file into rows of numbers and columns of labels.

Polars reads whole pieces; one it can't read goes through Python line by line, which knows every
oddity and names the faulty line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from projector.arrays import FloatArray
from projector.embeddings.layout import MISSING, Layout
from projector.embeddings.pieces import with_single_blanks
from projector.errors import Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

_VALUES_PER_YIELD = 200_000  # values that Python reads in about 50 ms
_MOST_COLUMNS = 1 << 14  # beyond these, polars takes kilobytes a column and seconds
_BLANK_LINES = re.compile(rb"\n{2,}")


@dataclass(slots=True, eq=False)
class Rows:
    """What is read so far.

    vectors: float32, with room for all rows. texts: for each column of labels, what was read of it,
    piece by piece. n: rows. n_missing: numbers that were not there. line: where the next piece
    starts, counted from 1.
    """

    vectors: FloatArray
    texts: list[list[pl.Series]]
    n: int = 0
    n_missing: int = 0
    has_odd_text: bool = False
    line: int = 1

    def add(self, numbers: FloatArray, texts: list[pl.Series]) -> None:
        self.vectors[self.n : self.n + len(numbers)] = numbers
        self.n += len(numbers)
        for column, piece in zip(self.texts, texts, strict=True):
            column.append(piece)


def parse_piece(piece: bytes, layout: Layout, rows: Rows, path: Path) -> Work[None]:
    """Add the rows in a piece, which ends with a line. Raises Unreadable naming the line."""
    found = _parse_fast(piece, layout, rows)
    if found is None:
        found = yield from _parse_slowly(piece, layout, rows, path)
    rows.add(*found)
    rows.line += piece.count(b"\n")


def lines_of(piece: bytes) -> Iterator[str]:
    """The lines of a piece as text, without their ends."""
    start = 0
    while start < len(piece):
        stop = piece.find(b"\n", start)
        stop = len(piece) if stop < 0 else stop
        yield decoded(piece[start:stop])[0]
        start = stop + 1


def decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether it is none in UTF-8 and was read as Windows-1252."""
    try:
        return data.decode(), False
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), True


def _parse_fast(
    piece: bytes, layout: Layout, rows: Rows
) -> tuple[FloatArray, list[pl.Series]] | None:
    """Rows of a piece of the file, or None where polars can't tell what is in it."""
    if layout.n_cells > _MOST_COLUMNS:
        return None
    import polars as pl

    if layout.separator is None:
        piece = with_single_blanks(piece)
    if b"\n\n" in piece and not layout.is_quoted:
        piece = _BLANK_LINES.sub(b"\n", piece)
    piece = piece if layout.is_quoted else piece.lstrip(b"\n")
    if not piece or piece.isspace():
        return None
    numbers, texts = layout.columns_of
    schema: dict[str, Any] = {str(i): pl.String() for i in range(layout.n_cells)}
    schema |= {str(i): pl.Float64() for i in numbers}
    try:
        table = pl.read_csv(
            piece,
            separator=layout.separator or " ",
            has_header=False,
            quote_char='"' if layout.is_quoted else None,
            comment_prefix="#" if layout.has_comments else None,
            decimal_comma=layout.has_decimal_commas,
            schema=schema,
        )
    except pl.exceptions.PolarsError:
        return None
    values = table.drop([str(i) for i in texts]) if texts else table
    if layout.n_cells > len(numbers) + len(texts):
        values = values.select(map(str, numbers))
    n_missing = sum(column.null_count() for column in values)
    if n_missing and not _is_even(piece, layout, len(table)):
        return None
    rows.n_missing += n_missing
    with np.errstate(over="ignore"):
        vectors = values.to_numpy().astype(np.float32)
    return vectors, [table[str(i)] for i in texts]


def _is_even(piece: bytes, layout: Layout, n_rows: int) -> bool:
    """Whether every row has all its cells, none of which may hold a separator."""
    if layout.is_quoted or layout.separator is None or (layout.has_comments and b"#" in piece):
        return False
    return piece.count(layout.separator.encode()) == n_rows * (layout.n_cells - 1)


def _parse_slowly(
    piece: bytes, layout: Layout, rows: Rows, path: Path
) -> Work[tuple[FloatArray, list[pl.Series]]]:
    """The same, a line at a time. Raises Unreadable naming the line."""
    numbers, texts = layout.columns_of
    found: list[FloatArray] = []
    labels: list[list[str]] = [[] for _ in texts]
    n_waiting = 0
    text, is_odd = decoded(piece)
    rows.has_odd_text |= is_odd
    for number, cells in _rows_of_cells(text, layout, rows.line, path):
        if len(cells) != layout.n_cells:
            raise Unreadable(
                f"{path}, line {number}: {len(cells)} values, "
                f"but the lines before have {layout.n_cells}."
            )
        values = [cells[i] for i in numbers]
        found.append(_parse_row(values, layout, path, number))
        rows.n_missing += sum(cell.strip() in MISSING for cell in values)
        for column, i in zip(labels, texts, strict=True):
            column.append(cells[i])
        n_waiting += layout.n_cells
        if n_waiting > _VALUES_PER_YIELD:
            n_waiting = 0
            yield Progress(None, f"Reading {path.name}, line {number:,}")
    vectors = np.stack(found) if found else np.empty((0, layout.n_values), np.float32)
    return vectors, _series(labels)


def _rows_of_cells(
    text: str, layout: Layout, first: int, path: Path
) -> Iterator[tuple[int, list[str]]]:
    """The rows that are neither blank nor comments, each with the number of its line."""
    lines = text.split("\n")
    if not layout.is_quoted:
        for number, line in enumerate(lines, first):
            if line.strip() and not (layout.has_comments and line.startswith("#")):
                yield number, layout.cells(line)
        return
    reader = csv.reader((line + "\n" for line in lines), delimiter=layout.separator or " ")
    before = 0
    try:
        for cells in reader:
            number, before = first + before, reader.line_num
            is_comment = layout.has_comments and cells and cells[0].startswith("#")
            if any(cell.strip() for cell in cells) and not is_comment:
                yield number, cells
    except csv.Error as error:
        raise Unreadable(f"{path}, line {first + reader.line_num}: {error}.") from error


def _parse_row(cells: list[str], layout: Layout, path: Path, number: int) -> FloatArray:
    try:
        with np.errstate(over="ignore"):
            return np.array([layout.number(cell) for cell in cells]).astype(np.float32)
    except ValueError:
        bad = next(cell for cell in cells if not _is_number(cell, layout))
        shown = bad if len(bad) <= 40 else bad[:40] + "…"
        raise Unreadable(f"{path}, line {number}: {shown!r} is not a number.") from None


def _is_number(cell: str, layout: Layout) -> bool:
    try:
        layout.number(cell)
    except ValueError:
        return False
    return True


def _series(labels: list[list[str]]) -> list[pl.Series]:
    import polars as pl

    return [pl.Series("", column, dtype=pl.String) for column in labels]
