"""Paints the lines of a legend: swatch, name, count, and an eye that says whether it is shown."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from widgets.embedding.coloring.lines import LegendLines, Line
from widgets.shared.theme import PlotColors, plot_colors

Index = QModelIndex | QPersistentModelIndex
GAP = 6


class LinePainter(QStyledItemDelegate):
    """Knows where on a line its swatch and its eye are."""

    def swatch_rect(self, rect: QRect) -> QRect:
        side = rect.height() - 8
        return QRect(rect.left() + 4, rect.top() + 4, side, side)

    def eye_rect(self, rect: QRect) -> QRect:
        side = rect.height()
        return QRect(rect.right() - side, rect.top(), side, side)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        lines = index.model()
        assert isinstance(lines, LegendLines)
        line = lines.line(index.row())
        rect: QRect = option.rect
        palette: QPalette = option.palette
        colors = plot_colors(palette)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        is_current = bool(state & QStyle.StateFlag.State_HasFocus)
        _paint_ground(painter, rect, palette, is_hovered, is_current)
        _paint_swatch(painter, self.swatch_rect(rect), line, colors)
        _paint_texts(painter, self._text_rect(rect), lines, line, palette)
        if line.is_hidden or is_hovered or is_current:
            _paint_eye(painter, QRectF(self.eye_rect(rect)), line.is_hidden, colors)
        painter.restore()

    def _text_rect(self, rect: QRect) -> QRect:
        left = self.swatch_rect(rect).right() + 1 + GAP
        return QRect(left, rect.top(), self.eye_rect(rect).left() - left, rect.height())


def _paint_ground(
    painter: QPainter, rect: QRect, palette: QPalette, is_hovered: bool, is_current: bool
) -> None:
    if is_hovered:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
        painter.drawRoundedRect(rect.adjusted(0, 0, -1, 0), 3, 3)
    if is_current:
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -1.5, -0.5), 3, 3)


def _paint_swatch(painter: QPainter, rect: QRect, line: Line, colors: PlotColors) -> None:
    if line.is_hidden:
        painter.setPen(QPen(line.color, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(rect).adjusted(1, 1, -1, -1))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(line.color)
    painter.drawEllipse(rect)


def _paint_texts(
    painter: QPainter, rect: QRect, lines: LegendLines, line: Line, palette: QPalette
) -> None:
    metrics = painter.fontMetrics()
    muted = plot_colors(palette).muted
    count = lines.count_text(line)
    painter.setPen(muted)
    painter.drawText(rect, _RIGHT, count)
    space = rect.adjusted(0, 0, -metrics.horizontalAdvance(count) - GAP, 0)
    faint = line.is_hidden or line.is_missing
    painter.setPen(muted if faint else palette.color(QPalette.ColorRole.WindowText))
    text = metrics.elidedText(lines.title(line), Qt.TextElideMode.ElideRight, space.width())
    painter.drawText(space, _LEFT, text)


def _paint_eye(painter: QPainter, rect: QRectF, is_hidden: bool, colors: PlotColors) -> None:
    """An eye, struck out where the points are hidden."""
    center = rect.center()
    half = rect.width() * 0.3
    path = QPainterPath(QPointF(center.x() - half, center.y()))
    path.quadTo(center.x(), center.y() - 1.5 * half, center.x() + half, center.y())
    path.quadTo(center.x(), center.y() + 1.5 * half, center.x() - half, center.y())
    painter.setPen(QPen(QColor(colors.muted), 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    if is_hidden:
        slope = QPointF(half, half) * 0.85
        painter.drawLine(center - slope, center + slope)
        return
    painter.setBrush(colors.muted)
    painter.drawEllipse(center, half * 0.32, half * 0.32)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
