"""Data plus the current choice. The only thing in the program that changes, and it says which
names did."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from widgets.shared.history import History

C = TypeVar("C")


class ViewModel(QObject, Generic[C]):
    """Holds one frozen dataclass, the choice, and swaps it whole.

    changed: frozenset of the names of the fields that differ; never emitted for an equal value.
    history: hears of what the user chooses, None where nothing can be undone.
    """

    changed = Signal(object)

    def __init__(self, choice: C, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self.history: History | None = None

    @property
    def choice(self) -> C:
        return self._choice

    def choose(self, **fields: Any) -> None:
        """What the user wants: replace some fields of the choice at once and announce the names
        that differ. It can be undone."""
        before = self._choice
        names = self._swap(dataclasses.replace(before, **fields))  # type: ignore[type-var]
        if names and self.history is not None:
            self.history.note(before, self._choice, names)
        self._announce(names)

    def adjust(self, **fields: Any) -> None:
        """What follows by itself, as from other data: the same without a step to undo."""
        self.replace_choice(dataclasses.replace(self._choice, **fields))  # type: ignore[type-var]

    def replace_choice(self, choice: C) -> None:
        """Swap the whole choice, as sessions do."""
        self._announce(self._swap(choice))

    def _swap(self, choice: C) -> frozenset[str]:
        before, self._choice = self._choice, choice
        return frozenset(
            field.name
            for field in dataclasses.fields(choice)  # type: ignore[arg-type]
            if getattr(before, field.name) != getattr(choice, field.name)
        )

    def _announce(self, names: frozenset[str]) -> None:
        if names:
            self.changed.emit(names)
