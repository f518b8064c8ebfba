"""A list of any number of lines, all of one height."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget
from typing_extensions import override


class LineTable(QTableView):
    """One column without headers: a table of a million rows is laid out at once, where a QListView
    asks for each of them and takes seconds. Looks and keys are those of a list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(8)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    @property
    def line_height(self) -> int:
        """In pixels; call `fit_lines` where it has changed."""
        return self.fontMetrics().height() + 8

    def fit_lines(self) -> None:
        """Give every line its height."""
        self.verticalHeader().setDefaultSectionSize(self.line_height)
        self.updateGeometry()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.fit_lines()

    @override
    def moveCursor(
        self, action: QAbstractItemView.CursorAction, keys: Qt.KeyboardModifier
    ) -> QModelIndex:
        # in a table these lead to the ends of a row
        actions = QAbstractItemView.CursorAction
        if action in (actions.MoveHome, actions.MoveEnd):
            last = self.model().rowCount() - 1
            return self.model().index(0 if action == actions.MoveHome else last, 0)
        return super().moveCursor(action, keys)
