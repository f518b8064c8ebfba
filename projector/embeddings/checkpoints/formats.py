"""Both versions of checkpoints as rows of the table of formats."""

from __future__ import annotations

import re
from pathlib import Path

from projector.embeddings.checkpoints.bundle_format import list_bundle, read_from_bundle
from projector.embeddings.checkpoints.table import is_table
from projector.embeddings.checkpoints.v1_format import list_v1, read_from_v1
from projector.embeddings.format import Format

_SHARD = re.compile(r"-(\d{5})-of-(\d{5})$")
_START = b"\0\0"
"""The first key of an index is empty: nothing is shared, nothing follows."""


def is_bundle(path: Path, start: bytes) -> bool:
    """An index, also one that is cut short."""
    return path.suffix.lower() == ".index" and (start.startswith(_START) or is_table(path))


def is_v1(path: Path, start: bytes) -> bool:
    """A table that is no index, and of several that belong together only the first. It is no text,
    so most files need not be opened again."""
    if path.suffix.lower() == ".index" or b"\0" not in start[:64]:
        return False
    first = _SHARD.sub(r"-00000-of-\2", path.name)
    is_later = first != path.name and is_table(path.with_name(first))
    return not is_later and is_table(path)


FORMATS = (
    Format("TensorFlow checkpoint", (".index",), is_bundle, list_bundle, read_from_bundle),
    Format("TensorFlow checkpoint of version 1", (".ckpt",), is_v1, list_v1, read_from_v1),
)
