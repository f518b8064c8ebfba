"""What belongs to this machine and not to the user's work: window geometry, recent folders,
theme."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QSettings

from app.places import Named, path_of
from projector.logs.roots import Root

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
    def follows(self) -> bool:
        """Whether what is open is followed as it grows."""
        return str(self._store.value("follow", "true")).lower() != "false"

    @follows.setter
    def follows(self, follows: bool) -> None:
        self._store.setValue("follow", "true" if follows else "false")

    @property
    def play_speed(self) -> float:
        """How many times as fast as usual steps are played."""
        try:
            speed = float(str(self._store.value("play_speed", 1.0)))
        except ValueError:
            return 1.0
        return speed if math.isfinite(speed) else 1.0

    @play_speed.setter
    def play_speed(self, speed: float) -> None:
        self._store.setValue("play_speed", speed)

    @property
    def recent(self) -> tuple[tuple[Named, ...], ...]:
        """What was opened lately and still exists, the newest first; mostly one path each."""
        stored = self._store.value("recent", [])
        texts = [stored] if isinstance(stored, str) else list(stored or [])  # type: ignore[call-overload]
        sets = [_parsed(str(text)) for text in texts]
        return tuple(s for s in sets if s and all(os.path.exists(path_of(one)) for one in s))

    def add_recent(self, *named: Named) -> None:
        """Put what was opened together at the head of the recent ones."""
        others = [known for known in self.recent if known != named]
        self._store.setValue("recent", [_text(s) for s in [named, *others][:MOST_RECENT]])

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


def _text(named: Sequence[Named]) -> str:
    """A lone path as it is; several, or a name, as JSON."""
    if len(named) == 1 and not isinstance(named[0], Root):
        return str(named[0])
    pairs = [[one.name if isinstance(one, Root) else "", str(path_of(one))] for one in named]
    return json.dumps(pairs)


def _parsed(text: str) -> tuple[Named, ...]:
    """What _text made, () where it is nonsense."""
    if not text.startswith("[["):
        return (Path(text),)
    try:
        pairs = [(str(name), Path(str(path))) for name, path in json.loads(text)]
    except (ValueError, TypeError):
        return ()
    return tuple(Root(path, name) if name else path for name, path in pairs)
