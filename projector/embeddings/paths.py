"""Finds the file that a config names, also when the folder was moved from another machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from projector.embeddings.doctor import Tried

_MAX_PARTS = 64
_MAX_FOLDERS = 8
_MOST_LISTED = 100_000
_WEB = re.compile(r"\w{2,}://")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """path: a plain file, or None. tried: a few words on the places that were looked at. places:
    those that did not help. is_moved: whether it lies elsewhere than is written."""

    path: Path | None
    tried: str = ""
    places: tuple[Tried, ...] = ()
    is_moved: bool = False


def find_file(text: str, folder: Path, root: Path | None = None) -> FoundFile:
    """The file a config in `folder` means by `text`; nothing is ever fetched from the web.

    Where there is none, the ever shorter ends of the path are looked for in the folder, and in
    those above it up to `root`.
    """
    if not text:
        return FoundFile(None)
    is_web = bool(_WEB.match(text))
    wholes = [] if is_web else _wholes(text, folder)
    for whole in wholes:
        if os.path.isfile(whole):  # unlike Path.is_file, no error on impossible names
            return FoundFile(whole)
    places = _why_not(text, wholes)
    for end in _ends(text, folder, root):
        if os.path.isfile(end):
            return FoundFile(end, "", places, is_moved=True)
    if is_web:
        return FoundFile(None, f"{text} is on the web, and nothing is fetched from there", places)
    if _is_absolute(text):
        ends = Tried(folder, "holds no end of that path")
        what = f"neither {wholes[0]} nor the end of that path in {folder} is there"
        is_folder = places[0].why == "is a folder"
        return FoundFile(None, f"{wholes[0]} is a folder" if is_folder else what, (*places, ends))
    return FoundFile(None, f"{wholes[0]} {places[0].why}", places)


def files_like(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    """The plain files of a folder in whose names a pattern is found, in the order of the names; of
    100,000 files only, as they come."""
    try:
        with os.scandir(folder) as entries:
            listed = islice(entries, _MOST_LISTED)
            names = [one.name for one in listed if pattern.search(one.name) and one.is_file()]
    except (OSError, ValueError):
        return []
    return [folder / name for name in sorted(names)]


def _wholes(text: str, folder: Path) -> list[Path]:
    """The path as it stands, then with slashes."""
    plain = text.replace("\\", "/")
    return [folder / os.path.expanduser(way) for way in dict.fromkeys((text, plain))]


def _why_not(text: str, wholes: list[Path]) -> tuple[Tried, ...]:
    if not wholes:
        return (Tried(Path(text), "is on the web, and nothing is fetched from there"),)
    found = []
    for whole in wholes:
        if os.path.isdir(whole):
            return (Tried(whole, "is a folder"),)
        why = "is no plain file" if os.path.exists(whole) else "is not there"
        found.append(Tried(whole, why))
    return tuple(found[-1:])


def _ends(text: str, folder: Path, root: Path | None) -> Iterator[Path]:
    """The ever shorter ends of a path, below the folder and those above it up to the root."""
    plain = _WEB.sub("", text.replace("\\", "/"))
    parts = [part for part in plain.split("/") if part not in ("", ".", "..", "~")]
    if parts and re.fullmatch(r"[A-Za-z]:", parts[0]):
        parts = parts[1:]
    for base in _bases(folder, root):
        for i in range(max(0, len(parts) - _MAX_PARTS), len(parts)):
            yield base.joinpath(*parts[i:])


def _bases(folder: Path, root: Path | None) -> list[Path]:
    above = list(folder.parents)[:_MAX_FOLDERS]
    if root is None or root not in above:
        return [folder]
    return [folder, *above[: above.index(root) + 1]]


def _is_absolute(text: str) -> bool:
    plain = text.replace("\\", "/")
    return plain.startswith(("/", "~")) or bool(re.match(r"[A-Za-z]:/", plain))
