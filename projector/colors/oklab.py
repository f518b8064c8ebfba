"""OKLab and OKLCH (Ottosson 2020): a space where equal distances look about equally different."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from projector.arrays import ByteArray, DoubleArray

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_CONES, _FROM_LAB = np.linalg.inv(_TO_CONES), np.linalg.inv(_TO_LAB)

DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
"""What those see who lack the sense of green, on linear RGB (Machado, Oliveira, Fernandes 2009)."""


def oklab(colors: ArrayLike, sight: DoubleArray | None = None) -> DoubleArray:
    """float64 (n, 3): lightness 0..1 and two axes of hue of sRGB colors 0..255, (n, 3).

    sight: a matrix on linear RGB, such as DEUTERANOPIA.
    """
    channels = np.asarray(colors, dtype=np.float64) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    if sight is not None:
        linear = np.clip(linear @ sight.T, 0.0, 1.0)
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T)


def from_oklab(places: ArrayLike) -> ByteArray:
    """sRGB (n, 3) of places in OKLab, less colorful where they would leave what screens show."""
    lab = np.array(places, dtype=np.float64)
    linear = _linear(lab)
    for _ in range(60):
        is_outside = ((linear < -1e-3) | (linear > 1.001)).any(axis=1)
        if not is_outside.any():
            break
        lab[is_outside, 1:] *= 0.93
        linear = _linear(lab)
    linear = np.clip(linear, 0.0, 1.0)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(curved * 255).astype(np.uint8)


def from_oklch(lightness: ArrayLike, chroma: ArrayLike, hue: ArrayLike) -> ByteArray:
    """sRGB (n, 3). lightness 0..1, chroma 0..0.3 or so, hue in radians; each (n,)."""
    light, color, angle = np.broadcast_arrays(
        np.asarray(lightness, float), np.asarray(chroma, float), np.asarray(hue, float)
    )
    return from_oklab(np.stack([light, color * np.cos(angle), color * np.sin(angle)], axis=1))


def _linear(lab: DoubleArray) -> DoubleArray:
    return np.asarray((lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T)
