"""Reads one embedding from its source."""

from __future__ import annotations

from projector.embeddings.embedding import Embedding, Source
from projector.errors import Unreadable
from projector.progress import Progress, Work


def read_embedding(source: Source) -> Work[Embedding]:
    """Vectors, metadata and sprites of one source. Raises Unreadable, NothingToShow, TooLarge."""
    yield Progress(None, f"Reading {source.name}")
    raise Unreadable(f"{source.tensor_path} can't be read.")
