"""Reads what is known of each point: a table of text (.tsv, .csv), JSON lines or Parquet.

In .tsv a first line with a tab names the columns; without a tab there is one column and no header.
Tables that don't fit the number of points are repaired, and say so.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from projector.embeddings.frames import plain_columns, told_by_polars
from projector.embeddings.jsonl import read_json_table
from projector.embeddings.metadata_repair import Fit, Mismatch, Repair, describe, fit_rows
from projector.embeddings.metadata_text import (
    TextTable,
    is_plain_header,
    table_of_lines,
    table_of_records,
)
from projector.embeddings.parquet import read_frame
from projector.embeddings.pieces import has_suffix
from projector.embeddings.text import plain_text
from projector.embeddings.typed import typed, unique_names
from projector.errors import Problem, ProjectorError, Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "SUFFIXES",
    "Metadata",
    "Mismatch",
    "Repair",
    "is_text_table",
    "label_table",
    "read_metadata",
]

SUFFIXES = (".tsv", ".csv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", ".arrow", ".feather")

_PARQUET = (".parquet", ".pq", ".arrow", ".feather", ".ipc")
_JSON = (".jsonl", ".ndjson", ".json")
_NEXT = ("__seq_next__", "__next__")


@dataclass(frozen=True, slots=True, eq=False)
class Metadata:
    """table: n rows of typed columns, empty cells null; None if there is nothing. mismatch: where
    the rows are not as many as the points, what was done and could be done instead."""

    table: pl.DataFrame | None
    problems: tuple[Problem, ...] = ()
    mismatch: Mismatch | None = None


def read_metadata(
    path: Path,
    n_points: int,
    *,
    header: bool | None = None,
    separator: str | None = None,
    repair: Repair | None = None,
) -> Work[Metadata]:
    """The metadata of so many points; a file that can't be read is a problem, not an error.

    header: whether the first row names the columns; None finds out. separator: one character, of
    text tables only. repair: one of mismatch.repairs; None takes what fits best.
    """
    yield Progress(None, f"Reading {path.name}")
    try:
        if not os.path.isfile(path):  # unlike Path.is_file, no error on impossible names
            raise Unreadable(f"{path} is not there, so the points have no metadata.")
        if has_suffix(path, _PARQUET):
            return (yield from _fit_table(path, (yield from read_frame(path)), n_points))
        if has_suffix(path, _JSON):
            return (yield from _fit_table(path, (yield from read_json_table(path)), n_points))
        with told_by_polars(path):
            return (yield from _read_text(path, n_points, header, separator, repair))
    except ProjectorError as error:
        return Metadata(None, (Problem(path, str(error)),))


def is_text_table(path: Path) -> bool:
    """Whether a file of metadata has a first line that may be a header or not."""
    return not has_suffix(path, (*_PARQUET, *_JSON))


def label_table(labels: list[str]) -> pl.DataFrame:
    """One column named label, typed like any other."""
    import polars as pl

    return pl.DataFrame([typed(pl.Series("label", labels, dtype=pl.String))])


def _read_text(
    path: Path, n: int, header: bool | None, separator: str | None, repair: Repair | None
) -> Work[Metadata]:
    text, encoding = yield from plain_text(path)
    problems = []
    if encoding == "cp1252":
        problems.append("The text is not UTF-8; it was read as Western European (Windows-1252).")
    is_csv = has_suffix(path, (".csv",))
    mark = separator or (_separator(text) if is_csv else "\t")
    table = table_of_records(text, mark, path) if is_csv else table_of_lines(text, mark)
    yield Progress(0.3, f"Reading {path.name}")
    fit = _fit(table, n, header, repair, is_csv)
    if fit.mismatch and not is_csv and b'"' in text:
        table, fit = _fit_quoted(table, fit, text, path, n, header, repair)
    del text
    return (yield from _metadata(path, table, fit, n, problems))


def _separator(text: bytes) -> str:
    """Of a .csv file: the one that its first line has most of."""
    start = text[: 1 << 16].lstrip()
    line = start[: start.find(b"\n") + 1 or len(start)]
    counts = {mark: line.count(mark.encode()) for mark in (",", ";", "\t", "|")}
    return max(counts, key=counts.__getitem__)


def _fit(table: TextTable, n: int, header: bool | None, repair: Repair | None, is_csv: bool) -> Fit:
    """The rows for the points. A .csv has a header, unless its lines are as many as the points."""
    is_blank = table.is_blank
    there = (~is_blank).nonzero()[0]
    if not len(there):
        return Fit(there, None, 0)
    if header is not None:
        return fit_rows(is_blank, n, has_header=header, is_sure=True, repair=repair)
    first = int(there[0])
    is_plain = is_plain_header(table, first, there[1:])
    has_header = len(table.row(first)) > 1
    if is_csv:
        has_header = is_plain or (len(there) != n and (has_header or len(there) == n + 1))
    is_sure = is_plain and has_header
    return fit_rows(is_blank, n, has_header=has_header, is_sure=is_sure, repair=repair)


def _fit_quoted(
    table: TextTable,
    fit: Fit,
    text: bytes,
    path: Path,
    n: int,
    header: bool | None,
    repair: Repair | None,
) -> tuple[TextTable, Fit]:
    """The same with quoted cells, where that fits and the lines alone don't."""
    mismatch = fit.mismatch
    assert mismatch is not None
    try:
        quoted = table_of_records(text, table.separator, path)
    except ProjectorError:
        return table, fit
    found = _fit(quoted, n, header, None, False)
    if found.mismatch or len(found.rows) != n:
        return table, fit
    repairs = (Repair.READ_QUOTES, *mismatch.repairs)
    is_asked = repair in mismatch.repairs
    is_better = mismatch.chosen in (Repair.PAD, Repair.CUT) and not is_asked
    chosen = Repair.READ_QUOTES if is_better or repair is Repair.READ_QUOTES else mismatch.chosen
    told = Mismatch(mismatch.n_rows, n, repairs, chosen)
    if chosen is Repair.READ_QUOTES:
        return quoted, Fit(found.rows, found.header, mismatch.n_rows, told)
    return table, Fit(fit.rows, fit.header, fit.n_plain, told, fit.keeps_blank)


