"""What happens when paths are opened, up to the moment at which they are shown."""

from __future__ import annotations

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


def open_place(named: tuple[Named, ...], *, is_fresh: bool = False) -> Work[Opened]:
    """Read what lies behind these paths, after compiling what this computer has not compiled yet.

    is_fresh: take nothing from the index. Raises InvalidChoice, NotFound, Unreadable.
    """
    yield from warm_up_once()
    place = Place(*roots_of(named), is_fresh=is_fresh)
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
