"""Small pictures of palettes: the first colors of a list, or a gradient from low to high."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPixmap

from projector.colors import category_color, gradient_stops

N_CATEGORIES = 8


def palette_icon(
    palette: str, is_gradient: bool, is_dark: bool, size: QSize, ratio: float
) -> QIcon:
    """size: device-independent; ratio: device pixels for each."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if is_gradient:
        _paint_gradient(painter, palette, is_dark, size)
    else:
        _paint_categories(painter, palette, is_dark, size)
    painter.end()
    return QIcon(pixmap)


def _paint_gradient(painter: QPainter, palette: str, is_dark: bool, size: QSize) -> None:
    stops = gradient_stops(is_dark, n=17, palette=palette)
    fill = QLinearGradient(0, 0, size.width(), 0)
    for i, stop in enumerate(stops):
        fill.setColorAt(i / (len(stops) - 1), QColor(*stop))
    painter.setBrush(fill)
    painter.drawRoundedRect(QRectF(0, 1, size.width(), size.height() - 2), 2, 2)


def _paint_categories(painter: QPainter, palette: str, is_dark: bool, size: QSize) -> None:
    width = size.width() / N_CATEGORIES
    side = min(width - 1, size.height())
    for i in range(N_CATEGORIES):
        painter.setBrush(QColor(*category_color(i, is_dark, palette)))
        painter.drawEllipse(QRectF(i * width, (size.height() - side) / 2, side, side))
