"""Icons, launch files and pictures, found from source, wheel and bundle alike."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("resources")))
ICON = FOLDER / "projector.svg"
