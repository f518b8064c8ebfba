"""What belongs to this machine and not to the user's work: window geometry, recent folders,
theme."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QSettings

Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
MOST_RECENT = 10


class Settings:
    """Typed access to a QSettings file, which is passed in so that tests can give their own."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "projector", "projector"
        )

    @property
    def theme(self) -> Theme:
        theme = str(self._store.value("theme", "system"))
        return theme if theme in THEMES else "system"

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Paths opened lately that still exist, the newest first."""
        stored = self._store.value("recent", [])
        names = [stored] if isinstance(stored, str) else list(stored or [])  # type: ignore[call-overload]
        return tuple(path for path in map(Path, names) if os.path.exists(path))

    def add_recent(self, path: Path) -> None:
        """Put a path at the head of the recent ones."""
        others = [known for known in self.recent if known != path]
        self._store.setValue("recent", [str(p) for p in [path, *others][:MOST_RECENT]])

    def clear_recent(self) -> None:
        self._store.remove("recent")

    @property
    def geometry(self) -> QByteArray | None:
        """What QWidget.saveGeometry gave last time."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)
