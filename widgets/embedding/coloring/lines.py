"""The lines of a legend as a list model: any number of categories, with a filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from typing_extensions import override

from projector.arrays import IntArray
from projector.colors import LegendEntry
from widgets.embedding.coloring.coloring import MISSING_NAME, Coloring
from widgets.embedding.view_model import number_text
from widgets.shared.texts import plain_tip, shown

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """One category. code: its place among all, the last for missing values. name: "" for these.
    n_shown: how many of its count points are drawn, whether or not the legend hides them."""

    code: int
    name: str
    count: int
    n_shown: int
    color: QColor
    is_hidden: bool
    is_missing: bool


class LegendLines(QAbstractListModel):
    """The categories of a column that pass the filter, then its missing values."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._folded: list[str] | None = None
        self._counts: IntArray = np.empty(0, np.int64)
        self._colors: Any = np.empty((0, 4), np.uint8)
        self._n_shown: IntArray | None = None
        self._hidden: frozenset[str] = frozenset()
        self._n_missing = 0
        self._filter = ""
        self._codes: IntArray = np.empty(0, np.int64)

    @property
    def n_lines(self) -> int:
        """All of them, whatever the filter."""
        return len(self._names) + (1 if self._n_missing else 0)

    @property
    def names(self) -> tuple[str, ...]:
        """All categories without the missing values."""
        return self._names

    @property
    def filter(self) -> str:
        return self._filter

    def set_coloring(self, coloring: Coloring) -> None:
        """Other categories, or other colors of the same."""
        found = coloring.categories
        if found is None:
            self.set_entries(coloring.legend.entries)
            return
        if found.names is not self._names:
            self._take(found.names, found.counts, found.n_missing)
        self._colors = coloring.table
        self._tell()

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """A few lines that are counted already."""
        named = [entry for entry in entries if not entry.is_missing]
        missing = [entry for entry in entries if entry.is_missing]
        counts = np.array([entry.count for entry in named], np.int64)
        self._take(tuple(e.label for e in named), counts, sum(e.count for e in missing))
        self._colors = np.array(
            [(*entry.color, 255) for entry in (*named, *missing)], np.uint8
        ).reshape(-1, 4)
        self._tell()

    def _take(self, names: tuple[str, ...], counts: IntArray, n_missing: int) -> None:
        self.beginResetModel()
        self._names, self._counts, self._n_missing = names, counts, n_missing
        self._folded, self._n_shown, self._filter = None, None, ""
        self._codes = self._matching()
        self.endResetModel()

    def set_hidden(self, names: Sequence[str]) -> None:
        """Which lines are switched off."""
        self._hidden = frozenset(names)
        self._tell()

    def set_counts_shown(self, counts: IntArray | None) -> None:
        """How many points of each code are shown, int64 (m + 1,); None for all."""
        self._n_shown = counts
        self._tell()

    def set_filter(self, text: str) -> None:
        """Only categories that hold the text, whatever the case."""
        self.beginResetModel()
        self._filter = text
        self._codes = self._matching()
        self.endResetModel()

    def line(self, row: int) -> Line:
        """What stands in a row of the list."""
        code = int(self._codes[row])
        is_missing = code == len(self._names)
        name = MISSING_NAME if is_missing else self._names[code]
        count = self._n_missing if is_missing else int(self._counts[code])
        n_shown = count if self._n_shown is None else int(self._n_shown[code])
        red, green, blue, _ = self._colors[code].tolist()
        color = QColor(red, green, blue)
        return Line(code, name, count, n_shown, color, name in self._hidden, is_missing)

    def row_of(self, code: int) -> int:
        """The row of a category, -1 where the filter leaves it out."""
        rows = np.flatnonzero(self._codes == code)
        return int(rows[0]) if len(rows) else -1

    def title(self, line: Line) -> str:
        """What a line is called."""
        return self.tr("(no value)") if line.is_missing else shown(line.name)

    def count_text(self, line: Line) -> str:
        """How many points it has, and how many of them are shown where that differs."""
        count = number_text(line.count)
        if line.n_shown == line.count:
            return count
        return self.tr("{shown} of {all}").format(shown=number_text(line.n_shown), all=count)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._codes)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._codes):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(self.line(index.row()))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            text = self._told(self.line(index.row()))
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def _told(self, line: Line) -> str:
        text = self.tr("{name}: {count} points").format(
            name=self.title(line), count=self.count_text(line)
        )
        return self.tr("{text}, hidden").format(text=text) if line.is_hidden else text

    def _matching(self) -> IntArray:
        if not self._filter:
            return np.arange(self.n_lines)
        if self._folded is None:
            self._folded = [name.casefold() for name in self._names]
        wanted = self._filter.casefold()
        return np.array([i for i, name in enumerate(self._folded) if wanted in name], np.int64)

    def _tell(self) -> None:
        if len(self._codes):
            self.dataChanged.emit(self.index(0), self.index(len(self._codes) - 1))
