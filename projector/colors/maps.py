"""Colors for numbers, from low to high, on light and dark backgrounds.

Viridis, plasma, inferno and magma are by van der Walt, Smith and Firing, cividis by Nunez,
Anderton and Renslow: all given away under CC0. The others are computed in OKLCH.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from projector.arrays import ByteArray, DoubleArray, frozen
from projector.colors.oklab import from_oklab, from_oklch, oklab
from projector.colors.palettes import BACKGROUND, MISSING, Rgb

N_SHADES = 255
MISSING_SHADE = 255
"""The code of rows without a value; 0..254 run from low to high."""

MAPS: dict[str, str] = {
    "viridis": "Viridis",
    "cividis": "Cividis",
    "magma": "Magma",
    "inferno": "Inferno",
    "plasma": "Plasma",
    "blues": "One hue",
    "coolwarm": "Cool to warm",
    "purple_green": "Purple to green",
    "hues": "Hues in a circle",
}
"""Names in choices, and what they are called."""
DIVERGING = frozenset({"coolwarm", "purple_green"})
"""Those with a neutral middle."""

_ANCHORS: dict[str, str] = {
    "viridis": "440154481769472a7a433d843d4e8a355e8d2e6d8e297b8e23898e"
    "1f978b21a5852eb37c46c06f65cb5e89d548b0dd2fd8e219fde725",
    "cividis": "00204d002b6700356e28406c3d4a6b4d556c5b606e696b71767676"
    "848179928d78a19976b1a573c1b26dd1bf66e2cd5cf3db4fffea46",
    "magma": "0000040907201a10423111654a1079621980792282912b81aa337d"
    "c23b75d9466bec5860f7725cfc8e64feaa74fec68afde2a3fcfdbf",
    "inferno": "0000040a07221e0c45380962510e6c69166e801f6c982766b0315b"
    "c63d4dd94d3de9612bf47918fa9407fcb014f8cd37f2ea69fcffa4",
    "plasma": "0d08872f05964903a06100a77801a88e0ca4a21d9ab42e8dc43e7f"
    "d24f71de6164e97257f3854bf99a3efdaf31fdc627f8df25f0f921",
}
# lightness, chroma and hue in degrees of the low end, the middle and the high end
_ENDS = {
    "coolwarm": (((0.43, 0.19, 264.0), (0.8, 0.0, 0.0), (0.5, 0.19, 27.0)),
                 ((0.72, 0.15, 250.0), (0.42, 0.0, 0.0), (0.74, 0.16, 40.0))),
    "purple_green": (((0.4, 0.17, 310.0), (0.8, 0.0, 0.0), (0.46, 0.12, 148.0)),
                     ((0.72, 0.16, 315.0), (0.42, 0.0, 0.0), (0.8, 0.15, 148.0))),
    "blues": (((0.8, 0.07, 225.0), (0.58, 0.14, 255.0), (0.33, 0.13, 275.0)),
              ((0.42, 0.12, 275.0), (0.66, 0.13, 250.0), (0.94, 0.05, 215.0))),
}  # fmt: skip
_NEAREST_TO_BACKGROUND = 0.17


@lru_cache(maxsize=4 * len(MAPS))
def shade_table(palette: str = "viridis", is_dark: bool = False) -> ByteArray:
    """uint8 RGBA (256, 4), read-only: N_SHADES colors from low to high, then the one of missing
    values. Each stands out from its background. An unknown palette counts as viridis."""
    table = np.full((N_SHADES + 1, 4), 255, dtype=np.uint8)
    table[:N_SHADES, :3] = _colors(palette if palette in MAPS else "viridis", is_dark)
    table[N_SHADES, :3] = MISSING[is_dark]
    return frozen(table)


def gradient_stops(is_dark: bool, n: int = 33, palette: str = "viridis") -> tuple[Rgb, ...]:
    """Colors from low to high at equal distances, each visible on its background. n: 2..255."""
    places = np.round(np.linspace(0, N_SHADES - 1, n)).astype(int)
    colors = shade_table(palette, bool(is_dark))[places, :3].tolist()
    return tuple((red, green, blue) for red, green, blue in colors)


def full_map(palette: str) -> DoubleArray:
    """float64 (256, 3): the whole of one of the published maps, 0..255."""
    anchors = np.frombuffer(bytes.fromhex(_ANCHORS[palette]), np.uint8).reshape(-1, 3)
    return _spread(anchors.astype(np.float64), np.linspace(0.0, 1.0, 256))


def _colors(palette: str, is_dark: bool) -> ByteArray:
    shares = np.linspace(0.0, 1.0, N_SHADES)
    if palette in _ANCHORS:
        full = full_map(palette)
        low, high = _visible_part(full, is_dark)
        return (_spread(full, low + (high - low) * shares) + 0.5).astype(np.uint8)
    if palette == "hues":
        lightness = 0.74 if is_dark else 0.62
        return from_oklch(lightness, 0.13, 2 * np.pi * shares + 0.5)
    light, chroma, hue = np.array(_ENDS[palette][is_dark]).T
    hue = np.radians(hue)
    lab = np.stack([light, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    return from_oklab(_spread(lab, shares))


def _spread(anchors: DoubleArray, shares: DoubleArray) -> DoubleArray:
    """Rows between anchors that lie at equal distances over 0..1."""
    at = np.linspace(0.0, 1.0, len(anchors))
    return np.stack([np.interp(shares, at, channel) for channel in anchors.T], axis=1)


def _visible_part(colors: DoubleArray, is_dark: bool) -> tuple[float, float]:
    """The longest part, as shares, whose colors all stand out from the background."""
    difference = np.linalg.norm(oklab(colors) - oklab([BACKGROUND[is_dark]]), axis=1)
    drowned = np.flatnonzero(difference < _NEAREST_TO_BACKGROUND)
    edges = np.concatenate([[-1], drowned, [len(colors)]])
    longest = int(np.argmax(np.diff(edges)))
    last = len(colors) - 1
    return (edges[longest] + 1) / last, (edges[longest + 1] - 1) / last
