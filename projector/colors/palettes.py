"""Colors for categories, any number of them, on light and dark backgrounds.

Each palette begins with a list; later colors are picked, one after the other, as far as possible
from all before them, as seen with normal sight and without the sense of green.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from projector.arrays import ByteArray, DoubleArray, IntArray, frozen
from projector.colors.oklab import DEUTERANOPIA, from_oklab, from_oklch, oklab

Rgb = tuple[int, int, int]
PaletteName = Literal["projector", "okabe_ito", "tol_bright", "tol_muted"]

POINT: tuple[Rgb, Rgb] = ((59, 116, 214), (111, 163, 255))
MISSING: tuple[Rgb, Rgb] = ((172, 177, 186), (92, 99, 112))
BACKGROUND: tuple[Rgb, Rgb] = ((255, 255, 255), (26, 29, 34))
"""What colors stand out from: [False] on light, [True] on dark; so in all tables here."""

# placed by hand, then moved apart in OKLab as seen with normal sight, deuteranopia, protanopia
# and tritanopia
CATEGORIES: tuple[tuple[Rgb, ...], tuple[Rgb, ...]] = (
    ((74, 106, 206), (214, 134, 8), (40, 162, 120), (172, 42, 74), (110, 47, 135), (40, 182, 246),
     (211, 193, 24), (248, 120, 188), (122, 61, 22), (84, 226, 178), (60, 54, 180), (128, 110, 3)),
    ((72, 130, 255), (253, 216, 158), (51, 138, 110), (222, 66, 18), (150, 90, 186),
     (128, 211, 254), (190, 200, 20), (241, 136, 165), (234, 118, 6), (143, 165, 251),
     (94, 240, 220), (114, 165, 106)),
)  # fmt: skip

PALETTES: dict[str, str] = {
    "projector": "Projector",
    "okabe_ito": "Okabe and Ito",
    "tol_bright": "Tol, bright",
    "tol_muted": "Tol, muted",
}
"""Names in choices, and what they are called."""

# Okabe and Ito 2008; Tol 2021 (technical note SRON/EPS/TN/09-002), without their grays
_PUBLISHED: dict[str, str] = {
    "okabe_ito": "e69f0056b4e9009e73f0e4420072b2d55e00cc79a7",
    "tol_bright": "4477aaee6677228833ccbb4466cceeaa3377",
    "tol_muted": "cc6677332288ddcc7711773388ccee88225544aa99999933aa4499",
}
_N_PICKED = 256
_N_FIRST = 16
"""So many are picked to begin with; all of them take a tenth of a second."""
_NEAREST_TO_BACKGROUND = 0.19
_GOLDEN = 2.399963229728653


def category_color(index: int, is_dark: bool = False, palette: str = "projector") -> Rgb:
    """The color of the index-th category, 0 and up; always the same for the same index. An unknown
    palette counts as our own."""
    table = _table(index + 1, is_dark, palette)
    if index < len(table):
        return table[index]
    return _rgb(_later(np.array([index - len(table)]), is_dark)[0])


def category_colors(n: int, is_dark: bool = False, palette: str = "projector") -> ByteArray:
    """uint8 (n, 3): the colors of the first n categories."""
    table = _table(n, is_dark, palette)
    colors = np.array(table[:n], dtype=np.uint8).reshape(-1, 3)
    if n <= len(table):
        return colors
    return np.concatenate([colors, _later(np.arange(n - len(table)), is_dark)])


def _table(n: int, is_dark: bool, palette: str) -> tuple[Rgb, ...]:
    """The first n colors and more, or all that are picked."""
    n_picked = _N_FIRST if n <= _N_FIRST else _N_PICKED
    return _picked(palette if palette in PALETTES else "projector", bool(is_dark), n_picked)


def _later(turns: IntArray, is_dark: bool) -> ByteArray:
    """Colors so late that they repeat: nobody tells so many apart."""
    return _round(bool(is_dark))[turns % _N_PICKED]


@lru_cache(maxsize=2)
def _round(is_dark: bool) -> ByteArray:
    """uint8 (_N_PICKED, 3): the colors that repeat, made once, as a column may have a million
    categories."""
    turns = np.arange(_N_PICKED)
    lightness = np.array(((0.52, 0.68, 0.60), (0.78, 0.64, 0.71))[is_dark])[turns % 3]
    return frozen(from_oklch(lightness, 0.115, 0.7 + _GOLDEN * turns))


def run_color(index: int, is_dark: bool = False) -> Rgb:
    """The color of the index-th run."""
    return category_color(index, is_dark)


def listed_colors(palette: str, is_dark: bool) -> tuple[Rgb, ...]:
    """The colors a palette begins with; those that would drown in the background are moved."""
    if palette not in _PUBLISHED:
        return CATEGORIES[is_dark]
    colors = np.frombuffer(bytes.fromhex(_PUBLISHED[palette]), np.uint8).reshape(-1, 3)
    places = oklab(colors)
    background = oklab([BACKGROUND[is_dark]])[0]
    step = 0.01 if is_dark else -0.01
    for place in places:
        while np.linalg.norm(place - background) < _NEAREST_TO_BACKGROUND:
            place[0] += step
    return tuple(_rgb(color) for color in from_oklab(places))


@lru_cache(maxsize=4 * len(PALETTES))
def _picked(palette: str, is_dark: bool, n: int) -> tuple[Rgb, ...]:
    """The listed colors and those picked after them, n in all."""
    listed = listed_colors(palette, is_dark)
    candidates = _candidates(is_dark)
    places = _seen(candidates)
    distances = np.full(len(candidates), np.inf)
    for seen in (*_seen([*listed, MISSING[is_dark]]), _seen([BACKGROUND[is_dark]])[0]):
        distances = np.minimum(distances, _differences(places, seen))
    colors = list(listed)
    while len(colors) < n:
        best = int(np.argmax(distances))
        colors.append(_rgb(candidates[best]))
        distances = np.minimum(distances, _differences(places, places[best]))
    return tuple(colors)


def _candidates(is_dark: bool) -> ByteArray:
    lightness = np.linspace(*((0.38, 0.8), (0.5, 0.92))[is_dark], 8)
    chroma = np.array([0.07, 0.12, 0.17])
    hue = np.arange(0, 2 * np.pi, np.pi / 24)
    grid = np.meshgrid(lightness, chroma, hue, indexing="ij")
    return np.unique(from_oklch(*(axis.ravel() for axis in grid)), axis=0)


def _seen(colors: object) -> DoubleArray:
    """float64 (n, 6): places in OKLab with normal sight and without the sense of green."""
    return np.hstack([oklab(colors), oklab(colors, DEUTERANOPIA)])  # type: ignore[arg-type]


def _differences(places: DoubleArray, place: DoubleArray) -> DoubleArray:
    """How well one color is told from others; what few see counts less than what most see."""
    change = places - place
    normal = np.linalg.norm(change[:, :3], axis=1)
    return np.asarray(np.minimum(normal, 1.5 * np.linalg.norm(change[:, 3:], axis=1)))


def _rgb(color: ByteArray) -> Rgb:
    red, green, blue = color.tolist()
    return red, green, blue