def _metadata(
    path: Path, table: TextTable, fit: Fit, n: int, problems: list[str]
) -> Work[Metadata]:
    import polars as pl

    if not len(fit.rows) and fit.header is None:
        problems.append("The file is empty, so the points have no metadata.")
        return Metadata(None, _told(path, problems))
    first = fit.header if fit.header is not None else int(fit.rows[0])
    cells = table.row(first)
    if fit.mismatch:
        problems.append(describe(fit, _short(table.separator.join(cells))))
    elif not len(fit.rows):
        problems.append("The file has a header line and no rows.")
    if not len(fit.rows):
        return Metadata(None, _told(path, problems), fit.mismatch)
    if fit.header is not None:
        names = unique_names([cell.strip() for cell in cells])
    else:
        names = unique_names([""] * len(cells)) if len(cells) > 1 else ["label"]
    n_longer = table.n_longer(fit.rows, len(names))
    if n_longer:
        rows = "1 row has" if n_longer == 1 else f"{n_longer:,} rows have"
        problems.append(f"{rows} more cells than there are columns; those were left out.")
    columns = yield from table.columns(fit.rows, names, n)
    columns = [_checked_next(column, n, problems) for column in columns]
    return Metadata(pl.DataFrame(columns), _told(path, problems), fit.mismatch)


def _checked_next(column: pl.Series, n: int, problems: list[str]) -> pl.Series:
    """The column of following points: rows that there are, or null."""
    import polars as pl

    if column.name not in _NEXT or column.null_count() == len(column):
        return column
    following = column.cast(pl.Int64, strict=False)
    following = following.set((following < 0) | (following >= n), None)
    n_lost = following.null_count() - column.null_count()
    if n_lost:
        values = "1 value" if n_lost == 1 else f"{n_lost:,} values"
        problems.append(f"{values} of {column.name} stood for no row and were left out.")
    return following


def _fit_table(path: Path, table: pl.DataFrame, n: int) -> Work[Metadata]:
    """Rows of a typed table, padded or cut to the points."""
    import polars as pl

    problems = []
    mismatch = None
    n_rows = len(table)
    if n_rows != n:
        chosen = Repair.PAD if n_rows < n else Repair.CUT
        mismatch = Mismatch(n_rows, n, (chosen,), chosen)
        fit = fit_rows(pl.Series([False]).to_numpy(), 0, has_header=False)
        problems.append(describe(Fit(fit.rows, None, n_rows, mismatch), ""))
    plain, lost = yield from plain_columns(table.head(n), f"Reading {path.name}")
    if lost:
        names = ", ".join(repr(name[:40]) for name in lost[:5])
        problems.append(
            f"{len(lost):,} columns hold no text or numbers and were left out: {names}."
        )
    if plain is None or not n_rows:
        problems.append("The table is empty, so the points have no metadata.")
        return Metadata(None, _told(path, problems), mismatch)
    if n_rows < n:
        columns = [column.extend_constant(None, n - n_rows) for column in plain]
        plain = pl.DataFrame(columns)
    plain.columns = unique_names([name.strip() for name in plain.columns])
    columns = [_checked_next(column, n, problems) for column in plain]
    return Metadata(pl.DataFrame(columns), _told(path, problems), mismatch)


def _told(path: Path, problems: list[str]) -> tuple[Problem, ...]:
    return tuple(Problem(path, what) for what in problems)


def _short(line: str) -> str:
    return repr(line if len(line) <= 40 else line[:40] + "…")
