"""Finds the file of weights that a config without files of vectors means: a checkpoint, or what
Keras saved."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from projector.embeddings.checkpoints import find_checkpoint, latest_checkpoint
from projector.embeddings.doctor import Tried
from projector.embeddings.paths import find_file
from projector.progress import Progress, Work

WEIGHTS_ENDINGS = (".weights.h5", ".keras")

_MOST_CHILDREN = 200
_MOST_FILES = 10_000


@dataclass(frozen=True, slots=True)
class Weights:
    """path: what to open, or None. tried: places that did not help. is_moved: whether the config
    names another one."""

    path: Path | None
    tried: tuple[Tried, ...] = ()
    is_moved: bool = False


def find_weights(written: str, folder: Path, run_folder: Path) -> Work[Weights]:
    """The checkpoint a config in `folder` names as `written`, else the latest of its run, of the
    folder above, else what lies in the folder or in one directly below."""
    tried: list[Tried] = []
    if written:
        found = find_checkpoint(written, folder) or find_file(written, folder).path
        tried.append(Tried(Path(written), "is not there"))
        if found is not None:
            is_moved = not is_written(found, written, folder)
            return Weights(found, tuple(tried) if is_moved else (), is_moved)
    for place in dict.fromkeys((run_folder, folder, run_folder.parent)):
        found = latest_checkpoint(place)
        yield Progress(None, f"Looking into {place.name}")
        if found is not None:
            return Weights(found, tuple(tried), is_moved=bool(written))
        tried.append(Tried(place, "holds no TensorFlow checkpoint"))
    found = newest_weights(folder)
    if found is None:
        tried.append(Tried(folder, f"holds no {' or '.join(WEIGHTS_ENDINGS)} file"))
        found = yield from _newest_below(folder)
    if found is None:
        tried.append(Tried(folder, "has neither of them in a folder directly below"))
    return Weights(found, tuple(tried), is_moved=bool(written))


def is_written(found: Path, written: str, folder: Path) -> bool:
    """Whether a checkpoint lies where it is written."""
    prefix = os.path.normpath(folder / os.path.expanduser(written))
    return os.path.normpath(found).startswith(prefix)


def newest_weights(folder: Path) -> Path | None:
    """The file of Keras's weights changed last in a folder."""
    try:
        with os.scandir(folder) as entries:
            files = [
                folder / entry.name
                for entry in islice(entries, _MOST_FILES)
                if entry.name.lower().endswith(WEIGHTS_ENDINGS) and entry.is_file()
            ]
    except OSError:
        return None
    return max(files, key=_age, default=None)


def _newest_below(folder: Path) -> Work[Path | None]:
    """Of the folders directly below: the newest checkpoint or weights."""
    found: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            below = sorted(one.name for one in islice(entries, _MOST_FILES) if one.is_dir())
    except OSError:
        return None
    for name in below[:_MOST_CHILDREN]:
        child = folder / name
        found += [one for one in (latest_checkpoint(child), newest_weights(child)) if one]
        yield Progress(None, f"Looking into {name}")
    return max(found, key=_age, default=None)


def _age(path: Path) -> tuple[int, str]:
    """Of several from one second the last by name."""
    try:
        seconds = int(path.stat().st_mtime)
    except OSError:
        seconds = 0
    return seconds, path.name
