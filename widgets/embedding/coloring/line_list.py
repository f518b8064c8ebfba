"""The list of a legend's lines: clicks and keys ask for what is to become of their points."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QSizePolicy, QWidget
from typing_extensions import override

from projector.selection import Combine
from widgets.embedding.coloring.line_painter import LinePainter
from widgets.embedding.coloring.lines import LegendLines
from widgets.shared.line_table import LineTable

MOST_ROWS = 10
NO_KEYS = Qt.KeyboardModifier.NoModifier


class LineList(LineTable):
    """Each signal names a code: a category's place, or that of missing values.

    picked: (code, how), select its points. isolated: (code, whether by a double click, whose first
    click has picked it). hide_toggled, recolor_asked: a code. menu_asked: (code, place on screen).
    """

    picked = Signal(object, object)
    hide_toggled = Signal(object)
    isolated = Signal(object, object)
    recolor_asked = Signal(object)
    menu_asked = Signal(object, object)

    def __init__(self, lines: LegendLines, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._pressed: tuple[int, str] | None = None
        self._painter = LinePainter(self)
        self.setModel(lines)
        self.setItemDelegate(self._painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend"))
        self.fit_lines()

    @property
    @override
    def line_height(self) -> int:
        return self.fontMetrics().height() + 4

    @property
    def current_code(self) -> int | None:
        index = self.currentIndex()
        return self._lines.line(index.row()).code if index.isValid() else None

    @override
    def sizeHint(self) -> QSize:
        n_rows = min(MOST_ROWS, self._lines.n_lines)
        return QSize(120, max(1, n_rows) * self.line_height)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = place if is_left else None
        if place is not None:
            self.setCurrentIndex(self._lines.index(place[0]))
        event.accept()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or pressed != self._place(event.position().toPoint()):
            return
        code = self._lines.line(pressed[0]).code
        if pressed[1] == "eye" or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.hide_toggled.emit(code)
        elif pressed[1] == "swatch":
            self.recolor_asked.emit(code)
        else:
            self.picked.emit(code, _how(event.modifiers()))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._place(event.position().toPoint())
        is_plain = event.modifiers() == NO_KEYS and event.button() == Qt.MouseButton.LeftButton
        if place is not None and place[1] == "text" and is_plain:
            self.isolated.emit(self._lines.line(place[0]).code, True)
        else:
            self.mousePressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            where = self.viewport().mapToGlobal(self.visualRect(index).center())
        else:
            index = self.indexAt(event.pos())
            where = event.globalPos()
        if index.isValid():
            self.menu_asked.emit(self._lines.line(index.row()).code, where)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        code, keys = self.current_code, event.modifiers()
        if code is not None and event.matches(QKeySequence.StandardKey.Copy):
            self.copy_name(code)
        elif code is None or event.key() not in _ACTS:
            self._move(event)
        elif event.key() == Qt.Key.Key_Space:
            self.hide_toggled.emit(code)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.isolated.emit(code, False)
        else:
            self.picked.emit(code, _how(keys))

    def _move(self, event: QKeyEvent) -> None:
        """Letters belong to the program's shortcuts, not to a search in the list."""
        if event.text().isprintable() and event.text():
            event.ignore()
            return
        super().keyPressEvent(event)

    def copy_name(self, code: int) -> None:
        """The name of a category to the clipboard."""
        row = self._lines.row_of(code)
        if row >= 0:
            QGuiApplication.clipboard().setText(self._lines.line(row).name)

    def _place(self, at: QPoint) -> tuple[int, str] | None:
        """The row at a place, and which part of it."""
        index = self.indexAt(at)
        if not index.isValid():
            return None
        rect = self.visualRect(index)
        if self._painter.eye_rect(rect).contains(at):
            return index.row(), "eye"
        if at.x() <= self._painter.swatch_rect(rect).right() + 2:
            return index.row(), "swatch"
        return index.row(), "text"

    def index_of(self, code: int) -> QModelIndex:
        """Where a category is in the list; none where the filter leaves it out."""
        row = self._lines.row_of(code)
        return self._lines.index(row) if row >= 0 else QModelIndex()


_ACTS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _how(keys: Qt.KeyboardModifier) -> Combine:
    """As in the cloud: Ctrl or Shift adds."""
    adds = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    return "union" if keys & adds else "replace"
