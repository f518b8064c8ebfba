"""A small bar chart: how much of the variance each principal component holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from widgets.shared.theme import plot_colors

GAP_PX = 3
LABEL_PX = 20


class VarianceChart(QWidget):
    """A bar a component; those on an axis are in full color.

    component_clicked: its number from 0 (int).
    """

    component_clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ratios: tuple[float, ...] = ()
        self._used: frozenset[int] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Variance explained by each component"))

    def set_variance(self, ratios: Sequence[float], used: Sequence[int]) -> None:
        """ratios: 0..1 each. used: the components that are on an axis."""
        self._ratios, self._used = tuple(map(float, ratios)), frozenset(used)
        self.setAccessibleDescription(", ".join(map(self._text, range(len(self._ratios)))))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, 5 * self.fontMetrics().height())

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            component = self._component_at(event.pos().x())
            QToolTip.showText(
                event.globalPos(), self._text(component) if self._ratios else "", self
            )
            return True
        return super().event(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._ratios and event.button() == Qt.MouseButton.LeftButton:
            self.component_clicked.emit(self._component_at(event.position().x()))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._ratios:
            return
        painter = QPainter(self)
        colors = plot_colors(self.palette())
        text_height = self.fontMetrics().height()
        height = self.height() - text_height - 2
        highest = max(max(self._ratios), 1e-12)
        width = self.width() / len(self._ratios)
        gap = min(GAP_PX, width / 4)
        for i, ratio in enumerate(self._ratios):
            bar = max(1.0, height * ratio / highest)
            rect = QRectF(i * width + gap / 2, height - bar, width - gap, bar)
            painter.fillRect(rect, colors.point if i in self._used else colors.faded)
        for i in self._numbered(width):
            painter.setPen(colors.foreground if i in self._used else colors.muted)
            below = QRectF((i + 0.5) * width - LABEL_PX, height + 2, 2 * LABEL_PX, text_height)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(i + 1))
        painter.setPen(colors.grid)
        painter.drawLine(0, height, self.width(), height)
        painter.end()

    def _numbered(self, width: float) -> range:
        """The components whose number is written: all, or each fifth, tenth and so on"""
        needed = self.fontMetrics().horizontalAdvance(f"{len(self._ratios)}") + GAP_PX
        if width >= needed:
            return range(len(self._ratios))
        stride = next((n for n in (5, 10, 20, 50, 100, 200) if n * width >= needed), 500)
        return range(stride - 1, len(self._ratios), stride)

    def _component_at(self, x: float) -> int:
        return min(max(0, int(x * len(self._ratios) / max(1, self.width()))), len(self._ratios) - 1)

    def _text(self, component: int) -> str:
        return f"PC{component + 1}: {self._ratios[component]:.1%}"
