"""The list of all shortcuts, made from the same actions as the menus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.actions import CommandAction
from widgets.shared.command import KeyNote


class ShortcutList(QDialog):
    """A table of keys and what they do."""

    def __init__(
        self,
        actions: Sequence[QAction],
        parent: QWidget | None = None,
        notes: Sequence[KeyNote] = (),
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        table = QTreeWidget(columnCount=2)
        table.setRootIsDecorated(False)
        table.setAlternatingRowColors(True)
        table.setHeaderLabels([self.tr("Keys"), self.tr("Command")])
        for action in actions:
            keys = [self._text(key) for key in action.shortcuts()]
            if isinstance(action, CommandAction):
                on_picture = self.tr("{key} on the picture")
                own = (self._text(QKeySequence(key)) for key in action.command.picture_keys)
                keys += [on_picture.format(key=key) for key in own]
            if keys:
                texts = [", ".join(keys), action.text().replace("&", "")]
                item = QTreeWidgetItem(table, texts)
                item.setToolTip(1, action.statusTip())
        for note in notes:
            QTreeWidgetItem(table, [self._note_keys(note), note.text])
        table.resizeColumnToContents(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(table)
        column.addWidget(buttons)
        self.resize(80 * self.fontMetrics().averageCharWidth(), 28 * self.fontMetrics().height())

    def _note_keys(self, note: KeyNote) -> str:
        keys = ", ".join(self._text(QKeySequence(key)) for key in note.keys)
        return f"{keys} {note.where}" if note.where else keys

    def _text(self, key: QKeySequence) -> str:
        # what Qt calls Backtab stands on no keyboard
        return key.toString(QKeySequence.SequenceFormat.NativeText).replace("Backtab", "Tab")
