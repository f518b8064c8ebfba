"""A line a few pixels high: how the divergence fell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from widgets.shared.theme import plot_colors

MOST_CORNERS = 200


class Sparkline(QWidget):
    """Values from left to right, the lowest at the bottom."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self._colors = plot_colors(self.palette())
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: Sequence[float]) -> None:
        """In order; of very many, some."""
        stride = max(1, len(values) // MOST_CORNERS)
        self._values = tuple(values[::stride])
        if values:
            text = self.tr("From {first} to {last}")
            self.setAccessibleDescription(
                text.format(first=f"{values[0]:.3f}", last=f"{values[-1]:.3f}")
            )
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(60, 2 * self.fontMetrics().height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colors = plot_colors(self.palette())
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self.height() - 1
        painter.setPen(QPen(self._colors.grid, 1))
        painter.drawLine(0, bottom, self.width(), bottom)
        if len(self._values) > 1:
            painter.setPen(QPen(self._colors.point, 1.5))
            painter.drawPolyline(self._line())
        painter.end()

    def _line(self) -> QPolygonF:
        low, high = min(self._values), max(self._values)
        span = max(high - low, 1e-9)
        width, height = self.width() - 2, self.height() - 5
        n = len(self._values) - 1
        return QPolygonF(
            [
                QPointF(1 + width * i / n, 2 + height * (1 - (value - low) / span))
                for i, value in enumerate(self._values)
            ]
        )
