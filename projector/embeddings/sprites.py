"""Reads the sheet of label pictures; finds the size of one picture where none is stated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projector.arrays import ByteArray, frozen
from projector.embeddings.embedding import SpriteSheet
from projector.embeddings.png import MAX_BYTES, SIGNATURE, read_png
from projector.errors import Problem, ProjectorError
from projector.progress import Progress, Work

_OTHER_FORMATS = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"RIFF", "a WebP picture"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Sprites:
    """sheet: a tile for each point, or None where the file is of no use."""

    sheet: SpriteSheet | None
    problems: tuple[Problem, ...] = ()


def read_sprites(path: Path, n_points: int, tile: tuple[int, int] | None) -> Work[Sprites]:
    """The sheet of so many points; a file that can't be read is a problem, not an error.

    tile: (width, height) as the config states it, None to find it out. Points for which the file
    holds no picture get a transparent tile.
    """
    yield Progress(None, f"Reading {path.name}")
    trouble = _find_trouble(path)
    if trouble:
        return Sprites(None, (Problem(path, trouble),))
    try:
        picture = yield from read_png(path)
    except ProjectorError as error:
        return Sprites(None, (Problem(path, str(error)),))
    problems = []
    height, width = picture.pixels.shape[:2]
    if picture.n_rows < height:
        problems.append(f"The picture is cut short after {picture.n_rows:,} of {height:,} rows.")
    found, guess = _find_tile((width, height), n_points, tile)
    if guess:
        problems.append(guess)
    sheet = None
    if found:
        sheet, shortage = _sheet(picture.pixels, found, n_points)
        problems += shortage
    return Sprites(sheet, tuple(Problem(path, what) for what in problems))


def _find_trouble(path: Path) -> str | None:
    """Why a file can't be a sheet, or None."""
    if not path.is_file():
        return f"{path} is not there, so the points have no pictures."
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        return f"{path} can't be read: {error.strerror}."
    if start == SIGNATURE:
        return None
    kind = next((name for mark, name in _OTHER_FORMATS if start.startswith(mark)), "no picture")
    return f"{path} is {kind}; only PNG sheets are read so far."


def _find_tile(
    size: tuple[int, int], n: int, tile: tuple[int, int] | None
) -> tuple[tuple[int, int] | None, str | None]:
    """The tile's (width, height) or None, and what to tell the user about it."""
    if tile and 0 < tile[0] <= size[0] and 0 < tile[1] <= size[1]:
        return tile, None
    guess = _guess_tile(size, n)
    if guess is None:
        sheet = f"The sheet of {size[0]} × {size[1]} pixels"
        return None, f"{sheet} does not divide into {n:,} pictures; state single_image_dim."
    if tile is None:
        return guess, None
    said = f"The config says {tile[0]} × {tile[1]} pixels a picture, which can't be"
    return guess, f"{said}; {guess[0]} × {guess[1]} was found from the size of the sheet."


def _guess_tile(size: tuple[int, int], n: int) -> tuple[int, int] | None:
    """The largest square tile, or that of a square grid, whichever n pictures fill more."""
    candidates = []
    for side in sorted(_divisors(math.gcd(*size)), reverse=True):
        n_tiles = (size[0] // side) * (size[1] // side)
        if n_tiles >= n:
            candidates.append((n_tiles, (side, side)))
            break
    columns = math.ceil(math.sqrt(n))
    for n_rows in (columns, math.ceil(n / columns)):
        if size[0] % columns == 0 and size[1] % n_rows == 0:
            candidates.append((columns * n_rows, (size[0] // columns, size[1] // n_rows)))
    n_tiles, tile = min(candidates, key=lambda candidate: candidate[0], default=(0, None))
    return tile if n_tiles <= 2 * n else None


def _divisors(number: int) -> list[int]:
    small = [i for i in range(1, math.isqrt(number) + 1) if number % i == 0]
    return small + [number // i for i in small]


def _sheet(
    pixels: ByteArray, tile: tuple[int, int], n: int
) -> tuple[SpriteSheet | None, list[str]]:
    """The sheet with a tile for each of n points, transparent where the file has none."""
    height, width = pixels.shape[:2]
    columns = width // tile[0]
    n_there = columns * (height // tile[1])
    if n_there >= n:
        return SpriteSheet(frozen(pixels), tile), []
    what = f"The sheet holds {n_there:,} pictures for {n:,} points"
    needed = math.ceil(n / columns) * tile[1]
    if needed * width * 4 > MAX_BYTES:
        return None, [f"{what}, so it was left out."]
    padded = np.zeros((needed, width, 4), np.uint8)
    full = height // tile[1] * tile[1]
    padded[:full] = pixels[:full]
    return SpriteSheet(frozen(padded), tile), [f"{what}; the others have none."]
