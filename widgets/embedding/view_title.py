"""The line above each of two views."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from widgets.embedding.tools.icons import tool_icon
from widgets.shared.texts import plain_tip

MARGIN = 8


class ViewTitle(QWidget):
    """A line above a view that says which layout it draws. closed: its cross was clicked."""

    closed = Signal()

    def __init__(self, can_close: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cross = QToolButton()
        self.cross.setAutoRaise(True)
        self.cross.setVisible(can_close)
        self.cross.setToolTip(self.tr("Close this view"))
        self.cross.setAccessibleName(self.tr("Close this view"))
        self.cross.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, MARGIN // 2, MARGIN // 2, MARGIN // 2)
        row.addWidget(self._text, 1)
        row.addWidget(self.cross)
        self._redraw()

    @property
    def text(self) -> str:
        return self._text.text()

    def set_text(self, text: str) -> None:
        self._text.setText(text)
        self._text.setToolTip(plain_tip(text))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._redraw()

    def _redraw(self) -> None:
        side = self.fontMetrics().height()
        color = self.palette().color(QPalette.ColorRole.ButtonText)
        self.cross.setIconSize(QSize(side, side))
        self.cross.setIcon(tool_icon("close", color, color, side, self.devicePixelRatioF()))
        # as high with a cross as without, so that both views begin at one line
        self.setFixedHeight(self.cross.sizeHint().height() + MARGIN)
