"""Reads vectors from text: a row a line, cells between tabs, commas, semicolons, bars or blanks.

Columns that hold no numbers become a table beside the vectors.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from projector.arrays import frozen
from projector.embeddings.embedding import Source
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.embeddings.layout import Layout, find_layout
from projector.embeddings.memory import check_fits
from projector.embeddings.pieces import (
    count_lines,
    done,
    first_lines,
    has_suffix,
    line_pieces,
    opened_stream,
)
from projector.embeddings.rows import Rows, lines_of, parse_piece
from projector.embeddings.typed import typed, unique_names
from projector.errors import NothingToShow, Problem, ProjectorError, Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

SUFFIXES = (".tsv", ".csv", ".tab", ".txt")

_SAMPLE_LINES = 1200
_SAMPLE_LETTERS = 1 << 20
_FEWEST_LINES = 5


def read_delimited(path: Path) -> Work[Matrix]:
    """The vectors in a text file, and a table of its other columns.

    Raises Unreadable (naming the line), NotFound, NothingToShow, TooLarge.
    """
    layout = yield from layout_of(path)
    return (yield from read_with_layout(path, layout))


def read_with_layout(path: Path, layout: Layout) -> Work[Matrix]:
    """The same, where it is known how the file is to be read."""
    with opened_stream(path) as stream:
        n_lines = yield from count_lines(stream, path)
    check_fits(
        n_lines * layout.n_values * 4, f"{path} with {n_lines:,} × {layout.n_values:,} values"
    )
    with opened_stream(path) as stream:
        rows = yield from _read_rows(path, stream, layout, n_lines)
    if not rows.n:
        raise NothingToShow(f"{path} holds no rows of numbers.")
    table = yield from _table(rows, layout, path)
    return Matrix(frozen(rows.vectors[: rows.n]), "float32", table, _problems(rows, path))


def layout_of(path: Path) -> Work[Layout]:
    """Raises NotFound, Unreadable, NothingToShow."""
    with opened_stream(path) as stream:
        piece = yield from first_lines(stream, path)
    yield Progress(None, f"Looking into {path.name}")
    if b"\0" in piece[:4096]:
        raise Unreadable(f"{path} is not a text file in UTF-8; save it as one.")
    lines: list[str] = []
    n_letters = 0
    for line in islice(lines_of(piece), _SAMPLE_LINES):
        if line.strip():
            lines.append(line)
            n_letters += len(line)
        if n_letters > _SAMPLE_LETTERS and len(lines) > _FEWEST_LINES:
            break
    return find_layout(path, lines)


def looks_like_vectors(path: Path) -> Work[bool]:
    """Whether the first lines of a text file are rows of at least two numbers."""
    try:
        return (yield from layout_of(path)).n_values >= 2
    except ProjectorError:
        return False


def _read_rows(path: Path, stream: BinaryIO, layout: Layout, n_lines: int) -> Work[Rows]:
    texts: list[list[pl.Series]] = [[] for _ in layout.columns_of[1]]
    rows = Rows(np.empty((n_lines, layout.n_values), np.float32), texts)
    skips_line = layout.has_header
    for piece in line_pieces(stream, path, layout.is_quoted):
        if skips_line:
            after = _after_header(piece, layout.has_comments)
            rows.line += piece.count(b"\n", 0, after)
            piece, skips_line = piece[after:], after == len(piece)
        yield from parse_piece(piece, layout, rows, path)
        yield Progress(done(stream, path), f"Reading {path.name}")
    return rows


def _after_header(piece: bytes, has_comments: bool) -> int:
    """Where the line after the first one that counts begins."""
    start = 0
    while start < len(piece):
        after = piece.find(b"\n", start) + 1 or len(piece)
        line = piece[start:after].strip()
        start = after
        if line and not (has_comments and line.startswith(b"#")):
            break
    return start


def _table(rows: Rows, layout: Layout, path: Path) -> Work[pl.DataFrame | None]:
    """The columns that are no numbers, with types."""
    import polars as pl

    places = layout.columns_of[1]
    if not places:
        return None
    names = [layout.names[i] for i in places]
    if not any(names):
        names = ["label"] if len(names) == 1 else [f"label {i + 1}" for i in range(len(names))]
    elif not names[0] and places[0] == 0:
        names[0] = "label"
    columns = []
    for name, pieces in zip(unique_names(names), rows.texts, strict=True):
        columns.append(typed(pl.concat([piece.alias(name) for piece in pieces])))
        pieces.clear()
        yield Progress(1.0, f"Reading {path.name}")
    return pl.DataFrame(columns)


def _problems(rows: Rows, path: Path) -> tuple[Problem, ...]:
    problems = []
    if rows.n_missing:
        cells = "1 cell holds" if rows.n_missing == 1 else f"{rows.n_missing:,} cells hold"
        what = f"{cells} no number; such values count as NaN."
        problems.append(Problem(path, what))
    if rows.has_odd_text:
        what = "The text is not UTF-8; it was read as Western European (Windows-1252)."
        problems.append(Problem(path, what))
    return tuple(problems)


def _is_delimited(path: Path, start: bytes) -> bool:
    """By its name, else by rows of at least two numbers."""
    if b"\0" in start:
        return False
    return has_suffix(path, SUFFIXES) or _is_table(path, start)


def _is_table(path: Path, start: bytes) -> bool:
    try:
        start[:-4].decode()  # the end may be cut within a letter
    except UnicodeDecodeError:
        return False
    lines = start.decode("utf-8", "replace").splitlines()
    whole = lines[:-1] if len(lines) > 1 else lines
    try:
        return find_layout(path, [line for line in whole if line.strip()]).n_values >= 2
    except ProjectorError:
        return False


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    yield Progress(None, f"Looking into {path.name}")
    yield from layout_of(path)
    return (TensorInfo("", (0, 0), "float32"),)


def _read(source: Source) -> Work[Matrix]:
    return read_delimited(source.tensor_path)


FORMAT = Format("text table", SUFFIXES, _is_delimited, _tensors, _read)
