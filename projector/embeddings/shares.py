"""Which values a selection holds, and how often, beside how often all rows hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import IntArray, frozen
from projector.progress import Progress, Work
from projector.selection import Selection

if TYPE_CHECKING:
    import polars as pl

N_BINS = 12
MOST_DISTINCT = 40
"""Numbers of more distinct values are counted by range."""


@dataclass(frozen=True, slots=True)
class Share:
    """text: a value, or a range of numbers. n_selected of the n_all rows that hold it are
    selected. low, high: the range, low included, and high too for the last; None for a value.
    is_missing: rows without a value."""

    text: str
    n_selected: int
    n_all: int
    low: float | None = None
    high: float | None = None
    is_last: bool = False
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Shares:
    """shares: of one column, the most frequent among the selected rows first, ranges in order;
    only values that a selected row holds. n_selected, n_all: rows in all."""

    column: str
    shares: tuple[Share, ...]
    n_selected: int
    n_all: int


def count_shares(column: pl.Series, selection: Selection, most: int = 1000) -> Work[Shares]:
    """Count the values of a column among all rows and among the selected; the `most` frequent."""
    yield Progress(None, "Counting values")
    selected = column.gather(selection.within(len(column)).ids)
    yield Progress(None, "Counting values")
    if column.dtype.is_numeric() and selected.n_unique() > MOST_DISTINCT:
        shares = yield from _ranges(column, selected)
    else:
        shares = yield from _values(column, selected, most)
    return Shares(column.name, tuple(shares), len(selected), len(column))


def rows_of(column: pl.Series, share: Share) -> IntArray:
    """int64, rising: all rows that hold the value, or lie in the range."""
    import polars as pl

    if share.is_missing:
        is_in = column.is_null()
    elif share.low is None or share.high is None:
        is_in = _texts(column) == share.text
    else:
        numbers = column.cast(pl.Float64)
        below = numbers <= share.high if share.is_last else numbers < share.high
        is_in = (numbers >= share.low) & below & numbers.is_finite()
    return frozen(is_in.fill_null(value=False).arg_true().to_numpy().astype(np.int64))


def rows_like(column: pl.Series, row: int) -> IntArray:
    """int64, rising: all rows that hold the same value as one row does."""
    value = column.slice(row, 1)
    same = column.is_null() if value.null_count() else column == value.new_from_index(0, 1)
    if value.dtype.is_nested():
        same = _texts(column) == _texts(value)
    return frozen(same.fill_null(value=False).arg_true().to_numpy().astype(np.int64))


def _values(column: pl.Series, selected: pl.Series, most: int) -> Work[list[Share]]:
    import polars as pl

    texts = _texts(selected).alias("value")
    inside = texts.value_counts(name="inside")
    yield Progress(None, "Counting values")
    counts = _texts(column).alias("value").value_counts(name="all")
    yield Progress(None, "Counting values")
    both = inside.join(counts, on="value", how="left", nulls_equal=True)
    number = pl.col("value").cast(pl.Float64, strict=False)
    both = both.sort("inside", number, "value", descending=[True, False, False], nulls_last=True)
    rows = both.head(most).select("value", "inside", "all").iter_rows()
    return [Share(text or "", a, b, is_missing=text is None) for text, a, b in rows]


def _ranges(column: pl.Series, selected: pl.Series) -> Work[list[Share]]:
    """Ranges of equal width between the smallest and the largest selected number."""
    import polars as pl

    inside = selected.cast(pl.Float64).drop_nulls().to_numpy()
    inside = inside[np.isfinite(inside)]
    if not len(inside):
        return []
    yield Progress(None, "Counting values")
    numbers = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    edges = np.linspace(float(inside.min()), float(inside.max()), N_BINS + 1)
    n_inside = np.histogram(inside, edges)[0].tolist()
    n_all = np.histogram(numbers[np.isfinite(numbers)], edges)[0].tolist()
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [
        Share(f"{low:.4g} … {high:.4g}", a, b, low, high, i == N_BINS - 1)
        for i, ((low, high), a, b) in enumerate(zip(pairs, n_inside, n_all, strict=True))
        if a
    ]


def _texts(column: pl.Series) -> pl.Series:
    """The values as text; null where there is none."""
    import polars as pl

    if column.dtype == pl.String:
        return column
    if column.dtype.is_nested() or column.dtype == pl.Binary or column.dtype == pl.Object:
        texts = [None if value is None else str(value) for value in column.to_list()]
        return pl.Series(column.name, texts, dtype=pl.String)
    return column.cast(pl.String, strict=False)
