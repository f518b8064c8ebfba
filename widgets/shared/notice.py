"""A bar above the dashboards that says what went wrong, one sentence at a time, with all of them a
click away."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from projector.errors import Problem, ProjectorError
from widgets.shared.theme import plot_colors


class Tinted(QWidget):
    """A widget on the color of notices."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), plot_colors(self.palette()).notice)


class NoticeBar(Tinted):
    """Hidden while there is nothing to say. Keeps every sentence until the user closes it.

    explanation_asked: all that was looked for is wanted.
    """

    explanation_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentences: dict[str, None] = {}  # in the order in which they came
        self._explained: frozenset[str] = frozenset()
        self.setAccessibleName(self.tr("Notices"))
        self._sign = QLabel("\u26a0")
        self._label = QLabel(wordWrap=True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._details = QPushButton(self.tr("Show all…"))
        self._details.clicked.connect(self._on_details)
        self._explain = QPushButton(self.tr("What was looked for…"))
        self._explain.setToolTip(self.tr("List every place that was tried"))
        self._explain.clicked.connect(self.explanation_asked)
        self._close = QToolButton(autoRaise=True)
        self._close.setText("\u2715")
        self._close.setAccessibleName(self.tr("Close notices"))
        self._close.setToolTip(self.tr("Close notices"))
        self._close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        for widget in (self._sign, self._label, self._details, self._explain, self._close):
            row.addWidget(widget)
        self.hide()

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(self._sentences)

    @Slot(object)
    def add(self, problem: Problem | ProjectorError | str) -> None:
        """Say one more thing; the same sentence twice is said once."""
        self.add_all((problem,))

    def add_all(self, problems: Iterable[Problem | ProjectorError | str]) -> None:
        """Say several more things; the bar is laid out once, however many there are."""
        self._sentences.update(dict.fromkeys(map(describe, problems)))
        self._show()

    def set_explained(self, problems: Iterable[Problem]) -> None:
        """Offer what was looked for while one of these is said."""
        self._explained = frozenset(map(describe, problems))
        self._show()

    @Slot()
    def clear(self) -> None:
        self._sentences.clear()
        self._show()

    def _show(self) -> None:
        count = len(self._sentences)
        self.setVisible(count > 0)
        self._details.setVisible(count > 1)
        self._explain.setVisible(not self._explained.isdisjoint(self._sentences))
        if count == 1:
            self._label.setText(next(iter(self._sentences)))
        elif count:
            more = self.tr("and 1 more") if count == 2 else self.tr("and {} more").format(count - 1)
            self._label.setText(f"{next(iter(self._sentences))} ({more})")

    @Slot()
    def _on_details(self) -> None:
        dialog = QDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Notices"))
        text = QPlainTextEdit("\n\n".join(self._sentences), readOnly=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.close)
        column = QVBoxLayout(dialog)
        column.addWidget(text)
        column.addWidget(buttons)
        dialog.resize(640, 360)
        dialog.open()


def describe(problem: Problem | ProjectorError | str) -> str:
    """The sentence of a problem, with its file and offset where it has one."""
    if not isinstance(problem, Problem):
        return str(problem)
    where = (
        problem.file.name
        if problem.offset is None
        else f"{problem.file.name} at byte {problem.offset:,}"
    )
    return problem.what if problem.file.name in problem.what else f"{where}: {problem.what}"
