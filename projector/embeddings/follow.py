"""The embeddings below one root, looked for again only where something they hang on has changed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from projector.embeddings.config import CONFIG_NAME
from projector.embeddings.doctor import Finding
from projector.embeddings.embedding import Source
from projector.embeddings.find import find_sources
from projector.errors import Problem
from projector.logs.roots import Root
from projector.logs.series import Logs, Run
from projector.logs.watch import YOUNG_NS, Listing, Tree
from projector.progress import Work

_MOST_WATCHED = 10_000
_SHARE = 16
_STATE = "checkpoint"  # the text file that says which checkpoint is the latest

_Stamp = tuple[int, int, int] | None


class SourceFolder:
    """Follows the embeddings of one root; `look` brings sources and problems up to date.

    A source is the same object as before as long as it and its files are the same.
    """

    def __init__(self, root: Root) -> None:
        self.root = root
        self.sources: tuple[Source, ...] = ()
        self.problems: tuple[Problem, ...] = ()
        self.findings: tuple[Finding, ...] = ()
        self._hangs_on: object = None
        self._stamps: dict[str, _Stamp] = {}
        self._n_looks = 0
        self._has_young = False

    def look(self, tree: Tree, runs: tuple[Run, ...]) -> Work[bool]:
        """Whether anything is new. runs: those of the same root."""
        if not tree.is_reachable:
            return False
        self._n_looks += 1
        hangs_on = _layout(tree, has_runs=bool(runs))
        stamps = {path: _stamp(path) for path in self._stamps}
        # a file that a config names may come to a place that is not below the root
        may_differ = self._has_young or (bool(self.problems) and self._n_looks % _SHARE == 0)
        if hangs_on == self._hangs_on and stamps == self._stamps and not may_differ:
            return False
        return (yield from self._find(tree, runs, hangs_on, stamps))

    def _find(
        self, tree: Tree, runs: tuple[Run, ...], hangs_on: object, stamps: dict[str, _Stamp]
    ) -> Work[bool]:
        configs = _configs(tree.listings)
        stamps |= {path: _stamp(path) for path in configs if path not in stamps}
        young_since = time.time_ns() - YOUNG_NS
        has_young = any(_is_young(stamps[path], young_since) for path in configs)
        folders = [(Path(one.path), one.others) for one in tree.listings if one.others]
        path = self.root.path
        try:
            found = yield from find_sources(path, Logs(path, runs), folders)
        except OSError:  # it went just now; the next look tells more
            return False
        named = [replace(one, run=self.root.run_name(one.run)) for one in found.sources]
        watched = _watched(tree, named, found.problems, has_runs=bool(runs))
        new_stamps = {path: stamps[path] if path in stamps else _stamp(path) for path in watched}
        known = {_key(source): source for source in self.sources}
        sources = tuple(
            self._known_or_new(known.get(_key(source)), source, new_stamps) for source in named
        )
        is_same = len(sources) == len(self.sources) and found.findings == self.findings
        is_same = is_same and found.problems == self.problems
        is_same = is_same and all(a is b for a, b in zip(sources, self.sources, strict=True))
        self.sources, self.problems, self.findings = sources, found.problems, found.findings
        self._hangs_on, self._stamps, self._has_young = hangs_on, new_stamps, has_young
        return not is_same

    def _known_or_new(self, old: Source | None, new: Source, stamps: dict[str, _Stamp]) -> Source:
        if old is None or old != new:
            return new
        is_same = all(self._stamps.get(path) == stamps.get(path) for path in _files(new))
        return old if is_same else new


def _key(source: Source) -> tuple[str, str, int | None]:
    return source.run, source.name, source.step


def _layout(tree: Tree, *, has_runs: bool) -> object:
    """What decides where embeddings are looked for; equal as long as that is the same."""
    listings = [listing for listing in tree.listings if listing.others]
    # bare files have companions of any name, so every change of their folder counts
    bare_time = tree.listings[0].mtime_ns if tree.listings and not has_runs else None
    return listings, bare_time, has_runs


def _configs(listings: Iterable[Listing]) -> list[str]:
    return [os.path.join(one.path, CONFIG_NAME) for one in listings if CONFIG_NAME in one.others]


def _watched(
    tree: Tree, sources: list[Source], problems: Iterable[Problem], *, has_runs: bool
) -> list[str]:
    """The files whose change makes a difference."""
    paths = _configs(tree.listings)
    paths += [os.path.join(one.path, _STATE) for one in tree.listings if _STATE in one.others]
    paths += [path for source in sources for path in _files(source)]
    paths += [os.fspath(problem.file) for problem in problems]
    if tree.listings and not has_runs and not tree.is_file:
        root = tree.listings[0]
        paths += [os.path.join(root.path, name) for name in sorted(root.others)]
    return list(dict.fromkeys(paths))[:_MOST_WATCHED]


def _is_young(stamp: _Stamp, since_ns: int) -> bool:
    """Whether a file is so fresh that a change may not show in its time."""
    return stamp is not None and stamp[1] > since_ns


def _files(source: Source) -> list[str]:
    paths = (
        *(source.tensor_path, source.metadata_path),
        *(source.sprite_path, source.bookmarks_path),
    )
    return [os.fspath(path) for path in paths if path is not None]


def _stamp(path: str) -> _Stamp:
    """None where there is nothing."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
