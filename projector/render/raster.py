"""Paints a cloud of points into a picture and an id picture, on all cores and without a GPU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, FloatArray, MaskArray
from projector.embeddings.embedding import SpriteSheet
from projector.progress import Progress, Work
from projector.render.camera import Camera


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """How points look. colors: uint8 (n, 4) RGBA. radius_px: of a disc at the target's depth.

    background: RGB 0..255. opacity: 0..1. fog: 0..1, how far the farthest points fade into the background.
    shown_mask: bool (n,), points that are drawn at all. sprites: label pictures drawn as points, sprite_px high.
    n_most: draw only a fair sample of about so many points, as while the camera moves.
    Arrays are recognized by identity: hand in a new array rather than write to one that was painted.
    """

    colors: ByteArray
    radius_px: float = 3.0
    background: tuple[int, int, int] = (255, 255, 255)
    opacity: float = 1.0
    fog: float = 0.0
    shown_mask: MaskArray | None = None
    sprites: SpriteSheet | None = None
    sprite_px: float = 24.0
    n_most: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """image: uint8 (h, w, 4) RGBA, opaque, contiguous. ids: int32 (h, w), the point in front, -1 where there is none."""

    image: ByteArray
    ids: NDArray[np.int32]

    def point_at(self, x: float, y: float, reach_px: float = 4.0) -> int | None:
        """The drawn point whose pixels are nearest to (x, y), no farther than reach_px; None where there is none."""
        return None


class Raster:
    """Built once for positions float32 (n, 3); then paints them from any camera. Rows with NaN are never drawn."""

    def __init__(self, positions: FloatArray) -> None:
        self._positions = positions

    def paint(self, camera: Camera, width: int, height: int, style: Style) -> Picture:
        """The points as the camera sees them. width, height: in device pixels, at least 1."""
        image = np.full((height, width, 4), 255, dtype=np.uint8)
        return Picture(image, np.full((height, width), -1, dtype=np.int32))


def warm_up() -> Work[None]:
    """Load or compile every kernel, so that the first picture comes at once."""
    yield Progress(0.0, "Preparing the painter")
