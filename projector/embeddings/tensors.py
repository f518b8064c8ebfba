"""Reads the matrix of an embedding, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from projector.arrays import FloatArray
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


@dataclass(frozen=True, slots=True, eq=False)
class Tensors:
    """A Matrix with only the first column of what stood beside it. labels: as text, or None."""

    vectors: FloatArray
    dtype: str = "float32"
    labels: list[str] | None = None
    problems: tuple[Problem, ...] = ()


def read_tensors(path: Path, shape: tuple[int, int] | None) -> Work[Tensors]:
    """The matrix in a file that holds one. shape: (rows, dims), which raw files need."""
    matrix = yield from read_matrix(Source(path.name, ".", path, shape=shape))
    labels = None
    if matrix.table is not None:
        labels = [str(value) for value in matrix.table.to_series(0)]
    return Tensors(matrix.vectors, matrix.dtype, labels, matrix.problems)
