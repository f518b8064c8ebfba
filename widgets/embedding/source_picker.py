"""The drop-down of embeddings: its list can be searched and tells size, type and file of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from widgets.embedding.combo import Combo
from widgets.embedding.section import MARGIN
from widgets.embedding.source_model import SourceTable
from widgets.embedding.tensor_list import TensorLine
from widgets.embedding.view_model import number_text

WIDTHS = (34, 18, 14, 9, 16, 30)
"""Of the columns, at most, in characters."""
MOST_ROWS = 18
_SAMPLE = 200
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class SourcePicker(Combo):
    """Opens a list that can be searched. opening: it is about to open; what it shows may be brought
    up to date."""

    opening = Signal()

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(name, tip, parent)
        self.list = SourceList(self)
        self.list.group_picked.connect(self._on_picked)

    @override
    def showPopup(self) -> None:
        self.opening.emit()
        self.list.open_below(self, self.currentData())

    @override
    def hidePopup(self) -> None:
        self.list.hide()

    @Slot(object)
    def _on_picked(self, group: int) -> None:
        index = self.find_value(group)
        self.setCurrentIndex(index)
        self.activated.emit(index)


class SourceList(QFrame):
    """A field, the table, and a switch for what is no embedding.

    group_picked: the number of an embedding (int).
    """

    group_picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._lines: tuple[TensorLine, ...] = ()
        self._others: tuple[TensorLine, ...] = ()
        self._current: int | None = None
        self.table = SourceTable(self)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(self.tr("Embeddings to choose from"))
        self._make_view()
        self.field = SearchField(self.view)
        self.field.setPlaceholderText(self.tr("Find by name, run, size, type or file"))
        self.field.setAccessibleName(self.tr("Find an embedding"))
        self.field.textChanged.connect(self._on_searched)
        self.field.returnPressed.connect(self._on_return)
        self.shows_all = QCheckBox(self.tr("Show all tensors"))
        self.shows_all.setToolTip(self.tr("Also those that are no embeddings, with the reason"))
        self.shows_all.toggled.connect(self._fill)
        self._nothing = QLabel(self.tr("Nothing matches."))
        self._nothing.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(MARGIN)
        for widget in (self.field, self.view, self._nothing, self.shows_all):
            column.addWidget(widget)
        self._nothing.hide()

    def _make_view(self) -> None:
        self.view = QTableView()
        self.view.setModel(self.table)
        self.view.setAccessibleName(self.tr("Embeddings"))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        rows = self.view.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + MARGIN)
        columns = self.view.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setStretchLastSection(True)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.view.clicked.connect(self._on_clicked)
        self.view.activated.connect(self._on_clicked)

    def set_lines(self, lines: Sequence[TensorLine], others: Sequence[TensorLine]) -> None:
        """What can be shown, and the tensors that can't."""
        self._lines, self._others = tuple(lines), tuple(others)
        text = self.tr("Show all tensors ({n} are no embeddings)")
        self.shows_all.setText(text.format(n=number_text(len(others))))
        self.shows_all.setVisible(bool(others))
        self._fill()

    @Slot()
    def _fill(self) -> None:
        others = self._others if self.shows_all.isChecked() else ()
        self.table.set_lines((*self._lines, *others))
        self._fit_columns()
        self._show_current()
        if self.isVisible():
            self._fit_size()

    def open_below(self, widget: QWidget, current: int | None) -> None:
        """Show the list under a widget, its current embedding in sight."""
        self._current = current
        self.field.clear()
        self._show_current()
        self._fit_size()
        place = widget.mapToGlobal(QPoint(0, widget.height()))
        room = widget.screen().availableGeometry()
        left = max(room.left(), min(place.x(), room.right() - self.width()))
        top = max(room.top(), min(place.y(), room.bottom() - self.height()))
        self.move(left, top)
        self.show()
        self.field.setFocus()

    def _fit_size(self) -> None:
        """Wide and high enough for what there is, within limits."""
        header = self.view.horizontalHeader()
        width = sum(header.sectionSize(i) for i in range(self.table.columnCount()))
        width += self.view.verticalScrollBar().sizeHint().width() + 4 * MARGIN
        row = self.view.verticalHeader().defaultSectionSize()
        n_rows = min(MOST_ROWS, max(4, len(self._lines) + len(self._others)))
        height = row * n_rows + header.sizeHint().height() + 2
        layout = self.layout()
        assert layout is not None
        self.view.setFixedHeight(height)
        self.resize(width, layout.sizeHint().height())

    def _fit_columns(self) -> None:
        """Widths from a sample; columns that say nothing are hidden."""
        metrics, character = self.fontMetrics(), self.fontMetrics().averageCharWidth()
        sample = [line.cells for line in self.table.lines[:_SAMPLE]]
        for i, most in enumerate(WIDTHS):
            texts = {cells[i] for cells in sample}
            self.view.setColumnHidden(i, not any(texts) and bool(sample))
            widest = max(map(metrics.horizontalAdvance, [*texts, self.table.titles[i]]))
            self.view.setColumnWidth(i, min(widest, most * character) + 2 * MARGIN)

    def _show_current(self) -> None:
        row = self.table.row_of(self._current)
        if row < 0 and self.table.lines and self.table.lines[0].group is not None:
            row = 0
        self.view.setCurrentIndex(self.table.index(row, 0) if row >= 0 else QModelIndex())
        self._nothing.setVisible(not self.table.lines)

    @Slot(str)
    def _on_searched(self, text: str) -> None:
        self.table.search(text)
        self._show_current()

    @Slot()
    def _on_return(self) -> None:
        self._on_clicked(self.view.currentIndex())

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        group = self.table.lines[index.row()].group
        if group is not None:
            self.hide()
            self.group_picked.emit(group)


class SearchField(QLineEdit):
    """Keys that move up and down move in the list; Escape empties the field, then closes."""

    def __init__(self, view: QTableView, parent: QWidget | None = None) -> None:
        super().__init__(parent, clearButtonEnabled=True)
        self._view = view

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _MOVES:
            self._view.keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)
