"""An embedding as data: vectors, a table of metadata, and a sheet of label pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from projector.arrays import FloatArray
from projector.embeddings.pictures import Pictures, SpriteSheet
from projector.errors import Problem

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Embedding", "Source", "SpriteSheet"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where one embedding can be read from; cheap to make, nothing is loaded yet.

    name: the tensor's name without its step. step: the global step, None where the writer
    gave none. shape: (rows, dims) where the config states it. tile: (width, height) in pixels of
    one label picture. key: which tensor of the file, "" where it holds only one.
    bookmarks_path: states that TensorBoard's projector kept.
    """

    name: str
    run: str
    tensor_path: Path
    step: int | None = None
    shape: tuple[int, int] | None = None
    metadata_path: Path | None = None
    sprite_path: Path | None = None
    tile: tuple[int, int] | None = None
    key: str = ""
    bookmarks_path: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """One matrix of vectors with what is known of each row; never changes.

    vectors: float32 (n, d), read-only, possibly memory-mapped; rows may hold NaN. metadata: a table
    of n rows with typed columns, or None. sprites: label pictures, or None. dtype: the name of the
    dtype in the file, "float32" for text. problems: what was repaired or left out.
    """

    source: Source
    vectors: FloatArray
    metadata: pl.DataFrame | None = None
    sprites: Pictures | None = None
    dtype: str = "float32"
    problems: tuple[Problem, ...] = ()

    @property
    def n_points(self) -> int:
        return int(self.vectors.shape[0])

    @property
    def n_dims(self) -> int:
        return int(self.vectors.shape[1])
