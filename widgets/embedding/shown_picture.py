"""The picture of the points that is on the screen now."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from projector.render.raster import Picture
from widgets.embedding.figure import image_on


class ShownPicture:
    """Empty until there is one."""

    def __init__(self) -> None:
        self._image = QImage()

    @property
    def is_empty(self) -> bool:
        return self._image.isNull()

    def clear(self) -> None:
        self._image = QImage()

    def take(self, picture: Picture, ratio: float) -> None:
        """ratio: its pixels for each device-independent one."""
        self._image = image_on(picture)
        self._image.setDevicePixelRatio(ratio)

    def paint(self, painter: QPainter, ratio: float) -> None:
        """A picture that is coarse while the camera moves is enlarged smoothly. ratio: pixels of
        the screen for each device-independent one."""
        is_coarse = self._image.devicePixelRatioF() != ratio
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_coarse)
        # where an image has fewer pixels than the widget, Qt would not enlarge it by itself
        size = self._image.deviceIndependentSize()
        painter.drawImage(QRectF(QPointF(0, 0), size), self._image, QRectF(self._image.rect()))
