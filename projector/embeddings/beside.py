"""What lies in a folder beside files of vectors: tables that may be metadata, and pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from projector.embeddings.image_formats import SUFFIXES
from projector.embeddings.paths import files_like

TABLES = (".tsv", ".csv", ".jsonl", ".parquet")

_ENDINGS = (*TABLES, *SUFFIXES, ".npy")
_OF_INTEREST = re.compile(rf"(?i)({'|'.join(map(re.escape, _ENDINGS))})$")
_NUMBER = re.compile(r"[_.-]?0*[01]$")


@dataclass(frozen=True, slots=True)
class Beside:
    """tables: by the stem in lower case and the ending. pictures: by the stem in lower case, the
    first of numbered ones also by that without its number. n_npy: files of that ending."""

    tables: Mapping[tuple[str, str], Path]
    pictures: Mapping[str, Path]
    n_npy: int


def files_beside(folder: Path) -> Beside:
    """By their names alone."""
    tables: dict[tuple[str, str], Path] = {}
    pictures: dict[str, Path] = {}
    numbered: dict[str, Path] = {}
    n_npy = 0
    for path in files_like(folder, _OF_INTEREST):
        suffix, stem = path.suffix.lower(), path.stem.lower()
        if suffix == ".npy":
            n_npy += 1
        elif suffix in SUFFIXES:
            pictures.setdefault(stem, path)
            numbered.setdefault(_NUMBER.sub("", stem), path)
        elif path.name != "tensors.tsv":
            tables.setdefault((stem, suffix), path)
    return Beside(tables, numbered | pictures, n_npy)
