"""Embeddings in bare files, without a config: vectors, with labels and pictures beside them."""

from __future__ import annotations

import re
from pathlib import Path

from projector.embeddings.embedding import Source
from projector.embeddings.npy import npy_shape
from projector.embeddings.tensors import UNSUPPORTED
from projector.embeddings.tsv import looks_like_vectors
from projector.errors import Problem, ProjectorError

_VECTOR_WORDS = re.compile(r"[._-]?(tensors?|vectors?|embeddings?)$", re.IGNORECASE)
_TEXT = (".tsv", ".csv", ".txt")


def source_of_file(path: Path) -> tuple[list[Source], list[Problem]]:
    """The embedding in one file, or nothing where its name is not one of a file of vectors."""
    suffix = path.suffix.lower()
    if suffix in (".npy", *_TEXT):
        return [_source(path)], []
    if suffix == ".bytes":
        what = "A .bytes file needs a projector_config.pbtxt that states its tensor_shape."
        return [], [Problem(path, what)]
    if suffix in UNSUPPORTED:
        return [], [Problem(path, f"{suffix} files can't be read yet; save the vectors as .npy.")]
    return [], []


def find_bare_files(folder: Path) -> tuple[list[Source], list[Problem]]:
    """Those directly in a folder: .npy files with a matrix, text files with rows of numbers."""
    sources: list[Source] = []
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        if path.suffix.lower() == ".npy":
            try:
                npy_shape(path)
            except ProjectorError as error:
                problems.append(Problem(path, str(error)))
            else:
                sources.append(_source(path))
        elif path.suffix.lower() in (".tsv", ".csv") and looks_like_vectors(path):
            sources.append(_source(path))
    return sources, problems


def _source(path: Path) -> Source:
    return Source(
        name=path.stem,
        run=".",
        tensor_path=path,
        metadata_path=_find_metadata(path),
        sprite_path=_find_sprite(path),
    )


def _find_metadata(path: Path) -> Path | None:
    """Labels by their name, else the only other table beside the only file of vectors."""
    beside = [
        other
        for other in sorted(path.parent.glob("*.tsv"))
        if other != path and other.is_file() and other.name != "tensors.tsv"
    ]
    for name in _names(path, ("metadata", "labels", "meta")):
        for other in beside:
            if other.stem.lower() == name:
                return other
    n_vectors = sum(1 for _ in path.parent.glob("*.npy"))
    if path.suffix.lower() == ".npy" and len(beside) == 1 and n_vectors == 1:
        return beside[0]
    return None


def _find_sprite(path: Path) -> Path | None:
    beside = {other.stem.lower(): other for other in path.parent.glob("*.png")}
    names = _names(path, ("sprite", "sprites", "pictures", "images"))
    return next((beside[name] for name in names if name in beside), None)


def _names(path: Path, words: tuple[str, ...]) -> list[str]:
    """Likely stems, best first: iris_tensors.npy goes with iris_labels, iris, then labels."""
    stem = path.stem.lower()
    short = _VECTOR_WORDS.sub("", stem)
    own = [f"{base}{mark}{word}" for base in (stem, short) for mark in "_-." for word in words]
    return [*own, stem, short, *words]
