"""Tables of what was found: coordinates, neighbors, a selection, metadata."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from projector.arrays import FloatArray, IntArray
from projector.layout_files import Record
from projector.neighbors import Metric, Neighbors
from projector.progress import Work

if TYPE_CHECKING:
    import polars as pl

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".json")


def write_coordinates(
    path: Path,
    positions: FloatArray,
    *,
    record: Record | None = None,
    table: pl.DataFrame | None = None,
    columns: Sequence[str] = (),
    ids: IntArray | None = None,
) -> Work[Path]:
    """Write positions float32 (n, 2 or 3) as .csv, .tsv, .parquet, .npy or .json.

    Behind them stand the row numbers and these columns of the table of n rows; for .npy in a file
    of their own. ids: only these rows. record: how the positions were made. Raises InvalidChoice,
    Unreadable.
    """
    raise NotImplementedError


def write_selection(
    path: Path, ids: IntArray, table: pl.DataFrame | None, columns: Sequence[str] | None = None
) -> Work[Path]:
    """Write the selected rows: their numbers, and these columns, None for all.

    Into .csv, .tsv, .parquet or .json. Raises InvalidChoice, Unreadable.
    """
    raise NotImplementedError


def write_metadata_table(path: Path, table: pl.DataFrame) -> Work[Path]:
    """Write all metadata: .tsv as TensorBoard reads it, .csv, .parquet or .json.

    Raises InvalidChoice, Unreadable.
    """
    raise NotImplementedError


def write_neighbors(
    path: Path,
    found: Sequence[tuple[int, Neighbors]],
    table: pl.DataFrame | None = None,
    columns: Sequence[str] = (),
) -> Work[Path]:
    """Write the neighbors of each point: row, rank from 1, neighbor, distance, and these columns
    of both.

    Raises InvalidChoice, Unreadable.
    """
    raise NotImplementedError


def find_neighbors_of(
    vectors: FloatArray, ids: IntArray, k: int, metric: Metric
) -> Work[list[tuple[int, Neighbors]]]:
    """The exact k nearest neighbors of each of some rows, for write_neighbors.

    Rows that are not finite are left out. Raises InvalidChoice, NothingToShow.
    """
    raise NotImplementedError
