"""What a file format of vectors provides: how it is told, what it holds, and one matrix of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from projector.arrays import FloatArray
from projector.embeddings.embedding import Source
from projector.errors import Problem
from projector.progress import Work

if TYPE_CHECKING:
    import polars as pl

START_BYTES = 4096
"""How much of a file's start `is_one` is given."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor in a file, known without reading it.

    key: how the file names it, "" where it holds only one. shape: its sizes; (0, 0) where only
    reading tells. title: what to call it on screen, "" for the key. why_not: one sentence on why it
    is no embedding (of rank 1, text ...), "" where it is one.
    """

    key: str
    shape: tuple[int, ...]
    dtype: str
    title: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """vectors: float32 (n, d), read-only, mapped where the format allows it. dtype: as in the file.
    table: what stood beside the numbers, n rows, or None."""

    vectors: FloatArray
    dtype: str = "float32"
    table: pl.DataFrame | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table of formats.

    name: a word for people, such as "safetensors". suffixes: in lower case, with the dot, the most
    specific first. is_one: whether a file with this name and these first bytes is of the format;
    never raises. tensors: all tensors in the file, embeddings or not. read: the one a source names.
    Both raise NotFound, Unreadable, NothingToShow, TooLarge, with a sentence that names the file.
    """

    name: str
    suffixes: tuple[str, ...]
    is_one: Callable[[Path, bytes], bool]
    tensors: Callable[[Path], Work[tuple[TensorInfo, ...]]]
    read: Callable[[Source], Work[Matrix]]
