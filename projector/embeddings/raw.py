"""Reads raw float32 numbers without a header, as the projector's .bytes files hold them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from projector.arrays import FloatArray
from projector.embeddings.convert import matrix_in_bytes
from projector.embeddings.elements import Element
from projector.embeddings.embedding import Source
from projector.embeddings.files import map_bytes, opened
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.errors import NothingToShow, Unreadable
from projector.progress import Progress, Work, finish

_FLOAT = Element("float32", np.dtype("<f4"))


def map_raw(path: Path, shape: tuple[int, int]) -> FloatArray:
    """Raw little-endian float32 in rows, mapped. Raises NotFound, Unreadable, NothingToShow."""
    return finish(_read_rows(path, shape)).vectors


def _read_rows(path: Path, shape: tuple[int, int]) -> Work[Matrix]:
    n, d = shape
    size = _size(path)
    if size != n * d * 4:
        twice = " (64-bit floats? Save them as 32-bit ones.)" if size == n * d * 8 > 0 else ""
        raise Unreadable(
            f"{path} has {size:,} bytes, but {n:,} × {d:,} 32-bit floats take {n * d * 4:,}; "
            f"correct tensor_shape in the config.{twice}"
        )
    if min(n, d) < 1:
        raise NothingToShow(f"{path} holds no values.")
    return (yield from matrix_in_bytes(map_bytes(path, 0, size), (n, d), _FLOAT, path))


def _size(path: Path) -> int:
    with opened(path):
        return path.stat().st_size


def _is_raw(path: Path, start: bytes) -> bool:
    return path.suffix.lower() == ".bytes"


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    """One, of a shape that only the config knows."""
    yield Progress(None, f"Looking into {path.name}")
    size = _size(path)
    why_not = ""
    if size == 0 or size % 4:
        why_not = f"It has {size:,} bytes, which are no whole 32-bit floats."
    return (TensorInfo("", (0, 0), "float32", "", why_not),)


def _read(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    if source.shape is None:
        n = _size(path) // 4
        raise Unreadable(
            f"{path} holds bare numbers ({n:,} if they are 32-bit floats); "
            "add tensor_shape (rows, then values) to the config."
        )
    return (yield from _read_rows(path, source.shape))


FORMAT = Format("raw float32", (".bytes",), _is_raw, _tensors, _read)
