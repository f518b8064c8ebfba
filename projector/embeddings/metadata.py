"""Reads what is known of each point: a text table, one line a point, cells separated by tabs.

A first line with a tab names the columns; without a tab there is one column and no header. Tables
that don't fit the number of points are repaired where the cause is plain, else padded or cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from projector.embeddings.memory import check_fits
from projector.embeddings.text import decode_text
from projector.errors import Problem, ProjectorError, Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Metadata:
    """table: n rows of int64, float64 or text, empty cells null; None if there is nothing."""

    table: pl.DataFrame | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rows:
    """The lines of the points, the names of the columns, and what was repaired."""

    lines: list[str]
    names: list[str]
    repair: str | None = None


def read_metadata(path: Path, n_points: int) -> Work[Metadata]:
    """The metadata of so many points; a file that can't be read is a problem, not an error."""
    yield Progress(None, f"Reading {path.name}")
    try:
        text, encoding = decode_text(_read_bytes(path))
    except ProjectorError as error:
        return Metadata(None, (Problem(path, str(error)),))
    problems = []
    if encoding == "cp1252":
        problems.append("The text is not UTF-8; it was read as Western European (Windows-1252).")
    yield Progress(0.3, f"Reading {path.name}")
    rows = _fit_rows(text.split("\n"), n_points)
    if rows.repair:
        problems.append(rows.repair)
    table = None
    if rows.lines:
        table = yield from _table(rows, n_points, f"Reading {path.name}")
    return Metadata(table, tuple(Problem(path, what) for what in problems))


def label_table(labels: list[str]) -> pl.DataFrame:
    """One column named label, typed like any other."""
    import polars as pl

    return pl.DataFrame([_typed(pl.Series("label", labels, dtype=pl.String))])


def _read_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Unreadable(f"{path} is not there, so the points have no metadata.")
    try:
        check_fits(path.stat().st_size * 4, str(path))
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error


def _fit_rows(lines: list[str], n: int) -> _Rows:
    """Which lines belong to the points. lines: all of the file."""
    if lines[-1] == "":
        lines = lines[:-1]
    while lines and not lines[0].strip() and len(lines) > n + 1:
        lines = lines[1:]
    kept = [line for line in lines if line.strip()]
    if not kept:
        return _Rows([], [], "The file is empty, so the points have no metadata.")
    if "\t" in kept[0]:
        return _fit_columns(lines, kept, n)
    return _fit_labels(lines, kept, n)


def _fit_labels(lines: list[str], kept: list[str], n: int) -> _Rows:
    """One column without a header."""
    if len(kept) == n:
        return _Rows(kept, ["label"])
    if len(lines) == n:
        return _Rows(lines, ["label"], f"{n - len(kept):,} blank lines were kept as empty labels.")
    for candidates in (kept, lines):
        if len(candidates) == n + 1:
            title = _short(candidates[0])
            what = f"There is one line too many: the first, {title}, was taken for a header."
            return _Rows(candidates[1:], [candidates[0].strip() or "label"], what)
    return _Rows(kept, ["label"], _count_problem(len(kept), n))


def _fit_columns(lines: list[str], kept: list[str], n: int) -> _Rows:
    """Several columns below a header."""
    header = kept[0]
    names = _unique([name.strip() for name in header.split("\t")])
    below = lines[lines.index(header) + 1 :]
    if len(kept) - 1 == n:
        return _Rows(kept[1:], names)
    if len(below) == n:
        what = f"{n + 1 - len(kept):,} rows without any value were kept in their places."
        return _Rows(below, names, what)
    if len(kept) == n and not _is_plain_header(kept):
        what = "There is one line too few for a header: the first was taken as data."
        return _Rows(kept, [f"column {i + 1}" for i in range(len(names))], what)
    if len(kept) == 1:
        return _Rows([], names, "The file has a header line and no rows.")
    return _Rows(kept[1:], names, _count_problem(len(kept) - 1, n))


def _is_plain_header(lines: list[str]) -> bool:
    """True when a column has a name that is no number above cells that all are numbers."""
    header, *rows = (line.split("\t") for line in lines)
    for i, name in enumerate(header):
        if _is_number(name):
            continue
        cells = [row[i] for row in rows if i < len(row) and row[i].strip()]
        if cells and all(map(_is_number, cells)):
            return True
    return False


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _short(line: str) -> str:
    return repr(line if len(line) <= 40 else line[:40] + "…")


def _count_problem(n_rows: int, n: int) -> str:
    if n_rows > n:
        return f"{n_rows:,} rows for {n:,} points: the last {n_rows - n:,} were left out."
    return f"{n_rows:,} rows for {n:,} points: the last {n - n_rows:,} points have no metadata."


def _unique(names: list[str]) -> list[str]:
    """Names that differ, none of them empty: a repeated one gets a number."""
    unique: dict[str, None] = {}
    for i, name in enumerate(names):
        name = name or f"column {i + 1}"
        candidate, count = name, 1
        while candidate in unique:
            count += 1
            candidate = f"{name} ({count})"
        unique[candidate] = None
    return list(unique)


def _table(rows: _Rows, n: int, note: str) -> Work[pl.DataFrame]:
    """A table of n rows."""
    import polars as pl

    lines = pl.Series("", rows.lines[:n], dtype=pl.String)
    if len(lines) < n:
        lines = lines.extend_constant(None, n - len(lines))
    yield Progress(0.5, note)
    if len(rows.names) == 1:
        columns = [lines.alias(rows.names[0])]
    else:
        fields = lines.str.split_exact("\t", len(rows.names) - 1).struct.unnest()
        columns = [column.alias(name) for column, name in zip(fields, rows.names, strict=True)]
    typed = []
    for i, column in enumerate(columns):
        typed.append(_typed(column))
        yield Progress(0.5 + 0.5 * (i + 1) / len(columns), note)
    return pl.DataFrame(typed)


def _typed(column: pl.Series) -> pl.Series:
    """The column as int64 or float64 if every cell is one; empty cells become null.

    Numbers with leading zeros (00501) stay text, as they are names.
    """
    import polars as pl

    bare = column.str.strip_chars()
    column = column.set(bare == "", None)
    bare = bare.set(bare == "", None)
    if column.null_count() == len(column) or bare.str.contains(r"^[+-]?0\d").any():
        return column
    for dtype in (pl.Int64, pl.Float64):
        numbers = bare.cast(dtype, strict=False)
        if numbers.null_count() == column.null_count():
            return numbers
    return column
