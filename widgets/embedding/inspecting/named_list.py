"""Selections that were given a name: a click selects them again."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)
from typing_extensions import override

from projector.selection import Combine, NamedSelection
from widgets.embedding.inspecting.select_button import CombineMenu, pressed_how
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.texts import plain_tip, shown

MOST_LINES = 6


class NamedList(QTreeWidget):
    """Name and count of each. Enter or a click selects, F2 renames, Delete forgets it."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setAccessibleName(self.tr("Named selections"))
        self.setToolTip(
            self.tr("Click to select; Shift adds, Ctrl removes; F2 renames, Delete forgets")
        )
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_asked)
        self.itemClicked.connect(self._on_clicked)
        self.itemChanged.connect(self._on_renamed)
        model.changed.connect(self._on_changed)
        self._show_named()

    def _show_named(self) -> None:
        self.blockSignals(True)
        current = self._current_row()
        self.clear()
        for one in self._model.choice.named:
            item = QTreeWidgetItem([shown(one.name), number_text(len(one.selection))])
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, plain_tip(one.name))
            self.addTopLevelItem(item)
        kept = self.topLevelItem(min(current, self.topLevelItemCount() - 1))
        if kept is not None:
            self.setCurrentItem(kept)
        self.blockSignals(False)
        self.setVisible(bool(self._model.choice.named))
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        n_lines = min(MOST_LINES, max(1, self.topLevelItemCount()))
        height = max(self.sizeHintForRow(0), self.fontMetrics().height())
        return QSize(180, n_lines * height + 2 * self.frameWidth() + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._current_row()
        if row >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._select(row, pressed_how())
        elif row >= 0 and event.key() == Qt.Key.Key_Delete:
            self._forget(row)
        else:
            super().keyPressEvent(event)

    def _current_row(self) -> int:
        item = self.currentItem()
        return -1 if item is None else self.indexOfTopLevelItem(item)

    def _select(self, row: int, how: Combine) -> None:
        self._model.select(self._model.choice.named[row].selection, how)

    def _forget(self, row: int) -> None:
        named = self._model.choice.named
        self._model.choose(named=(*named[:row], *named[row + 1 :]))

    @Slot(QTreeWidgetItem, int)
    def _on_clicked(self, item: QTreeWidgetItem, _column: int) -> None:
        self._select(self.indexOfTopLevelItem(item), pressed_how())

    @Slot(QTreeWidgetItem, int)
    def _on_renamed(self, item: QTreeWidgetItem, column: int) -> None:
        """An empty name, or one that is taken, changes nothing."""
        row, named = self.indexOfTopLevelItem(item), self._model.choice.named
        name = item.text(0).strip()
        is_free = all(one.name != name for one in named)
        if column == 0 and name and is_free:
            renamed = dataclasses.replace(named[row], name=name)
            self._model.choose(named=(*named[:row], renamed, *named[row + 1 :]))
            return
        self.blockSignals(True)
        item.setText(0, shown(named[row].name))
        item.setText(1, number_text(len(named[row].selection)))
        self.blockSignals(False)

    @Slot(QPoint)
    def _on_menu_asked(self, at: QPoint) -> None:
        row = self._current_row()
        if row < 0:
            return
        menu = CombineMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.asked.connect(self._on_asked)
        menu.addSeparator()
        rename = QAction(self.tr("Rename\tF2"), menu)
        rename.triggered.connect(self._on_rename_asked)
        forget = QAction(self.tr("Forget\tDelete"), menu)
        forget.triggered.connect(self._on_forget_asked)
        menu.addActions([rename, forget])
        menu.popup(self.viewport().mapToGlobal(at))

    @Slot(object)
    def _on_asked(self, how: Combine) -> None:
        self._select(self._current_row(), how)

    @Slot()
    def _on_rename_asked(self) -> None:
        item = self.currentItem()
        if item is not None:
            self.editItem(item, 0)

    @Slot()
    def _on_forget_asked(self) -> None:
        self._forget(self._current_row())

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "named" in names:
            self._show_named()


def free_name(known: tuple[NamedSelection, ...], start: str) -> str:
    """A name that none of them has: "Selection 1", "Selection 2"."""
    taken, number = {one.name for one in known}, 1
    while f"{start} {number}" in taken:
        number += 1
    return f"{start} {number}"
