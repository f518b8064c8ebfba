"""A menu of commands on a widget, as the window's own menus show them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from widgets.shared.command import Command


def key_text(command: Command) -> str:
    """The first key of a command as its platform writes it, "" without one."""
    keys = (*command.picture_keys, *command.keys)
    if not keys:
        return ""
    return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText)


def tip_of(command: Command) -> str:
    """What a button of a command says: its text, its key, what it does."""
    text, key = command.text.replace("&", ""), key_text(command)
    return f"{text} ({key})\n{command.tip}" if key else f"{text}\n{command.tip}"


class CommandMenu(QMenu):
    """Asks its commands as it opens; None sets groups apart."""

    def __init__(self, commands: Sequence[Command | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        for command in commands:
            if command is None:
                self.addSeparator()
            else:
                self.addAction(_Action(command, self))
        self.aboutToShow.connect(self._on_about_to_show)

    @Slot()
    def _on_about_to_show(self) -> None:
        for action in self.actions():
            if isinstance(action, _Action):
                action.refresh()


class _Action(QAction):
    """The key stands behind the text and is no shortcut of its own."""

    def __init__(self, command: Command, parent: QObject) -> None:
        key = key_text(command)
        super().__init__(f"{command.text}\t{key}" if key else command.text, parent)
        self._command = command
        self.setObjectName(command.id)
        self.setToolTip(command.tip)
        self.setCheckable(command.is_checked is not None)
        self.triggered.connect(self._on_triggered)
        self.refresh()

    def refresh(self) -> None:
        command = self._command
        self.setEnabled(command.is_enabled is None or command.is_enabled())
        self.setChecked(command.is_checked is not None and command.is_checked())

    @Slot()
    def _on_triggered(self) -> None:
        self._command.run()
