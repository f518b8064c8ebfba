"""How a text file holds its vectors, told from its first lines: separators, header, labels."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from projector.errors import NothingToShow, Unreadable

MISSING = frozenset({"", "NA", "N/A", "n/a", "null", "NULL", "Null", "None", "none"})
"""Cells that stand for no number."""

_SAMPLE_ROWS = 1000
_SAMPLE_CELLS = 40_000
_LETTERS_COMPARED = 1 << 20  # of a line, to tell what separates its cells
_SEPARATORS = ("\t", ";", "|", ",", None)
_COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_LABEL_NAMES = frozenset(
    {
        *("id", "index", "idx", "__index__", "row", "label", "labels", "class", "classes"),
        *("target", "category", "cluster", "name", "word", "token"),
    }
)

NUMBER, TEXT, UNUSED = "n", "t", "-"


@dataclass(frozen=True, slots=True)
class Layout:
    """separator: None is any run of blanks. names: of the columns, "" where the file gives none.
    kinds: NUMBER, TEXT or UNUSED for each column. has_comments: lines that start with # are none
    of the rows. has_loose_words: the first cell, a word, may hold blanks."""

    separator: str | None
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    has_header: bool = False
    is_quoted: bool = False
    has_decimal_commas: bool = False
    has_comments: bool = True
    has_loose_words: bool = False

    @property
    def n_values(self) -> int:
        return self.kinds.count(NUMBER)

    @property
    def n_cells(self) -> int:
        return len(self.kinds)

    @property
    def columns_of(self) -> tuple[list[int], list[int]]:
        """The places of numbers, and those of texts."""
        numbers = [i for i, kind in enumerate(self.kinds) if kind == NUMBER]
        return numbers, [i for i, kind in enumerate(self.kinds) if kind == TEXT]

    def cells(self, line: str) -> list[str]:
        """Raises csv.Error."""
        if self.has_loose_words:
            return line.rstrip(" \t").rsplit(" ", self.n_values)
        return split_line(line, self.separator, self.is_quoted)

    def number(self, cell: str) -> float:
        """NaN for a missing one. Raises ValueError."""
        return parse_number(cell, self.has_decimal_commas)


def split_line(line: str, separator: str | None, is_quoted: bool) -> list[str]:
    """The cells of a line. Raises csv.Error."""
    line = line.removesuffix("\n")
    if separator is None:
        return line.split()
    if not is_quoted or '"' not in line:
        return line.split(separator)
    return next(csv.reader([line], delimiter=separator), [""])


def parse_number(cell: str, has_decimal_commas: bool = False) -> float:
    cell = cell.strip()
    if cell in MISSING:
        return float("nan")
    return float(cell.replace(",", ".") if has_decimal_commas else cell)


def find_layout(path: Path, lines: Sequence[str]) -> Layout:
    """How the lines, the first ones of a file and none of them blank, are to be read.

    Raises NothingToShow for no lines, or a header alone; Unreadable where no column holds numbers.
    """
    if not lines:
        raise NothingToShow(f"{path} is empty.")
    plain = [line for line in lines if not line.startswith("#")] or list(lines)
    separator, is_quoted = _find_separator([line[:_LETTERS_COMPARED] for line in plain[:20]])
    rows = _sample(plain, separator, is_quoted)
    if not rows:
        raise Unreadable(f"{path} is no table: its quotes are not closed.")
    layout = _layout(path, rows, separator, is_quoted)
    return _with_comments(layout, lines, plain)


def _sample(lines: Sequence[str], separator: str | None, is_quoted: bool) -> list[list[str]]:
    """Some rows, at least two where there are so many."""
    rows: list[list[str]] = []
    n_cells = 0
    for cells in _rows_in(lines[:_SAMPLE_ROWS], separator, is_quoted):
        rows.append([cell.strip() for cell in cells])
        n_cells += len(cells)
        if n_cells > _SAMPLE_CELLS and len(rows) > 1:
            break
    return rows


def _rows_in(lines: Sequence[str], separator: str | None, is_quoted: bool) -> Iterator[list[str]]:
    if not is_quoted or separator is None:
        yield from (_split(line, separator, is_quoted) for line in lines)
        return
    try:
        yield from csv.reader((line + "\n" for line in lines), delimiter=separator)
    except csv.Error:
        return


def _split(line: str, separator: str | None, is_quoted: bool) -> list[str]:
    try:
        return split_line(line, separator, is_quoted)
    except csv.Error:
        return [line]


def _find_separator(lines: Sequence[str]) -> tuple[str | None, bool]:
    """The separator that leaves the most numbers, and whether cells are quoted."""
    best: tuple[str | None, bool] = (None, False)
    best_score = 0.0
    for separator in _SEPARATORS:
        is_quoted = separator not in (None, "\t") and any(
            line.startswith('"') or f'{separator}"' in line for line in lines
        )
        rows = list(_rows_in(lines, separator, is_quoted)) or [[]]
        n_cells, n_rows = Counter(map(len, rows)).most_common(1)[0]
        if n_cells < 2:
            continue
        cells = [cell for row in rows[-5:] for cell in row[:500]]
        n_numbers = sum(_is_number(cell) or bool(_COMMA_NUMBER.fullmatch(cell)) for cell in cells)
        score = n_rows / len(rows) * (0.01 + n_numbers / max(1, len(cells)))
        if score > best_score:
            best, best_score = (separator, is_quoted), score
    return best


def _layout(path: Path, rows: list[list[str]], separator: str | None, is_quoted: bool) -> Layout:
    first, body = rows[0], rows[1:] or rows
    has_commas = separator != "," and _has_decimal_commas(rows)
    width = Counter(map(len, body)).most_common(1)[0][0]
    kinds = _kinds(body, width, has_commas)
    has_header = len(rows) > 1 and _is_header(first, kinds, has_commas)
    if not has_header:
        width = len(first)
        kinds = _kinds(rows, width, has_commas)
    if NUMBER not in kinds:
        if len(rows) == 1:
            raise NothingToShow(f"{path} holds a header line and no rows of numbers.")
        raise Unreadable(f"{path}, line 2: {_short(rows[1][-1])} is not a number.")
    names = list(first) if has_header else []
    if has_header and len(first) == width - 1:
        names = ["", *names]
    names = [*names, *[""] * width][:width]
    if has_header:
        kinds = _without_labels(names, kinds, body)
    if (
        kinds[-1] == TEXT
        and not names[-1]
        and not any(row[-1] for row in body if len(row) == width)
    ):
        kinds[-1] = UNUSED
    return Layout(separator, tuple(names), tuple(kinds), has_header, is_quoted, has_commas)


def _has_decimal_commas(rows: list[list[str]]) -> bool:
    cells = [cell for row in rows[:20] for cell in row]
    n_commas = sum(1 for cell in cells if _COMMA_NUMBER.fullmatch(cell))
    return n_commas > 0 and not any("." in cell and _is_number(cell) for cell in cells)


def _kinds(rows: list[list[str]], width: int, has_commas: bool) -> list[str]:
    return [_kind([row[i] for row in rows if i < len(row)], has_commas) for i in range(width)]


def _kind(cells: list[str], has_commas: bool) -> str:
    """NUMBER where at least half of the cells that are not empty are numbers."""
    there = [cell for cell in cells if cell not in MISSING]
    n_numbers = sum(_is_number(cell, has_commas) for cell in there)
    return NUMBER if there and n_numbers * 2 >= len(there) else TEXT


def _is_header(first: list[str], kinds: list[str], has_commas: bool) -> bool:
    """Whether most names above the numbers are none, or they count: 0, 1, 2 ...
    beside a cell that is empty or a word."""
    shift = 1 if len(first) == len(kinds) - 1 else 0
    above = [
        cell for cell, kind in zip(first, kinds[shift:], strict=False) if kind == NUMBER and cell
    ]
    n_words = sum(cell not in MISSING and not _is_number(cell, has_commas) for cell in above)
    if n_words and n_words * 2 >= len(above):
        return True
    counted = [str(i) for i in range(len(above) + 1)]
    has_corner = not first[0] or (len(above) > 2 and not _is_number(first[0], has_commas))
    return has_corner and bool(above) and above in (counted[:-1], counted[1:])


def _without_labels(names: list[str], kinds: list[str], body: list[list[str]]) -> list[str]:
    """Whole numbers below a name such as "class" or "id", or a nameless first column of them,
    are labels."""
    found = list(kinds)
    for i, name in enumerate(names):
        is_label = name.lower() in _LABEL_NAMES or (i == 0 and not name and len(names) > 2)
        if is_label and kinds[i] == NUMBER:
            cells = [row[i] for row in body if i < len(row) and row[i]]
            if all(cell.lstrip("+-").isdigit() for cell in cells):
                found[i] = TEXT
    return found if NUMBER in found else list(kinds)


def _with_comments(layout: Layout, lines: Sequence[str], plain: Sequence[str]) -> Layout:
    """Lines with # are rows where their first cell is a label and numbers follow."""
    if len(lines) == len(plain) and not lines[0].startswith("#"):
        hashed: list[str] = []
    else:
        hashed = [line for line in lines if line.startswith("#")][:20]
    is_label = layout.kinds[0] == TEXT
    are_rows = is_label and (not hashed or any(_is_row(line, layout) for line in hashed))
    return Layout(
        layout.separator,
        layout.names,
        layout.kinds,
        layout.has_header,
        layout.is_quoted,
        layout.has_decimal_commas,
        not are_rows,
    )


def _is_row(line: str, layout: Layout) -> bool:
    cells = _split(line, layout.separator, layout.is_quoted)
    if len(cells) != layout.n_cells:
        return False
    return all(_is_number(cells[i], layout.has_decimal_commas) for i in layout.columns_of[0])


def _is_number(cell: str, has_commas: bool = False) -> bool:
    try:
        float(cell.replace(",", ".") if has_commas else cell)
    except ValueError:
        return False
    return True


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:40] + "…")
