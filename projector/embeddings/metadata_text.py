"""The rows and columns of a text table of metadata, before they are fitted to the points.

A table of lines keeps each line whole until it is known which ones count. One with quoted cells,
which may hold line ends, is split at once.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import IntArray, MaskArray
from projector.embeddings.layout import MISSING
from projector.embeddings.memory import check_fits
from projector.embeddings.typed import typed
from projector.errors import Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

MOST_SPLIT = 500
"""So many columns polars splits at once; wider tables are taken apart cell by cell."""

_MOST_TYPED = 2000
_BYTES_PER_CELL = 40
_FREE_BYTES = bytes([1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 28, 29, 30, 31])


@dataclass(frozen=True, slots=True, eq=False)
class TextTable:
    """lines: of the file, one a row; or cells: the columns of a quoted table, all text, and
    is_longer: for each row of that, whether it had cells beyond these."""

    separator: str
    lines: pl.Series | None = None
    cells: pl.DataFrame | None = None
    is_longer: MaskArray | None = None

    @property
    def is_blank(self) -> MaskArray:
        """For each row, whether it has no value."""
        import polars as pl

        if self.lines is not None:
            bare = self.lines.str.strip_chars()
            return (bare.fill_null("") == "").to_numpy()
        assert self.cells is not None
        is_empty = pl.all_horizontal(pl.all().str.strip_chars().fill_null("") == "")
        return self.cells.select(is_empty).to_series().to_numpy()

    def row(self, i: int) -> list[str]:
        """The cells of a row; quoted ones fill up to the width of the table."""
        if self.lines is not None:
            return str(self.lines[i] or "").split(self.separator)
        assert self.cells is not None
        found = ["" if cell is None else str(cell) for cell in self.cells.row(i)]
        while len(found) > 1 and not found[-1]:
            found.pop()
        return found

    def n_longer(self, rows: IntArray, width: int) -> int:
        """How many rows have cells beyond so many columns."""
        if self.is_longer is not None:
            return int(self.is_longer[rows].sum())
        if self.lines is None or width < 2:
            return 0
        counts = self.lines.gather(rows).str.count_matches(self.separator, literal=True)
        return int((counts >= width).sum())

    def columns(self, rows: IntArray, names: list[str], n: int) -> Work[list[pl.Series]]:
        """n values for each name; points beyond the rows have none."""
        padding = n - len(rows)
        if self.cells is not None:
            texts = self.cells.select(self.cells.columns[: len(names)])[rows.tolist()].get_columns()
        else:
            assert self.lines is not None
            lines = self.lines.gather(rows)
            if len(names) == 1:
                texts = [lines]
            elif len(names) > MOST_SPLIT:
                return (yield from _wide_columns(lines, self.separator, names, padding))
            else:
                fields = lines.str.split_exact(self.separator, len(names) - 1)
                texts = fields.struct.unnest().get_columns()
        found = []
        for name, text in zip(names, texts, strict=True):
            found.append(typed(text.alias(name).extend_constant(None, padding)))
            yield Progress(0.5 + 0.5 * len(found) / len(names), "Reading columns")
        return found


def table_of_lines(text: bytes, separator: str) -> TextTable:
    """Rows are lines, and quotes are letters like any other."""
    import polars as pl

    schema = {"line": pl.String()}
    if not text:
        return TextTable(separator, pl.Series("line", [], dtype=pl.String))
    unused = next((mark for mark in _FREE_BYTES if mark not in text), None)
    if unused is None:
        lines = pl.Series("line", text.decode("utf-8", "replace").split("\n"), dtype=pl.String)
        return TextTable(separator, lines[:-1] if text.endswith(b"\n") else lines)
    table = pl.read_csv(
        text, separator=chr(unused), has_header=False, quote_char=None, schema=schema
    )
    return TextTable(separator, table.to_series())


def table_of_records(text: bytes, separator: str, path: Path) -> TextTable:
    """Rows are records, whose cells may be quoted. Raises Unreadable, TooLarge."""
    import polars as pl

    width = _width(text, separator, path)
    check_fits(width * _BYTES_PER_CELL * (1 + text.count(b"\n")), str(path))
    schema = {str(i): pl.String() for i in range(width)}
    if 0 < width <= MOST_SPLIT:
        try:
            cells = pl.read_csv(
                text,
                separator=separator,
                has_header=False,
                schema={**schema, "beyond": pl.String()},
                truncate_ragged_lines=True,
            )
            is_longer = cells["beyond"].is_not_null().to_numpy()
            return TextTable(separator, cells=cells.drop("beyond"), is_longer=is_longer)
        except pl.exceptions.PolarsError:
            pass  # odd quotes: Python reads them as other programs do
    try:
        reader = csv.reader(StringIO(text.decode("utf-8", "replace")), delimiter=separator)
        records = [row for row in reader if row]
    except csv.Error as error:
        raise Unreadable(f"{path} can't be read as a table: {error}.") from error
    is_longer = np.array([any(row[width:]) for row in records], np.bool_)
    rows = [(row + [""] * width)[:width] for row in records]
    mark = next((mark for mark in _FREE_BYTES if mark not in text), None)
    if width > MOST_SPLIT and mark is not None:  # line ends within cells do no harm any more
        lines = [chr(mark).join(row) for row in rows]
        return TextTable(chr(mark), pl.Series("line", lines, dtype=pl.String), None, is_longer)
    columns = zip(*rows, strict=True) if rows else [[] for _ in schema]
    series = [pl.Series(k, c, dtype=pl.String) for k, c in zip(schema, columns, strict=True)]
    return TextTable(separator, cells=pl.DataFrame(series), is_longer=is_longer)


def _width(text: bytes, separator: str, path: Path) -> int:
    """Cells of the first record that is not empty."""
    start = text[: 1 << 23].decode("utf-8", "replace")
    try:
        rows = csv.reader(StringIO(start), delimiter=separator)
        return next((len(row) for row in rows if row), 0)
    except csv.Error as error:
        raise Unreadable(f"{path} can't be read as a table: {error}.") from error


def _wide_columns(
    lines: pl.Series, separator: str, names: list[str], padding: int
) -> Work[list[pl.Series]]:
    """Types all cells at once, then picks every column from the cells of its type."""
    import polars as pl

    width = len(names)
    check_fits(2 * width * len(lines) * _BYTES_PER_CELL, "The metadata")
    lists = lines.fill_null("").str.split(separator).list.head(width)
    yield Progress(0.5, "Reading columns")
    n_short = int((lists.list.len() < width).sum())
    if n_short:
        lists = lists.list.gather(list(range(width)), null_on_oob=True)
    cells = lists.list.explode()
    yield Progress(0.6, "Reading columns")
    bare = cells.str.strip_chars()
    texts = cells.set((bare == "").fill_null(False), None)
    bare = bare.set(bare.is_in(sorted(MISSING)).fill_null(False), None)
    shape = (len(lines), width)
    is_there = bare.is_not_null().to_numpy().reshape(shape)
    is_name = bare.str.contains(r"^[+-]?0\d").fill_null(False).to_numpy().reshape(shape)
    kinds = []
    for dtype in (pl.Int64(), pl.Float64()):
        numbers = bare.cast(dtype, strict=False)
        is_one = numbers.is_not_null().to_numpy().reshape(shape)
        fits = (is_one == is_there).all(0) & is_there.any(0) & ~is_name.any(0)
        kinds.append((numbers, fits))
        yield Progress(0.7, "Reading columns")
    found = []
    n_typed = 0
    for i, name in enumerate(names):
        source = next((numbers for numbers, fits in kinds if fits[i]), texts)
        column = source.gather_every(width, i).alias(name)
        if padding:
            column = column.extend_constant(None, padding)
        if source is texts and n_typed < _MOST_TYPED:
            n_typed += 1
            column = typed(column)
        found.append(column)
        if i % 2000 == 0:
            yield Progress(0.7 + 0.3 * i / width, "Reading columns")
    return found


def is_plain_header(table: TextTable, header: int, rows: IntArray) -> bool:
    """True when a column has a name that is no number above cells that all are numbers."""
    names = table.row(header)
    body = [table.row(int(i)) for i in rows[:100]]
    for i, name in enumerate(names[:1000]):
        if is_number(name) or not name.strip():
            continue
        cells = [row[i] for row in body if i < len(row) and row[i].strip() not in MISSING]
        if cells and all(map(is_number, cells)):
            return True
    return False


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
