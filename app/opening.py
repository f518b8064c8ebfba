"""What happens when paths are opened, up to the moment at which they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.places import Named, roots_of
from projector.contents import Contents, Place
from projector.progress import Work
from projector.warm_up import warm_up_once


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A place, what the user called it, and what it held when it was read."""

    named: tuple[Named, ...]
    place: Place
    contents: Contents


def new_place(named: Sequence[Named], *, uses_index: bool = True) -> Place:
    """What lies behind these paths, not read yet. Raises InvalidChoice."""
    roots = roots_of(named)
    return Place(*roots) if uses_index else Place(*roots, uses_index=False)


def prepare_and_read(place: Place, named: tuple[Named, ...]) -> Work[Opened]:
    """Read a place, after compiling what this computer has not compiled yet."""
    yield from warm_up_once()
    contents = yield from place.read()
    return Opened(named, place, contents)


def nothing_found(contents: Contents) -> str:
    """What to tell the user whose folder holds nothing we read."""
    if contents.problems:
        return contents.why_empty
    return (
        "There are no event files (*tfevents*), no projector_config.pbtxt and no .npy or .tsv "
        "vectors in here. Open the folder your training writes to, such as runs/ or logs/."
        if contents.path.is_dir()
        else "This file is neither an event file nor vectors (.npy, .tsv, .csv, .bytes)."
    )
