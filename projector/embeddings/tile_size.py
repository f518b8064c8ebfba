"""Finds the size of one picture of a sheet where none is stated, or the one stated can't be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from projector.arrays import ByteArray, DoubleArray

Size = tuple[int, int]

_MOST_CANDIDATES = 400
_N_SAMPLED = 192
_CLEAR_LEAD = 1.5
_SURE = 1.6
_LARGEST_SEAM = 16.0


@dataclass(frozen=True, slots=True)
class TileSize:
    """tile: (width, height) in pixels, or None. said: what the user is to know of it, or None."""

    tile: Size | None
    said: str | None = None


def find_tile(pixels: ByteArray, n: int, stated: Size | None) -> TileSize:
    """The tile of a sheet that holds n pictures.

    pixels: uint8 (height, width, 4 or 1). stated: (width, height) by the config.
    """
    size = (int(pixels.shape[1]), int(pixels.shape[0]))
    if stated and _fits(size, stated):
        turned = (stated[1], stated[0])
        if _is_better(size, n, turned, stated):
            what = f"The config says {_said(stated)}, which doesn't divide the sheet"
            return TileSize(turned, f"{what}; {_said(turned)} does and was taken.")
        return TileSize(stated)
    guess = _guess(pixels, size, n)
    if guess is None:
        sheet = f"The sheet of {_said(size)}"
        return TileSize(
            None, f"{sheet} does not divide into {n:,} pictures; state single_image_dim."
        )
    if stated is None:
        return TileSize(guess)
    what = f"The config says {_said(stated)} a picture, which can't be"
    return TileSize(guess, f"{what}; {guess[0]} × {guess[1]} was found from the sheet.")


def _said(size: Size) -> str:
    return f"{size[0]} × {size[1]} pixels"


def capacity(size: Size, tile: Size) -> int:
    """How many tiles lie wholly on a sheet."""
    return (size[0] // tile[0]) * (size[1] // tile[1])


def _fits(size: Size, tile: Size) -> bool:
    return 0 < tile[0] <= size[0] and 0 < tile[1] <= size[1]


def _is_better(size: Size, n: int, turned: Size, stated: Size) -> bool:
    """Whether only width and height taken for one another make sense of the numbers."""
    if turned == stated or not _fits(size, turned):
        return False
    is_wrong = size[0] % stated[0] != 0 or capacity(size, stated) < n
    return is_wrong and _divides(size, turned) and capacity(size, turned) >= n


def _divides(size: Size, tile: Size) -> bool:
    return size[0] % tile[0] == 0 and size[1] % tile[1] == 0


def _guess(pixels: ByteArray, size: Size, n: int) -> Size | None:
    """By the numbers alone, unless the sheet's seams speak clearly for another size."""
    plain = _guess_by_numbers(size, n)
    sheet = _Seams(pixels)
    rivals = [tile for tile in _candidates(size, n, sheet) if sheet.ends_with(tile, n)]
    if not rivals:
        return plain
    exact = [tile for tile in rivals if sheet.ends_exactly_with(tile, n)]
    best = max(exact or rivals, key=lambda tile: (sheet.strength(tile), -capacity(size, tile)))
    if plain is None:
        return best if exact or sheet.strength(best) > _SURE else None
    if exact and plain not in exact:
        return best
    lead = sheet.strength(best) / sheet.strength(plain)
    is_sound = sheet.ends_with(plain, n)
    return best if lead > (_CLEAR_LEAD if is_sound else 1.0) else plain


