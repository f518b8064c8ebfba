"""Reads the matrix of an embedding, whatever its format."""

from __future__ import annotations

from dataclasses import replace

from projector.embeddings.embedding import Source
from projector.embeddings.format import Matrix
from projector.embeddings.formats import find_format
from projector.errors import Problem
from projector.progress import Work


def read_matrix(source: Source) -> Work[Matrix]:
    """The vectors a source means, and what stood beside them.

    A shape that differs from the one the config states is a problem, but for raw floats, which
    need it. Raises NotFound, Unreadable, NothingToShow, TooLarge.
    """
    matrix = yield from find_format(source.tensor_path, source.shape).read(source)
    n, d = matrix.vectors.shape
    if source.shape is None or source.shape == (n, d):
        return matrix
    rows, dims = source.shape
    what = f"The config says {rows:,} × {dims:,} values, the file holds {n:,} × {d:,}."
    return replace(matrix, problems=(*matrix.problems, Problem(source.tensor_path, what)))
