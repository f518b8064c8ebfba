"""All columns of one point as a table: name, value, and a mark that selects all of that value."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QUrl,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPalette,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from projector.embeddings.embedding import Embedding
from widgets.embedding.columns import cell_text, column_names
from widgets.shared.texts import plain_tip, shown

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
NAME, VALUE, SAME = range(3)
MOST_LINES = 9
_LINK = re.compile(r"(?:https?|file)://\S+", re.IGNORECASE)


def link_of(text: str) -> QUrl | None:
    """The address that a cell holds and nothing else."""
    if not _LINK.fullmatch(text.strip()):
        return None
    url = QUrl(text.strip())
    return url if url.isValid() else None


class CellModel(QAbstractTableModel):
    """A row a column of the metadata; a cell is read when it comes into view.

    edited: (column, text) that the user wrote.
    """

    edited = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._embedding: Embedding | None = None
        self._point = 0
        self.names: tuple[str, ...] = ()

    def set_point(self, embedding: Embedding | None, point: int) -> None:
        self.beginResetModel()
        self._embedding, self._point = embedding, point
        self.names = () if embedding is None else column_names(embedding)
        self.endResetModel()

    def value(self, row: int) -> str:
        """The whole text of a cell, as it can be edited; numbers with all their digits."""
        value = self._cell(row)
        return "" if value is None else str(value)

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.names)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 3

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == VALUE else flags

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.EditRole:
            return self.value(row) if column == VALUE else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.names[row]}: {shown(self.value(row))}"
        if role == Qt.ItemDataRole.TextAlignmentRole and column == SAME:
            return Qt.AlignmentFlag.AlignCenter
        return None

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != VALUE:
            return False
        if str(value) != self.value(index.row()):
            self.edited.emit(self.names[index.row()], str(value))
        return True

    def _text(self, row: int, column: int) -> str:
        if column == NAME:
            return " ".join(shown(self.names[row]).split())
        if column == SAME:
            return "="
        return " ".join(shown(cell_text(self._cell(row))).split()) or "–"

    def _tip(self, row: int, column: int) -> str:
        if column == SAME:
            return self.tr("Select all points with this value")
        if column == NAME:
            return plain_tip(self.names[row])
        text = self.value(row)
        return plain_tip(self.tr("Open {link}").format(link=text) if link_of(text) else text)

    def _cell(self, row: int) -> Any:
        assert self._embedding is not None
        assert self._embedding.metadata is not None
        return self._embedding.metadata[self.names[row]][self._point]


class CellDelegate(QStyledItemDelegate):
    """Names and marks are muted, links look like links."""

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        role = QPalette.ColorRole.Text
        if index.column() != VALUE:
            role = QPalette.ColorRole.PlaceholderText
        elif link_of(str(index.data())):
            role = QPalette.ColorRole.Link
            option.font.setUnderline(True)
        option.palette.setColor(QPalette.ColorRole.Text, option.palette.color(role))


class CellTable(QTableView):
    """same_asked: the column whose value all selected points shall share. link_opened: a QUrl that
    was clicked. edited: (column, text)."""

    same_asked = Signal(object)
    link_opened = Signal(object)
    edited = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = CellModel(self)
        self.cells.edited.connect(self.edited)
        self.setModel(self.cells)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(self.tr("Metadata of the selected point"))
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._set_widths()
        self.clicked.connect(self._on_clicked)
        self.entered.connect(self._on_entered)

    def _set_widths(self) -> None:
        header, rows = self.horizontalHeader(), self.verticalHeader()
        header.setMinimumSectionSize(16)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        for column in (NAME, SAME):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(SAME, 2 * self.fontMetrics().averageCharWidth() + 12)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self._line_height)

    @property
    def _line_height(self) -> int:
        return self.fontMetrics().height() + 6

    def set_point(self, embedding: Embedding | None, point: int) -> None:
        self.cells.set_point(embedding, point)
        metrics = self.fontMetrics()
        names = [name[:40] for name in self.cells.names[:200]]
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        most = 15 * metrics.averageCharWidth()
        self.horizontalHeader().resizeSection(NAME, min(widest, most) + 12)
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        n_lines = min(MOST_LINES, max(1, self.cells.rowCount()))
        return QSize(180, n_lines * self._line_height + 2 * self.frameWidth())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, min(4, max(1, self.cells.rowCount())) * self._line_height + 2)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a click does, Ctrl+C copies the value."""
        index = self.currentIndex()
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if index.isValid() and event.matches(QKeySequence.StandardKey.Copy):
            self._copy(index.row())
        elif index.isValid() and not is_editing and event.key() in _ENTER:
            if not self._opened(index):
                self.same_asked.emit(self.cells.names[index.row()])
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index.siblingAtColumn(VALUE))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        texts = {
            "copy": self.tr("Copy value\tCtrl+C"),
            "same": self.tr("Select all points with this value\tEnter"),
            "edit": self.tr("Write another value\tF2"),
        }
        for name, text in texts.items():
            menu.addAction(text).setData(name)
        menu.triggered.connect(self._on_menu_chosen)
        menu.popup(event.globalPos())

    @Slot(QAction)
    def _on_menu_chosen(self, action: QAction) -> None:
        index = self.currentIndex()
        if not index.isValid():
            return
        if action.data() == "copy":
            self._copy(index.row())
        elif action.data() == "same":
            self.same_asked.emit(self.cells.names[index.row()])
        else:
            self.edit(index)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == SAME:
            self.same_asked.emit(self.cells.names[index.row()])
        else:
            self._opened(index)

    @Slot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        is_link = index.column() == VALUE and link_of(self.cells.value(index.row())) is not None
        is_hand = is_link or index.column() == SAME
        shape = Qt.CursorShape.PointingHandCursor if is_hand else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def _opened(self, index: QModelIndex) -> bool:
        url = link_of(self.cells.value(index.row())) if index.column() == VALUE else None
        if url is not None:
            self.link_opened.emit(url)
        return url is not None

    def _copy(self, row: int) -> None:
        QGuiApplication.clipboard().setText(self.cells.value(row))


_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
