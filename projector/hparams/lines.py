"""Draws the lines of parallel coordinates into pictures; many lines become density, none is
left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, FloatArray, IntArray
from projector.parallel import for_each_part
from projector.progress import Progress, Work

if TYPE_CHECKING:
    from projector.hparams.axes import Axis

ROWS_A_STEP = 4000
SMALLEST_PART = 64


@dataclass(frozen=True, slots=True, eq=False)
class LineLayer:
    """Some of the trials in their colors.

    rows: int64, which trials. rgb: uint8 (n, 3), of all trials. opacity: of a lone line, 0..1.
    thickness: in pixels.
    """

    rows: IntArray
    rgb: ByteArray
    opacity: float
    thickness: float


@dataclass(frozen=True, slots=True, eq=False)
class LinePicture:
    """What to draw. xs: float32 (k,), ys: float32 (n, k), pixels from the picture's corner."""

    width: int
    height: int
    xs: FloatArray
    ys: FloatArray
    layers: tuple[LineLayer, ...]


def line_heights(axes: Sequence[Axis], top: float, bottom: float, lane: float) -> FloatArray:
    """The y of each trial on each axis, float32 (n, k); `lane` where it has no value."""
    n = len(axes[0].positions) if axes else 0
    heights = np.empty((n, len(axes)), dtype=np.float32)
    for j, axis in enumerate(axes):
        y = bottom - axis.positions * (bottom - top)
        heights[:, j] = np.where(np.isnan(y), lane, y)
    return heights


def opacity_for(n_lines: int, height: float) -> float:
    """How opaque a lone line is: nearly solid for few lines, fainter for many."""
    return float(min(0.9, max(0.08, 0.9 * math.sqrt(height / max(1, n_lines)))))


def draw_lines(picture: LinePicture) -> Work[tuple[ByteArray, ...]]:
    """One premultiplied RGBA image a layer, uint8 (height, width, 4)."""
    images = []
    for layer in picture.layers:
        image = yield from _draw(picture, layer)
        images.append(image)
    return tuple(images)


def warm_up() -> Work[None]:
    """Compile the kernels by drawing one line."""
    ys = np.ones((1, 2), dtype=np.float32)
    layer = LineLayer(np.zeros(1, dtype=np.int64), np.zeros((1, 3), dtype=np.uint8), 0.9, 1.0)
    yield from draw_lines(LinePicture(8, 8, np.array([1, 6], dtype=np.float32), ys, (layer,)))


def _draw(picture: LinePicture, layer: LineLayer) -> Work[ByteArray]:
    from projector.hparams.kernels import add_lines, blend

    width, height = picture.width, picture.height
    image = np.zeros((height, width, 4), dtype=np.uint8)
    if len(layer.rows) == 0 or len(picture.xs) < 2:
        return image
    sums = np.zeros((width, height + 2, 4), dtype=np.float32)
    rgb = layer.rgb.astype(np.float32)
    for start in range(0, len(layer.rows), ROWS_A_STEP):
        rows = layer.rows[start : start + ROWS_A_STEP]
        args = (picture.xs, picture.ys, rgb, rows, np.float32(layer.thickness), sums)
        for_each_part(width, partial(_call, add_lines, args), SMALLEST_PART)
        yield Progress((start + len(rows)) / len(layer.rows), "Drawing lines")
    strength = -math.log(1 - min(0.99, layer.opacity))
    for_each_part(width, partial(_call, blend, (sums, strength, image)), SMALLEST_PART)
    return image


def _call(kernel: Any, args: tuple[Any, ...], first: int, last: int) -> None:
    kernel(first, last, *args)


def nearest_line(
    xs: NDArray[Any], ys: FloatArray, rows: IntArray, x: float, y: float
) -> tuple[int, float] | None:
    """The trial whose line passes closest to a point, and how far away it is, in pixels."""
    if len(xs) < 2 or len(rows) == 0 or not xs[0] <= x <= xs[-1]:
        return None
    gap = int(np.clip(np.searchsorted(xs, x, side="right") - 1, 0, len(xs) - 2))
    width = float(xs[gap + 1] - xs[gap])
    left, right = ys[rows, gap], ys[rows, gap + 1]
    along = (x - float(xs[gap])) / width
    slope = (right - left) / width
    distances = np.abs(left + (right - left) * along - y) / np.sqrt(1 + slope * slope)
    best = int(np.argmin(distances))
    return int(rows[best]), float(distances[best])
