"""The axes of `projector project --method axes`: rows named in words, found in the metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import typer

from projector.arrays import IntArray
from projector.errors import InvalidChoice
from projector.projections.axes import Axis, axis_from_rows, rows_of_class, rows_of_search

if TYPE_CHECKING:
    import polars as pl

METHOD = "axes"
FORM = "COLUMN=VALUE or COLUMN~TEXT"
_SIGN = re.compile("[=~]")
_COLUMN_AND_SIGN = re.compile(r"\S\s*[=~]")


@dataclass(frozen=True, slots=True)
class Poles:
    """What rows the two ends of an axis are the centers of, such as "label=3" and "label=8"."""

    start: str
    end: str

    @property
    def name(self) -> str:
        return f"{self.start} \N{RIGHTWARDS ARROW} {self.end}"


def read_poles(method: str, starts: Sequence[str], ends: Sequence[str]) -> tuple[Poles, ...]:
    """The axes out of all --from and --to, in their order. Raises a usage error in words."""
    if method != METHOD:
        if starts or ends:
            raise typer.BadParameter(f"--from and --to go with --method {METHOD}, not {method}.")
        return ()
    if not starts and not ends:
        raise typer.BadParameter(f"--method {METHOD} needs --from and --to, each {FORM}.")
    if len(starts) != len(ends):
        raise typer.BadParameter(
            f"Each axis needs a --from and a --to, got {len(starts)} and {len(ends)} of them."
        )
    for words in (*starts, *ends):
        if not _COLUMN_AND_SIGN.search(words):
            raise typer.BadParameter(f"The end of an axis must be {FORM}, got {words}.")
    return tuple(map(Poles, starts, ends))


def unfound_axes(poles: Sequence[Poles]) -> tuple[Axis, ...]:
    """Axes that have names, but no rows yet."""
    nobody = np.empty(0, np.int64)
    return tuple(Axis(one.name, nobody, nobody) for one in poles)


def find_axes(poles: Sequence[Poles], table: pl.DataFrame | None) -> tuple[Axis, ...]:
    """The same with their rows. Raises InvalidChoice where a column or a row isn't there."""
    return tuple(
        axis_from_rows(one.name, _rows(one.start, table), _rows(one.end, table)) for one in poles
    )


def told_axis(axis: Axis) -> str:
    """How many rows are behind its ends."""
    return f"{axis.name}: from the center of {_count(axis.start)} to that of {_count(axis.end)}."


def _count(rows: IntArray) -> str:
    return "1 row" if len(rows) == 1 else f"{len(rows):,} rows"


def _rows(words: str, table: pl.DataFrame | None) -> IntArray:
    name, sign, value = _parts(words, [] if table is None else table.columns)
    assert table is not None  # a column was found
    if sign == "=":
        rows = rows_of_class(table[name], value or None)
        sentence = f"No row holds {value or 'nothing'} in the column {name}."
    else:
        rows = rows_of_search(table[name], value, is_regex=True)
        sentence = f"No row holds a text like {value} in the column {name}."
    if not len(rows):
        raise InvalidChoice(sentence)
    return rows


def _parts(words: str, columns: Sequence[str]) -> tuple[str, str, str]:
    """(column, "=" or "~", value). The names of columns may hold these signs, too."""
    for name in sorted(columns, key=len, reverse=True):
        rest = words.removeprefix(name).lstrip()
        if words.startswith(name) and _SIGN.match(rest):
            return name, rest[0], rest[1:].strip()
    wanted = _SIGN.split(words)[0].strip()
    raise InvalidChoice(
        f"There is no column {wanted}; the columns are: {', '.join(columns) or 'none'}."
    )
