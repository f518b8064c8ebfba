"""The columns of all event files below some trees: read once, then followed as the files grow."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from projector.errors import Problem
from projector.logs.known import Change, KnownFile, Stamp, are_same, is_young, read_mark
from projector.logs.scan import BLOCK, FileColumns, FileScan
from projector.logs.watch import Identity, Listing, Tree, identity_of
from projector.parallel import N_CORES, for_each_part
from projector.progress import Progress, Work

_MOST_OPEN = 64
_STEP_S = 0.03


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file to be read; after: what was read of it before and still holds, or None."""

    path: str
    stamp: Stamp
    is_young: bool
    after: FileColumns | None = None


@dataclass(slots=True)
class Seen:
    """What one look at the files found.

    gone: listed, but not to be used. left_out: paths of a folder and of a file in it that belongs
    to another root. problems: by path.
    """

    gone: set[str] = field(default_factory=set)
    left_out: set[tuple[str, str]] = field(default_factory=set)
    problems: dict[str, Problem] = field(default_factory=dict)
    to_read: list[ToRead] = field(default_factory=list)

    def leave_out(self, path: str, what: str) -> None:
        """A file that is there but can't be one of ours."""
        self.gone.add(path)
        self.problems[path] = Problem(Path(path), what)

    def add(self, other: Seen) -> None:
        """What was found elsewhere at the same look."""
        self.gone |= other.gone
        self.left_out |= other.left_out
        self.problems |= other.problems
        self.to_read += other.to_read


class Files:
    """What is known of each file, by its path; `follow` brings it up to date.

    gone, left_out, problems: of the last look at the files, as in Seen.
    """

    def __init__(self, *, verify: bool = False) -> None:
        self.known: dict[str, KnownFile] = {}
        self.gone: set[str] = set()
        self.left_out: set[tuple[str, str]] = set()
        self.problems: dict[str, Problem] = {}
        self._verify = verify

    def usable(self, listing: Listing) -> list[str]:
        """The event files of a folder of which something is known."""
        found = [path for path in listing.events if path in self.known and path not in self.gone]
        return [path for path in found if (listing.path, path) not in self.left_out]

    def follow(self, trees: Sequence[Tree], claimed: set[Identity]) -> Work[bool]:
        """Whether anything is new. claimed: files that belong to a root of their own."""
        seen = Seen()
        has_lost = False
        for tree in trees:
            if tree.is_reachable:
                yield from self._look_at(tree, claimed, seen)
                has_lost |= not tree.is_reachable
            if not tree.is_reachable:
                listed = (path for listing in tree.listings for path in listing.events)
                seen.gone |= self.gone.intersection(listed)
        has_changed = has_lost or seen.gone != self.gone or seen.problems != self.problems
        has_changed |= seen.left_out != self.left_out
        self.gone, self.left_out, self.problems = seen.gone, seen.left_out, seen.problems
        has_read = yield from self._read(seen.to_read)
        return has_read or has_changed

    def forget_others(self, trees: Sequence[Tree]) -> None:
        """Drop what is known of files that went."""
        listed = {
            path for tree in trees for listing in tree.listings for path in self.usable(listing)
        }
        if len(listed) < len(self.known):
            self.known = {path: known for path, known in self.known.items() if path in listed}

    def _look_at(self, tree: Tree, claimed: set[Identity], seen: Seen) -> Work[None]:
        here = Seen()
        shown, now_ns = time.monotonic(), time.time_ns()
        for n, listing in enumerate(tree.listings):
            for path in listing.events:
                try:
                    found = os.stat(path)
                except OSError as error:
                    _note_unseen(path, error, here)
                    continue
                now = Stamp(found.st_size, found.st_mtime_ns, found.st_ino)
                known = self.known.get(path)
                if known is not None and known.stamp == now and not (known.is_young or claimed):
                    continue
                if claimed and listing.path != path and identity_of(path, found) in claimed:
                    here.left_out.add((listing.path, path))
                elif stat.S_ISREG(found.st_mode):
                    self._judge(path, now, now_ns, here)
                else:  # a named pipe would be waited on for ever
                    here.leave_out(path, "It is no plain file, so it was left out.")
            if n % 32 == 0 and time.monotonic() - shown > _STEP_S:
                yield Progress(None, "Looking for what is new")
                shown = time.monotonic()
        if here.gone and not tree.check():
            return  # not the files went but the whole tree, for now
        for path in here.gone:
            tree.distrust(os.path.dirname(path))
        seen.add(here)

    def _judge(self, path: str, now: Stamp, now_ns: int, seen: Seen) -> None:
        known = self.known.get(path)
        change = Change.WHOLE if known is None else known.change(path, now)
        young = is_young(now, now_ns)
        if known is not None and change is Change.NONE:
            if known.stamp != now or known.is_young != young:
                self.known[path] = replace(known, stamp=now, is_young=young)
            return
        after = known.columns if known is not None and change is Change.AT_END else None
        seen.to_read.append(ToRead(path, now, young, after))

    def _read(self, to_read: list[ToRead]) -> Work[bool]:
        """Whether any of the files holds something else than before."""
        has_changed = False
        reader = _Reader(to_read, self._verify)
        while not reader.is_done:
            for file, columns, mark in reader.advance():
                has_changed |= self._take(file, columns, mark)
            if reader.is_time_to_show():
                yield Progress(reader.n_done / len(to_read), reader.note)
        return has_changed

    def _take(self, file: ToRead, columns: FileColumns, mark: int | None) -> bool:
        """Whether the columns are others than before."""
        old = self.known.get(file.path)
        if columns.has_failed and not os.path.lexists(file.path):
            self.gone.add(file.path)  # it went just now; the next look tells more
            return old is None
        if columns.has_failed and not columns.read_to and old is not None:
            own = tuple(one for one in old.columns.problems if one not in columns.problems)
            problems = (*own, *columns.problems)
            columns, mark = replace(old.columns, problems=problems, has_failed=True), old.mark
        has_changed = old is None or not are_same(old.columns, columns)
        if old is not None and not has_changed:
            columns = old.columns
        stamp = None if columns.has_failed else file.stamp
        self.known[file.path] = KnownFile(columns, stamp, file.is_young, mark)
        return has_changed


