"""The command palette: type a few letters of any command, press Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

_ORDER = 3
"""The column, hidden, that the list is sorted by."""


def matches(text: str, typed: str) -> bool:
    """Whether every typed word occurs in the text, in any order, whatever the case."""
    folded = text.casefold()
    return all(word in folded for word in typed.casefold().split())


def rank(name: str, tip: str, typed: str) -> int:
    """How well a command fits what was typed, 0 best: its name begins so, has it, has the words of
    it, or its description must help. The number of ranks where nothing fits."""
    folded, wanted = name.casefold(), typed.casefold().strip()
    fits = (
        folded.startswith(wanted),
        wanted in folded,
        matches(name, typed),
        matches(f"{name} {tip}", typed),
    )
    return fits.index(True) if any(fits) else len(fits)


class CommandPalette(QDialog):
    """A filter over the actions that are enabled right now."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Command palette"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._field = QLineEdit(placeholderText=self.tr("Type a command"), clearButtonEnabled=True)
        self._field.setAccessibleName(self.tr("Command"))
        self._field.textChanged.connect(self._on_text_changed)
        self._field.returnPressed.connect(self._on_chosen)
        self._field.installEventFilter(self)
        self._list = QTreeWidget(columnCount=4)
        self._list.setColumnHidden(_ORDER, True)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setAccessibleName(self.tr("Commands"))
        self._list.itemActivated.connect(self._on_chosen)
        self._actions: list[QAction] = [action for action in actions if action.isEnabled()]
        self._items = [self._add(action) for action in self._actions]
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        width = self.fontMetrics().averageCharWidth()
        self.resize(90 * width, 22 * self.fontMetrics().height())
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(4 * width)
        for column_with_texts in (0, 2):
            header.setSectionResizeMode(column_with_texts, QHeaderView.ResizeMode.ResizeToContents)
        self._on_text_changed("")

    def _add(self, action: QAction) -> QTreeWidgetItem:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        texts = [action.text().replace("&", ""), action.statusTip(), keys]
        item = QTreeWidgetItem(self._list, texts)
        item.setToolTip(1, action.statusTip())
        return item

    @Slot(str)
    def _on_text_changed(self, typed: str) -> None:
        for i, item in enumerate(self._items):
            found = rank(item.text(0), item.text(1), typed)
            item.setHidden(not matches(f"{item.text(0)} {item.text(1)}", typed))
            item.setText(_ORDER, f"{found} {i:06}")
        self._list.sortItems(_ORDER, Qt.SortOrder.AscendingOrder)
        shown = self._shown()
        self._list.setCurrentItem(shown[0] if shown else None)  # type: ignore[arg-type]

    @Slot()
    def _on_chosen(self) -> None:
        item = self._list.currentItem()
        if item is None or item.isHidden():
            return
        action = self._actions[self._items.index(item)]
        self.accept()
        action.trigger()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down in the field move through the list."""
        if (
            watched is self._field
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        shown = self._shown()
        if shown:
            current = self._list.currentItem()
            at = shown.index(current) if current in shown else -step
            self._list.setCurrentItem(shown[(at + step) % len(shown)])

    def _shown(self) -> list[QTreeWidgetItem]:
        """From the top."""
        rows = (self._list.topLevelItem(i) for i in range(self._list.topLevelItemCount()))
        return [item for item in rows if item is not None and not item.isHidden()]
