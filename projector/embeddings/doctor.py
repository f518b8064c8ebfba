"""What was found of embeddings and what was not, place by place, and the nearest that is there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Literal

from projector.errors import Problem, one_line

Outcome = Literal["found", "repaired", "failed"]
Folders = Sequence[tuple[Path, Set[str]]]
"""Folders with the names of the files of interest in them, parents first."""

_MOST_NAMES = 20_000
_MOST_COMPARED = 500
_MOST_SEARCHES = 200
_LONGEST_NAME = 100
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """One place that was looked at. why: why it did not help, as a phrase after the path or as a
    sentence."""

    path: Path
    why: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "why", one_line(self.why))


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one config, one of its embeddings, or one file.

    file: what the finding is about; what comes of a config's embedding bears the config. what: one
    sentence. outcome: "repaired" where it was found otherwise than it was written. nearest: the
    likeliest of what does exist, where something failed.
    """

    file: Path
    what: str
    outcome: Outcome
    tried: tuple[Tried, ...] = ()
    nearest: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "what", one_line(self.what))

    @property
    def sentence(self) -> str:
        """All of it on one line: what failed, the first places tried, the nearest there is. What
        lies below the folder of the file is told by its way from there."""
        folder = self.file.parent
        parts = [self.what]
        parts += [told(one, folder) for one in self.tried[:_MOST_TOLD]]
        if len(self.tried) > _MOST_TOLD:
            parts.append(f"{len(self.tried) - _MOST_TOLD:,} more places were tried.")
        if self.nearest is not None:
            parts.append(f"The nearest there is: {self.nearest}.")
        return _from_folder(" ".join(parts), folder)

    @property
    def problem(self) -> Problem:
        """The same for lists of problems."""
        return Problem(self.file, self.sentence)


def told(tried: Tried, folder: Path | None = None) -> str:
    """One place as a sentence. folder: what goes by its bare name."""
    is_sentence = not tried.why[:1].islower() or str(tried.path) in tried.why
    place = tried.path.name if tried.path == folder else tried.path
    text = tried.why if is_sentence else f"{place} {tried.why}"
    return text if text.endswith(".") else f"{text}."


def _from_folder(text: str, folder: Path) -> str:
    """Paths below the folder without its name."""
    return text.replace(f"{folder}{os.sep}", "") if folder.name else text


class Names:
    """The names of files below a folder; finds the one most like a name that is not there.

    No file is opened. Of very large trees only a part is compared.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._by_name: dict[str, Path] | None = None
        self._n_searches = 0

    def nearest(self, written: str, folder: Path) -> Path | None:
        """The file most like the last part of a path; those in `folder` come first."""
        name = written.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()[:_LONGEST_NAME]
        self._n_searches += 1
        if not name or self._n_searches > _MOST_SEARCHES:
            return None
        for known in (_files_in(folder), self._all()):
            if name in known:
                return known[name]
        for known in (_files_in(folder), self._all()):
            names = list(islice(known, _MOST_COMPARED))
            near = get_close_matches(name, names, 1)
            if near:
                return known[near[0]]
        return None

    def first_with(self, endings: tuple[str, ...], folder: Path) -> Path | None:
        """The first file with one of these endings, in lower case; those in `folder` first."""
        self._n_searches += 1
        if self._n_searches > _MOST_SEARCHES:
            return None
        for known in (_files_in(folder), self._all()):
            for name, path in known.items():
                if name.endswith(endings):
                    return path
        return None

    def _all(self) -> dict[str, Path]:
        if self._by_name is None:
            self._by_name = _first_of_each(islice(self._walk(), _MOST_NAMES))
        return self._by_name

    def _walk(self) -> Iterator[Path]:
        for folder, names in self._folders:
            for name in sorted(names):
                yield folder / name


def _files_in(folder: Path) -> dict[str, Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, _MOST_NAMES) if entry.is_file()]
    except (OSError, ValueError):
        return {}
    return _first_of_each(folder / name for name in sorted(names))


def _first_of_each(paths: Iterable[Path]) -> dict[str, Path]:
    known: dict[str, Path] = {}
    for path in paths:
        known.setdefault(path.name.lower()[:_LONGEST_NAME], path)
    return known
