"""What the canvas says in place of, or below, a picture: progress, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QVBoxLayout, QWidget
from typing_extensions import override

from widgets.embedding.floating import floating_rects


@dataclass(frozen=True, slots=True)
class Message:
    """is_busy: shows a progress bar; done: 0..1, None where the length is unknown."""

    title: str
    detail: str = ""
    is_busy: bool = False
    done: float | None = None


class MessageCard(QFrame):
    """A card that lies on its parent, in the middle or at the bottom."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = QLabel(wordWrap=True)
        self._detail = QLabel(wordWrap=True)
        self._bar = QProgressBar(textVisible=False)
        for label in (self._title, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._is_at_bottom = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        for widget in (self._title, self._detail, self._bar):
            layout.addWidget(widget)
        self._refresh_fonts()
        self.hide()

    @property
    def text(self) -> str:
        """What is said, empty while hidden."""
        return "" if self.isHidden() else f"{self._title.text()}\n{self._detail.text()}".strip()

    def show_message(self, message: Message | None, is_at_bottom: bool) -> None:
        """Show it at the bottom, over a picture, or in the middle; None hides the card."""
        self._is_at_bottom = is_at_bottom
        if message is None:
            self.hide()
            return
        self._title.setText(message.title)
        self._detail.setText(message.detail)
        self._detail.setVisible(bool(message.detail) and not is_at_bottom)
        self._bar.setVisible(message.is_busy)
        self._bar.setRange(0, 0 if message.done is None else 1000)
        self._bar.setValue(0 if message.done is None else round(1000 * message.done))
        self.setAutoFillBackground(is_at_bottom)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Find the card's place on its parent again."""
        parent = self.parentWidget()
        assert parent is not None
        character = self.fontMetrics().averageCharWidth()
        room = parent.width() - 2 * self._side(parent)
        width = min((44 if self._is_at_bottom else 64) * character, max(80, room))
        layout = self.layout()
        assert layout is not None
        height = max(layout.totalHeightForWidth(width), layout.totalMinimumSize().height())
        left = (parent.width() - width) // 2
        top = (
            parent.height() - height - 16 if self._is_at_bottom else (parent.height() - height) // 2
        )
        self.setGeometry(left, max(0, top), width, height)

    def _side(self, parent: QWidget) -> int:
        """How far from the sides the card stays, so that tools at the right don't lie on it."""
        lefts = [one.left() for one in floating_rects(parent) if one.left() > parent.width() / 2]
        return round(parent.width() - min(lefts)) + 8 if lefts else 16

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._refresh_fonts()

    def _refresh_fonts(self) -> None:
        font = self.font()
        font.setBold(True)
        self._title.setFont(font)
        self._bar.setFixedHeight(max(6, self.fontMetrics().height() // 3))
