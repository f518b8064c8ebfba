"""All that was found behind one path the user opened: the one value that the dashboards and
`inspect` are given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from projector.embeddings.embedding import Source
from projector.embeddings.find import find_sources
from projector.errors import NotFound, Problem
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


def read_contents(path: Path) -> Work[Contents]:
    """Read what lies behind a log folder, one event file or one embedding file. Raises NotFound,
    Unreadable."""
    path = path.expanduser()
    if not path.exists():
        raise NotFound(f"{path} does not exist; check the spelling.")
    logs = yield from read_logs(path)
    yield Progress(None, "Looking for embeddings")
    sources, source_problems = find_sources(path, logs)
    curves, curve_problems = find_curves(logs)
    trials, trial_problems = find_trials(logs)
    problems = (*logs.problems, *source_problems, *curve_problems, *trial_problems)
    return Contents(path, logs, sources, curves, trials, problems)
