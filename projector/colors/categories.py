"""A column as categories: any number of them, each with a color that stays with its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, IntArray, frozen
from projector.colors.columns import without_empty
from projector.colors.legends import Legend, LegendEntry
from projector.colors.palettes import CATEGORIES, MISSING, Rgb, category_colors

if TYPE_CHECKING:
    import polars as pl

N_LISTED = 20
_MOST_SORTED_WELL = 2000
_PART = 20_000

NO_CHANGES: Mapping[str, Rgb] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """title: the column. names: all different, a handful (up to 12) in natural order, of more the
    most frequent first, equals in natural order. counts: int64 (m,), rows of each. codes: int32
    (n,), the place of each row's name, missing_code where it has none. color_ids: int32 (m,), the
    place of each name's color in a palette.
    """

    title: str
    names: tuple[str, ...]
    counts: IntArray
    codes: NDArray[np.int32]
    color_ids: NDArray[np.int32]

    @property
    def missing_code(self) -> int:
        return len(self.names)

    @property
    def n_missing(self) -> int:
        return int(len(self.codes) - self.counts.sum())

    def rows_of(self, code: int) -> IntArray:
        """The rows of one category, rising; with missing_code those that have none."""
        return np.flatnonzero(self.codes == code)


def categories(
    column: pl.Series,
    like: Categories | None = None,
    *,
    own: Sequence[Categories] = (),
    written: Sequence[str] = (),
) -> Categories:
    """The categories of a column; null, NaN and "" are missing.

    like: what the column was before it was edited or filtered; names known from there keep their
    colors, and new ones get the next colors that are free: first those of `own`, the column without
    edits, as it was and in the type that it has now, at last the values that were written into it,
    in this order. Both count also where they are not there any more, so that the same edits give
    the same colors in one go or one by one.
    """
    import polars as pl

    column = without_empty(column)
    values = pl.DataFrame({"value": column, "name": _names(column)})
    table = values.drop_nulls("name").group_by("name").agg(pl.len().alias("count"))
    table = _ordered(table).with_row_index("code")
    # the map is small; texts of a million rows are compared once
    codes = values.join(table, on="name", how="left", maintain_order="left")["code"]
    names = tuple(name for part in _parts(table["name"]) for name in part)
    return Categories(
        column.name,
        names,
        frozen(table["count"].to_numpy().astype(np.int64)),
        frozen(codes.fill_null(len(names)).to_numpy().astype(np.int32)),
        frozen(_color_ids(names, like, own, _written_names(written, column.dtype))),
    )


def category_table(
    found: Categories,
    is_dark: bool = False,
    *,
    palette: str = "projector",
    changed: Mapping[str, Rgb] = NO_CHANGES,
) -> ByteArray:
    """uint8 RGBA (m + 1, 4): the color of each category, then the one of missing values.

    changed: colors of the user's own, by name.
    """
    table = np.full((len(found.names) + 1, 4), 255, dtype=np.uint8)
    table[-1, :3] = MISSING[is_dark]
    if found.names:
        most = int(found.color_ids.max()) + 1
        table[:-1, :3] = category_colors(most, is_dark, palette)[found.color_ids]
    if changed:
        places = {name: place for place, name in enumerate(found.names) if name in changed}
        for name, place in places.items():
            table[place, :3] = changed[name]
    return table


def category_legend(found: Categories, table: ByteArray, n_listed: int = N_LISTED) -> Legend:
    """table: of category_table. The first n_listed categories are listed, and the missing rows."""
    counts, colors = found.counts[:n_listed].tolist(), table[:n_listed, :3].tolist()
    rows = zip(found.names, counts, colors, strict=False)
    entries = [LegendEntry(name, count, (r, g, b)) for name, count, (r, g, b) in rows]
    if found.n_missing:
        r, g, b = table[-1, :3].tolist()
        entries.append(LegendEntry("", found.n_missing, (r, g, b), is_missing=True))
    return Legend(found.title, tuple(entries), n_more=max(0, len(found.names) - n_listed))


def natural_key(text: str) -> tuple[tuple[int, float, str], ...]:
    """Sorts numbers by size before texts by alphabet, also inside of texts: "9", "10", "a 9"."""
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if np.isfinite(number):
        return ((0, number, text),)
    parts = re.split(r"(\d+)", text[:200])
    told = ((1, float(part), "") if part.isdecimal() else (2, 0.0, part) for part in parts if part)
    return ((1, 0.0, ""), *told, (0, 0.0, text))


def _names(column: pl.Series) -> pl.Series:
    """What each value is called; null where there is none."""
    import polars as pl

    if not column.dtype.is_float():
        return column.cast(pl.String)
    distinct = column.drop_nulls().unique()
    names = _written(distinct, "{:.6g}")
    if names.n_unique() < len(names):  # too alike for six digits
        names = _written(distinct, "{!r}")
    return column.replace_strict(distinct, names, default=None, return_dtype=pl.String)


def _written(numbers: pl.Series, form: str) -> pl.Series:
    import polars as pl

    parts = [pl.Series([form.format(x) for x in part], dtype=pl.String) for part in _parts(numbers)]
    return pl.concat(parts) if parts else pl.Series([], dtype=pl.String)


def _parts(values: pl.Series) -> Iterator[list[Any]]:
    """All values, a list after the other: a list of a million would hold Python's lock, and with
    it the window, for half a second."""
    for start in range(0, len(values), _PART):
        yield values.slice(start, _PART).to_list()


def _ordered(table: pl.DataFrame) -> pl.DataFrame:
    """A handful by name, whatever the counts; of more, the most frequent come first."""
    import polars as pl

    if len(table) > _MOST_SORTED_WELL:
        number = pl.col("name").cast(pl.Float64, strict=False)
        return table.sort("count", number, "name", descending=[True, False, False], nulls_last=True)
    names, counts = table["name"].to_list(), table["count"].to_list()
    keys = [natural_key(name) for name in names]
    if len(names) <= len(CATEGORIES[0]):
        return table[sorted(range(len(names)), key=lambda i: keys[i])]
    return table[sorted(range(len(names)), key=lambda i: (-counts[i], keys[i]))]


def _written_names(written: Sequence[str], dtype: pl.DataType) -> list[str]:
    """What the values are called in a column of this type, in order; texts that it can't hold are
    left out."""
    import polars as pl

    if not written:
        return []
    values = pl.Series(list(written), dtype=pl.String)
    if dtype != pl.String:
        try:
            values = values.cast(dtype, strict=False)
        except pl.exceptions.PolarsError:
            return []
    return [name for name in _names(without_empty(values)).to_list() if name]


def _color_ids(
    names: tuple[str, ...], like: Categories | None, own: Sequence[Categories], written: list[str]
) -> NDArray[np.int32]:
    if like is None and not own and not written:
        return np.arange(len(names), dtype=np.int32)
    ids = {} if like is None else dict(zip(like.names, like.color_ids.tolist(), strict=True))
    taken, late = set(ids.values()), frozenset(written)
    free = (i for i in count() if i not in taken)
    first = chain.from_iterable(one.names for one in own)
    for name in chain(first, (one for one in names if one not in late), written):
        if name not in ids:
            ids[name] = next(free)
    return np.array([ids[name] for name in names], dtype=np.int32)
