"""Positions as they were made become coordinates to draw, without a jump from step to step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray, FloatArray, frozen

_LEAP = 3.0
_GROWING, _SHRINKING = 0.5, 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What is drawn at 0, float64 (n_dims,), and what length is drawn as 1."""

    center: DoubleArray
    unit: float

    def place(self, positions: FloatArray) -> FloatArray:
        """float32, of the same shape; rows that are not finite become NaN."""
        placed = (positions - self.center) / self.unit
        placed[~np.isfinite(placed).all(axis=1)] = np.nan
        return frozen(placed.astype(np.float32))


def frame_of(positions: FloatArray) -> Frame:
    """Centered on the mean; the farthest point is drawn at a distance of 1."""
    n_dims = positions.shape[1]
    finite = positions[np.isfinite(positions).all(axis=1)]
    if not len(finite):
        return Frame(np.zeros(n_dims), 1.0)
    center = finite.mean(axis=0, dtype=np.float64)
    moved = finite - center
    farthest = float(np.sqrt(np.einsum("ij,ij->i", moved, moved).max()))
    return Frame(center, farthest if farthest > 0 and np.isfinite(farthest) else 1.0)


class CalmFrames:
    """Follows a layout that grows or shrinks. A leap, as from principal components to the small
    start of a t-SNE, is followed at once: the picture is the same then."""

    def __init__(self) -> None:
        self._unit: float | None = None

    def follow(self, positions: FloatArray) -> Frame:
        """The frame of the next step."""
        frame = frame_of(positions)
        if self._unit is None or not 1 / _LEAP < frame.unit / self._unit < _LEAP:
            self._unit = frame.unit
        else:
            share = _GROWING if frame.unit > self._unit else _SHRINKING
            self._unit *= (frame.unit / self._unit) ** share
        return Frame(frame.center, self._unit)