def _guess_by_numbers(size: Size, n: int) -> Size | None:
    """The largest square tile, or that of a square grid, whichever n pictures fill more."""
    found = []
    for side in sorted(_divisors(math.gcd(*size)), reverse=True):
        n_tiles = (size[0] // side) * (size[1] // side)
        if n_tiles >= n:
            found.append((n_tiles, (side, side)))
            break
    columns = math.ceil(math.sqrt(n))
    for n_rows in (columns, math.ceil(n / columns)):
        if size[0] % columns == 0 and size[1] % n_rows == 0:
            found.append((columns * n_rows, (size[0] // columns, size[1] // n_rows)))
    n_tiles, tile = min(found, key=lambda one: one[0], default=(0, None))
    return tile if n_tiles <= 2 * n else None


def _candidates(size: Size, n: int, sheet: _Seams) -> list[Size]:
    """Sizes with whole columns, no more than four times as long as wide, for n to 2 n pictures.

    A writer that pads its sheet to a square leaves heights that need not divide it.
    """
    found = []
    for width in _divisors(size[0]):
        columns = size[0] // width
        n_rows = math.ceil(n / columns)
        heights = {size[1] // n_rows} | {h for h in _divisors(size[1]) if size[1] // h >= n_rows}
        heights |= {-(-sheet.content_height // n_rows)}
        heights |= {width} if size[1] // width >= n_rows else set()
        for height in heights:
            if height < 1 or not 0.25 <= width / height <= 4 or width * height < 4:
                continue
            if n <= capacity(size, (width, height)) <= 2 * n:
                found.append((width, height))
    return sorted(found, key=lambda tile: capacity(size, tile))[:_MOST_CANDIDATES]


def _divisors(number: int) -> list[int]:
    small = [i for i in range(1, math.isqrt(number) + 1) if number % i == 0]
    return sorted({*small, *(number // i for i in small)})


class _Seams:
    """How much neighboring columns and rows of a sheet differ, from a sample of it."""

    def __init__(self, pixels: ByteArray) -> None:
        self._pixels = pixels
        self.content_height = _content_height(pixels)
        height, width = pixels.shape[:2]
        rows = np.unique(np.linspace(0, height - 1, _N_SAMPLED).astype(np.int64))
        columns = np.unique(np.linspace(0, width - 1, _N_SAMPLED).astype(np.int64))
        self._across = _differences(pixels[rows, :, 0])
        self._down = _differences(pixels[:, columns, 0].T)

    def strength(self, tile: Size) -> float:
        """How much the lines between tiles stand out, 1 for not at all: by strong edges, or by
        margins in which there is none."""
        across, down = _contrast(self._across, tile[0]), _contrast(self._down, tile[1])
        return math.sqrt(across * down)

    def ends_with(self, tile: Size, n: int) -> bool:
        """Whether the n-th picture is in the last row of cells with anything in it, and cells
        beyond it hold one color only."""
        last_top = (math.ceil(n / (self._pixels.shape[1] // tile[0])) - 1) * tile[1]
        is_reached = self.content_height == 0 or self.content_height > last_top
        return is_reached and self._is_padding_empty(tile, n)

    def ends_exactly_with(self, tile: Size, n: int) -> bool:
        """Whether both edges of the padding, below and right of the last picture, are those of a
        cell."""
        n_rows, rest = divmod(n, self._pixels.shape[1] // tile[0])
        bottom = (n_rows + 1) * tile[1]
        if rest == 0 or self.content_height != bottom:
            return False
        is_filled = (self._pixels[bottom - tile[1] : bottom] != self._pixels[-1, -1]).any(axis=2)
        last = np.flatnonzero(is_filled.any(axis=0))
        return bool(len(last)) and int(last[-1]) + 1 == rest * tile[0]

    def _is_padding_empty(self, tile: Size, n: int) -> bool:
        """By the rows below the last picture, and a sample of what is to its right."""
        columns = self._pixels.shape[1] // tile[0]
        if self.content_height > math.ceil(n / columns) * tile[1]:
            return False
        n_rows, rest = divmod(n, columns)
        last = self._pixels[n_rows * tile[1] : (n_rows + 1) * tile[1], rest * tile[0] :]
        return rest == 0 or _is_plain(last[:: len(last) // 64 + 1, :: last.shape[1] // 64 + 1])


def _content_height(pixels: ByteArray) -> int:
    """Rows down to the last that is not of the color of the last pixel throughout."""
    ground = pixels[-1, -1]
    for bottom in range(len(pixels), 0, -1):
        if (pixels[bottom - 1] != ground).any():
            return bottom
    return 0


def _differences(lines: ByteArray) -> DoubleArray:
    steps = np.abs(np.diff(lines.astype(np.int16), axis=1))
    means: DoubleArray = steps.mean(axis=0, dtype=np.float64)
    return means


def _contrast(steps: DoubleArray, period: int) -> float:
    """The mean step on the lines of a period beside that elsewhere, whichever is larger."""
    on_lines = steps[period - 1 :: period]
    if period < 2 or not len(on_lines) or len(on_lines) == len(steps):
        return 1.0
    elsewhere = (steps.sum() - on_lines.sum()) / (len(steps) - len(on_lines))
    ratio = (float(on_lines.mean()) + 0.25) / (float(elsewhere) + 0.25)
    return min(_LARGEST_SEAM, max(ratio, 1 / ratio))


def _is_plain(cells: ByteArray) -> bool:
    return not cells.size or bool((cells == cells[:1, :1]).all())
