"""Keeps the first column of a table in place: a second view of it that lies above the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView
from typing_extensions import override

from widgets.hparams.padded_cells import PaddedCells

if TYPE_CHECKING:
    from widgets.hparams.trial_table import TrialTable


class FrozenColumn(QTableView):
    """Shows column 0 of a table with its rows, selection and scrolling."""

    def __init__(self, table: TrialTable) -> None:
        super().__init__(table)
        self._table = table
        self.setModel(table.trials)
        self.setSelectionModel(table.selectionModel())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Names of the trials"))
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setItemDelegate(PaddedCells(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.listen_to_header(self.horizontalHeader())
        self._connect()

    def _connect(self) -> None:
        table = self._table
        table.viewport().stackUnder(self)
        table.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(table.verticalScrollBar().setValue)
        table.horizontalHeader().sectionResized.connect(self._on_section_resized)
        self.horizontalHeader().sectionResized.connect(self._on_own_section_resized)
        self.entered.connect(table.entered)

    def set_row_height(self, height: int) -> None:
        self.verticalHeader().setDefaultSectionSize(height)

    def follow(self) -> None:
        """Lie exactly above the first column."""
        table = self._table
        for column in range(table.trials.columnCount()):
            self.setColumnHidden(column, column > 0)
        width = table.columnWidth(0) if table.trials.columnCount() else 0
        self.setColumnWidth(0, width)
        header = table.horizontalHeader().height()
        self.horizontalHeader().setFixedHeight(max(1, header))
        frame = table.frameWidth()
        self.setGeometry(frame, frame, width, table.viewport().height() + header)
        self.verticalScrollBar().setValue(table.verticalScrollBar().value())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._table.wheelEvent(event)

    @Slot(int, int, int)
    def _on_section_resized(self, section: int, _old: int, _new: int) -> None:
        if section == 0:
            self.follow()

    @Slot(int, int, int)
    def _on_own_section_resized(self, section: int, _old: int, new: int) -> None:
        if section == 0 and new > 0:
            self._table.setColumnWidth(0, new)
