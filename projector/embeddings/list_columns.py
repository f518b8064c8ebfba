"""Columns of lists as matrices: which columns of a table hold vectors, and blocks of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from projector.embeddings.frames import is_list_of_numbers
from projector.errors import Unreadable

if TYPE_CHECKING:
    import polars as pl

ALL_NUMBERS = ""
"""The key of the matrix that is made of all columns of single numbers."""

_LABEL_NAMES = frozenset(
    {
        *("id", "index", "idx", "__index__", "__index_level_0__", "row", "label", "labels"),
        *("class", "classes", "target", "category", "cluster"),
    }
)


def vector_columns(schema: Mapping[str, pl.DataType]) -> list[str]:
    """The names of columns whose cells are lists of numbers."""
    return [name for name, dtype in schema.items() if is_list_of_numbers(dtype)]


def number_columns(schema: Mapping[str, pl.DataType]) -> list[str]:
    """The names of columns of single numbers, those of labels and ids aside."""
    return [
        name
        for name, dtype in schema.items()
        if dtype.is_float()
        or dtype.is_decimal()
        or (dtype.is_integer() and name.lower() not in _LABEL_NAMES)
    ]


def rows_of_lists(column: pl.Series, n_dims: int, path: Path, first: int) -> NDArray[Any]:
    """The lists as float64 or float32 (n, dims); null ones, and null values, are NaN.

    first: the number of the first row, from 0, for sentences. Raises Unreadable where a list has
    another length.
    """
    import polars as pl

    if isinstance(column.dtype, pl.Array):
        column = column.arr.to_list()
    lengths = column.list.len()
    is_odd = ((lengths != n_dims) & column.is_not_null()).fill_null(False)
    if is_odd.any():
        row = int(is_odd.arg_true()[0])
        raise Unreadable(
            f"{path}, row {first + row + 1:,}: {column.name!r} has {lengths[row]:,} values, "
            f"but the first has {n_dims:,}."
        )
    is_float32 = isinstance(column.dtype, pl.List) and column.dtype.inner == pl.Float32
    values = column.drop_nulls().list.explode().cast(pl.Float32 if is_float32 else pl.Float64)
    flat = values.fill_null(np.nan).to_numpy()
    if not column.null_count():
        return flat.reshape(len(column), n_dims)
    rows = np.full((len(column), n_dims), np.nan, flat.dtype)
    rows[column.is_not_null().to_numpy()] = flat.reshape(-1, n_dims)
    return rows
