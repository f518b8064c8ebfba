"""The colors of all points by one column: made in a job, in parts that are kept for the next."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from projector.arrays import ByteArray, DoubleArray, IntArray, MaskArray
from projector.colors import (
    DIVERGING,
    MAPS,
    MISSING_SHADE,
    PALETTES,
    POINT,
    Categories,
    ColumnKind,
    Legend,
    Rgb,
    Scale,
    Shades,
    categories,
    category_legend,
    category_table,
    gradient,
    gradient_legend,
    kind_of,
    numbers_of,
    painted,
    shade_table,
)
from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.edits import Edit
from projector.errors import InvalidChoice
from projector.progress import Progress, Work
from widgets.embedding.sentences import tr

if TYPE_CHECKING:
    import polars as pl

MISSING_NAME = ""
"""What the rows without a value are called in choices; no category has this name."""
Range = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnCodes:
    """What is known of one column of one table; what was not asked for yet is None.

    numbers: float64 (n,). shades_for: the scale and the ends that the shades were made with.
    """

    table: pl.DataFrame
    column: str
    kind: ColumnKind
    categories: Categories | None = None
    numbers: DoubleArray | None = None
    shades: Shades | None = None
    shades_for: tuple[str, Range | None] = ("", None)
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Coloring:
    """rgba: uint8 (n, 4), read-only. codes: what the colors were made of, None for one color.

    table: uint8 RGBA (m + 1, 4), the color of each category and of missing values; None unless
    the column is colored as categories. note: a sentence where the wish could not be granted.
    """

    rgba: ByteArray
    legend: Legend
    codes: ColumnCodes | None = None
    table: ByteArray | None = None
    note: str = ""

    @property
    def n_points(self) -> int:
        return len(self.rgba)

    @property
    def column(self) -> str | None:
        return None if self.codes is None else self.codes.column

    @property
    def categories(self) -> Categories | None:
        """The categories, where the column is colored as such."""
        return self.codes.categories if self.codes is not None and self.table is not None else None

    @property
    def shades(self) -> Shades | None:
        """The gradient, where the column is colored as such."""
        return self.codes.shades if self.codes is not None and self.table is None else None

    @property
    def numbers(self) -> DoubleArray | None:
        return None if self.codes is None else self.codes.numbers

    @property
    def are_times(self) -> bool:
        return self.codes is not None and self.codes.kind.holds == "times"

    def hidden_mask(self, names: tuple[str, ...]) -> MaskArray | None:
        """Bool (n,), set for the rows of these categories; None where there are none."""
        if self.shades is not None:
            is_missing = self.shades.codes == MISSING_SHADE
            return is_missing if MISSING_NAME in names and is_missing.any() else None
        found = self.categories
        if found is None or not names:
            return None
        wanted = frozenset(names)
        is_hidden = np.fromiter((name in wanted for name in found.names), np.bool_)
        is_hidden = np.append(is_hidden, MISSING_NAME in wanted)
        return cast(MaskArray, is_hidden[found.codes]) if is_hidden.any() else None

    def rows_of(self, code: int) -> IntArray:
        """The rows of one category, or of missing values, rising."""
        if self.categories is not None:
            return self.categories.rows_of(code)
        if self.shades is not None:
            return np.flatnonzero(self.shades.codes == MISSING_SHADE)
        return np.empty(0, np.int64)

    def rows_between(self, low: float, high: float) -> IntArray:
        """The rows whose shade lies between two shares of the gradient, 0..1; values beyond its
        ends count as these."""
        if self.shades is None:
            return np.empty(0, np.int64)
        first, last = (round(share * (MISSING_SHADE - 1)) for share in (low, high))
        codes = self.shades.codes
        return np.flatnonzero((codes >= first) & (codes <= last))


def one_color(n_points: int, is_dark: bool) -> Coloring:
    """All points alike."""
    table = np.array([[*POINT[is_dark], 255]], dtype=np.uint8)
    return Coloring(painted(np.zeros(n_points, dtype=np.int32), table), Legend())


def coloring_work(
    table: pl.DataFrame | None,
    n_points: int,
    choice: EmbeddingChoice,
    is_dark: bool,
    known: ColumnCodes | None = None,
    before: Categories | None = None,
    own: pl.DataFrame | None = None,
) -> Work[Coloring]:
    """The colors that the choice asks for.

    known: what was found out of this very column. before: the column's categories in another
    table, which keep their colors. own: the table without edits, whose categories come first, and
    then what was written: a view that is opened again has the colors it was saved with.
    """
    yield Progress(None, tr("Coloring the points"))
    if table is None or choice.color_by is None or choice.color_by not in table.columns:
        return one_color(n_points, is_dark)
    column = table[choice.color_by]
    codes = known or ColumnCodes(table, choice.color_by, kind_of(column))
    if not is_gradient(codes.kind, choice.as_categories):
        if codes.categories is None:
            yield Progress(None, tr("Counting the categories"))
            found = _categories(column, choice.edits, before, None if own is table else own)
            codes = dataclasses.replace(codes, categories=found)
        return _by_category(codes, choice, is_dark)
    if codes.numbers is None:
        codes = dataclasses.replace(codes, numbers=numbers_of(column))
        yield Progress(None, tr("Coloring the points"))
    codes = _shaded(codes, choice)
    return _by_shade(codes, choice, is_dark)


def _categories(
    column: pl.Series,
    edits: Sequence[Edit],
    before: Categories | None,
    own: pl.DataFrame | None,
) -> Categories:
    """own: the table without these edits, where it is another."""
    written = [one.value for one in edits if one.column == column.name and one.value is not None]
    if own is None or column.name not in own.columns:
        return categories(column, before, written=written)
    return categories(
        column, before, own=_own_categories(own[column.name], column), written=written
    )


def _own_categories(own: pl.Series, column: pl.Series) -> list[Categories]:
    """Of a column without edits: as it was, and as it is called in the type that edits gave it."""
    found = [categories(own)]
    if own.dtype != column.dtype and not own.dtype.is_nested():
        found.append(categories(own.cast(column.dtype, strict=False)))
    return found


def is_gradient(kind: ColumnKind, as_categories: bool | None) -> bool:
    """Whether a column is colored by a gradient."""
    if as_categories is None:
        return kind.looks_like == "gradient"
    return kind.has_gradient and not as_categories


def offered_palettes(is_gradient: bool, scale: str) -> dict[str, str]:
    """Names in choices with what they are called, the usual one first."""
    if not is_gradient:
        return PALETTES
    if scale == "diverging":
        return {name: MAPS[name] for name in MAPS if name in DIVERGING}
    return {name: MAPS[name] for name in MAPS if name not in DIVERGING}


def used_palette(palette: str, is_gradient: bool, scale: str) -> str:
    """The chosen palette where it suits the column, else the usual one."""
    offered = offered_palettes(is_gradient, scale)
    return palette if palette in offered else next(iter(offered))


def _by_category(codes: ColumnCodes, choice: EmbeddingChoice, is_dark: bool) -> Coloring:
    found = codes.categories
    assert found is not None
    changed = user_colors(choice, codes.column)
    palette = used_palette(choice.palette, False, "")
    table = category_table(found, is_dark, palette=palette, changed=changed)
    if MISSING_NAME in changed:
        table[-1, :3] = changed[MISSING_NAME]
    return Coloring(painted(found.codes, table), category_legend(found, table), codes, table)


def _shaded(codes: ColumnCodes, choice: EmbeddingChoice) -> ColumnCodes:
    """Codes with shades for the chosen scale; straight ones where that does not suit the values."""
    wish = (choice.color_scale, choice.color_range)
    if codes.shades is not None and codes.shades_for == wish:
        return codes
    try:
        shades, note = _shades(codes, *wish), ""
    except InvalidChoice as error:
        shades, note = _shades(codes, "linear", None), str(error)
    return dataclasses.replace(codes, shades=shades, shades_for=wish, note=note)


def _shades(codes: ColumnCodes, scale: str, ends: Range | None) -> Shades:
    low, high = ends or (None, None)
    values = codes.numbers if codes.numbers is not None else np.full(len(codes.table), np.nan)
    return gradient(
        values,
        scale=cast(Scale, scale),
        low=low,
        high=high,
        title=codes.column,
        are_times=codes.kind.holds == "times",
    )


def _by_shade(codes: ColumnCodes, choice: EmbeddingChoice, is_dark: bool) -> Coloring:
    assert codes.shades is not None
    palette = used_palette(choice.palette, True, choice.color_scale)
    shades = dataclasses.replace(codes.shades, palette=palette)
    codes = dataclasses.replace(codes, shades=shades)
    legend = gradient_legend(shades, is_dark)
    table = shade_table(palette, is_dark)
    changed = user_colors(choice, codes.column)
    if MISSING_NAME in changed:
        table = table.copy()
        table[MISSING_SHADE, :3] = changed[MISSING_NAME]
        entries = tuple(
            dataclasses.replace(one, color=changed[MISSING_NAME]) for one in legend.entries
        )
        legend = dataclasses.replace(legend, entries=entries)
    return Coloring(painted(shades.codes, table), legend, codes, note=codes.note)


def user_colors(choice: EmbeddingChoice, column: str) -> dict[str, Rgb]:
    """The colors that the user gave to categories of a column; what is no color is left out."""
    chosen = choice.recolored.get(column, {})
    return {
        name: (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))
        for name, text in chosen.items()
        if re.fullmatch("#[0-9a-fA-F]{6}", text)
    }
