"""Pictures in files of their own, named by a column of the metadata; nothing comes from the web."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import ByteArray, IntArray
from projector.embeddings.image_formats import SUFFIXES
from projector.embeddings.thumbnails import read_thumbnail
from projector.errors import ProjectorError
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

SIDE_PX = 72
_SAMPLE = 1000
_STEP = 500
_MOST_ENDS = 16
_WEB = re.compile(r"\w{2,}://")
_ROOT = re.compile(r"[/~]|[A-Za-z]:/")


@dataclass(frozen=True, slots=True, eq=False)
class ImagePaths:
    """A file for each point, or None; decoded when asked for and scaled down to a square tile."""

    paths: tuple[str | None, ...] = field(repr=False)
    tile: tuple[int, int] = (SIDE_PX, SIDE_PX)

    @property
    def n(self) -> int:
        return len(self.paths)

    @property
    def n_there(self) -> int:
        """Points with a file."""
        return sum(path is not None for path in self.paths)

    @property
    def n_bytes(self) -> int:
        return 120 * len(self.paths)

    @property
    def is_at_hand(self) -> bool:
        return False

    def tiles(self, ids: Sequence[int] | IntArray) -> ByteArray:
        """RGBA uint8 (m, height, width, 4), clear where there is no file or none that is sound."""
        width, height = self.tile
        found = np.zeros((len(ids), height, width, 4), np.uint8)
        for i, point in enumerate(ids):
            path = self.paths[int(point)]
            if path is None:
                continue
            try:
                found[i] = read_thumbnail(Path(path), self.tile)
            except ProjectorError:  # one picture less; the point is shown all the same
                continue
        return found


def image_column(table: pl.DataFrame) -> str | None:
    """The first column in which most cells name a picture, None without one."""
    import polars as pl

    for name in table.columns:
        column = table[name]
        if column.dtype != pl.String:
            continue
        cells = [cell for cell in column.head(_SAMPLE).drop_nulls() if cell.strip()]
        n_pictures = sum(cell.strip().lower().endswith(SUFFIXES) for cell in cells)
        if cells and 2 * n_pictures > len(cells):
            return name
    return None


def find_image_paths(
    column: pl.Series, folders: Sequence[Path], tile: tuple[int, int] = (SIDE_PX, SIDE_PX)
) -> Work[tuple[ImagePaths | None, str | None]]:
    """The files that a column of text names, and a sentence on those that are not there.

    folders: where to look, in this order; paths of another machine are sought by their ends.
    """
    places = _Places(folders)
    paths: list[str | None] = []
    lost: list[str] = []
    n_web = n_named = 0
    for i, cell in enumerate(column):
        text = "" if cell is None else str(cell).strip()
        is_on_web = bool(_WEB.match(text))
        path = None if is_on_web or not text else places.find(text)
        paths.append(path)
        n_named += bool(text)
        n_web += is_on_web
        if path is None and text and not is_on_web:
            lost.append(text)
        if i % _STEP == 0:
            yield Progress(i / len(column), f"Looking for {len(column):,} pictures")
    found = ImagePaths(tuple(paths), tile)
    trouble = _trouble(column.name, n_named, n_web, lost)
    return (found if found.n_there else None), trouble


def _trouble(name: str, n_named: int, n_web: int, lost: Sequence[str]) -> str | None:
    whys = []
    if lost:
        whys.append(f"{len(lost):,} are not there, such as {lost[0]}")
    if n_web:
        whys.append(f"{n_web:,} are on the web, and nothing is fetched from there")
    if not whys:
        return None
    return f"Of {n_named:,} pictures named in column {name}, {'; '.join(whys)}."


class _Places:
    """Finds files; what was learned of one folder serves the others in it."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = [str(folder) for folder in dict.fromkeys(folders)]
        self._known: dict[str, str] = {}

    def find(self, text: str) -> str | None:
        plain = text.replace("\\", "/")
        parent, _, name = plain.rpartition("/")
        if parent in self._known:
            path = os.path.join(self._known[parent], name)
            if os.path.isfile(path):
                return path
        for candidate in self._candidates(text, plain):
            if os.path.isfile(candidate):  # no pipe, no device, no folder
                self._known[parent] = os.path.dirname(candidate)
                return candidate
        return None

    def _candidates(self, text: str, plain: str) -> Iterable[str]:
        """The path as it stands, with slashes, then its ever shorter ends below the folders."""
        if not plain.startswith("//"):  # on Windows that is another machine
            for folder in self._folders:
                yield os.path.join(folder, os.path.expanduser(plain))
                if text != plain:
                    yield os.path.join(folder, text)
        if not _ROOT.match(plain) and ".." not in plain:
            return
        parts = [part for part in plain.split("/")[1:] if part not in ("", ".", "..")]
        for i in range(max(0, len(parts) - _MOST_ENDS), len(parts)):
            for folder in self._folders:
                yield os.path.join(folder, *parts[i:])
