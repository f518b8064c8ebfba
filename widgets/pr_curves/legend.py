"""The table under a plot: each run with its step, average precision and best F1, sortable."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget
from typing_extensions import override

from projector.curve_frames import CurveLine
from widgets.shared.run_list import swatch
from widgets.shared.texts import plain_tip

Index = QModelIndex | QPersistentModelIndex
RUN, STEP, AP, BEST_F1, AT = range(5)
NONE = "–"
FLAT_HEADER = """
QHeaderView { background: palette(base); }
QHeaderView::section { background: palette(base); border: none; padding: 2px 3px 2px 2px;
                       border-bottom: 1px solid palette(midlight); }
"""


class LegendModel(QAbstractTableModel):
    """One row a line. Sorted by a column, or in the order of the runs; missing values come last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[CurveLine, ...] = ()
        self._order: list[int] = []
        self._sorted_by: tuple[int, bool] | None = None
        self._swatches: dict[tuple[int, int, int], QPixmap] = {}

    def set_lines(self, lines: tuple[CurveLine, ...]) -> None:
        """Show these lines; where the rows stay the same ones, so does the place scrolled to."""
        if [line.run for line in lines] != [line.run for line in self._lines]:
            self.beginResetModel()
            self._lines = lines
            self._order = self._sorted()
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        self._lines = lines
        self._order = self._sorted()
        self.layoutChanged.emit()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._order)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 5

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line, column = self._lines[self._order[index.row()]], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(line, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(line))
        if role == Qt.ItemDataRole.DecorationRole and column == RUN:
            return self._swatch(line.color)
        if role == Qt.ItemDataRole.TextAlignmentRole and column != RUN:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    @override
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles()[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._column_tips()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == RUN else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        is_falling = order == Qt.SortOrder.DescendingOrder
        self._sorted_by = None if column < 0 else (column, is_falling)
        self._order = self._sorted()
        self.layoutChanged.emit()

    def titles(self) -> tuple[str, ...]:
        return (self.tr("Run"), self.tr("Step"), self.tr("AP"), self.tr("Best F1"), self.tr("at"))

    def _column_tips(self) -> tuple[str, ...]:
        return (
            self.tr("The run"),
            self.tr("The step shown: the run's last one that isn't after the chosen one"),
            self.tr("Average precision: step-wise, each gain in recall times its precision"),
            self.tr("The highest F1 of all thresholds"),
            self.tr("The lowest threshold that reaches the best F1"),
        )

    def _sorted(self) -> list[int]:
        rows = list(range(len(self._lines)))
        if self._sorted_by is None:
            return rows
        column, is_falling = self._sorted_by
        missing = [i for i in rows if _is_missing(_value(self._lines[i], column))]
        known = [i for i in rows if i not in set(missing)]
        known.sort(key=lambda i: _value(self._lines[i], column), reverse=is_falling)
        return known + missing

    def _text(self, line: CurveLine, column: int) -> str:
        value = _value(line, column)
        if _is_missing(value):
            return NONE
        if column == RUN:
            return str(value)
        if column == STEP:
            return QLocale().toString(int(value))
        return QLocale().toString(float(value), "f", 4)

    def _tip(self, line: CurveLine) -> str:
        if line.step is None:
            return self.tr("{run}: nothing was logged up to this step").format(run=line.run)
        if line.curve is None:
            return self.tr("{run}: there is no readable curve at this step").format(run=line.run)
        if math.isnan(line.curve.base_rate) or line.curve.base_rate == 0:
            return self.tr("{run}: no positive examples, so recall is not defined").format(
                run=line.run
            )
        return line.run

    def _swatch(self, color: tuple[int, int, int]) -> QPixmap:
        if color not in self._swatches:
            self._swatches[color] = swatch(QColor(*color), 10)
        return self._swatches[color]


class LegendTable(QTableView):
    """The legend of one card; `height_of(n)` is what n rows need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = LegendModel(self)
        self.setModel(self._model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setWordWrap(False)
        self.setAccessibleName(self.tr("Runs with average precision and best F1"))
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self._row_height())
        self._prepare_header()

    @property
    def legend(self) -> LegendModel:
        return self._model

    def set_lines(self, lines: tuple[CurveLine, ...]) -> None:
        self._model.set_lines(lines)
        self._size_columns(lines)

    def height_of(self, n_rows: int) -> int:
        """The height in pixels of the header and n rows."""
        return self.horizontalHeader().sizeHint().height() + n_rows * self._row_height() + 2

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 6

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(RUN, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(self.fontMetrics().averageCharWidth() * 4)
        header.setHighlightSections(False)
        header.setStyleSheet(FLAT_HEADER)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def _size_columns(self, lines: tuple[CurveLine, ...]) -> None:
        metrics = self.fontMetrics()
        longest = max((line.step for line in lines if line.step is not None), default=0)
        samples = {STEP: QLocale().toString(longest), AP: "0.0000", BEST_F1: "0.0000", AT: "0.0000"}
        room = metrics.averageCharWidth() * 2 + self.style().pixelMetric(
            self.style().PixelMetric.PM_HeaderMarkSize
        )
        for column, sample in samples.items():
            title = metrics.horizontalAdvance(self._model.titles()[column]) + room
            cell = metrics.horizontalAdvance(sample) + 14
            self.setColumnWidth(column, max(title, cell))


def _value(line: CurveLine, column: int) -> Any:
    return (line.run, line.step, line.average_precision, line.best_f1, line.best_threshold)[column]


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
