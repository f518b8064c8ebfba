"""Undo and redo: a stack of choices."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from widgets.shared.view_model import ViewModel

MOST = 200
MERGED_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """names: the fields that differ. at: seconds of a clock that never goes back."""

    before: Any
    after: Any
    names: frozenset[str]
    at: float


class History(QObject):
    """Remembers what the user chose in one view-model. changed: other steps can be taken now.

    Changes of the same names in quick succession are one, so a drag of a slider is one step.
    forgotten: names of fields that are not worth a step of their own, such as the search text.
    apart: names of fields of which every change is a step, however quickly one follows another.
    """

    changed = Signal()

    def __init__(
        self,
        model: ViewModel[Any],
        forgotten: frozenset[str] = frozenset(),
        parent: QObject | None = None,
        *,
        apart: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(parent or model)
        self._model, self._forgotten, self._apart = model, forgotten, apart
        self._done: list[Change] = []
        self._undone: list[Change] = []
        model.history = self

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def note(self, before: Any, after: Any, names: frozenset[str]) -> None:
        """The user has just made this change."""
        if not names - self._forgotten:
            return
        change = Change(before, after, names, time.monotonic())
        last = self._done[-1] if self._done else None
        if last is not None and self._is_one_step(last, change):
            change = dataclasses.replace(change, before=last.before)
            self._done.pop()
        self._done.append(change)
        del self._done[:-MOST]
        self._undone.clear()
        self.changed.emit()

    def _is_one_step(self, last: Change, change: Change) -> bool:
        is_quick = change.at - last.at < MERGED_S
        return is_quick and last.names == change.names and not change.names & self._apart

    def undo(self) -> None:
        """Bring back what the last step changed; whatever changed by itself since then stays."""
        if self._done:
            change = self._done.pop()
            self._undone.append(change)
            self._take(change.before, change.names)

    def redo(self) -> None:
        if self._undone:
            change = self._undone.pop()
            self._done.append(change)
            self._take(change.after, change.names)

    def forget(self) -> None:
        """Other contents were opened."""
        self._done.clear()
        self._undone.clear()
        self.changed.emit()

    def _take(self, choice: Any, names: frozenset[str]) -> None:
        fields = {name: getattr(choice, name) for name in names}
        self._model.adjust(**fields)
        self.changed.emit()
