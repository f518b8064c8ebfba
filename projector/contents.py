"""All that was found behind one path the user opened: the one value that the dashboards and
`inspect` are given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from projector.embeddings.config import CONFIG_NAME
from projector.embeddings.embedding import Source
from projector.embeddings.find import find_sources
from projector.errors import NotFound, Problem, Unreadable
from projector.hparams.trials import Trials, find_trials
from projector.logs.folder import read_logs
from projector.logs.roots import Root, name_roots
from projector.logs.series import Logs
from projector.pr_curves import CurveSeries, find_curves
from projector.progress import Progress, Work


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """roots: what the user opened, one path or several. problems: of all readers together, none of
    which stopped the rest."""

    roots: tuple[Root, ...]
    logs: Logs
    sources: tuple[Source, ...]
    curves: tuple[CurveSeries, ...]
    trials: Trials
    problems: tuple[Problem, ...]

    @property
    def path(self) -> Path:
        """The first path that was opened: the only one, as a rule."""
        return self.roots[0].path

    @property
    def is_empty(self) -> bool:
        return not (self.logs.runs or self.sources)

    @property
    def why_empty(self) -> str:
        """The sentence for when nothing can be shown: the first problem, or what was looked for."""
        if not self.problems:
            return f"No event files, embeddings or {CONFIG_NAME} were found in {self.path}."
        first, n = self.problems[0], len(self.problems)
        others = f" (And {n - 1:,} more problems.)" if n > 1 else ""
        return f"Nothing in {self.path} can be shown. {first.file.name}: {first.what}{others}"


def checked_path(path: Path) -> Path:
    """The path with ~ resolved. Raises NotFound or Unreadable when it can't be opened."""
    path = Path(os.path.expanduser(path))  # unlike Path.expanduser, no error on unknown users
    if not os.path.exists(path):  # unlike Path.exists, no error on impossible names
        raise NotFound(f"{path} does not exist; check the spelling.")
    if not os.access(path, os.R_OK):
        raise Unreadable(f"{path} can't be read; check its permissions.")
    if not (path.is_file() or path.is_dir()):
        raise Unreadable(f"{path} is neither a folder nor a plain file.")
    return path


class Place:
    """What the user opened, one path or several: read once, then followed as it grows.

    May be used from one job at a time.
    """

    def __init__(self, *paths: Path | Root) -> None:
        given = [path for path in paths if isinstance(path, Root)]
        self.roots = (*given, *name_roots([path for path in paths if not isinstance(path, Root)]))
        self._contents: Contents | None = None

    def read(self) -> Work[Contents]:
        """Everything there is; later calls read only what is new, and hand back the very same value
        when nothing is. Raises NotFound, Unreadable."""
        path = checked_path(self.roots[0].path)
        logs = yield from read_logs(path)
        yield Progress(None, "Looking for embeddings")
        sources, source_problems = find_sources(path, logs)
        curves, curve_problems = find_curves(logs)
        trials, trial_problems = find_trials(logs)
        problems = (*logs.problems, *source_problems, *curve_problems, *trial_problems)
        self._contents = Contents(self.roots, logs, sources, curves, trials, problems)
        return self._contents

    def save_index(self) -> Work[None]:
        """Keep what was read in the user's cache folder, so that the next opening reads only what
        is new. Does nothing where that is not worth it or can't be done."""
        yield Progress(None, "Keeping the index")


def read_contents(*paths: Path | Root) -> Work[Contents]:
    """Read what lies behind log folders, an event file or an embedding file. Raises NotFound,
    Unreadable."""
    return (yield from Place(*paths).read())
