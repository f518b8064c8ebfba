"""What stands in place of the cloud when nothing was found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from projector.embeddings.doctor import Finding
from widgets.embedding.doctor_view import DoctorView
from widgets.embedding.section import MARGIN

WIDTH_CHARACTERS = 110


class EmptyState(QWidget):
    """A title, a sentence that says what to do, and all that was looked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._sentence = QLabel(), QLabel(wordWrap=True)
        self.doctor = DoctorView()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        font.setBold(True)
        self._title.setFont(font)
        middle = QWidget()
        middle.setMaximumWidth(WIDTH_CHARACTERS * self.fontMetrics().averageCharWidth())
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        for label in (self._title, self._sentence):
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addSpacing(MARGIN)
        column.addWidget(self.doctor, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * MARGIN, 3 * MARGIN, 3 * MARGIN, 3 * MARGIN)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)

    @property
    def text(self) -> str:
        return f"{self._title.text()}\n{self._sentence.text()}"

    def say(self, title: str, sentence: str) -> None:
        self._title.setText(title)
        self._sentence.setText(sentence)

    def show_findings(self, findings: Sequence[Finding], roots: Sequence[Path]) -> None:
        """What was looked for below the roots, and what came of it."""
        self.doctor.show_findings(findings, roots)
