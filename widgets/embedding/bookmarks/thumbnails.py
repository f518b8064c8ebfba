"""Small pictures of views: made of a canvas, and shown in a list."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPalette, QPixmap

from projector.export.thumbnails import LARGEST_BYTES
from widgets.embedding.canvas import ScatterCanvas

WIDTH_PX, HEIGHT_PX = 192, 144


def thumbnail_of(canvas: ScatterCanvas) -> bytes:
    """The middle of what is on the canvas as PNG; empty before there is a picture."""
    if not canvas.has_picture:
        return b""
    image = canvas.image
    image.setDevicePixelRatio(1.0)
    size = QSize(WIDTH_PX, HEIGHT_PX)
    covering = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    scaled = image.scaled(size, covering, Qt.TransformationMode.SmoothTransformation)
    middle = QRect(scaled.rect().center() - QRect(0, 0, WIDTH_PX, HEIGHT_PX).center(), size)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    is_saved = scaled.copy(middle).save(buffer, "PNG")  # type: ignore[call-overload]
    found = bytes(data.data())
    return found if is_saved and len(found) <= LARGEST_BYTES else b""


def thumbnail_icon(png: bytes, size: QSize, ratio: float, palette: QPalette) -> QIcon:
    """In a thin frame; an empty one where there is no picture, so that names stand in line.

    size: device-independent; ratio: pixels for each.
    """
    pixmap = QPixmap(size * ratio)
    pixmap.fill(palette.alternateBase().color())
    painter = QPainter(pixmap)
    image = QImage.fromData(png) if png else QImage()
    if not image.isNull():
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        wanted = image.scaled(
            pixmap.size(),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        place = wanted.rect()
        place.moveCenter(pixmap.rect().center())
        painter.drawImage(place, wanted)
    painter.setPen(palette.mid().color())
    painter.drawRect(pixmap.rect().adjusted(0, 0, -1, -1))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    icon = QIcon(pixmap)
    # a chosen one is not tinted
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
