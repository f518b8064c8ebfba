"""Data plus the current choice. The only thing in the program that changes, and it says which
names did."""

from __future__ import annotations

import dataclasses
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

C = TypeVar("C")


class ViewModel(QObject, Generic[C]):
    """Holds one frozen dataclass, the choice, and swaps it whole.

    changed: frozenset of the names of the fields that differ; never emitted for an equal value.
    """

    changed = Signal(object)

    def __init__(self, choice: C, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice

    @property
    def choice(self) -> C:
        return self._choice

    def choose(self, **fields: Any) -> None:
        """Replace some fields of the choice at once and announce the names that differ."""
        self.replace_choice(dataclasses.replace(self._choice, **fields))  # type: ignore[type-var]

    def replace_choice(self, choice: C) -> None:
        """Swap the whole choice, as undo and sessions do."""
        before, self._choice = self._choice, choice
        names = frozenset(
            field.name
            for field in dataclasses.fields(choice)  # type: ignore[arg-type]
            if getattr(before, field.name) != getattr(choice, field.name)
        )
        if names:
            self.changed.emit(names)
