"""The table of all formats of vectors: a format is a function or two in a file of its own, and a
line here."""

from __future__ import annotations

from pathlib import Path

from projector.embeddings import (
    checkpoints,
    delimited,
    hdf5,
    jsonl,
    npy,
    npz,
    parquet,
    raw,
    safetensors,
    torch_file,
    word_vectors,
)
from projector.embeddings.files import opened
from projector.embeddings.format import START_BYTES, Format, TensorInfo
from projector.errors import Unreadable
from projector.progress import Work

_RAW_SUFFIXES = (".bytes", ".bin", ".raw", ".dat", "")


RAW = raw.FORMAT
TEXT = delimited.FORMAT

FORMATS: tuple[Format, ...] = (
    npy.FORMAT,
    npz.FORMAT,
    safetensors.FORMAT,
    *checkpoints.FORMATS,
    torch_file.FORMAT,
    hdf5.FORMAT,
    parquet.PARQUET,
    parquet.ARROW,
    jsonl.FORMAT,
    word_vectors.WORD_BINARY,
    RAW,
    word_vectors.WORD_TEXT,
    TEXT,
)
"""In the order in which they are asked."""


def find_format(path: Path, shape: tuple[int, int] | None = None) -> Format:
    """The format of a file: by its content, then by its name, then by its size.

    shape: (rows, dims) where a config states it. Raises NotFound, Unreadable.
    """
    with opened(path) as file:
        start = file.read(START_BYTES)
        size = path.stat().st_size
    is_binary = _is_binary(start)
    is_named_text = has_suffix(path, TEXT)
    has_raw_size = shape is not None and size == shape[0] * shape[1] * 4
    fitting = [one for one in FORMATS if one is not TEXT and one.is_one(path, start)]
    # a format that knows a file which bears another's name knows it by its content
    known = [one for one in fitting if not has_suffix(path, one)] + fitting
    if known:
        return known[0]
    if has_raw_size and (is_binary or not is_named_text):
        return RAW
    named = [one for one in FORMATS if has_suffix(path, one)]
    if is_named_text or TEXT.is_one(path, start) or not (is_binary or named):
        return TEXT
    if path.suffix.lower() in _RAW_SUFFIXES or (shape is not None and not named):
        return RAW
    if named:
        return named[0]  # which says what is wrong
    raise Unreadable(f"{path} is of no format of vectors that is known: {_all_suffixes()}.")


def has_suffix(path: Path, one: Format) -> bool:
    """Whether a file is called as those of a format are."""
    return path.name.lower().endswith(one.suffixes)


def all_suffixes() -> tuple[str, ...]:
    """How files of vectors end, each ending once."""
    return tuple(dict.fromkeys(suffix for one in FORMATS for suffix in one.suffixes))


def list_tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    """All tensors in a file, embeddings or not. Raises NotFound, Unreadable, NothingToShow,
    TooLarge."""
    return (yield from find_format(path).tensors(path))


def _all_suffixes() -> str:
    *some, last = all_suffixes()
    return f"{', '.join(some)} and {last}"


def _is_binary(start: bytes) -> bool:
    """False when these first bytes of a file are UTF-8, a character cut at the end aside."""
    if b"\0" in start:
        return True
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return not (error.start >= len(start) - 3 and error.reason == "unexpected end of data")
    return False
