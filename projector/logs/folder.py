"""Reads all event files below folders into Logs, and follows them as they grow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from projector.errors import Problem
from projector.logs.files import Files
from projector.logs.index import LEAST_BYTES, index_path, mark_used, read_index, write_index
from projector.logs.known import KnownFile
from projector.logs.roots import Root, gather_roots
from projector.logs.runs import build_runs
from projector.logs.scan import FileColumns
from projector.logs.series import Logs, Run
from projector.logs.watch import Identity, Tree
from projector.progress import Work


def read_logs(*roots: Path | Root) -> Work[Logs]:
    """Everything in the event files below folders, or in the event files that the roots are.

    A file that can't be read, or only in part, becomes a problem. Raises NotFound and Unreadable
    about the only root.
    """
    return (yield from LogFolder(*roots).read())


@dataclass(frozen=True, slots=True, eq=False)
class _Built:
    """A run and what it was built from."""

    columns: tuple[FileColumns, ...]
    run: Run
    problems: tuple[Problem, ...]


class LogFolder:
    """The event files below one root or several, read once and then followed.

    May be used from one job at a time; a read that is given up half way does no harm. trees: one
    for each root. uses_index: take from the user's cache folder what an earlier session knew;
    is_fresh: leave that out, and replace it when the index is kept.
    verify: list each damaged record by itself; the index is left alone then.
    """

    def __init__(
        self,
        *roots: Path | Root,
        uses_index: bool = False,
        is_fresh: bool = False,
        verify: bool = False,
    ) -> None:
        self.roots = gather_roots(roots)
        self.trees = tuple(Tree(root.path) for root in self.roots)
        paths = [root.path for root in self.roots]
        self._index = index_path(paths) if uses_index and not verify else None
        self._is_index_read = self._index is None or is_fresh
        self._indexed: dict[str, KnownFile] | None = None
        self._files = Files(verify=verify)
        self._built: dict[tuple[int, str], _Built] = {}
        self._logs: Logs | None = None
        self._is_current = False

    def read(self) -> Work[Logs]:
        """The logs as they are now; only what is new is read.

        Runs to which nothing was added are the same objects as before, and so are the logs where
        nothing is new at all. Raises NotFound and Unreadable about the only root, as long as it
        has never been there.
        """
        was_current, self._is_current = self._is_current, False
        has_moved, claimed = yield from self._look()
        if not self._is_index_read:
            yield from self._take_from_index()
        has_changed = yield from self._files.follow(self.trees, claimed)
        if self._logs is None or not was_current or has_moved or has_changed:
            self._files.forget_others(self.trees)
            self._logs = yield from self._build()
        self._is_current = True
        return self._logs

    def save_index(self) -> Work[None]:
        """Keep what was read for the next session, where that is worth it and not yet done."""
        files = dict(self._files.known)
        if self._index is None or files == self._indexed:
            return
        if sum(known.columns.read_to for known in files.values()) >= LEAST_BYTES:
            yield from write_index(self._index, [root.path for root in self.roots], files)
        self._indexed = files

    def runs_below(self, root: int) -> tuple[Run, ...]:
        """The runs of one root, by its number."""
        return tuple(built.run for (i, _), built in self._built.items() if i == root)

    def _look(self) -> Work[tuple[bool, set[Identity]]]:
        """Bring the trees up to date: whether one changed, and the roots that are plain files."""
        has_changed = False
        identities = [tree.identity() for tree in self.trees]
        visited = {identity for identity in identities if identity is not None}
        claimed: set[Identity] = set()
        for i, tree in enumerate(self.trees):
            if identities[i] is not None and identities[i] in identities[:i]:
                has_changed |= tree.leave_out()  # the same place by another path
                continue
            has_changed |= yield from tree.look(visited)
            if tree.is_file and len(self.trees) > 1:
                claimed.add(tree.listings[0].identity)
        if len(self.trees) == 1 and self.trees[0].error is not None:
            raise self.trees[0].error
        return has_changed, claimed

    def _take_from_index(self) -> Work[None]:
        if self._index is not None:
            self._indexed = yield from read_index(self._index, [root.path for root in self.roots])
            self._files.known = self._indexed | self._files.known
            if self._indexed:
                mark_used(self._index)
        self._is_index_read = True

    def _build(self) -> Work[Logs]:
        """Logs of all that is known; what did not change is taken over as it was."""
        built: dict[tuple[int, str], _Built] = {}
        anew: dict[tuple[int, str], tuple[FileColumns, ...]] = {}
        for i, tree in enumerate(self.trees):
            for listing in tree.listings:
                paths = self._files.usable(listing)
                if not paths:
                    continue
                key = (i, listing.below)
                columns = tuple(self._files.known[path].columns for path in paths)
                old = self._built.get(key)
                if old is not None and _are_identical(old.columns, columns):
                    built[key] = old
                else:
                    anew[key] = columns
        runs = yield from build_runs(
            [(self.roots[i].run_name(below), list(files)) for (i, below), files in anew.items()]
        )
        for (key, columns), (run, problems) in zip(anew.items(), runs, strict=True):
            built[key] = _Built(columns, run, tuple(problems))
        self._built = dict(sorted(built.items(), key=_by_run_name))
        return self._new_logs()

    def _new_logs(self) -> Logs:
        runs = tuple(one.run for one in self._built.values())
        problems = self._problems()
        old = self._logs
        if old is not None and _are_identical(old.runs, runs) and old.problems == problems:
            return old
        return Logs(self.roots[0].path if self.roots else Path(), runs, problems)

    def _problems(self) -> tuple[Problem, ...]:
        found = [problem for tree in self.trees for problem in tree.problems]
        found += self._files.problems.values()
        return (*found, *(problem for one in self._built.values() for problem in one.problems))


def _by_run_name(item: tuple[tuple[int, str], _Built]) -> str:
    return item[1].run.name


def _are_identical(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    return len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))
