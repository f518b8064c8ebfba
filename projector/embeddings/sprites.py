"""Reads label pictures: one sheet or several, or files that the metadata name."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import ByteArray, frozen
from projector.embeddings.image_files import Decoded, image_size, read_image
from projector.embeddings.image_formats import SUFFIXES
from projector.embeddings.image_paths import find_image_paths, image_column
from projector.embeddings.memory import check_fits
from projector.embeddings.pictures import Pictures, Slots, SpriteSheet
from projector.embeddings.tile_size import capacity, find_tile
from projector.errors import Problem, ProjectorError
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

_NUMBERED = re.compile(r"(.*?)(\d+)", re.DOTALL)
_MOST_SHEETS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Sprites:
    """sheet: the pictures, or None where the file is of no use."""

    sheet: SpriteSheet | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FoundPictures:
    """pictures: of whatever kind, or None where there are none."""

    pictures: Pictures | None
    problems: tuple[Problem, ...] = ()


def read_pictures(
    sprite_path: Path | None,
    tile: tuple[int, int] | None,
    table: pl.DataFrame | None,
    n_points: int,
    folders: Sequence[Path],
) -> Work[FoundPictures]:
    """The sheet where there is one, else the files named by a column of the metadata.

    folders: where such files are looked for. What can't be read is a problem, not an error.
    """
    if sprite_path is not None:
        sprites = yield from read_sprites(sprite_path, n_points, tile)
        if sprites.sheet is not None:
            return FoundPictures(sprites.sheet, sprites.problems)
        named = yield from _read_named(table, folders)
        return FoundPictures(named.pictures, (*sprites.problems, *named.problems))
    return (yield from _read_named(table, folders))


def _read_named(table: pl.DataFrame | None, folders: Sequence[Path]) -> Work[FoundPictures]:
    name = None if table is None else image_column(table)
    if table is None or name is None:
        return FoundPictures(None)
    pictures, trouble = yield from find_image_paths(table[name], folders)
    problems = (Problem(folders[0], trouble),) if trouble else ()
    return FoundPictures(pictures, problems)


def read_sprites(
    path: Path | Sequence[Path], n_points: int, tile: tuple[int, int] | None
) -> Work[Sprites]:
    """The sheet of so many points; a file that can't be read is a problem, not an error.

    path: one sheet, or several that hold the points one after the other. Where a single one holds
    too few and has a number in its name, those with the next numbers beside it are read as well.
    tile: (width, height) as the config states it, None to find it out. Points for which there is no
    picture have none.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    yield Progress(None, f"Reading {paths[0].name}")
    trouble = _find_trouble(paths[0])
    if trouble:
        return Sprites(None, (Problem(paths[0], trouble),))
    try:
        if len(paths) == 1:
            paths = list(_with_next_numbers(paths[0], n_points, tile))
        decoded = yield from _read_all(paths)
    except ProjectorError as error:
        return Sprites(None, (Problem(paths[0], str(error)),))
    problems = [_cut_short(one) for one in decoded]
    found = [Problem(p, what) for p, what in zip(paths, problems, strict=True) if what]
    sheet, said = _put_together([one.pixels for one in decoded], n_points, tile)
    return Sprites(sheet, (*found, *(Problem(paths[0], what) for what in said)))


def _find_trouble(path: Path) -> str | None:
    """Why a file can't be a sheet, or None."""
    if not os.path.exists(path):  # unlike Path.exists, no error on impossible names
        return f"{path} is not there, so the points have no pictures."
    return None if path.is_file() else f"{path} is no plain file, so the points have no pictures."


def _cut_short(decoded: Decoded) -> str | None:
    if decoded.is_whole:
        return None
    height = len(decoded.pixels)
    if decoded.n_rows < height:
        return f"The picture is cut short after {decoded.n_rows:,} of {height:,} rows."
    return "The picture is damaged; what could be read of it is shown."


def _with_next_numbers(path: Path, n: int, tile: tuple[int, int] | None) -> tuple[Path, ...]:
    """The sheet, and as many numbered ones that follow it as its points may need."""
    match = _NUMBERED.fullmatch(path.stem)
    if match is None or path.suffix.lower() not in SUFFIXES:
        return (path,)
    size = image_size(path)
    if tile and 0 < tile[0] <= size[0] and 0 < tile[1] <= size[1] and capacity(size, tile) >= n:
        return (path,)
    paths = [path]
    for number in count(int(match[2]) + 1):
        names = {
            f"{match[1]}{number}{path.suffix}",
            f"{match[1]}{number:0{len(match[2])}}{path.suffix}",
        }
        beside = next(
            (path.with_name(name) for name in names if path.with_name(name).is_file()), None
        )
        if beside is None or len(paths) >= _MOST_SHEETS:
            return tuple(paths)
        paths.append(beside)
    raise AssertionError("numbers don't end")


