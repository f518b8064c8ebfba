"""Puts the program into the desktop's menu, for this user, on Linux.

Follows the desktop entry and icon theme specifications of freedesktop.org. Windows and macOS have
their own ways, which an installer takes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from projector.errors import ProjectorError
from resources import FOLDER, ICON

LAUNCHER_ID = "io.github.projector_app.projector"
_QUOTED = '\\"`$'


def install_launcher(data_home: Path | None = None) -> tuple[Path, ...]:
    """Write the desktop entry, its icon and its description, and return their paths.

    data_home: instead of $XDG_DATA_HOME. Raises ProjectorError on other systems, and where the
    files can't be written.
    """
    if not sys.platform.startswith("linux"):
        raise ProjectorError(
            "A launcher can be installed on Linux only; elsewhere start projector-window."
        )
    home = data_home or _data_home()
    entry = home / "applications" / f"{LAUNCHER_ID}.desktop"
    icon = home / "icons" / "hicolor" / "scalable" / "apps" / f"{LAUNCHER_ID}.svg"
    about = home / "metainfo" / f"{LAUNCHER_ID}.metainfo.xml"
    try:
        _write(icon, ICON.read_bytes())
        _write(about, (FOLDER / about.name).read_bytes())
        _write(entry, _entry_for(_program()).encode())
    except OSError as error:
        raise ProjectorError(
            f"The launcher can't be written below {home}: {error.strerror}."
        ) from error
    _refresh_menu(entry.parent)
    return entry, icon, about


def exec_word(word: str) -> str:
    """One word of an Exec line, quoted where the specification demands it."""
    word = word.replace("%", "%%")
    if all(letter.isalnum() or letter in "/._-+%@:," for letter in word):
        return word
    inner = "".join("\\" + letter if letter in _QUOTED else letter for letter in word)
    # the quoting is read after the escapes of a string value, so backslashes are doubled once more
    return '"' + inner.replace("\\", "\\\\") + '"'


def _data_home() -> Path:
    named = os.environ.get("XDG_DATA_HOME", "")
    return Path(named) if os.path.isabs(named) else Path.home() / ".local" / "share"


def _program() -> list[str]:
    """The command that starts this installation, whatever PATH the desktop has."""
    beside = Path(sys.executable).with_name("projector")
    if beside.is_file():
        return [str(beside)]
    found = shutil.which("projector")
    return [found] if found else [sys.executable, "-m", "app"]


def _entry_for(program: list[str]) -> str:
    template = (FOLDER / f"{LAUNCHER_ID}.desktop").read_text(encoding="utf-8")
    command = " ".join(exec_word(word) for word in program)
    return template.replace("Exec=projector ", f"Exec={command} ")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(content)
    draft.replace(path)


def _refresh_menu(applications: Path) -> None:
    """Tell the desktop at once; where the tool is absent it finds out by itself, later."""
    tool = shutil.which("update-desktop-database")
    if tool is not None:
        subprocess.run([tool, "-q", str(applications)], check=False, capture_output=True)
