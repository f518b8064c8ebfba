"""All that was found behind one path the user opened: the one value that the dashboards and
`inspect` are given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from projector.embeddings.config import CONFIG_NAME
from projector.embeddings.doctor import Finding
from projector.embeddings.embedding import Source
from projector.embeddings.follow import SourceFolder
from projector.errors import NotFound, Problem, Unreadable
from projector.hparams.trials import Trials, find_trials
from projector.logs.folder import LogFolder
from projector.logs.roots import Root
from projector.logs.series import Logs
from projector.pr_curves import CurveSeries, find_curves
from projector.progress import Progress, Work


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """roots: what the user opened, one path or several. problems: of all readers together, none of
    which stopped the rest. findings: what was tried for each embedding, and what came of it.
    is_away: none of the roots can be reached now; what is here is from before."""

    roots: tuple[Root, ...]
    logs: Logs
    sources: tuple[Source, ...]
    curves: tuple[CurveSeries, ...]
    trials: Trials
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...] = ()
    is_away: bool = False

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
        nothing = f"Nothing in {self.path} can be shown."
        others = f" (And {n - 1:,} more problems.)" if n > 1 else ""
        if first.what.startswith(first.file.name):  # it names its file by itself
            told = f"{first.what}{others}"
            return told if first.file.name == self.path.name else f"{nothing} {told}"
        return f"{nothing} {first.file.name}: {first.what}{others}"


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

    May be used from one job at a time; a read that is given up half way does no harm. uses_index:
    take what an earlier session kept in the user's cache folder. is_fresh: read everything anew,
    and have save_index replace what was kept. verify: list each damaged record by itself, which
    reads everything anew.
    """

    def __init__(
        self,
        *paths: Path | Root,
        uses_index: bool = True,
        is_fresh: bool = False,
        verify: bool = False,
    ) -> None:
        self._folder = LogFolder(
            *map(_at_home, paths), uses_index=uses_index, is_fresh=is_fresh, verify=verify
        )
        self.roots = self._folder.roots
        self._sources = [SourceFolder(root) for root in self.roots]
        self._logs: Logs | None = None
        self._curves: tuple[CurveSeries, ...] = ()
        self._trials = Trials()
        self._problems: tuple[Problem, ...] = ()
        self._contents: Contents | None = None

    def read(self) -> Work[Contents]:
        """Everything there is; later calls read only what is new.

        What did not change (runs, sources, series of curves, trials) is the same object as before,
        and so is the whole value where nothing is new. A root that can't be reached any more keeps
        what was there, and a problem says so. Raises NotFound and Unreadable about the only root,
        as long as it has never been there.
        """
        if self._logs is None and len(self.roots) == 1:
            checked_path(self.roots[0].path)
        logs = yield from self._folder.read()
        if self._contents is None:
            yield Progress(None, "Looking for embeddings")
        for i, (tree, follower) in enumerate(zip(self._folder.trees, self._sources, strict=True)):
            if (yield from follower.look(tree, self._folder.runs_below(i))):
                self._contents = None  # should this be given up half way
        if self._contents is not None and logs is self._logs:
            return self._contents
        if logs is not self._logs:
            self._contents = None
            yield from self._look_into(logs)
        self._contents = self._together(logs)
        return self._contents

    def save_index(self) -> Work[None]:
        """Keep what was read in the user's cache folder, so that the next opening reads only what
        is new. Does nothing where that is not worth it or can't be done."""
        yield from self._folder.save_index()

    def _look_into(self, logs: Logs) -> Work[None]:
        """Find curves and trials again, and keep those that are the same."""
        yield Progress(None, "Looking for curves")
        curves, curve_problems = find_curves(logs)
        known = {curve.series: curve for curve in self._curves}
        self._curves = tuple(known.get(curve.series, curve) for curve in curves)
        yield Progress(None, "Looking for trials")
        trials, trial_problems = find_trials(logs)
        if len(trials) or len(self._trials) or trial_problems or trials.names or trials.metrics:
            self._trials = trials
        self._problems = (*curve_problems, *trial_problems)
        self._logs = logs

    def _together(self, logs: Logs) -> Contents:
        sources = tuple(source for follower in self._sources for source in follower.sources)
        found = tuple(problem for follower in self._sources for problem in follower.problems)
        problems = (*logs.problems, *found, *self._problems)
        findings = tuple(finding for one in self._sources for finding in one.findings)
        is_away = not any(tree.is_reachable for tree in self._folder.trees)
        return Contents(
            self.roots, logs, sources, self._curves, self._trials, problems, findings, is_away
        )


def _at_home(path: Path | Root) -> Path | Root:
    """The path with ~ resolved; unlike Path.expanduser, no error on unknown users."""
    if isinstance(path, Root):
        return Root(Path(os.path.expanduser(path.path)), path.name)
    return Path(os.path.expanduser(path))


def read_contents(
    *paths: Path | Root, uses_index: bool = True, verify: bool = False
) -> Work[Contents]:
    """Read what lies behind log folders, an event file or an embedding file, once.

    The options are those of Place. Raises NotFound, Unreadable.
    """
    return (yield from Place(*paths, uses_index=uses_index, verify=verify).read())
