"""How points look, and what a painter hands back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, FloatArray, MaskArray
from projector.embeddings.pictures import SpriteSheet

HIDDEN, DIM, NORMAL, RAISED = 0, 1, 2, 3
"""The kinds of emphasis: not there; pale and behind all others; as it is; larger and in front."""


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """How points look. colors: uint8 (n, 4) RGBA. radius_px: of a disc at the target's depth.

    background: RGB 0..255. opacity: 0..1. fog: 0..1, how far the farthest points fade into it.
    shown_mask: bool (n,), the points that are drawn at all. emphasis: uint8 (n,), HIDDEN to
    RAISED. sizes: float32 (n,), factors of the radius, 0 or less for a point that is not drawn.
    sprites: label pictures drawn as points, tinted by color, sprite_px high. n_most: draw only a
    fair sample of at most so many points, half of that at worst, as while the camera moves. Arrays
    are known by identity: hand in a new array rather than write to one that was painted.
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
    emphasis: ByteArray | None = None
    sizes: FloatArray | None = None

    def check(self, n_points: int) -> None:
        """Kernels don't check bounds: arrays of another length would be read past their end.

        Raises ValueError.
        """
        if self.colors.shape != (n_points, 4):
            raise ValueError(f"{n_points} points, but colors of shape {self.colors.shape}")
        for name in ("shown_mask", "emphasis", "sizes"):
            array = getattr(self, name)
            if array is not None and array.shape != (n_points,):
                raise ValueError(f"{n_points} points, but {name} of shape {array.shape}")
        sprites = self.sprites
        if sprites is not None and sprites.slots is not None and sprites.n != n_points:
            raise ValueError(f"{n_points} points, but pictures for {sprites.n}")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """image: uint8 (h, w, 4) RGBA, opaque. ids: int32 (h, w), the point in front, -1 for none."""

    image: ByteArray
    ids: NDArray[np.int32]

    def point_at(self, x: float, y: float, reach_px: float = 4.0) -> int | None:
        """The point whose drawn pixels are nearest to (x, y), or None within reach_px."""
        reach = int(np.ceil(max(0.0, reach_px)))
        column, row = int(np.floor(x)), int(np.floor(y))
        top, left = max(0, row - reach), max(0, column - reach)
        window = self.ids[top : max(0, row + reach + 1), left : max(0, column + reach + 1)]
        rows, columns = np.nonzero(window >= 0)
        if not len(rows):
            return None
        square = (rows + top - row) ** 2 + (columns + left - column) ** 2
        nearest = int(square.argmin())
        if square[nearest] > reach_px**2:
            return None
        return int(window[rows[nearest], columns[nearest]])
