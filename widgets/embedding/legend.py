"""Says what the colors of the points mean: swatches with counts, or a gradient with its ends."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from projector.colors import Gradient, Legend, LegendEntry
from widgets.embedding.view_model import number_text
from widgets.shared.texts import plain_tip, shown
from widgets.shared.theme import plot_colors


class LegendView(QWidget):
    """Paints one legend; long labels are elided and whole in the tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend = Legend()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend"))

    @property
    def legend(self) -> Legend:
        return self._legend

    def set_legend(self, legend: Legend) -> None:
        self._legend = legend
        texts = [f"{shown(entry.label)}: {number_text(entry.count)}" for entry in legend.entries]
        if legend.gradient is not None:
            texts.insert(0, f"{legend.gradient.low:.4g} – {legend.gradient.high:.4g}")
        self.setAccessibleDescription(", ".join(texts))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        n_lines = len(self._legend.entries) + (1 if self._legend.n_more else 0)
        n_lines += 2 if self._legend.gradient is not None else 0
        return QSize(120, max(1, n_lines) * self._line_height)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0
        if self._legend.gradient is not None:
            self._paint_gradient(painter, self._legend.gradient)
            top = 2 * self._line_height
        for entry in self._legend.entries:
            self._paint_entry(painter, entry, QRect(0, top, self.width(), self._line_height))
            top += self._line_height
        if self._legend.n_more:
            painter.setPen(plot_colors(self.palette()).muted)
            rect = QRect(0, top, self.width(), self._line_height)
            text = self.tr("and {count} more").format(count=number_text(self._legend.n_more))
            painter.drawText(rect.adjusted(self._line_height, 0, 0, 0), _LEFT, text)
        painter.end()

    @property
    def _line_height(self) -> int:
        return self.fontMetrics().height() + 4

    def _show_tip(self, at: QPoint, where: QPoint) -> None:
        index = at.y() // self._line_height - (2 if self._legend.gradient is not None else 0)
        if 0 <= index < len(self._legend.entries):
            entry = self._legend.entries[index]
            text = self.tr("{label}: {count} points").format(
                label=entry.label, count=number_text(entry.count)
            )
            QToolTip.showText(where, plain_tip(text), self)
        else:
            QToolTip.hideText()

    def _paint_entry(self, painter: QPainter, entry: LegendEntry, rect: QRect) -> None:
        side = self._line_height - 8
        swatch = QRect(2, rect.top() + 4, side, side)
        painter.setBrush(QColor(*entry.color))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(swatch)
        count = number_text(entry.count)
        count_width = self.fontMetrics().horizontalAdvance(count)
        painter.setPen(plot_colors(self.palette()).muted)
        painter.drawText(rect.adjusted(0, 0, -2, 0), _RIGHT, count)
        space = rect.adjusted(self._line_height, 0, -count_width - 10, 0)
        text = self.tr("(no value)") if entry.is_missing and not entry.label else entry.label
        text = self.fontMetrics().elidedText(
            shown(text), Qt.TextElideMode.ElideRight, space.width()
        )
        painter.setPen(self.palette().windowText().color())
        painter.drawText(space, _LEFT, text)

    def _paint_gradient(self, painter: QPainter, gradient: Gradient) -> None:
        height = self._line_height
        bar = QRect(2, 3, self.width() - 4, height - 6)
        fill = QLinearGradient(bar.topLeft(), bar.topRight())
        last = max(1, len(gradient.stops) - 1)
        for i, stop in enumerate(gradient.stops):
            fill.setColorAt(i / last, QColor(*stop))
        painter.setBrush(fill)
        painter.setPen(QPen(plot_colors(self.palette()).grid, 1))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(plot_colors(self.palette()).muted)
        ends = QRect(2, height, self.width() - 4, height)
        painter.drawText(ends, _LEFT, f"{gradient.low:.4g}")
        painter.drawText(ends, _RIGHT, f"{gradient.high:.4g}")


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
