"""The table of trials as Qt sees it: columns of arrays and one array of rows in order."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from projector.arrays import IntArray
from projector.hparams.choice import goal_of
from projector.hparams.columns import Column
from projector.hparams.texts import number_spec, value_text
from widgets.hparams.padded_cells import PAD
from widgets.hparams.view_model import TRIAL, HparamsViewModel
from widgets.shared.texts import plain_tip

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
BEST = "★ "
STATUS_MARKS = {"success": "✓", "failure": "✗", "running": "▸", "unknown": "?"}


class TrialTableModel(QAbstractTableModel):
    """Rows are the trials that pass, in the view-model's order; the first column is the trial."""

    def __init__(self, model: HparamsViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._bold = QFont()
        self._bold.setBold(True)
        self._muted = QColor()
        self._take()
        model.changed.connect(self._on_changed)
        model.trials_changed.connect(self._on_trials_changed)
        model.colored.connect(self._on_colored)

    @property
    def order(self) -> IntArray:
        """The trial of each row, int64."""
        return self._order

    @property
    def shown(self) -> tuple[Column, ...]:
        return self._columns

    def set_look(self, font: QFont, muted: QColor) -> None:
        """The font and the color of what is missing."""
        self._bold = QFont(font)
        self._bold.setBold(True)
        self._muted = muted

    def text(self, row: int, column: int) -> str:
        """The text of a cell, without marks."""
        return value_text(self._columns[column].value(int(self._order[row])), self._specs[column])

    @override
    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._order)

    @override
    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        trial, column = int(self._order[index.row()]), self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown_text(index.row(), index.column(), trial)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_side(column) | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and trial in self._best[index.column()]:
            return self._bold
        if role == Qt.ItemDataRole.ForegroundRole and column.missing[trial]:
            return self._muted
        if role == Qt.ItemDataRole.DecorationRole and column.id == TRIAL:
            return QColor(*self._model.rgb[trial].tolist())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(index.row(), index.column(), trial))
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{PAD}{column.title}{self._sort_mark(column)}{PAD}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_side(column) | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._header_tip(column))
        return None

    def _take(self) -> None:
        """Take over columns and order, and find the best of each metric."""
        about = self._model.columns.get(TRIAL)
        rest = tuple(col for col in self._model.shown if col.id != TRIAL)
        self._columns = (about, *rest) if about is not None else rest
        self._specs = [number_spec(column) for column in self._columns]
        self._best = [self._model.best_rows(column) for column in self._columns]
        self._order = self._model.order

    def _shown_text(self, row: int, column: int, trial: int) -> str:
        text = self.text(row, column)
        if self._columns[column].id == "about/status":
            return f"{STATUS_MARKS.get(text, '')} {text}"
        return BEST + text if trial in self._best[column] else text

    def _tip(self, row: int, column: int, trial: int) -> str:
        if self._columns[column].id == TRIAL:
            return self._model.name_of(trial)
        value = self._columns[column].value(trial)
        if value is None:
            return self.tr("This trial has no value here.")
        return repr(value) if isinstance(value, float) else self.text(row, column)

    def _header_tip(self, column: Column) -> str:
        lines = [column.title] if column.title == column.name else [column.title, column.name]
        if column.description:
            lines.append(column.description)
        if column.role == "metric":
            is_small = goal_of(self._model.choice, column) == "minimize"
            lines.append(self.tr("Small is best") if is_small else self.tr("Large is best"))
        lines.append(self.tr("Click to sort; Shift and click to sort by several columns."))
        return "\n".join(lines)

    def _sort_mark(self, column: Column) -> str:
        keys = [key for key, _ in self._model.choice.sort]
        if column.id not in keys:
            return ""
        place = keys.index(column.id)
        arrow = "▼" if self._model.choice.sort[place][1] else "▲"
        return f"  {arrow}{place + 1}" if len(keys) > 1 else f"  {arrow}"

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names - {"selected", "color_by", "inverted"}:
            self.beginResetModel()
            self._take()
            self.endResetModel()

    @Slot()
    def _on_trials_changed(self) -> None:
        self.beginResetModel()
        self._take()
        self.endResetModel()

    @Slot()
    def _on_colored(self) -> None:
        if len(self._order):
            last = self.index(len(self._order) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.DecorationRole])


def _side(column: Column) -> Qt.AlignmentFlag:
    is_number = column.kind == "number"
    return Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
