"""Single keys on the cloud run commands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from typing_extensions import override

from widgets.embedding.canvas import ScatterCanvas
from widgets.shared.command import Command


class CommandKeys(QObject):
    """Runs the commands whose picture_keys are pressed on a canvas that it watches."""

    def __init__(self, commands: Sequence[Command], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands = {
            QKeySequence(key).toString(): command
            for command in commands
            for key in command.picture_keys
        }

    def watch(self, canvas: ScatterCanvas) -> None:
        canvas.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        command = self._commands.get(QKeySequence(event.keyCombination()).toString())
        if command is None or (isinstance(watched, ScatterCanvas) and watched.is_outlining):
            return False
        if command.is_enabled is None or command.is_enabled():
            command.run()
        return True
