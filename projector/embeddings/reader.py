"""Reads one embedding from its source: vectors, then metadata, then pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.format import Matrix
from projector.embeddings.metadata import Metadata, Repair, read_metadata
from projector.embeddings.sprites import FoundPictures, read_pictures
from projector.embeddings.tensors import read_matrix
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Companions:
    """What to read beside the vectors. metadata_path, sprite_path: in place of those of the source,
    None for these. header, repair: as read_metadata takes them."""

    metadata_path: Path | None = None
    header: bool | None = None
    repair: Repair | None = None
    sprite_path: Path | None = None


AS_WRITTEN = Companions()


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """An embedding and what it was put together from, so that a part can be read anew.

    metadata: as its file has it, without what stood beside the vectors. wish: what was asked for.
    """

    embedding: Embedding
    matrix: Matrix
    metadata: Metadata
    pictures: FoundPictures
    wish: Companions

    @property
    def metadata_path(self) -> Path | None:
        """The file that the metadata are from."""
        return self.wish.metadata_path or self.embedding.source.metadata_path


def read_embedding(source: Source) -> Work[Embedding]:
    """Vectors, metadata and pictures of one source.

    Metadata or pictures that can't be read become problems of the embedding. Where the vectors
    can't be read, raises NotFound, Unreadable, NothingToShow or TooLarge.
    """
    return (yield from read_parts(source)).embedding


def read_parts(source: Source, wish: Companions = AS_WRITTEN) -> Work[Parts]:
    """The same with other companions than the source names. Raises the same."""
    yield Progress(None, f"Reading {source.name}")
    matrix = yield from read_matrix(source)
    return (yield from _put_together(source, matrix, wish, None))


def read_companions(parts: Parts, wish: Companions) -> Work[Parts]:
    """Metadata and pictures anew; the vectors stay as they are."""
    is_same = wish.sprite_path == parts.wish.sprite_path
    has_sheet = (wish.sprite_path or parts.embedding.source.sprite_path) is not None
    known = parts.pictures if is_same and has_sheet else None
    return (yield from _put_together(parts.embedding.source, parts.matrix, wish, known))


def _put_together(
    source: Source, matrix: Matrix, wish: Companions, pictures: FoundPictures | None
) -> Work[Parts]:
    """pictures: None to read them, after the metadata, which may name them."""
    n = len(matrix.vectors)
    metadata_path = wish.metadata_path or source.metadata_path
    metadata = Metadata(None)
    if metadata_path is not None:
        metadata = yield from read_metadata(
            metadata_path, n, header=wish.header, repair=wish.repair
        )
    table = side_by_side(metadata.table, matrix.table, n)
    if pictures is None:
        sprite = wish.sprite_path or source.sprite_path
        tile = None if wish.sprite_path else source.tile
        files = [path for path in (metadata_path, source.tensor_path) if path]
        folders = [path.parent for path in files]
        pictures = yield from read_pictures(sprite, tile, table, n, folders)
    problems = (*matrix.problems, *metadata.problems, *pictures.problems)
    embedding = Embedding(source, matrix.vectors, table, pictures.pictures, matrix.dtype, problems)
    return Parts(embedding, matrix, metadata, pictures, wish)


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
