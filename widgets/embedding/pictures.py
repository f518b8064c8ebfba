"""Label pictures and other RGBA arrays as Qt images."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from projector.arrays import ByteArray
from projector.embeddings.pictures import SpriteSheet

LARGEST_ICON_PX = 48
"""Up to this size single pixels matter."""


def image_of(pixels: ByteArray) -> QImage:
    """An image with its own copy of uint8 (h, w, 4) RGBA pixels."""
    height, width = pixels.shape[:2]
    own = np.ascontiguousarray(pixels)
    return QImage(own.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()


def point_pixmap(sprites: SpriteSheet | None, point: int, size_px: int, ratio: float) -> QPixmap:
    """The picture of one point, fitted into a square of so many pixels; null without one.

    size_px: device-independent; ratio: device pixels for each. Small pictures are enlarged
    without smoothing, as their pixels are what matters.
    """
    if sprites is None or sprites.slot(point) < 0:
        return QPixmap()
    pixels = sprites.picture(point)
    if not pixels.size:
        return QPixmap()
    device_px = max(1, round(size_px * ratio))
    is_small = 2 * max(pixels.shape[:2]) <= device_px or max(pixels.shape[:2]) < LARGEST_ICON_PX
    pixmap = QPixmap.fromImage(image_of(pixels)).scaled(
        QSize(device_px, device_px),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.FastTransformation
        if is_small and max(pixels.shape[:2]) < device_px
        else Qt.TransformationMode.SmoothTransformation,
    )
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