def _note_unseen(path: str, error: OSError, seen: Seen) -> None:
    """A file that went is gone; of one that can't be reached for now the values are kept."""
    if not isinstance(error, FileNotFoundError):
        reason = error.strerror or type(error).__name__
        what = f"{os.path.basename(path)} can't be read: {reason}."
        seen.problems[path] = Problem(Path(path), what)
    elif os.path.islink(path):
        seen.leave_out(path, "The link points to nothing.")
    else:
        seen.gone.add(path)


class _Reader:
    """Reads files side by side: `advance` until `is_done`."""

    def __init__(self, files: list[ToRead], verify: bool) -> None:
        self.n_done = 0
        self._n_files = len(files)
        self._verify = verify
        self._waiting = list(reversed(files))
        self._active: list[tuple[ToRead, FileScan]] = []
        self._shown = 0.0

    @property
    def is_done(self) -> bool:
        return not (self._waiting or self._active)

    @property
    def note(self) -> str:
        return f"Reading {self.n_done:,} of {self._n_files:,} event files"

    def is_time_to_show(self) -> bool:
        """Whether the last progress is long enough ago."""
        now = time.monotonic()
        if now - self._shown < _STEP_S:
            return False
        self._shown = now
        return True

    def advance(self) -> list[tuple[ToRead, FileColumns, int | None]]:
        """Take in a few blocks, shared among the cores; the files that are done with it."""
        n_bytes = sum(scan.next_bytes for _, scan in self._active)
        while self._waiting and len(self._active) < _MOST_OPEN and n_bytes < N_CORES * BLOCK:
            file = self._waiting.pop()
            scan = FileScan(Path(file.path), file.after, verify=self._verify)
            self._active.append((file, scan))
            n_bytes += scan.next_bytes
        active = self._active
        done: list[tuple[ToRead, FileColumns, int | None]] = []

        def advance(start: int, stop: int) -> None:
            for file, scan in active[start:stop]:
                scan.advance()
                if scan.is_done:
                    columns = scan.finish()
                    mark = read_mark(file.path, columns.read_to, file.stamp.inode)
                    done.append((file, columns, mark))

        for_each_part(len(active), advance)
        self._active = [(file, scan) for file, scan in active if not scan.is_done]
        self.n_done += len(done)
        return done
