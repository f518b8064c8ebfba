"""Which rows of a table hold a text, match a regular expression, or meet a condition in SQL.

Tables are looked through a slice at a time, so that a search ends soon after it is given up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from projector.arrays import IntArray
from projector.progress import Work

if TYPE_CHECKING:
    import polars as pl


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
    raise NotImplementedError


def find_where(table: pl.DataFrame, condition: str) -> Work[FoundRows]:
    """All rows for which an SQL condition holds, such as `label = '7' AND count > 100`.

    Only an expression of this table's columns is taken, made of comparisons, AND, OR, NOT, IN,
    BETWEEN, LIKE, ILIKE, REGEXP, IS NULL, CASE, arithmetic and functions of one row; anything else
    is refused. Column names may be written in any case where that is clear, or in double quotes;
    `row` is the row's number where no column is called so. Where a column of texts is compared with
    a number, or numbers with a text such as '7', what is meant is compared. Raises InvalidChoice.
    """
    raise NotImplementedError
