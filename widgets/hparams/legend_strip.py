"""What the colors of the lines mean, on one line: a color bar or a row of swatches."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from projector.colors import Gradient, Legend, LegendEntry
from projector.hparams.texts import number_text
from widgets.shared.texts import plain_tip
from widgets.shared.theme import plot_colors

GAP = 8


class LegendStrip(QWidget):
    """Paints a legend. What does not fit is counted ("+3"); the tip lists all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend = Legend()
        self.setAccessibleName(self.tr("Legend of the line colors"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_legend(self, legend: Legend) -> None:
        """Show another legend."""
        self._legend = legend
        text = self._spoken()
        self.setToolTip(plain_tip(text))
        self.setAccessibleDescription(text)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 40, self.fontMetrics().height() + 4)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 20, self.fontMetrics().height() + 4)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 0.0
        if self._legend.gradient is not None:
            x = self._paint_gradient(painter, self._legend.gradient)
        entries = self._legend.entries
        for i, entry in enumerate(entries):
            n_left = len(entries) - i + self._legend.n_more
            width = self._entry_width(entry)
            rest = self.fontMetrics().horizontalAdvance(f"+{n_left}") if n_left > 1 else 0
            if x + width + rest > self.width():
                self._write(painter, x, f"+{n_left}")
                return
            x = self._paint_entry(painter, x, entry)
        if self._legend.n_more:
            self._write(painter, x, f"+{self._legend.n_more}")

    def _paint_gradient(self, painter: QPainter, gradient: Gradient) -> float:
        metrics = self.fontMetrics()
        x = self._write(painter, 0, number_text(gradient.low, ".4g")) + GAP / 2
        bar = QRectF(x, self.height() / 2 - 5, metrics.averageCharWidth() * 22, 10)
        fill = QLinearGradient(bar.topLeft(), bar.topRight())
        last = max(1, len(gradient.stops) - 1)
        for i, color in enumerate(gradient.stops):
            fill.setColorAt(i / last, QColor(*color))
        painter.setBrush(fill)
        painter.setPen(QPen(plot_colors(self.palette()).grid, 1))
        painter.drawRoundedRect(bar, 3, 3)
        end = self._write(painter, bar.right() + GAP / 2, number_text(gradient.high, ".4g"))
        return end + 2 * GAP

    def _paint_entry(self, painter: QPainter, x: float, entry: LegendEntry) -> float:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*entry.color))
        painter.drawRoundedRect(QRectF(x, self.height() / 2 - 5, 10, 10), 3, 3)
        return self._write(painter, x + 15, self._label(entry)) + 2 * GAP

    def _write(self, painter: QPainter, x: float, text: str) -> float:
        """Write a text and return where it ends."""
        painter.setPen(plot_colors(self.palette()).foreground)
        width = self.fontMetrics().horizontalAdvance(text)
        box = QRectF(x, 0, width + 2, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return x + width

    def _entry_width(self, entry: LegendEntry) -> float:
        return 15 + self.fontMetrics().horizontalAdvance(self._label(entry)) + 2 * GAP

    def _label(self, entry: LegendEntry) -> str:
        text = self.tr("missing") if entry.is_missing else entry.label
        room = self.fontMetrics().averageCharWidth() * 18
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)

    def _spoken(self) -> str:
        lines = [self._legend.title]
        gradient = self._legend.gradient
        if gradient is not None:
            lines.append(f"{number_text(gradient.low)} … {number_text(gradient.high)}")
        for entry in self._legend.entries:
            name = self.tr("missing") if entry.is_missing else entry.label
            lines.append(f"{name}: {entry.count:,}")
        return "\n".join(line for line in lines if line)
