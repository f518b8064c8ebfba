"""Which rows of a table hold a text or match a regular expression.

Tables are looked through a slice at a time, so that a search ends soon after it is given up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from projector.arrays import IntArray, frozen
from projector.errors import InvalidChoice
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

SLICE = 1 << 16
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What to look for. text: plain, or with is_regex a regular expression (Rust's dialect, whose
    time grows only with the length of the texts). columns: where to look, None for everywhere."""

    text: str
    columns: tuple[str, ...] | None = None
    is_regex: bool = False
    matches_case: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FoundRows:
    """rows: int64, rising. columns: the names that were looked at. first_column: int32, of each
    row found the place in columns of the first that matches; empty for conditions."""

    rows: IntArray
    columns: tuple[str, ...]
    first_column: NDArray[np.int32]


def find_text(table: pl.DataFrame, query: TextQuery) -> Work[FoundRows]:
    """All rows that hold the text in one of the columns; an empty text finds nothing.

    Numbers are searched as polars writes them; nulls hold nothing. Raises InvalidChoice for a
    column that is not there, which names the nearest, and for a bad regular expression.
    """
    columns = tuple(table.columns) if query.columns is None else query.columns
    for name in columns:
        if name not in table.columns:
            raise no_such_column(name, table.columns)
    pattern = _pattern(query)
    found = [np.empty(0, np.int64)]
    first = [np.empty(0, np.int32)]
    for start in range(0, len(table) if query.text else 0, SLICE):
        yield Progress(start / len(table), "Searching")
        places = np.full(min(SLICE, len(table) - start), len(columns), np.int32)
        for place, name in reversed(list(enumerate(columns))):
            places[_holds(table[name][start : start + SLICE], pattern)] = place
            yield Progress(start / len(table), "Searching")
        rows = np.flatnonzero(places < len(columns))
        found.append(rows + start)
        first.append(places[rows])
    return FoundRows(frozen(np.concatenate(found)), columns, frozen(np.concatenate(first)))


def no_such_column(name: str, columns: Sequence[str]) -> InvalidChoice:
    """The sentence, with the nearest names."""
    near = nearest_names(name, columns)
    hint = f"; did you mean {' or '.join(near)}?" if near else f". There are: {_some(columns)}."
    return InvalidChoice(f"There is no column called {name}{hint}")


def nearest_names(name: str, names: Sequence[str]) -> list[str]:
    """At most three names that one may have meant, in any case, nearest first."""
    folded = {known[:100].casefold(): known for known in reversed(names[:1000])}
    return [folded[near] for near in get_close_matches(name[:100].casefold(), folded, 3, 0.6)]


def _some(names: Sequence[str]) -> str:
    listed = ", ".join(names[:8])
    return f"{listed} and {len(names) - 8} more" if len(names) > 8 else listed or "none"


def _pattern(query: TextQuery) -> str:
    """A regular expression for polars, which was tried out."""
    import polars as pl

    if len(query.text) > _LONGEST:
        raise InvalidChoice(f"A search may be {_LONGEST:,} characters long at most.")
    body = query.text if query.is_regex else pl.escape_regex(query.text)
    pattern = body if query.matches_case else f"(?i){body}"
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError as error:
        raise InvalidChoice(f"This is no regular expression: {_why(str(error))}.") from error
    return pattern


def _why(text: str) -> str:
    """The last line of what the parser says, such as "unclosed group"."""
    lines = [line.strip() for line in text.splitlines() if "error:" in line]
    return lines[-1].rpartition("error:")[2].strip().rstrip(".") if lines else "it can't be read"


def _holds(column: pl.Series, pattern: str) -> IntArray:
    """The places of the values in which the pattern is found."""
    texts = as_texts(column)
    return texts.str.contains(pattern).fill_null(value=False).arg_true().to_numpy().astype(np.int64)


def as_texts(column: pl.Series) -> pl.Series:
    """The values as text; null where there is none."""
    import polars as pl

    dtype = column.dtype
    if dtype == pl.String:
        return column
    if dtype.is_nested() or dtype == pl.Binary or dtype == pl.Object:
        values: Iterator[object] = iter(column.to_list())
        texts = [None if value is None else str(value) for value in values]
        return pl.Series(column.name, texts, dtype=pl.String)
    return column.cast(pl.String, strict=False)
