"""The tensors that can be picked as a table: those that can be shown first, then the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from widgets.embedding.tensor_list import TensorLine
from widgets.shared.texts import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class SourceTable(QAbstractTableModel):
    """Lines that hold all words of a text, each in any of its cells."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[TensorLine, ...] = ()
        self._texts: tuple[str, ...] = ()
        self._shown: tuple[TensorLine, ...] = ()
        self._search = ""

    @property
    def lines(self) -> tuple[TensorLine, ...]:
        """Those that are shown."""
        return self._shown

    def set_lines(self, lines: Sequence[TensorLine]) -> None:
        self._lines = tuple(lines)
        self._texts = tuple("\n".join(line.cells).casefold() for line in lines)
        self._fill()

    def search(self, text: str) -> None:
        self._search = text.casefold()
        self._fill()

    def row_of(self, group: int | None) -> int:
        """Where an embedding stands, -1 where it is not shown."""
        groups = [line.group for line in self._shown]
        return groups.index(group) if group is not None and group in groups else -1

    def _fill(self) -> None:
        words = self._search.split()
        pairs = zip(self._lines, self._texts, strict=True)
        self.beginResetModel()
        self._shown = tuple(line for line, text in pairs if all(word in text for word in words))
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.titles)

    @property
    def titles(self) -> tuple[str, ...]:
        return (
            self.tr("Name"),
            self.tr("Run"),
            self.tr("Size"),
            self.tr("Type"),
            self.tr("Steps"),
            self.tr("File"),
        )

    @override
    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        line = self._shown[index.row()]
        if role == Role.DisplayRole:
            return line.cells[index.column()]
        if role == Role.ToolTipRole:
            return plain_tip(line.why or line.cells[index.column()])
        if role == Role.AccessibleDescriptionRole:
            return line.why
        return _alignment(index.column()) if role == Role.TextAlignmentRole else None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return self.titles[section]
        return _alignment(section) if role == Role.TextAlignmentRole else None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        """What is no embedding is gray and can't be picked."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._shown[index.row()].group is None:
            return Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _alignment(column: int) -> int:
    """Numbers stand at the right."""
    side = Qt.AlignmentFlag.AlignRight if column == 2 else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
