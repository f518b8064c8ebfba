"""Tells by its first lines whether a text file holds vectors."""

from __future__ import annotations

from pathlib import Path

from projector.embeddings.delimited import layout_of
from projector.errors import ProjectorError


def looks_like_vectors(path: Path) -> bool:
    """True when the first lines of a text file are rows of at least two numbers."""
    try:
        return layout_of(path).n_values >= 2
    except ProjectorError:
        return False
