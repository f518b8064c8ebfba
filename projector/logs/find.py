"""Event files below a folder, grouped into runs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from projector.errors import NotFound, Problem, Unreadable
from projector.progress import Progress, Work

_FOLDERS_A_STEP = 50


@dataclass(slots=True)
class FoundFiles:
    """runs: name of each run to its event files, sorted by path; both in the order of sorting."""

    runs: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def find_event_files(path: Path) -> Work[FoundFiles]:
    """All files below `path` whose name contains "tfevents"; a single file is the run ".".

    Links are followed, each real folder is visited once. Raises NotFound where there is nothing,
    Unreadable where the folder itself can't be listed.
    """
    found = FoundFiles()
    if path.is_file():
        if "tfevents" in path.name:
            found.runs["."] = (path,)
        return found
    if not path.is_dir():
        raise NotFound(f"There is no file or folder {path}.")
    visited: set[str] = set()
    waiting, linked = [path], list[Path]()
    while waiting or linked:
        # real folders first, so that a run goes by its own name rather than by that of a link
        folder = waiting.pop() if waiting else linked.pop(0)
        real = os.path.realpath(folder)
        if real in visited:
            continue
        visited.add(real)
        if len(visited) % _FOLDERS_A_STEP == 0:
            yield Progress(None, f"Looked into {len(visited):,} folders")
        try:
            files = _look_into(folder, waiting, linked, found.problems)
        except OSError as error:
            if folder == path:
                raise Unreadable(f"{path} can't be read: {error.strerror}.") from error
            found.problems.append(Problem(folder, f"The folder can't be read: {error.strerror}."))
            continue
        if files:
            found.runs[folder.relative_to(path).as_posix()] = tuple(sorted(files))
    found.runs = dict(sorted(found.runs.items()))
    return found


def _look_into(
    folder: Path, waiting: list[Path], linked: list[Path], problems: list[Problem]
) -> list[Path]:
    """The event files of one folder; folders in it are added to `waiting`, links to `linked`."""
    files = []
    with os.scandir(folder) as entries:
        for entry in entries:
            entry_path = folder / entry.name
            is_link = entry.is_symlink()
            if _leads_to_folder(entry):
                (linked if is_link else waiting).append(entry_path)
            elif "tfevents" not in entry.name:
                continue
            elif os.path.isfile(entry_path):  # a named pipe would be waited on for ever
                files.append(entry_path)
            elif is_link and not os.path.exists(entry_path):
                problems.append(Problem(entry_path, "The link points to nothing."))
            else:
                problems.append(Problem(entry_path, "It is no plain file, so it was left out."))
    linked.sort()
    return files


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder or a link to one; a link that leads to itself is not."""
    try:
        return entry.is_dir()
    except OSError:
        return False
