"""Lists and reads checkpoints as the program does: by the first format that knows the file."""

from __future__ import annotations

from pathlib import Path

from projector.embeddings.checkpoints import FORMATS
from projector.embeddings.embedding import Source
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.progress import finish


def format_of(path: Path) -> Format:
    with path.open("rb") as file:
        start = file.read(4096)
    (found,) = (one for one in FORMATS if one.is_one(path, start))
    return found


def listed(path: Path) -> dict[str, TensorInfo]:
    return {info.key: info for info in finish(format_of(path).tensors(path))}


def read(path: Path, key: str) -> Matrix:
    return finish(format_of(path).read(Source(key, ".", path, key=key)))
