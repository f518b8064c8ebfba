"""Writes a layout, which is the positions that a projection found, with the record of how it was
made; and reads one back.

The record lies inside .parquet and .json files, and beside others as NAME.json.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.embeddings.embedding import Source
from projector.embeddings.files import opened
from projector.embeddings.memory import check_fits
from projector.embeddings.tensors import read_matrix
from projector.embeddings.typed import unique_names
from projector.embeddings.writers import drafted, write_metadata, write_npy
from projector.errors import InvalidChoice, ProjectorError, Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

    Table = pl.DataFrame | None

SUFFIXES = (".npy", ".csv", ".tsv", ".parquet", ".json")
AXES = ("x", "y", "z")
RECORD_KEY = "projector"
"""Under which Parquet's own metadata hold the record."""

Record = Mapping[str, Any]

_BLOCK_BYTES = 1 << 22
_ROWS_A_PART = 1 << 15
_LARGEST_RECORD = 1 << 22
_SEPARATORS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """positions: float32 (n, 2) or (n, 3), read-only; NaN where a row has no place. record: how
    they were made, {} where nobody says or where it tells of other positions."""

    positions: FloatArray
    record: Record = field(default_factory=dict)


def check_layout_name(out: Path) -> str:
    """The one of SUFFIXES that says how to write this file. Raises InvalidChoice on others."""
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        known = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        raise InvalidChoice(f"The name of a layout must end in {known}, got {out.name}.")
    return suffix


def record_path(out: Path) -> Path:
    """Where the record of a layout lies: in the file itself, or beside it."""
    is_inside = out.suffix.lower() in (".parquet", ".json")
    return out if is_inside else out.with_name(f"{out.name}.json")


def layout_paths(out: Path, *, has_table: bool) -> tuple[Path, ...]:
    """The files that write_layout makes, `out` first: the record and the metadata may lie beside
    it."""
    paths = [out]
    if record_path(out) != out:
        paths.append(record_path(out))
    if out.suffix.lower() == ".npy" and has_table:
        paths.append(out.with_name(f"{out.stem}_metadata.tsv"))
    return tuple(paths)


