"""Reads one embedding from its source: vectors, then metadata, then pictures."""

from __future__ import annotations

from projector.embeddings.embedding import Embedding, Source, SpriteSheet
from projector.embeddings.metadata import Metadata, label_table, read_metadata
from projector.embeddings.sprites import Sprites, read_sprites
from projector.embeddings.tensors import Tensors, read_tensors
from projector.progress import Progress, Work


def read_embedding(source: Source) -> Work[Embedding]:
    """Vectors, metadata and pictures of one source.

    Metadata or pictures that can't be read become problems of the embedding. Where the vectors
    can't be read, raises NotFound, Unreadable, NothingToShow or TooLarge.
    """
    yield Progress(None, f"Reading {source.name}")
    tensors = yield from read_tensors(source.tensor_path, source.shape)
    n = len(tensors.vectors)
    metadata = yield from _read_metadata(source, tensors, n)
    sprites: Sprites = Sprites(None)
    if source.sprite_path:
        sprites = yield from read_sprites(source.sprite_path, n, source.tile)
    sheet: SpriteSheet | None = sprites.sheet
    problems = (*tensors.problems, *metadata.problems, *sprites.problems)
    return Embedding(source, tensors.vectors, metadata.table, sheet, tensors.dtype, problems)


def _read_metadata(source: Source, tensors: Tensors, n: int) -> Work[Metadata]:
    """From its file, else from the labels that stood beside the numbers."""
    found = Metadata(None)
    if source.metadata_path:
        found = yield from read_metadata(source.metadata_path, n)
    if found.table is None and tensors.labels is not None:
        return Metadata(label_table(tensors.labels), found.problems)
    return found
