"""Which lines to draw, in which colors: those that fail in the back, the selected ones in front."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from projector.arrays import ByteArray, FloatArray, IntArray
from projector.hparams.lines import LineLayer, LinePicture, opacity_for
from widgets.hparams.geometry import Geometry
from widgets.hparams.line_layers import Request
from widgets.hparams.view_model import HparamsViewModel
from widgets.shared.theme import PlotColors

THIN, THICK = 1.4, 2.8


def request_for(
    canvas: QWidget,
    exposed: QRect,
    places: Geometry,
    heights: FloatArray,
    model: HparamsViewModel,
    colors: PlotColors,
) -> Request:
    """The picture of what shows and half as much to both sides, so that scrolling stays smooth."""
    ratio = canvas.devicePixelRatioF()
    left = max(0, exposed.left() - exposed.width() // 2)
    right = min(canvas.width(), exposed.right() + 1 + exposed.width() // 2)
    picture = LinePicture(
        max(1, round((right - left) * ratio)),
        max(1, round(canvas.height() * ratio)),
        ((np.array(places.xs) - left) * ratio).astype(np.float32),
        np.ascontiguousarray(heights * np.float32(ratio)),
        _layers(model, colors, (places.bottom - places.top) * ratio, ratio),
    )
    return Request(picture, float(left), ratio)


def _layers(
    model: HparamsViewModel, colors: PlotColors, height: float, ratio: float
) -> tuple[LineLayer, ...]:
    n = len(model.trials)
    selected = np.intersect1d(model.selected_rows(), model.passing)
    failing = np.setdiff1d(np.arange(n), model.passing, assume_unique=True)
    opacity = opacity_for(len(model.passing), height) * (0.45 if len(selected) else 1.0)
    faded = opacity_for(len(failing), height)
    return (
        LineLayer(failing, _one_color(colors.faded, n), faded, THIN * ratio),
        LineLayer(model.passing, model.rgb, opacity, THIN * ratio),
        LineLayer(selected, _one_color(colors.selected, n), _strong(selected), THICK * ratio),
    )


def _strong(rows: IntArray) -> float:
    return 0.95 if len(rows) <= 100 else 0.5


def _one_color(color: QColor, n: int) -> ByteArray:
    rgb = np.empty((n, 3), dtype=np.uint8)
    rgb[:] = (color.red(), color.green(), color.blue())
    return rgb