def checksum(vectors: FloatArray) -> Work[str]:
    """SHA-256, in hexadecimal, of the values as little-endian 32-bit floats, row by row."""
    digest = hashlib.sha256()
    n, d = vectors.shape
    n_rows = max(1, _BLOCK_BYTES // (4 * max(1, d)))
    for start in range(0, n, n_rows):
        digest.update(np.ascontiguousarray(vectors[start : start + n_rows], "<f4").tobytes())
        yield Progress(start / n, "Computing the checksum")
    return digest.hexdigest()


def write_layout(
    out: Path, positions: FloatArray, record: Record, table: Table = None
) -> Work[tuple[Path, ...]]:
    """Write positions in the order of rows, and the record; returns the files, `out` first.

    positions: (n, 2) or (n, 3). A row without a place has empty cells; in .npy it has NaN. record:
    what JSON can hold; the checksum of the positions is added to it. table: n rows of metadata,
    written behind the positions, and for .npy beside them as NAME_metadata.tsv. Older files stay
    as they were until the new ones are whole. Raises InvalidChoice, Unreadable.
    """
    suffix = check_layout_name(out)
    if table is not None and not table.width:
        table = None
    whole = {**record, "positions_sha256": (yield from checksum(positions))}
    if suffix == ".npy":
        yield from write_npy(out, positions, None)
    else:
        yield from _WRITERS[suffix](out, positions, whole, table)
    written = layout_paths(out, has_table=table is not None)
    for path in written[1:]:
        if path == record_path(out):
            with drafted(path) as file:
                file.write(f"{_json(whole, indent=1)}\n".encode())
        elif table is not None:
            yield from write_metadata(path, table)
    return written


def read_layout(path: Path) -> Work[Layout]:
    """The positions of a file that write_layout made, or of any file of vectors with two or three
    columns.

    Raises NotFound, Unreadable, NothingToShow, TooLarge.
    """
    yield Progress(None, f"Reading {path.name}")
    suffix = path.suffix.lower()
    if suffix == ".json":
        positions, record = _read_json(path)
    else:
        axes = _axes_of(path, suffix)
        if axes:
            positions = _read_columns(path, suffix, axes)
        else:
            positions = (yield from read_matrix(Source(path.name, ".", path))).vectors
        record = _record_of(path)
    n_columns = positions.shape[1]
    if n_columns not in (2, 3):
        raise Unreadable(f"{path} is no layout: it has {n_columns:,} columns, not two or three.")
    is_own = record.get("positions_sha256") == (yield from checksum(positions))
    return Layout(frozen(positions), record if is_own else {})


def _frame(positions: FloatArray, table: Table) -> pl.DataFrame:
    """Columns x, y (, z) with null for NaN, then the metadata under names that are free."""
    import polars as pl

    names = AXES[: positions.shape[1]]
    check_fits(positions.nbytes * 3, "The table of all positions")
    columns = [
        pl.Series(name, np.ascontiguousarray(positions[:, i]), nan_to_null=True)
        for i, name in enumerate(names)
    ]
    if table is None:
        return pl.DataFrame(columns)
    free = unique_names([*names, *table.columns])[len(names) :]
    return pl.DataFrame(columns).hstack(table.rename(dict(zip(table.columns, free, strict=True))))


def _write_text(out: Path, positions: FloatArray, _: Record, table: Table) -> Work[None]:
    frame, n = _frame(positions, table), len(positions)
    separator = _SEPARATORS[out.suffix.lower()]
    with drafted(out) as file, _told(out, "written"):
        for number, part in enumerate(frame.iter_slices(_ROWS_A_PART)):
            part.write_csv(file, separator=separator, include_header=number == 0)
            yield Progress(number * _ROWS_A_PART / n, f"Writing {out.name}")


def _write_parquet(out: Path, positions: FloatArray, record: Record, table: Table) -> Work[None]:
    yield Progress(None, f"Writing {out.name}")
    frame = _frame(positions, table)
    with drafted(out) as file, _told(out, "written"):
        frame.write_parquet(file, metadata={RECORD_KEY: _json(record)})


def _write_json(out: Path, positions: FloatArray, record: Record, table: Table) -> Work[None]:
    """{"record": ..., "columns": [names], "rows": [[x, y, ...], ...]}; null for what is missing."""
    from projector.table_files import json_value

    frame, n = _frame(positions, table), len(positions)
    with drafted(out) as file:
        file.write(f'{{"record": {_json(record)},\n'.encode())
        file.write(
            f'"columns": {json.dumps(frame.columns, ensure_ascii=False)},\n"rows": ['.encode()
        )
        for start in range(0, n, _ROWS_A_PART):
            rows = frame.slice(start, _ROWS_A_PART).iter_rows()
            texts = [_json(list(map(json_value, row))) for row in rows]
            text = ",\n".join(texts)
            file.write(f"{',' if start else ''}\n{text}".encode())
            yield Progress(start / n, f"Writing {out.name}")
        file.write(b"\n]}\n")


_WRITERS: dict[str, Callable[[Path, FloatArray, Record, Table], Work[None]]] = {
    ".csv": _write_text,
    ".tsv": _write_text,
    ".parquet": _write_parquet,
    ".json": _write_json,
}


def _json(value: Any, indent: int | None = None) -> str:
    """As JSON has it: dates and all else it does not know become text, and halves of characters,
    as names of files may hold, the escapes that JSON has for them."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, default=str)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _axes_of(path: Path, suffix: str) -> tuple[str, ...]:
    """Which of x, y and z are columns of this file; none where it has no names of columns."""
    import polars as pl

    if suffix == ".parquet":
        with opened(path), _told(path, "read"):
            names = set(pl.scan_parquet(path, glob=False).collect_schema())
    elif suffix in _SEPARATORS:
        with opened(path) as file:
            header = file.readline(1 << 16).decode("utf-8-sig", "replace")
        names = {cell.strip().strip('"') for cell in header.split(_SEPARATORS[suffix])}
    else:
        return ()
    return tuple(name for name in AXES if name in names) if {"x", "y"} <= names else ()


def _read_columns(path: Path, suffix: str, axes: tuple[str, ...]) -> FloatArray:
    """These columns as float32 (n, 2 or 3); empty cells are NaN."""
    import polars as pl

    with opened(path), _told(path, "read"):
        if suffix == ".parquet":
            table = pl.scan_parquet(path, glob=False)
            n = int(table.select(pl.len()).collect().item())
            check_fits(n * 4 * 3 * len(axes), str(path))
            frame = table.select(axes).collect()
        else:
            check_fits(2 * path.stat().st_size, str(path))
            types = dict.fromkeys(axes, pl.Float32)
            separator = _SEPARATORS[suffix]
            frame = pl.read_csv(path, columns=axes, separator=separator, schema_overrides=types)
        numbers = frame.select(pl.col(axes).cast(pl.Float32).fill_null(float("nan")))
        return np.ascontiguousarray(numbers.select(axes).to_numpy(), np.float32)


def _read_json(path: Path) -> tuple[FloatArray, Record]:
    with opened(path) as file:
        check_fits(20 * path.stat().st_size, str(path))
        data = file.read()
    try:
        found = json.loads(data)
        axes = [found["columns"].index(name) for name in AXES if name in found["columns"]]
        nan = float("nan")
        rows = [[nan if row[i] is None else row[i] for i in axes] for row in found["rows"]]
        positions = np.array(rows, np.float32).reshape(len(rows), len(axes))
        record = found["record"]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"{path} is no layout that projector wrote.") from error
    return positions, record if isinstance(record, dict) else {}


def _record_of(path: Path) -> Record:
    """The record in or beside a file; {} where there is none that can be read."""
    import polars as pl

    try:
        if path.suffix.lower() == ".parquet":
            with _told(path, "read"):
                text = pl.read_parquet_metadata(path).get(RECORD_KEY, "{}")
        else:
            with opened(record_path(path)) as file:
                text = file.read(_LARGEST_RECORD).decode()
        record = json.loads(text)
    except (ProjectorError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


@contextmanager
def _told(path: Path, done: str) -> Iterator[None]:
    """Polars' errors, and the panics that damaged files cause in it, as a sentence."""
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else "it is damaged"
        raise Unreadable(f"{path} can't be {done}: {reason}.") from error
