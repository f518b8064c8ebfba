"""Everything that can be wrong with the user's world. Each error carries one sentence for the user.

    ProjectorError
    +-- NotFound         a path is not there
    +-- Unreadable       a file is there but can't be read, or isn't what its name says
    +-- NothingToShow    the input is sound but there is too little of it
    +-- InvalidChoice    a value the user picked is outside its limits
    +-- TooLarge         it would not fit into memory; the sentence gives the numbers
    +-- Stopped          the user ended the work before it was done

A fault in our own code is none of these: it flies to the crash handler.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_LONGEST = 400


def one_line(text: str) -> str:
    """The text as a person can be told it, whatever names out of files it quotes.

    What can't be printed becomes a space, and of more than 400 characters the middle goes.
    """
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    if len(text) > _LONGEST:
        half = _LONGEST // 2
        text = f"{text[: half - 1]}\N{HORIZONTAL ELLIPSIS}{text[-half:]}"
    return text


class ProjectorError(Exception):
    """The root: `str(error)` is a whole sentence that names the file or value and what to try."""

    def __init__(self, what: str = "") -> None:
        super().__init__(one_line(what))


class NotFound(ProjectorError):
    """A path is not there."""


class Unreadable(ProjectorError):
    """A file is there but can't be read, or isn't what its name says."""


class NothingToShow(ProjectorError):
    """The input is sound, but there is too little of it."""


class InvalidChoice(ProjectorError):
    """A value the user picked is outside its limits."""


class TooLarge(ProjectorError):
    """It would not fit into memory."""


class Stopped(ProjectorError):
    """The user ended the work before it was done."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in one file that did not stop the rest from being read.

    offset: bytes from the start of the file, or None where no place can be named.
    what: one sentence for the user: what is wrong, what was done about it or what to try.
    """

    file: Path
    what: str
    offset: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "what", one_line(self.what))
