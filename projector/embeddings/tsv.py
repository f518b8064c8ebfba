"""Vectors in text as a matrix and one column of labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from projector.arrays import FloatArray
from projector.embeddings.delimited import layout_of, read_delimited
from projector.errors import Problem, ProjectorError
from projector.progress import Work


@dataclass(frozen=True, slots=True, eq=False)
class TextVectors:
    """vectors: float32 (n, d), read-only. labels: the n texts of the first column that holds no
    numbers, or None."""

    vectors: FloatArray
    labels: list[str] | None
    problems: tuple[Problem, ...] = ()


def read_tsv(path: Path) -> Work[TextVectors]:
    """The vectors in a text file.

    Raises Unreadable (naming the line), NotFound, NothingToShow, TooLarge.
    """
    matrix = yield from read_delimited(path)
    if matrix.table is None:
        return TextVectors(matrix.vectors, None, matrix.problems)
    labels = matrix.table.to_series(0)
    texts = ["" if label is None else str(label) for label in labels]
    return TextVectors(matrix.vectors, texts, matrix.problems)


def looks_like_vectors(path: Path) -> bool:
    """True when the first lines of a text file are rows of at least two numbers."""
    try:
        return layout_of(path).n_values >= 2
    except ProjectorError:
        return False
