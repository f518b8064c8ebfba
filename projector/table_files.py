"""How a table becomes a file: CSV, Parquet or JSON, a part at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from projector.drafts import drafting
from projector.errors import InvalidChoice, Unreadable
from projector.progress import Progress, Work, finish

if TYPE_CHECKING:
    import polars as pl

Quotes = Literal["necessary", "non_numeric"]
"""Which cells of a CSV stand in quotes."""

SUFFIXES = (".csv", ".parquet", ".json")
ROWS_A_PART = 100_000
_ROWS_A_SLICE = 10_000


def checked_suffix(out: Path) -> str:
    """The one of SUFFIXES that says how to write this file. Raises InvalidChoice on others."""
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        known = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        raise InvalidChoice(f"The name of a table must end in {known}, got {out.name}.")
    return suffix


def write_table(frame: pl.DataFrame, out: Path) -> None:
    """Write the table here and now; see writing_table."""
    finish(writing_table(frame, out))


def writing_table(frame: pl.DataFrame, out: Path) -> Work[None]:
    """Write the table as its file's name says: CSV, Parquet, or a JSON list of one object a row.

    JSON has no NaN: such values become the strings "NaN", "Infinity" and "-Infinity". An older
    file stays as it was until the new one is whole. Raises InvalidChoice, Unreadable.
    """
    parts = frame.iter_slices(ROWS_A_PART) if frame.height else iter([frame])
    if checked_suffix(out) == ".parquet":
        parts = iter([frame])
    yield from writing_parts(parts, frame.height, out, quotes_for(_holds_return(frame)))


def writing_parts(
    parts: Iterator[pl.DataFrame], n_rows: int, out: Path, quotes: Quotes
) -> Work[None]:
    """Write the parts one behind the other, into a draft that takes the file's place when whole."""
    from polars.exceptions import ComputeError

    write = _WRITERS[checked_suffix(out)]

    def fill(file: BinaryIO) -> Iterator[Progress]:
        try:
            for n_written in write(parts, file, quotes):
                note = f"Writing {n_written:,} of {n_rows:,} rows"
                yield Progress(n_written / max(1, n_rows), note)
        except ComputeError as error:  # polars wraps what the disk says
            raise Unreadable(f"{out} can't be written: {error}.") from error

    yield from drafting(out, fill)


def quotes_for(has_return: bool) -> Quotes:
    """A lone carriage return ends a line for many readers, but polars sees no need to quote it."""
    return "non_numeric" if has_return else "necessary"


def _holds_return(frame: pl.DataFrame) -> bool:
    import polars as pl

    columns = frame.select(pl.col(pl.String)).get_columns()
    return any("\r" in name for name in frame.columns) or any(
        column.str.contains("\r", literal=True).any() for column in columns
    )


def _write_csv(parts: Iterator[pl.DataFrame], file: BinaryIO, quotes: Quotes) -> Iterator[int]:
    n_written = 0
    for number, part in enumerate(parts):
        part.write_csv(file, include_header=number == 0, quote_style=quotes)
        n_written += part.height
        yield n_written


def _write_parquet(parts: Iterator[pl.DataFrame], file: BinaryIO, _: Quotes) -> Iterator[int]:
    for part in parts:  # there is but one
        part.write_parquet(file)
        yield part.height


def _write_json(parts: Iterator[pl.DataFrame], file: BinaryIO, _: Quotes) -> Iterator[int]:
    separator, n_written = "[\n", 0
    for part in parts:
        for piece in part.iter_slices(_ROWS_A_SLICE):
            for row in _json_rows(piece):
                line = json.dumps(row, ensure_ascii=False, allow_nan=False)
                file.write(f"{separator}{line}".encode())
                separator = ",\n"
            n_written += piece.height
            yield n_written
    file.write(b"\n]\n" if n_written else b"[]\n")


def _json_rows(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in frame.iter_rows():
        yield dict(zip(frame.columns, map(json_value, row), strict=True))


def json_value(value: Any) -> Any:
    if not isinstance(value, float) or math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


_WRITERS: dict[str, Callable[[Iterator[pl.DataFrame], BinaryIO, Quotes], Iterator[int]]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".json": _write_json,
}
