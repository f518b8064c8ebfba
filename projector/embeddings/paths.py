"""Finds the file that a config names, also when the folder was moved from another machine."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_MAX_PARTS = 64


@dataclass(frozen=True, slots=True)
class FoundFile:
    """path: a plain file, or None. tried: a few words on the places that were looked at."""

    path: Path | None
    tried: str = ""


def find_file(text: str, folder: Path) -> FoundFile:
    """The file a config in `folder` means by `text`; nothing is ever fetched from the web."""
    if not text:
        return FoundFile(None)
    if re.match(r"\w{2,}://", text):
        return FoundFile(None, f"{text} is on the web, and nothing is fetched from there")
    candidates = _candidates(text, folder)
    for candidate in candidates:
        if os.path.isfile(candidate):  # unlike Path.is_file, no error on impossible names
            return FoundFile(candidate)
    if any(os.path.isdir(candidate) for candidate in candidates[:2]):
        return FoundFile(None, f"{candidates[0]} is a folder")
    if len(candidates) > 2:
        return FoundFile(
            None, f"neither {candidates[0]} nor the end of that path in {folder} is there"
        )
    return FoundFile(None, f"{candidates[0]} is not there")


def _candidates(text: str, folder: Path) -> list[Path]:
    """The path as it stands, with slashes, then its ever shorter ends below the folder."""
    plain = text.replace("\\", "/")
    whole = [folder / os.path.expanduser(way) for way in dict.fromkeys((text, plain))]
    if not (plain.startswith(("/", "~")) or re.match(r"[A-Za-z]:/", plain)):
        return whole
    parts = [part for part in plain.split("/")[1:] if part not in ("", ".", "..")]
    ends = [folder.joinpath(*parts[i:]) for i in range(max(0, len(parts) - _MAX_PARTS), len(parts))]
    return whole + ends
