"""Reads vectors from Parquet and Arrow (Feather) files: a column of lists, or columns of numbers.

All other columns are what is known of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from projector.embeddings.chosen import chosen_key
from projector.embeddings.convert import matrix_in_rows
from projector.embeddings.elements import Element
from projector.embeddings.embedding import Source
from projector.embeddings.files import opened
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.embeddings.frames import plain_columns, told_by_polars
from projector.embeddings.list_columns import (
    ALL_NUMBERS,
    number_columns,
    rows_of_lists,
    vector_columns,
)
from projector.embeddings.memory import BLOCK_VALUES, check_fits
from projector.errors import Problem, Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

PARQUET_SUFFIXES = (".parquet", ".pq")
ARROW_SUFFIXES = (".arrow", ".feather", ".ipc", ".arrows")

_PARQUET_START = b"PAR1"
_ARROW_START = b"ARROW1"
_STREAM_START = b"\xff\xff\xff\xff"
_BLOCK_ROWS = 1 << 16


def _scan(path: Path) -> pl.LazyFrame:
    """Raises NotFound, Unreadable."""
    import polars as pl

    with opened(path) as file:
        start = file.read(8)
    with told_by_polars(path):
        if start.startswith(_PARQUET_START):
            return pl.scan_parquet(path, glob=False, hive_partitioning=False)
        if start.startswith(_ARROW_START):
            return pl.scan_ipc(path, hive_partitioning=False)
        if start.startswith(_STREAM_START):
            check_fits(2 * path.stat().st_size, str(path))
            return pl.read_ipc_stream(path).lazy()
    raise Unreadable(f"{path} is no Parquet or Arrow file: it doesn't start as one.")


def _schema(path: Path, table: pl.LazyFrame) -> Mapping[str, pl.DataType]:
    with told_by_polars(path):
        return table.collect_schema()


def _n_rows(path: Path, table: pl.LazyFrame) -> int:
    import polars as pl

    with told_by_polars(path):
        return int(table.select(pl.len()).collect().item())


def read_frame(path: Path) -> Work[pl.DataFrame]:
    """All of a table. Raises NotFound, Unreadable, TooLarge."""
    table = _scan(path)
    n_cells = len(_schema(path, table)) * _n_rows(path, table)
    check_fits(n_cells * 16, f"{path} with {n_cells:,} cells")
    yield Progress(None, f"Reading {path.name}")
    with told_by_polars(path):
        return table.collect()


def _infos(path: Path, table: pl.LazyFrame) -> Work[tuple[TensorInfo, ...]]:
    schema = _schema(path, table)
    n = _n_rows(path, table)
    yield Progress(None, f"Looking into {path.name}")
    found = []
    for name in vector_columns(schema):
        n_dims = _n_dims(path, table, name)
        why_not = "" if n and n_dims else "It holds no values."
        found.append(TensorInfo(name, (n, n_dims), _dtype_name(schema[name]), "", why_not))
        yield Progress(None, f"Looking into {path.name}")
    numbers = number_columns(schema)
    if not found and numbers:
        title = path.name.split(".")[0]
        kinds = {str(schema[name]).lower() for name in numbers}
        dtype = kinds.pop() if len(kinds) == 1 else "float64"
        why_not = "" if n else "It holds no rows."
        found.append(TensorInfo(ALL_NUMBERS, (n, len(numbers)), dtype, title, why_not))
    if not found:
        raise Unreadable(f"{path} has no column of lists of numbers, and none of single numbers.")
    return tuple(found)


def _dtype_name(dtype: Any) -> str:
    return str(dtype.inner).lower()


def _n_dims(path: Path, table: pl.LazyFrame, name: str) -> int:
    """Values in the first list that is there."""
    import polars as pl

    with told_by_polars(path):
        rows = table.select(pl.col(name)).filter(pl.col(name).is_not_null()).head(1).collect()
    return len(rows.item()) if len(rows) else 0


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    return (yield from _infos(path, _scan(path)))


def _read(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    table = _scan(path)
    infos = yield from _infos(path, table)
    key = chosen_key(source, infos)
    info = next(info for info in infos if info.key == key)
    schema = _schema(path, table)
    columns = [key] if key in vector_columns(schema) else number_columns(schema)
    if info.why_not:
        raise Unreadable(f"{path} can't be shown. {info.why_not}")
    n, d = info.shape

    def read(start: int, stop: int) -> NDArray[Any]:
        with told_by_polars(path):
            rows = table.select(columns).slice(start, stop - start).collect()
            if len(rows) != stop - start:
                raise Unreadable(f"{path} is cut short in row {start:,} or after.")
            return _block(rows, key, d, path, start)

    least = max(1, min(_BLOCK_ROWS, 4 * BLOCK_VALUES // d))
    element = Element(info.dtype, np.dtype(np.float64))
    matrix = yield from matrix_in_rows(read, (n, d), element, path, least_rows=least)
    others = [name for name in schema if name not in {*columns, *vector_columns(schema)}]
    beside, problems = yield from _read_beside(path, table, others, n)
    return Matrix(matrix.vectors, info.dtype, beside, (*matrix.problems, *problems))


def _block(rows: pl.DataFrame, key: str, n_dims: int, path: Path, start: int) -> NDArray[Any]:
    import polars as pl

    if key:
        return rows_of_lists(rows[key], n_dims, path, start)
    numbers = rows.cast(pl.Float64).fill_null(float("nan"))
    return numbers.to_numpy()


def _read_beside(
    path: Path, table: pl.LazyFrame, names: list[str], n: int
) -> Work[tuple[pl.DataFrame | None, tuple[Problem, ...]]]:
    """The columns that are no vectors."""
    if not names:
        return None, ()
    check_fits(n * len(names) * 16, f"{path} with {len(names):,} columns beside the vectors")
    with told_by_polars(path):
        beside = table.select(names).collect()
    plain, lost = yield from plain_columns(beside, f"Reading {path.name}")
    if not lost:
        return plain, ()
    shown = ", ".join(repr(name[:40]) for name in lost[:5])
    what = f"{len(lost):,} columns hold no text or numbers and were left out: {shown}."
    return plain, (Problem(path, what),)


def _is_parquet(path: Path, start: bytes) -> bool:
    return start.startswith(_PARQUET_START) or path.suffix.lower() in PARQUET_SUFFIXES


def _is_arrow(path: Path, start: bytes) -> bool:
    return start.startswith(_ARROW_START) or path.suffix.lower() in ARROW_SUFFIXES


PARQUET = Format("Parquet", PARQUET_SUFFIXES, _is_parquet, _tensors, _read)
ARROW = Format("Arrow", ARROW_SUFFIXES, _is_arrow, _tensors, _read)
