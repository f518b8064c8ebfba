"""Writes embeddings in the layout of PyTorch's SummaryWriter, which TensorBoard reads too.

folder/projector_config.pbtxt
folder/<step, 5 digits>/<name, encoded>/tensors.tsv  metadata.tsv  sprite.png
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import text_format

from projector.arrays import ByteArray, FloatArray
from projector.drafts import drafting
from projector.embeddings.config import CONFIG_NAME, read_config
from projector.embeddings.messages.projector_config_pb2 import EmbeddingInfo, ProjectorConfig
from projector.embeddings.png import write_png
from projector.embeddings.writers import cell
from projector.errors import InvalidChoice
from projector.progress import finish

Metadata = Mapping[str, Sequence[Any]] | Sequence[Any] | None


def write_embedding(
    folder: Path,
    vectors: FloatArray,
    *,
    metadata: Metadata = None,
    pictures: ByteArray | None = None,
    step: int | None = None,
    name: str = "default",
) -> None:
    """Add one embedding to a folder, or replace the one of the same name and step.

    metadata: columns by name, or one column of labels, n values each. pictures: uint8
    (n, height, width) gray or (n, height, width, 3) RGB. Raises InvalidChoice where the numbers of
    rows disagree or the name is no folder name.
    """
    padded = f"{step or 0:05d}"
    place = f"{padded}/{encoded(name)}"
    columns = _columns(metadata)
    _check_lengths(len(vectors), columns, pictures)
    target = folder / place
    target.mkdir(parents=True, exist_ok=True)
    info = EmbeddingInfo(tensor_name=f"{name}:{padded}", tensor_path=f"{place}/tensors.tsv")
    _write_vectors(target / "tensors.tsv", vectors)
    if columns:
        _write_columns(target / "metadata.tsv", columns)
        info.metadata_path = f"{place}/metadata.tsv"
    if pictures is not None:
        write_png(target / "sprite.png", sprite_sheet(pictures))
        info.sprite.image_path = f"{place}/sprite.png"
        info.sprite.single_image_dim.extend([pictures.shape[2], pictures.shape[1]])
    add_to_config(folder / CONFIG_NAME, info)


def sprite_sheet(pictures: ByteArray) -> ByteArray:
    """All pictures in a square grid, row by row from the top left; unused cells are black."""
    n, height, width = pictures.shape[:3]
    side = math.ceil(math.sqrt(n))
    cells = np.zeros((side * side, *pictures.shape[1:]), np.uint8)
    cells[:n] = pictures
    grid = cells.reshape(side, side, height, width, *pictures.shape[3:]).swapaxes(1, 2)
    return grid.reshape(side * height, side * width, *pictures.shape[3:])


def encoded(name: str) -> str:
    """The name as PyTorch makes a folder's of it. Raises InvalidChoice."""
    if name in ("", ".", ".."):
        raise InvalidChoice(f"An embedding can't be named {name!r}; take a word.")
    return name.replace("%", "%25").replace("/", "%2f").replace("\\", "%5c")


def _columns(metadata: Metadata) -> dict[str, Sequence[Any]]:
    if metadata is None:
        return {}
    return dict(metadata) if isinstance(metadata, Mapping) else {"label": metadata}


def _check_lengths(
    n: int, columns: Mapping[str, Sequence[Any]], pictures: ByteArray | None
) -> None:
    lengths = {name: len(values) for name, values in columns.items()}
    if pictures is not None:
        lengths["pictures"] = len(pictures)
    for name, length in lengths.items():
        if length != n:
            raise InvalidChoice(f"{name} has {length} rows, but there are {n} vectors.")


def _write_vectors(path: Path, vectors: FloatArray) -> None:
    import polars as pl

    # as doubles, like PyTorch: a reader that parses doubles first then gets the same float32 back
    table = pl.DataFrame(np.asarray(vectors, np.float64), orient="row")
    table.write_csv(path, separator="\t", include_header=False, quote_style="never")


def _write_columns(path: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """No header line where there is one column: readers would take it for a label."""
    names = [] if len(columns) == 1 else [columns.keys()]
    rows = [*names, *zip(*columns.values(), strict=True)]
    lines = ["\t".join(map(cell, row)) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def add_to_config(path: Path, info: EmbeddingInfo) -> None:
    """Add a block to a config, or replace the one of the same name; Unreadable where it can't be
    written."""
    config = finish(read_config(path))[0] if path.exists() else ProjectorConfig()
    kept = [old for old in config.embeddings if old.tensor_name != info.tensor_name]
    del config.embeddings[:]
    config.embeddings.extend([*kept, info])
    text = text_format.MessageToString(config, as_utf8=True)
    finish(drafting(path, lambda file: [file.write(text.encode())]))
