"""A command as one declared value: menus, shortcuts, toolbar and command palette are all built
from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence


@dataclass(frozen=True, slots=True)
class KeyNote:
    """Keys in portable text that no command has, as arrows on a picture. text: what they do; where:
    as it stands behind the keys, "" for everywhere."""

    keys: tuple[str, ...]
    text: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """id: stable, dotted ("embedding.reset_camera"). text: as in a menu. tip: one sentence. run:
    takes nothing.

    menu: the menu it stands in ("File", "View", "Select", "Help"). keys: portable text ("Ctrl+K")
    or standard keys. picture_keys: such as "N", which work while the picture has the focus; they
    are listed, but are no shortcuts of the window.
    is_enabled: asked whenever a menu or the palette opens; None means always. is_checked: None for
    a plain command.
    """

    id: str
    text: str
    tip: str
    run: Callable[[], None]
    menu: str = "View"
    keys: tuple[str | QKeySequence.StandardKey, ...] = ()
    picture_keys: tuple[str, ...] = ()
    is_enabled: Callable[[], bool] | None = None
    is_checked: Callable[[], bool] | None = None
