"""The list of runs with their colors: which are shown, found by name, one alone at will."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from projector.search import matches
from widgets.shared.texts import plain_tip

Index = QModelIndex | QPersistentModelIndex
Color = tuple[int, int, int]
CURRENT = QItemSelectionModel.SelectionFlag.ClearAndSelect


class RunListModel(QAbstractListModel):
    """The runs that pass the filter, each with a check mark and a swatch.

    hidden_chosen: the hidden runs after the user changed them (tuple of str, in the runs' order).
    """

    hidden_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[tuple[str, Color], ...] = ()
        self._rows: list[int] = []
        self._hidden: frozenset[str] = frozenset()
        self._pattern = ""
        self._swatches: dict[Color, QPixmap] = {}

    @property
    def shown_rows(self) -> list[str]:
        """The names that pass the filter."""
        return [self._runs[i][0] for i in self._rows]

    @property
    def hidden(self) -> frozenset[str]:
        return self._hidden

    @property
    def runs(self) -> tuple[tuple[str, Color], ...]:
        """All runs, each with its color."""
        return self._runs

    @property
    def n_runs(self) -> int:
        return len(self._runs)

    def set_runs(self, runs: Sequence[tuple[str, Color]]) -> None:
        self.beginResetModel()
        self._runs = tuple(runs)
        self._rows = self._matching()
        self.endResetModel()

    def set_filter(self, pattern: str) -> None:
        self.beginResetModel()
        self._pattern = pattern
        self._rows = self._matching()
        self.endResetModel()

    def set_hidden(self, names: Sequence[str]) -> None:
        """Show which are hidden; announces nothing."""
        self._hidden = frozenset(names)
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def choose_hidden(self, hidden: frozenset[str]) -> None:
        """Hide exactly these and announce it."""
        self.set_hidden(tuple(hidden))
        self.hidden_chosen.emit(tuple(name for name, _ in self._runs if name in hidden))

    def isolate(self, row: int) -> None:
        """Show the run of this row alone; all runs again when it already is alone."""
        everything = frozenset(name for name, _ in self._runs)
        others = everything - {self._runs[self._rows[row]][0]}
        is_alone = self._hidden & everything == others
        self.choose_hidden(frozenset() if is_alone else others)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        name, color = self._runs[self._rows[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(name)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._swatch(color)
        if role == Qt.ItemDataRole.CheckStateRole:
            is_hidden = name in self._hidden
            return Qt.CheckState.Unchecked if is_hidden else Qt.CheckState.Checked
        return None

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        name = self._runs[self._rows[index.row()]][0]
        is_shown = Qt.CheckState(value) == Qt.CheckState.Checked
        self.choose_hidden(self._hidden - {name} if is_shown else self._hidden | {name})
        return True

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return super().flags(index)
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def _matching(self) -> list[int]:
        return [i for i, (name, _) in enumerate(self._runs) if matches(self._pattern, name)]

    def _swatch(self, color: Color) -> QPixmap:
        if color not in self._swatches:
            self._swatches[color] = swatch(QColor(*color), 12)
        return self._swatches[color]


class RunList(QWidget):
    """Runs with check boxes, a filter, and buttons that show all or none of the listed ones.

    hidden_chosen: the hidden runs after the user changed them (tuple of str).
    """

    hidden_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RunListModel(self)
        self._model.hidden_chosen.connect(self.hidden_chosen)
        self._count = QLabel(self)
        self._filter = self._filter_field()
        self._view = self._list_view()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._title_row())
        layout.addWidget(self._filter)
        layout.addWidget(self._view, 1)

    @property
    def model(self) -> RunListModel:
        return self._model

    def set_runs(self, runs: Sequence[tuple[str, Color]]) -> None:
        """List these runs, each with its RGB color; the list stays where it was scrolled to."""
        if self._model.runs == tuple(runs):
            return
        bar = self._view.verticalScrollBar()
        current, value = self._view.currentIndex().data(), bar.value()
        self._model.set_runs(runs)
        self._view.doItemsLayout()
        if current in self._model.shown_rows:
            row = self._model.index(self._model.shown_rows.index(current))
            self._view.selectionModel().setCurrentIndex(row, CURRENT)
        bar.setValue(value)
        self._show_count()

    def set_hidden(self, names: Sequence[str]) -> None:
        """Uncheck exactly these; announces nothing."""
        self._model.set_hidden(names)
        self._show_count()

    @Slot(str)
    def _on_filter_edited(self, pattern: str) -> None:
        self._model.set_filter(pattern)
        self._show_count()

    @Slot()
    def _on_all_clicked(self) -> None:
        self._model.choose_hidden(self._model.hidden - set(self._model.shown_rows))

    @Slot()
    def _on_none_clicked(self) -> None:
        self._model.choose_hidden(self._model.hidden | set(self._model.shown_rows))

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        self._model.isolate(index.row())

    def _show_count(self) -> None:
        n_listed, n_runs = len(self._model.shown_rows), self._model.n_runs
        text = self.tr("Runs ({count})").format(count=n_runs)
        if n_listed < n_runs:
            text = self.tr("Runs ({listed} of {count})").format(listed=n_listed, count=n_runs)
        self._count.setText(text)

    def _title_row(self) -> QHBoxLayout:
        font = self._count.font()
        font.setBold(True)
        self._count.setFont(font)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._count, 1)
        for text, tip, slot in (
            (self.tr("All"), self.tr("Show all listed runs"), self._on_all_clicked),
            (self.tr("None"), self.tr("Hide all listed runs"), self._on_none_clicked),
        ):
            button = QToolButton(self)
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setAutoRaise(True)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    def _filter_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(self.tr("Filter runs"))
        field.setClearButtonEnabled(True)
        field.setAccessibleName(self.tr("Filter runs"))
        field.setToolTip(self.tr("Text or a regular expression; narrows this list only"))
        field.textChanged.connect(self._on_filter_edited)
        return field

    def _list_view(self) -> QListView:
        view = QListView(self)
        view.setModel(self._model)
        view.setUniformItemSizes(True)
        view.setSpacing(1)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setAccessibleName(self.tr("Runs"))
        view.setToolTip(self.tr("Check to show a run; double-click to show it alone"))
        view.doubleClicked.connect(self._on_double_clicked)
        return view


def swatch(color: QColor, size: int) -> QPixmap:
    """A round patch of a run's color, size pixels wide."""
    pixmap = QPixmap(size * 2, size * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(1, 1, size - 2, size - 2)
    painter.end()
    return pixmap
