"""Which layout a color of the quality bars belongs to."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from widgets.embedding.section import MARGIN
from widgets.shared.texts import plain_tip
from widgets.shared.theme import plot_colors


class LegendLine(QWidget):
    """A patch of the bars' color and a title, elided where there is no room."""

    def __init__(self, *, is_second: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_second = is_second
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(plain_tip(text))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(100, self.fontMetrics().height() + 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, metrics = plot_colors(self.palette()), self.fontMetrics()
        side = metrics.ascent() - 2
        patch = QRectF(0, (self.height() - side) / 2, side, side)
        painter.fillRect(patch, colors.neighbor if self._is_second else colors.point)
        painter.setPen(self.palette().windowText().color())
        room = self.rect().adjusted(side + MARGIN, 0, 0, 0)
        text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        alignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, alignment, text)
        painter.end()
