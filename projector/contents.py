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
from projector.logs.series import Logs
from projector.pr_curves import CurveSeries, find_curves
from projector.progress import Progress, Work


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """path: what the user opened. problems: of all readers together, none of which stopped the
    rest."""

    path: Path
    logs: Logs
    sources: tuple[Source, ...]
    curves: tuple[CurveSeries, ...]
    trials: Trials
    problems: tuple[Problem, ...]

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


def read_contents(path: Path) -> Work[Contents]:
    """Read what lies behind a log folder, one event file or one embedding file. Raises NotFound,
    Unreadable."""
    path = checked_path(path)
    logs = yield from read_logs(path)
    yield Progress(None, "Looking for embeddings")
    sources, source_problems = find_sources(path, logs)
    curves, curve_problems = find_curves(logs)
    trials, trial_problems = find_trials(logs)
    problems = (*logs.problems, *source_problems, *curve_problems, *trial_problems)
    return Contents(path, logs, sources, curves, trials, problems)
