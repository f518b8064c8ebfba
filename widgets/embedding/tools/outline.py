"""The line that the hand draws around points, while it is being drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from projector.arrays import DoubleArray
from projector.selection import Combine
from widgets.shared.theme import PlotColors

NEAREST_PX = 2.0
SIGNS: dict[Combine, str] = {
    "replace": "",
    "union": "+",
    "subtract": "\u2212",
    "toggle": "\u00b1",
    "intersect": "\u2229",
}


@dataclass(slots=True)
class Outline:
    """is_free: a lasso; else a rectangle between the first corner and the last. how: what it will
    do to the selection."""

    corners: list[QPointF] = field(default_factory=list)
    is_free: bool = False
    how: Combine = "replace"

    def extend(self, at: QPointF) -> None:
        """The hand moved on."""
        if not self.is_free:
            self.corners[1:] = [at]
        elif (at - self.corners[-1]).manhattanLength() >= NEAREST_PX:
            self.corners.append(at)

    @property
    def rect(self) -> QRectF:
        return QRectF(self.corners[0], self.corners[-1]).normalized()

    @property
    def polygon(self) -> DoubleArray:
        """Float64 (k, 2), in widget pixels."""
        if self.is_free:
            return np.array([(corner.x(), corner.y()) for corner in self.corners])
        rect = self.rect
        left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])

    @property
    def path(self) -> QPainterPath:
        path = QPainterPath(self.corners[0])
        if self.is_free:
            for corner in self.corners[1:]:
                path.lineTo(corner)
            path.closeSubpath()
        else:
            path.addRect(self.rect)
        return path


def paint_outline(painter: QPainter, outline: Outline, colors: PlotColors) -> None:
    """A veil with a dashed edge that shows on any ground, and a sign for what it will do."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = outline.path
    veil = QColor(colors.point)
    veil.setAlphaF(0.2)
    painter.fillPath(path, veil)
    painter.setPen(QPen(colors.background, 3.6))
    painter.drawPath(path)
    pen = QPen(colors.foreground, 1.6, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawPath(path)
    if sign := SIGNS[outline.how]:
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(colors.foreground)
        painter.drawText(outline.corners[-1] + QPointF(12, -8), sign)
    painter.restore()
