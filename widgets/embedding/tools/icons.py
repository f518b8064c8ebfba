"""The icons of the tools, drawn as lines so that they are sharp at any size and in any theme."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from widgets.embedding.tools.tool import Tool

BOX = 20.0
"""Icons are drawn in a square of so many units."""


def tool_icon(name: str, color: QColor, disabled: QColor, size_px: int, ratio: float) -> QIcon:
    """An icon by the name of a tool or of a command. size_px: device-independent."""
    icon = QIcon()
    icon.addPixmap(_pixmap(name, color, size_px, ratio), QIcon.Mode.Normal)
    icon.addPixmap(_pixmap(name, disabled, size_px, ratio), QIcon.Mode.Disabled)
    return icon


def _pixmap(name: str, color: QColor, size_px: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size_px * ratio), round(size_px * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size_px / BOX, size_px / BOX)
    pen = QPen(
        color, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )
    if name == Tool.RECTANGLE.value:
        pen.setDashPattern([2.2, 1.9])
    painter.setPen(pen)
    painter.drawPath(_PATHS[name]())
    painter.end()
    return pixmap


def _orbit() -> QPainterPath:
    """An arrow around a ball."""
    path = QPainterPath()
    path.addEllipse(QPointF(10, 10), 3.2, 3.2)
    box = QRectF(2.2, 5.4, 15.6, 9.2)
    path.arcMoveTo(box, 50)
    path.arcTo(box, 50, 285)
    _head(path, QPointF(15.9, 13.0), 35)
    return path


def _pan() -> QPainterPath:
    path = QPainterPath()
    for angle in (0, 90, 180, 270):
        x, y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        path.moveTo(10, 10)
        path.lineTo(10 + 7.2 * x, 10 + 7.2 * y)
        _head(path, QPointF(10 + 7.6 * x, 10 + 7.6 * y), angle, 2.6)
    return path


def _rectangle() -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(3, 4.5, 14, 11))
    return path


def _lasso() -> QPainterPath:
    path = QPainterPath(QPointF(6.2, 13.2))
    path.cubicTo(-0.5, 9.6, 3.6, 2.8, 10.6, 2.8)
    path.cubicTo(19.6, 2.8, 20.2, 11.6, 12.6, 13.2)
    path.cubicTo(9.6, 13.9, 7.0, 13.7, 6.2, 13.2)
    path.cubicTo(4.2, 14.6, 5.2, 17.2, 7.6, 16.4)
    path.moveTo(6.2, 13.2)
    path.cubicTo(8.2, 14.2, 8.2, 16.2, 4.6, 18.2)
    return path


def _fit() -> QPainterPath:
    path = QPainterPath()
    for x, y, dx, dy in ((3, 3, 1, 1), (17, 3, -1, 1), (17, 17, -1, -1), (3, 17, 1, -1)):
        path.moveTo(x + 4 * dx, y)
        path.lineTo(x, y)
        path.lineTo(x, y + 4 * dy)
    path.addEllipse(QPointF(10, 10), 2.4, 2.4)
    return path


def _reset() -> QPainterPath:
    path = QPainterPath(QPointF(3, 10.5))
    path.lineTo(10, 3.8)
    path.lineTo(17, 10.5)
    path.moveTo(5.2, 9.0)
    path.lineTo(5.2, 16.6)
    path.lineTo(14.8, 16.6)
    path.lineTo(14.8, 9.0)
    return path


def _turn() -> QPainterPath:
    """An arrow around, for turning by itself."""
    path = QPainterPath()
    box = QRectF(3.4, 3.4, 13.2, 13.2)
    path.arcMoveTo(box, 60)
    path.arcTo(box, 60, 290)
    _head(path, QPointF(16.5, 8.4), 250)
    return path


def _beside() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(2.6, 4, 14.8, 12), 1.6, 1.6)
    path.moveTo(10, 4)
    path.lineTo(10, 16)
    return path


def _options() -> QPainterPath:
    """Three sliders."""
    path = QPainterPath()
    for y, x in ((5.0, 13.0), (10.0, 7.0), (15.0, 11.5)):
        path.moveTo(3, y)
        path.lineTo(x - 2, y)
        path.moveTo(x + 2, y)
        path.lineTo(17, y)
        path.addEllipse(QPointF(x, y), 2.0, 2.0)
    return path


def _close() -> QPainterPath:
    path = QPainterPath(QPointF(5.5, 5.5))
    path.lineTo(14.5, 14.5)
    path.moveTo(14.5, 5.5)
    path.lineTo(5.5, 14.5)
    return path


def _head(path: QPainterPath, tip: QPointF, angle: float, size: float = 3.2) -> None:
    """The head of an arrow that points along an angle in degrees, clockwise from the right."""
    for side in (145, -145):
        turn = math.radians(angle + side)
        path.moveTo(tip)
        path.lineTo(tip + QPointF(math.cos(turn), math.sin(turn)) * size)


_PATHS: dict[str, Callable[[], QPainterPath]] = {
    Tool.ORBIT.value: _orbit,
    Tool.PAN.value: _pan,
    Tool.RECTANGLE.value: _rectangle,
    Tool.LASSO.value: _lasso,
    "fit": _fit,
    "reset_camera": _reset,
    "auto_orbit": _turn,
    "beside": _beside,
    "options": _options,
    "close": _close,
}
