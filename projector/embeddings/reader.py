"""Reads one embedding from its source: vectors, then metadata, then pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.format import Matrix
from projector.embeddings.metadata import Metadata, read_metadata
from projector.embeddings.sprites import read_pictures
from projector.embeddings.tensors import read_matrix
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl


def read_embedding(source: Source) -> Work[Embedding]:
    """Vectors, metadata and pictures of one source.

    Metadata or pictures that can't be read become problems of the embedding. Where the vectors
    can't be read, raises NotFound, Unreadable, NothingToShow or TooLarge.
    """
    yield Progress(None, f"Reading {source.name}")
    matrix = yield from read_matrix(source)
    n = len(matrix.vectors)
    metadata = yield from _read_metadata(source, matrix, n)
    files = [path for path in (source.metadata_path, source.tensor_path) if path]
    found = yield from read_pictures(
        source.sprite_path, source.tile, metadata.table, n, [path.parent for path in files]
    )
    problems = (*matrix.problems, *metadata.problems, *found.problems)
    return Embedding(source, matrix.vectors, metadata.table, found.pictures, matrix.dtype, problems)


def _read_metadata(source: Source, matrix: Matrix, n: int) -> Work[Metadata]:
    """From its file, and what stood beside the numbers."""
    found = Metadata(None)
    if source.metadata_path:
        found = yield from read_metadata(source.metadata_path, n)
    return Metadata(side_by_side(found.table, matrix.table, n), found.problems)


def side_by_side(
    table: pl.DataFrame | None, beside: pl.DataFrame | None, n: int
) -> pl.DataFrame | None:
    """Both tables as one where both have n rows, else the one there is; a name that is taken gets
    a number."""
    if beside is None or beside.height != n:
        return table
    if table is None or table.height != n:
        return beside
    names = list(table.columns)
    for name in beside.columns:
        free, count = name, 1
        while free in names:
            count += 1
            free = f"{name} ({count})"
        names.append(free)
    added = beside.rename(dict(zip(beside.columns, names[table.width :], strict=True)))
    return table.hstack(added)
