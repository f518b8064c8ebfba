"""What is read is never written over: a picture in the place of the vectors could not be undone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from projector.errors import InvalidChoice
from projector.progress import Work
from widgets.embedding.exporting.wish import tr
from widgets.embedding.view_model import EmbeddingViewModel

T = TypeVar("T")


def files_read(model: EmbeddingViewModel) -> frozenset[Path]:
    """The files of all embeddings that are open, and those chosen in their place."""
    choice = model.choice
    found: set[Path | None] = {
        Path(one) for one in (choice.metadata_path, choice.sprite_path) if one
    }
    for group in model.groups:
        for source in group.sources:
            found |= {source.tensor_path, source.metadata_path, source.sprite_path}
    return frozenset(one for one in found if one is not None)


def sparing(work: Work[T], path: Path, files: Iterable[Path]) -> Work[T]:
    """The same work, unless its path is one of the files. Raises InvalidChoice then."""
    if _is_among(path, files):
        text = tr("{name} is what the embedding is read from; take another name.")
        raise InvalidChoice(text.format(name=path.name))
    return (yield from work)


def _is_among(path: Path, files: Iterable[Path]) -> bool:
    """Whether it is the same file, also by way of links."""
    wanted = _identity(path)
    return wanted is not None and any(_identity(one) == wanted for one in files)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        told = path.stat()
    except (OSError, ValueError):  # what is not there can't be overwritten
        return None
    return told.st_dev, told.st_ino