def _read_all(paths: Sequence[Path]) -> Work[list[Decoded]]:
    """Raises NotFound, Unreadable, TooLarge, the last for all of them together."""
    if len(paths) > 1:
        sizes = [image_size(path) for path in paths]
        n_bytes = 8 * sum(width * height for width, height in sizes)
        check_fits(n_bytes, f"{paths[0]} with {len(paths) - 1:,} more sheets")
    decoded = []
    for path in paths:
        decoded.append((yield from read_image(path)))
    return decoded


def _put_together(
    sheets: list[ByteArray], n: int, stated: tuple[int, int] | None
) -> tuple[SpriteSheet | None, list[str]]:
    """All sheets as one; and what to tell the user."""
    if len(sheets) == 1:
        found = find_tile(sheets[0], n, stated)
        said = [found.said] if found.said else []
        if found.tile is None:
            return None, said
        sheet = SpriteSheet(frozen(sheets[0]), found.tile)
        return _with_gaps(sheet, n, said)
    tile, said = _shared_tile(sheets, n, stated)
    if tile is None:
        return None, said
    return _with_gaps(_stacked(sheets, tile, n), n, said)


def _shared_tile(
    sheets: list[ByteArray], n: int, stated: tuple[int, int] | None
) -> tuple[tuple[int, int] | None, list[str]]:
    """All but the last sheet are taken for full: each holds its share of the area."""
    area = sum(sheet.shape[0] * sheet.shape[1] for sheet in sheets)
    share = sheets[0].shape[0] * sheets[0].shape[1] / area
    n_most = -(-n // len(sheets)) if len({s.shape[:2] for s in sheets}) == 1 else round(n * share)
    found = find_tile(sheets[0], max(1, n_most), stated)
    return found.tile, [found.said] if found.said else []


def _stacked(sheets: list[ByteArray], tile: tuple[int, int], n: int) -> SpriteSheet:
    """One below the other, as wide as the widest; each point keeps its own tile.

    Sheets that end in empty cells are full only up to these where that makes the count match.
    """
    columns = max(sheet.shape[1] // tile[0] for sheet in sheets)
    rows = [sheet.shape[0] // tile[1] for sheet in sheets]
    deep = max(sheet.shape[2] for sheet in sheets)
    pixels = np.zeros((sum(rows) * tile[1], columns * tile[0], deep), np.uint8)
    held = [sheet.shape[1] // tile[0] * n_rows for sheet, n_rows in zip(sheets, rows, strict=True)]
    filled = [_n_filled(sheet, tile) for sheet in sheets[:-1]]
    if (
        sum(filled) < n <= sum(filled) + held[-1]
        and n <= sum(held)
        and _adds_up(sheets, filled, n, tile)
    ):
        held = [*filled, held[-1]]
    slots: list[Slots] = []
    top = 0
    for sheet, n_rows, n_held in zip(sheets, rows, held, strict=True):
        wide = sheet.shape[1] // tile[0]
        part = sheet[: n_rows * tile[1], : wide * tile[0]]
        place = pixels[top * tile[1] : (top + n_rows) * tile[1], : wide * tile[0]]
        place[..., : part.shape[2] if part.shape[2] == deep else 3] = part
        if part.shape[2] != deep:
            place[..., 3] = 255
        cells = np.arange(n_held, dtype=np.int32)
        slots.append((top + cells // wide) * columns + cells % wide)
        top += n_rows
    together = np.concatenate(slots)[:n]
    return SpriteSheet(frozen(pixels), tile, frozen(together.astype(np.int32)))


def _adds_up(sheets: list[ByteArray], filled: list[int], n: int, tile: tuple[int, int]) -> bool:
    """Whether the cells filled add up to the points, or nearly: the last picture may be plain."""
    return sum(filled) + _n_filled(sheets[-1], tile) <= n


def _n_filled(sheet: ByteArray, tile: tuple[int, int]) -> int:
    """One past the last cell with more than one color in it."""
    width, height = tile
    columns = sheet.shape[1] // width
    for row in range(sheet.shape[0] // height - 1, -1, -1):
        strip = sheet[row * height : (row + 1) * height, : columns * width]
        cells = strip.reshape(height, columns, width, -1)
        filled = np.flatnonzero((cells != cells[:1, :, :1]).any(axis=(0, 2, 3)))
        if len(filled):
            return int(row * columns + filled[-1]) + 1
    return 0


def _with_gaps(sheet: SpriteSheet, n: int, said: list[str]) -> tuple[SpriteSheet, list[str]]:
    """A slot for each of n points: -1 for those beyond the last picture."""
    if sheet.n >= n:
        return sheet, said
    slots = np.full(n, -1, np.int32)
    slots[: sheet.n] = np.arange(sheet.n) if sheet.slots is None else sheet.slots
    what = f"The sheet holds {sheet.n:,} pictures for {n:,} points; the others have none."
    return SpriteSheet(sheet.pixels, sheet.tile, frozen(slots)), [*said, what]
