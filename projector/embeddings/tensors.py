"""Reads the matrix of an embedding, whatever its format: .npy, raw float32 or text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from projector.arrays import FloatArray
from projector.embeddings.npy import MAGIC, map_raw, read_npy
from projector.embeddings.tsv import read_tsv
from projector.errors import NotFound, Problem, Unreadable
from projector.progress import Work

TEXT_SUFFIXES = (".tsv", ".csv", ".txt")
UNSUPPORTED = (
    *(".ckpt", ".index", ".meta", ".h5", ".hdf5", ".keras"),
    *(".npz", ".safetensors", ".pt", ".pth", ".pkl", ".parquet"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Tensors:
    """vectors: float32 (n, d), read-only. dtype: as in the file. labels: beside the numbers."""

    vectors: FloatArray
    dtype: str = "float32"
    labels: list[str] | None = None
    problems: tuple[Problem, ...] = ()


def read_tensors(path: Path, shape: tuple[int, int] | None) -> Work[Tensors]:
    """The matrix in a file. shape: (rows, dims) as the config states it; raw files need it.

    Raises NotFound, Unreadable, NothingToShow, TooLarge.
    """
    kind = find_format(path, shape)
    if kind == "npy":
        vectors, dtype, problems = yield from read_npy(path)
        return Tensors(vectors, dtype, None, problems + _mismatch(path, vectors, shape))
    if kind == "raw":
        if shape is None:
            raise Unreadable(f"{path} holds bare numbers; add tensor_shape to the config.")
        return Tensors(map_raw(path, shape))
    found = yield from read_tsv(path)
    problems = _mismatch(path, found.vectors, shape)
    return Tensors(found.vectors, "float32", found.labels, problems)


def find_format(path: Path, shape: tuple[int, int] | None) -> str:
    """ "npy", "raw" or "text": by content for .npy, then by name, then by size, then by content.

    Raises NotFound, Unreadable.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe or a device has no end
            raise Unreadable(f"{path} can't be read: it is no plain file.")
        with path.open("rb") as file:
            start = file.read(4096)
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise NotFound(f"{path} is gone; reload the folder.") from error
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error
    if start.startswith(MAGIC) or path.suffix.lower() == ".npy":
        return "npy"
    if path.suffix.lower() == ".bytes":
        return "raw"
    is_binary = b"\0" in start or not _is_utf8(start)
    has_raw_size = shape is not None and size == shape[0] * shape[1] * 4
    if has_raw_size and (is_binary or path.suffix.lower() not in TEXT_SUFFIXES):
        return "raw"
    if is_binary and path.suffix.lower() not in TEXT_SUFFIXES:
        return "raw"
    return "text"


def _is_utf8(start: bytes) -> bool:
    """True when these first bytes of a file are UTF-8, a character cut at the end aside."""
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(start) - 3 and error.reason == "unexpected end of data"
    return True


def _mismatch(
    path: Path, vectors: FloatArray, shape: tuple[int, int] | None
) -> tuple[Problem, ...]:
    n, d = vectors.shape
    if shape is None or shape == (n, d):
        return ()
    what = f"The config says {shape[0]:,} × {shape[1]:,} values, the file holds {n:,} × {d:,}."
    return (Problem(path, what),)
