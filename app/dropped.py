"""Tells apart what was dropped together: vectors, the table and the pictures that go with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from projector.embeddings.config import is_json_config
from projector.embeddings.delimited import looks_like_vectors
from projector.embeddings.formats import TEXT, all_suffixes, find_format, list_tensors
from projector.embeddings.metadata import SUFFIXES
from projector.errors import ProjectorError
from projector.progress import Progress, Work

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")


@dataclass(frozen=True, slots=True)
class Dropped:
    """places: what to open. metadata, sprite: what goes with it, or, where there is nothing to
    open, with the embedding that is shown."""

    places: tuple[Path, ...]
    metadata: Path | None = None
    sprite: Path | None = None

    @property
    def companions(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.metadata, self.sprite) if path is not None)


def sort_dropped(paths: Sequence[Path]) -> Work[Dropped]:
    """One file of vectors with at most one table and one picture belong together; anything else is
    opened as it is."""
    yield Progress(None, "Looking at what was dropped")
    as_it_is = Dropped(tuple(paths))
    if not all(_is_single(path) for path in paths):
        return as_it_is
    pictures = [path for path in paths if _ends(path, PICTURES)]
    tables = [path for path in paths if _ends(path, SUFFIXES)]
    vectors = [path for path in paths if path not in pictures and path not in tables]
    if not vectors:
        for path in tables:
            if (yield from _holds_vectors(path)):
                vectors.append(path)
        tables = [path for path in tables if path not in vectors]
    if max(map(len, (vectors, tables, pictures))) > 1 or not (tables or pictures):
        return as_it_is
    return Dropped(tuple(vectors), next(iter(tables), None), next(iter(pictures), None))


def _is_single(path: Path) -> bool:
    """Whether it is a file of vectors, a table or a picture."""
    if not path.is_file() or "tfevents" in path.name or is_json_config(path):
        return False
    return _ends(path, (*PICTURES, *SUFFIXES, *all_suffixes()))


def _holds_vectors(path: Path) -> Work[bool]:
    try:
        if find_format(path) is TEXT:
            return (yield from looks_like_vectors(path))
        infos = yield from list_tensors(path)
    except ProjectorError:
        return False
    return any(not info.why_not for info in infos)


def _ends(path: Path, suffixes: Sequence[str]) -> bool:
    return path.name.lower().endswith(tuple(suffixes))
