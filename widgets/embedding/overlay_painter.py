"""Paints an overlay with QPainter."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from widgets.embedding.overlay import Overlay, Ring, Text
from widgets.embedding.text_picture import draw_text
from widgets.shared.theme import PlotColors

CAPTION_MARGIN = 10
RING_EDGE = 2.4


def paint_overlay(painter: QPainter, overlay: Overlay, colors: PlotColors) -> None:
    """Lines, then rings, then texts."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for strokes in overlay.strokes:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, strokes.is_smooth)
        painter.setPen(QPen(strokes.color, strokes.width))
        painter.drawLines(strokes.lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for curve in overlay.curves:
        painter.setPen(QPen(curve.color, curve.width))
        painter.drawPath(curve.path)
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
    """The counts in the corner, on a ground of their own so that no axis runs through them; cut
    where the surface ends."""
    place = surface.adjusted(CAPTION_MARGIN, CAPTION_MARGIN, -CAPTION_MARGIN, -CAPTION_MARGIN)
    cut = Qt.TextElideMode.ElideRight
    metrics = painter.fontMetrics()
    caption = metrics.elidedText(caption, cut, max(0, place.width()))
    if not caption:
        return
    ground = QRectF(place.x(), place.y(), metrics.horizontalAdvance(caption), metrics.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colors.background)
    painter.drawRoundedRect(ground.adjusted(-5, -3, 5, 3), 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(colors.muted)
    painter.drawText(place, 0, caption)


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
    if text.scale != 1.0:
        font.setPointSizeF(font.pointSizeF() * text.scale)
    color = text.tint or getattr(colors, text.color)
    halo = colors.background if text.has_halo else None
    draw_text(painter, text.rect, text.text, font, color, halo)
