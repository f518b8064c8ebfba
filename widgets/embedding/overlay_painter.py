"""Paints an overlay and the tip at the pointer with QPainter."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from widgets.embedding.overlay import Overlay, Ring, Text, shorten
from widgets.shared.theme import PlotColors

CAPTION_MARGIN = 10
TIP_MARGIN = 8.0
TIP_PICTURE_PX = 56
RING_EDGE = 2.4


@dataclass(frozen=True, slots=True)
class Tip:
    """What is said about the point under the pointer. at: the pointer."""

    at: QPointF
    title: str
    detail: str
    picture: QPixmap


def paint_overlay(painter: QPainter, overlay: Overlay, colors: PlotColors) -> None:
    """Lines, then rings, then texts."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for line in overlay.lines:
        color = QColor(getattr(colors, line.color))
        color.setAlphaF(0.45 if line.color == "muted" else 0.85)
        painter.setPen(QPen(color, line.width))
        painter.drawLine(line.start, line.end)
    for ring in overlay.rings:
        _paint_ring(painter, ring, colors)
    for text in overlay.texts:
        _paint_text(painter, text, colors)


def paint_caption(painter: QPainter, caption: str, surface: QRect, colors: PlotColors) -> None:
    """The counts in the corner, on a ground of their own so that no axis runs through them."""
    place = surface.adjusted(CAPTION_MARGIN, CAPTION_MARGIN, -CAPTION_MARGIN, -CAPTION_MARGIN)
    ground = painter.boundingRect(place, 0, caption)
    painter.fillRect(ground.adjusted(-4, -2, 4, 2), colors.background)
    painter.setPen(colors.muted)
    painter.drawText(place, 0, caption)


def paint_tip(painter: QPainter, tip: Tip, size: QSizeF, font: QFont, colors: PlotColors) -> None:
    """A card beside the pointer, kept inside the surface."""
    bold = QFont(font)
    bold.setBold(True)
    title, detail = shorten(tip.title), shorten(tip.detail)
    tall, small = QFontMetricsF(bold), QFontMetricsF(font)
    picture = tip.picture.deviceIndependentSize() if not tip.picture.isNull() else QSizeF(0, 0)
    gap = TIP_MARGIN if picture.width() else 0.0
    text_width = max(tall.horizontalAdvance(title), small.horizontalAdvance(detail)) + 2
    text_height = tall.height() + small.height()
    width = 2 * TIP_MARGIN + picture.width() + gap + text_width
    height = 2 * TIP_MARGIN + max(picture.height(), text_height)
    rect = _beside(tip.at, QSizeF(width, height), size)
    _paint_box(painter, rect, colors)
    painter.drawPixmap(rect.topLeft() + QPointF(TIP_MARGIN, TIP_MARGIN), tip.picture)
    left = rect.left() + TIP_MARGIN + picture.width() + gap
    top = rect.center().y() - text_height / 2
    painter.setFont(bold)
    painter.setPen(colors.foreground)
    line = QRectF(left, top, text_width, tall.height())
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
    painter.setFont(font)
    painter.setPen(colors.muted)
    line = QRectF(left, top + tall.height(), text_width, small.height())
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, detail)


def _beside(at: QPointF, size: QSizeF, surface: QSizeF) -> QRectF:
    x, y = at.x() + 16, at.y() + 16
    if x + size.width() > surface.width() - 4:
        x = at.x() - 12 - size.width()
    if y + size.height() > surface.height() - 4:
        y = at.y() - 12 - size.height()
    return QRectF(QPointF(max(4.0, x), max(4.0, y)), size)


def _paint_box(painter: QPainter, rect: QRectF, colors: PlotColors) -> None:
    ground = QColor(colors.background)
    ground.setAlphaF(0.95)
    painter.setPen(QPen(colors.grid, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 5, 5)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_ring(painter: QPainter, ring: Ring, colors: PlotColors) -> None:
    """A ring with an edge in the background's color, so that it shows on any point."""
    inside = ring.rect.adjusted(2.5, 2.5, -2.5, -2.5)
    if ring.picture is not None:
        painter.drawPixmap(inside, ring.picture, QRectF(ring.picture.rect()))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ring.ground)
        painter.drawEllipse(inside)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in (
        (colors.background, ring.width + RING_EDGE),
        (getattr(colors, ring.color), ring.width),
    ):
        painter.setPen(QPen(color, width))
        if ring.picture is not None:
            painter.drawRoundedRect(ring.rect, 2, 2)
        else:
            painter.drawEllipse(ring.rect)


def _paint_text(painter: QPainter, text: Text, colors: PlotColors) -> None:
    if text.has_ground:
        ground = QColor(colors.background)
        ground.setAlphaF(0.82)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(text.rect, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    font = QFont(painter.font())
    font.setBold(text.is_bold)
    painter.save()
    painter.setFont(font)
    painter.setPen(getattr(colors, text.color))
    painter.drawText(text.rect, Qt.AlignmentFlag.AlignCenter, text.text)
    painter.restore()
