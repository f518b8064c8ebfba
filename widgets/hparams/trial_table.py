"""The table below the axes: sorts, selects, copies; its first column stays while it scrolls."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)
from typing_extensions import override

from widgets.hparams.axis_menu import ColumnMenu
from widgets.hparams.frozen_column import FrozenColumn
from widgets.hparams.padded_cells import PaddedCells
from widgets.hparams.table_model import TrialTableModel
from widgets.hparams.view_model import HparamsViewModel
from widgets.shared.theme import plot_colors

SAMPLED_ROWS = 60


class TrialTable(QTableView):
    """Shows the trials that pass. Its selection is the view-model's."""

    def __init__(self, model: HparamsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_filling = False
        self._is_own_choice = False
        self._sized_for: tuple[str, ...] = ()
        self._current: tuple[str, str] = ("", "")
        self._scrolled = (0, 0)
        self._names: tuple[str, ...] = ()
        self.trials = TrialTableModel(model, self)
        self.setModel(self.trials)
        self._set_up()
        self.frozen = FrozenColumn(self)
        self._take_look()
        self.trials.modelAboutToBeReset.connect(self._on_about_to_reset)
        self.trials.modelReset.connect(self._on_reset)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        model.changed.connect(self._on_changed)

    def _set_up(self) -> None:
        self.setAccessibleName(self.tr("Trials"))
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setItemDelegate(PaddedCells(self))
        self.entered.connect(self._on_entered)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setStretchLastSection(True)
        self.listen_to_header(self.horizontalHeader())

    def listen_to_header(self, header: QHeaderView) -> None:
        """Sort by clicks on a header and open the column's menu there."""
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.sectionClicked.connect(self._on_section_clicked)
        header.customContextMenuRequested.connect(self._on_header_menu)

    def copy_rows(self) -> None:
        """Put the selected rows, or all, on the clipboard, with the runs' names as first column."""
        selected = set(self._model.selected_rows().tolist())
        rows = [r for r, trial in enumerate(self.trials.order.tolist()) if trial in selected]
        rows = rows or list(range(self.trials.rowCount()))
        columns = range(1, self.trials.columnCount())
        lines = ["\t".join(["run", *(_plain(self.trials.shown[c].name) for c in columns)])]
        for row in rows:
            trial = int(self.trials.order[row])
            cells = [self._exact(trial, column) for column in columns]
            lines.append("\t".join([_plain(self._model.name_of(trial)), *cells]))
        QApplication.clipboard().setText("\n".join(lines))

    def _exact(self, trial: int, column: int) -> str:
        """A value with all its digits; nothing where it is missing."""
        value = self.trials.shown[column].value(trial)
        return "" if value is None else _plain(str(value))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() == Qt.Key.Key_Escape and self._model.choice.selected:
            self._model.choose(selected=())
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("Copy rows"), QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(self._on_copy)
        everything = menu.addAction(self.tr("Select all"))
        everything.triggered.connect(self.selectAll)
        nothing = menu.addAction(self.tr("Clear selection"))
        nothing.triggered.connect(self._on_clear_selection)
        menu.popup(event.globalPos())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.frozen.follow()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        kinds = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in kinds and hasattr(self, "frozen"):
            self._take_look()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._model.hover(None)

    def _take_look(self) -> None:
        self.trials.set_look(self.font(), plot_colors(self.palette()).muted)
        height = self.fontMetrics().height() + 8
        self.verticalHeader().setDefaultSectionSize(height)
        self.frozen.set_row_height(height)
        self.viewport().update()

    def _size_columns(self) -> None:
        """Widths from the header and a sample of rows, once for the same columns."""
        shown = tuple(column.id for column in self.trials.shown)
        if shown == self._sized_for or not shown:
            return
        self._sized_for = shown
        metrics = self.fontMetrics()
        n = self.trials.rowCount()
        sample = range(0, n, max(1, n // SAMPLED_ROWS))
        for column, one in enumerate(self.trials.shown):
            texts = [self.trials.text(row, column) for row in sample]
            widest = max([metrics.horizontalAdvance(text[:80]) for text in texts], default=0)
            title = metrics.horizontalAdvance(one.title + "  ▼2")
            extra = metrics.height() * (3 if column == 0 else 2)
            most = metrics.averageCharWidth() * (60 if column == 0 else 28)
            self.setColumnWidth(column, min(max(widest, title) + extra, most))
        self.frozen.follow()

    def _show_selection(self, *, scrolls: bool = True) -> None:
        """Select the view-model's trials, as few ranges as they allow."""
        selected = self._model.selected_rows()
        rows = np.flatnonzero(np.isin(self.trials.order, selected))
        ranges = QItemSelection()
        last = self.trials.columnCount() - 1
        for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
            if len(run):
                top = self.trials.index(int(run[0]), 0)
                ranges.select(top, self.trials.index(int(run[-1]), last))
        self._is_filling = True
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(ranges, flag)
        self._is_filling = False
        if len(rows) and scrolls and not self._is_own_choice:
            self.scrollTo(self.trials.index(int(rows[0]), 0))

    @Slot()
    def _on_about_to_reset(self) -> None:
        """Remember where the user is, by the names of trial and column."""
        bars = (self.horizontalScrollBar(), self.verticalScrollBar())
        self._scrolled = (bars[0].value(), bars[1].value())
        index = self.currentIndex()
        if index.isValid():
            row = int(self.trials.order[index.row()])
            self._current = (self._names[row], self.trials.shown[index.column()].id)
        else:
            self._current = ("", "")

    @Slot()
    def _on_reset(self) -> None:
        self._names = tuple(trial.name for trial in self._model.trials.trials)
        self._size_columns()
        self.frozen.follow()
        if not self._model.is_followed:
            self._show_selection()
            return
        self.doItemsLayout()
        self._show_current()
        self._show_selection(scrolls=False)
        self.horizontalScrollBar().setValue(self._scrolled[0])
        self.verticalScrollBar().setValue(self._scrolled[1])

    def _show_current(self) -> None:
        name, column_id = self._current
        columns = [column.id for column in self.trials.shown]
        places = np.flatnonzero(self.trials.order == self._model.rows.get(name, -1))
        if len(places) and column_id in columns:
            index = self.trials.index(int(places[0]), columns.index(column_id))
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(index, flag)

    @Slot(QItemSelection, QItemSelection)
    def _on_selection_changed(self, _new: QItemSelection, _old: QItemSelection) -> None:
        if self._is_filling:
            return
        rows: list[int] = []
        for part in self.selectionModel().selection().toList():
            rows.extend(self.trials.order[part.top() : part.bottom() + 1].tolist())
        self._is_own_choice = True
        self._model.select_rows(set(rows))
        self._is_own_choice = False

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "selected" in names and not self._is_own_choice:
            self._show_selection()

    @Slot(int)
    def _on_section_clicked(self, section: int) -> None:
        is_added = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._model.sort_by(self.trials.shown[section].id, is_added)

    @Slot(QPoint)
    def _on_header_menu(self, at: QPoint) -> None:
        header = self.sender()
        if not isinstance(header, QHeaderView) or header.logicalIndexAt(at) < 0:
            return
        menu = ColumnMenu(self._model, self.trials.shown[header.logicalIndexAt(at)], self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(header.mapToGlobal(at))

    @Slot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        self._model.hover(int(self.trials.order[index.row()]) if index.isValid() else None)

    @Slot()
    def _on_copy(self) -> None:
        self.copy_rows()

    @Slot()
    def _on_clear_selection(self) -> None:
        self._model.choose(selected=())


def _plain(text: str) -> str:
    """One cell of a TSV: no tabs, no line ends."""
    return " ".join(text.split())
