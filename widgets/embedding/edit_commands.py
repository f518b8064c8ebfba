"""Undo and redo in the Edit menu."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from widgets.shared.command import Command
from widgets.shared.history import History


class EditCommands(QObject):
    """Steps through one history."""

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._history = history

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (
            Command(
                "embedding.undo",
                self.tr("Undo"),
                self.tr("Take back the last thing that was chosen, selected or edited."),
                self._history.undo,
                menu="Edit",
                keys=(QKeySequence.StandardKey.Undo,),
                is_enabled=self._can_undo,
            ),
            Command(
                "embedding.redo",
                self.tr("Redo"),
                self.tr("Do again what was taken back."),
                self._history.redo,
                menu="Edit",
                keys=(QKeySequence.StandardKey.Redo,),
                is_enabled=self._can_redo,
            ),
        )

    def _can_undo(self) -> bool:
        return self._history.can_undo

    def _can_redo(self) -> bool:
        return self._history.can_redo
