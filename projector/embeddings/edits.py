"""What a user writes into the metadata: kept apart from the files, in the order it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from projector.embeddings.typed import typed
from projector.errors import InvalidChoice
from projector.progress import Progress, Work
from projector.selection import Selection

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Edit:
    """One value written into one column.

    column: a new name adds the column, empty elsewhere. rows: those it is written into; none only
    adds the column. value: as text, read as what the column holds; None makes the cells empty.
    Raises InvalidChoice for a column without a name.
    """

    column: str
    rows: Selection
    value: str | None

    def __post_init__(self) -> None:
        if not self.column.strip():
            raise InvalidChoice("A column needs a name.")


@dataclass(frozen=True, slots=True, eq=False)
class Edited:
    """table: the metadata with the edits, None where there are neither. notes: a sentence for each
    column whose type had to change."""

    table: pl.DataFrame | None
    notes: tuple[str, ...] = ()


def apply_edits(table: pl.DataFrame | None, n: int, edits: Sequence[Edit]) -> Work[Edited]:
    """Write the edits, in order, into a table of n rows; the table itself stays as it is.

    A value that the column's type can't hold turns whole numbers into decimals, and anything else
    into text. Rows beyond n are left out.
    """
    notes: dict[str, str] = {}
    for number, edit in enumerate(edits):
        yield Progress(number / len(edits), "Writing into the metadata")
        old = None if table is None else table.get_column(edit.column, default=None)
        new, note = _written(old, n, edit)
        if note:
            notes[edit.column] = note
        table = new.to_frame() if table is None else table.with_columns(new)
    return Edited(table, tuple(notes.values()))


def _written(old: pl.Series | None, n: int, edit: Edit) -> tuple[pl.Series, str]:
    """The column with the value in it, and a sentence where its type had to change."""
    import polars as pl

    value = None if edit.value is None else typed(pl.Series([edit.value], dtype=pl.String))
    if old is None or old.null_count() == len(old):
        dtype = pl.String() if value is None else value.dtype
        if old is not None and value is None:
            dtype = old.dtype
        old = pl.Series(edit.column, [None], dtype=dtype).new_from_index(0, n)
    before = old.dtype
    if value is not None:
        wanted = _common(before, value, str(edit.value))
        value = _cast(value, str(edit.value), wanted)
        old = old if wanted == before else _as(old, wanted)
    rows = pl.Series(edit.rows.mask(n))
    filled = pl.Series([None], dtype=old.dtype) if value is None else value
    new = filled.new_from_index(0, n).zip_with(rows, old).alias(edit.column)
    note = "" if new.dtype == before else _note(edit, new.dtype == pl.String())
    return new, note


def _common(dtype: pl.DataType, value: pl.Series, text: str) -> pl.DataType:
    """The type of a column that holds values of both."""
    import polars as pl

    if dtype.is_integer():
        whole = _whole(text, dtype)
        if whole is not None:
            return dtype
        return pl.Float64() if _is_number(value, text) else pl.String()
    if dtype.is_float():
        return dtype if _is_number(value, text) else pl.String()
    if dtype in (pl.Boolean(), pl.Date(), pl.String()):
        return dtype if value.dtype == dtype or dtype == pl.String() else pl.String()
    if isinstance(dtype, pl.Datetime) and value.dtype in (pl.Datetime("us"), pl.Date()):
        return dtype
    return pl.String()


def _is_number(value: pl.Series, text: str) -> bool:
    return value.dtype.is_numeric() or text.strip().casefold() in _NUMBERS


def _whole(text: str, dtype: pl.DataType) -> pl.Series | None:
    import polars as pl

    found = pl.Series([text.strip()]).cast(dtype, strict=False)
    return None if found.null_count() else found


def _cast(value: pl.Series, text: str, dtype: pl.DataType) -> pl.Series:
    import polars as pl

    if dtype == pl.String():
        return pl.Series([text], dtype=pl.String)
    if dtype.is_integer():
        found = _whole(text, dtype)
        assert found is not None
        return found
    if dtype.is_float():
        return pl.Series([float(text)], dtype=pl.Float64).cast(dtype)
    return value.cast(dtype)


def _as(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    import polars as pl

    if dtype == pl.String() and (column.dtype.is_nested() or column.dtype == pl.Binary()):
        texts = [None if value is None else str(value) for value in column.to_list()]
        return pl.Series(column.name, texts, dtype=pl.String)
    return column.cast(dtype, strict=False)


def _note(edit: Edit, is_text: bool) -> str:
    value = repr(edit.value[:40]) if edit.value is not None else "nothing"
    if is_text:
        return f"The column {edit.column} became text, as {value} is not of the type it had."
    return f"The column {edit.column} holds decimals now, as {value} is no whole number."


_NUMBERS = ("nan", "inf", "-inf", "+inf", "infinity", "-infinity")
