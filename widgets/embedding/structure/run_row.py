"""A button that starts a tool, which becomes a progress bar while the tool works."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from widgets.embedding.section import MARGIN
from widgets.embedding.structure.tool import Tool

STEPS = 1000


class RunRow(QWidget):
    """Follows one tool. asked: the button was pressed."""

    asked = Signal()

    def __init__(self, tool: Tool, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tool = tool
        self.button = QPushButton(text)
        self.button.setToolTip(tip)
        self.button.clicked.connect(self.asked)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of “{name}”").format(name=text))
        self._bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._bar.setMaximumHeight(self.fontMetrics().height() // 2 + 2)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Cancel “{name}”").format(name=text))
        self._cancel.setToolTip(self.tr("Stop; what was found before stays"))
        self._cancel.clicked.connect(tool.cancel)
        self.message = QLabel(wordWrap=True)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(MARGIN)
        row.addWidget(self.button, 1)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN // 2)
        column.addLayout(row)
        column.addWidget(self.message)
        tool.changed.connect(self._on_changed)
        self._hint = ""
        self._on_changed()

    def set_hint(self, text: str) -> None:
        """What stands there while nothing runs and nothing went wrong."""
        self._hint = text
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        tool = self._tool
        had_focus = self._cancel.hasFocus() or self.button.hasFocus()
        self.button.setVisible(not tool.is_running)
        self._bar.setVisible(tool.is_running)
        self._cancel.setVisible(tool.is_running)
        if had_focus:
            (self._cancel if tool.is_running else self.button).setFocus()
        if tool.done is None:
            self._bar.setRange(0, 0 if tool.is_running else 1)
        else:
            self._bar.setRange(0, STEPS)
            self._bar.setValue(round(min(1.0, max(0.0, tool.done)) * STEPS))
        is_hint = not tool.is_running and not tool.problem
        text = tool.note + "…" if tool.is_running and tool.note else tool.problem or self._hint
        self.message.setText(text)
        self.message.setVisible(bool(text))
        roles = self.palette().ColorRole
        self.message.setForegroundRole(roles.PlaceholderText if is_hint else roles.WindowText)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(100, super().minimumSizeHint().height())
