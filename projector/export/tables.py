"""Tables of what was found: coordinates, neighbors, a selection, metadata."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from projector.arrays import FloatArray, IntArray
from projector.drafts import drafting
from projector.embeddings.typed import unique_names
from projector.embeddings.writers import write_metadata
from projector.errors import InvalidChoice, NothingToShow
from projector.layout_files import Record, write_layout
from projector.neighbors import Metric, Neighbors, nearest_work
from projector.progress import Progress, Work, scaled
from projector.table_files import writing_table

if TYPE_CHECKING:
    import polars as pl

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".json")

_SHARE_FOR_A_GRAPH = 0.02
"""Of so many rows the neighbors are sooner found for all rows together than one by one."""


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
    rows = np.arange(len(positions)) if ids is None else ids
    behind = _rows_frame(rows, table, columns)
    yield from write_layout(path, positions[rows], record or {}, behind)
    return path


def write_selection(
    path: Path, ids: IntArray, table: pl.DataFrame | None, columns: Sequence[str] | None = None
) -> Work[Path]:
    """Write the selected rows: their numbers, and these columns, None for all.

    Into .csv, .tsv, .parquet or .json. Raises InvalidChoice, Unreadable.
    """
    if not len(ids):
        raise NothingToShow("Nothing is selected, so there is nothing to write.")
    if columns is None:
        columns = () if table is None else table.columns
    yield from _write_frame(path, _rows_frame(ids, table, columns))
    return path


def write_metadata_table(path: Path, table: pl.DataFrame) -> Work[Path]:
    """Write all metadata: .tsv as TensorBoard reads it, .csv, .parquet or .json.

    Raises InvalidChoice, Unreadable.
    """
    if path.suffix.lower() == ".tsv":
        yield from write_metadata(path, table)
    else:
        yield from _write_frame(path, table)
    return path


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
    yield from _write_frame(path, neighbors_frame(found, table, columns))
    return path


def neighbors_frame(
    found: Sequence[tuple[int, Neighbors]],
    table: pl.DataFrame | None = None,
    columns: Sequence[str] = (),
) -> pl.DataFrame:
    """One row for each neighbor of each point, nearest first. Raises NothingToShow."""
    import polars as pl

    counts = [len(neighbors.ids) for _, neighbors in found]
    if not sum(counts):
        raise NothingToShow("There are no neighbors to be written.")
    rows = np.repeat(np.array([row for row, _ in found], np.int64), counts)
    ids = np.concatenate([neighbors.ids for _, neighbors in found])
    frame = {
        "row": rows,
        "rank": np.concatenate([np.arange(1, count + 1) for count in counts]),
        "neighbor": ids,
        "distance": np.concatenate([neighbors.distances for _, neighbors in found]),
    }
    known = [pl.Series(name, values) for name, values in frame.items()]
    for whose, places in (("row", rows), ("neighbor", ids)):
        for name in _checked(table, columns):
            assert table is not None
            known.append(table[name].gather(places).alias(f"{name} of {whose}"))
    names = unique_names([column.name for column in known])
    return pl.DataFrame([c.alias(name) for c, name in zip(known, names, strict=True)])


def find_neighbors_of(
    vectors: FloatArray, ids: IntArray, k: int, metric: Metric
) -> Work[list[tuple[int, Neighbors]]]:
    """The exact k nearest neighbors of each of some rows, for write_neighbors.

    Rows that are not finite are left out. Raises InvalidChoice, NothingToShow.
    """
    from projector.neighbor_graph import find_neighbors
    from projector.neighbor_graph.find import is_exact_search

    n, d = vectors.shape
    rows = [int(row) for row in ids if np.isfinite(vectors[row]).all()]
    if not rows:
        raise NothingToShow("None of the selected points has finite values: no neighbors.")
    if len(rows) > max(8, _SHARE_FOR_A_GRAPH * n) and is_exact_search(n, d):
        graph = yield from find_neighbors(vectors, k, metric)
        return [(row, _of_graph(graph.ids[row], graph.distances[row])) for row in rows]
    found = []
    for number, row in enumerate(rows):
        part = nearest_work(vectors, row, k, metric)
        found.append((row, (yield from scaled(part, number / len(rows), (number + 1) / len(rows)))))
    return found


def _of_graph(ids: IntArray, distances: FloatArray) -> Neighbors:
    """A row of a graph, which ends in -1 where there were fewer neighbors."""
    is_known = ids >= 0
    return Neighbors(ids[is_known].astype(np.int64), distances[is_known])


def _rows_frame(ids: IntArray, table: pl.DataFrame | None, columns: Sequence[str]) -> pl.DataFrame:
    """The row numbers, and these columns of those rows."""
    import polars as pl

    frame = pl.DataFrame({"row": np.asarray(ids, np.int64)})
    wanted = _checked(table, columns)
    if table is None or not wanted:
        return frame
    free = unique_names(["row", *wanted])[1:]
    chosen = table.select(wanted)[np.asarray(ids, np.int64)]
    return frame.hstack(chosen.rename(dict(zip(wanted, free, strict=True))))


def _checked(table: pl.DataFrame | None, columns: Sequence[str]) -> list[str]:
    """The columns, each once. Raises InvalidChoice for one that isn't there."""
    known = [] if table is None else table.columns
    for name in columns:
        if name not in known:
            raise InvalidChoice(
                f"There is no column {name}; the columns are: {', '.join(known) or 'none'}."
            )
    return list(dict.fromkeys(columns))


def _write_frame(path: Path, frame: pl.DataFrame) -> Work[None]:
    suffix = path.suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        known = f"{', '.join(TABLE_SUFFIXES[:-1])} or {TABLE_SUFFIXES[-1]}"
        raise InvalidChoice(f"The name of a table must end in {known}, got {path.name}.")
    if suffix != ".tsv":
        yield from writing_table(frame, path)
        return

    def fill(file: BinaryIO) -> Iterator[Progress]:
        for number, part in enumerate(frame.iter_slices(1 << 16)):
            part.write_csv(file, separator="\t", include_header=number == 0)
            yield Progress(number * (1 << 16) / frame.height, f"Writing {path.name}")

    yield from drafting(path, fill)
