"""What lies below a folder, seen by polling: no notifications, so that network drives work too.

A folder is listed again when its time has changed. Times of the last seconds are not trusted, for
clocks are coarse, and a share of all folders is listed at every look, for some times lie.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path

from projector.errors import NotFound, Problem, ProjectorError, Unreadable
from projector.progress import Progress, Work, finish

YOUNG_NS = 2_000_000_000
"""Within so many nanoseconds two changes may bear the same time (two seconds on FAT)."""

_SHARE = 16
_STEP_S = 0.03

Identity = tuple[int, int] | str
"""Tells files and folders apart, whatever the path: device and number, or the real path."""

_OTHER_ENDS = (
    *(".pbtxt", ".json", ".tsv", ".csv", ".txt", ".npy", ".npz", ".bytes", ".bin", ".index"),
    *(".h5", ".hdf5", ".keras", ".pt", ".pth", ".safetensors", ".ckpt", "sprite.png"),
    *(".parquet", ".pq", ".arrow", ".feather", ".ipc", ".jsonl", ".ndjson", ".vec", ".tab"),
    *(".pkl", ".tsv.gz", ".csv.gz", ".txt.gz", ".vec.gz", ".bin.gz", ".json.gz", ".jsonl.gz"),
)


@dataclass(slots=True, eq=False)
class Listing:
    """What is of interest in one folder.

    below: its path below the root with "/". folders, links: paths and names below the root of
    the folders in it. events: paths of what is called like an event file, sorted. others: names
    of files of interest to other readers. mtime_ns: of the folder when it was listed. is_settled:
    whether an equal time means an equal folder.
    """

    path: str
    below: str
    identity: Identity
    mtime_ns: int
    is_settled: bool
    folders: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    events: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    problem: Problem | None = None

    def holds_the_same(self, other: Listing) -> bool:
        """Whether both list the same."""
        names = ("identity", "folders", "links", "events", "others", "problem")
        return all(getattr(self, name) == getattr(other, name) for name in names)


def identity_of(path: str, found: os.stat_result) -> Identity:
    """What is the same for all paths that lead to one file or folder."""
    if found.st_ino:
        return found.st_dev, found.st_ino
    return os.path.realpath(path)


class Tree:
    """A folder with all below it, or a single file; `look` brings it up to date.

    listings: the folders, sorted by path; the same objects as long as what they hold is the same.
    error: why there never was anything to see, or None. is_reachable: False while the listings
    are those of an earlier look.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.listings: tuple[Listing, ...] = ()
        self.error: ProjectorError | None = None
        self.is_reachable = False
        self._root = os.fspath(path)
        self._identity: Identity | None = None
        self._known: dict[str, Listing] = {}
        self._n_looks = 0
        self._is_file = False

    def identity(self) -> Identity | None:
        """Of the root itself; None while it can't be reached."""
        try:
            return identity_of(self._root, os.stat(self._root))
        except (OSError, ValueError):
            return None

    @property
    def is_file(self) -> bool:
        """Whether the root is a single file."""
        return len(self.listings) == 1 and self._is_file

    @property
    def problems(self) -> list[Problem]:
        """What could not be seen at the last look."""
        if self.error is not None:
            return [Problem(self.path, str(self.error))]
        found = [listing.problem for listing in self.listings if listing.problem]
        if not self.is_reachable:
            what = "It can't be reached now; what was read from it before is shown."
            found.append(Problem(self.path, what))
        return found

    def look(self, visited: set[Identity]) -> Work[bool]:
        """Whether anything of interest came, went or became unreachable.

        visited: folders that are left out; those seen now are added.
        """
        was_reachable, before = self.is_reachable, self.listings
        self._n_looks += 1
        listings = yield from self._walk(visited)
        self.is_reachable = False
        if listings is not None and self.check():
            self.error = None
            self.listings = tuple(listings)
            self._known = {listing.path: listing for listing in listings}
        return self.is_reachable != was_reachable or self.listings != before

    def check(self) -> bool:
        """Whether the root is still what it was at the last look; else it is unreachable."""
        self.is_reachable = self.identity() == self._identity
        return self.is_reachable

    def leave_out(self) -> bool:
        """Show nothing, for another tree shows it all; whether there was anything before."""
        was_empty = self.is_reachable and not (self.listings or self.error)
        self.listings, self.error, self.is_reachable = (), None, True
        self._known.clear()
        return not was_empty

    def distrust(self, folder: str) -> None:
        """Have a folder listed again at the next look."""
        if folder in self._known:
            self._known[folder].is_settled = False

    def _walk(self, visited: set[Identity]) -> Work[list[Listing] | None]:
        """All folders below the root, each once; None where the root can't be reached."""
        try:
            found = os.stat(self._root)
            self._identity = identity_of(self._root, found)
            visited.add(self._identity)
            self._is_file = not stat.S_ISDIR(found.st_mode)
            if self._is_file:
                return self._only_file(found)
            seen = [self._listing(self._root, ".", found)]
        except (OSError, ValueError) as error:
            self._fail(error)
            return None
        if self._seems_unmounted(seen[0]):
            return None
        yield from self._descend(seen, visited)
        seen.sort(key=_by_parts)
        return seen

    def _descend(self, seen: list[Listing], visited: set[Identity]) -> Work[None]:
        """Add all folders below the first one; real folders before links, so that a run goes by
        its own name rather than by that of a link."""
        waiting, linked = list(seen[0].folders), list(seen[0].links)
        shown = time.monotonic()
        while waiting or linked:
            path, below = waiting.pop() if waiting else heappop(linked)
            listing = self._visit(path, below, visited)
            if listing is not None:
                seen.append(listing)
                waiting += listing.folders
                for link in listing.links:
                    heappush(linked, link)
            if len(seen) % 32 == 0 and time.monotonic() - shown > _STEP_S:
                yield Progress(None, f"Looked into {len(seen):,} folders")
                shown = time.monotonic()

    def _visit(self, path: str, below: str, visited: set[Identity]) -> Listing | None:
        try:
            found = os.stat(path)
            identity = identity_of(path, found)
            if identity in visited:
                return None
            visited.add(identity)
            return self._listing(path, below, found)
        except FileNotFoundError:
            self.distrust(os.path.dirname(path))
            return None
        except OSError as error:
            return self._unseen(path, below, error)

    def _listing(self, path: str, below: str, found: os.stat_result) -> Listing:
        """What was seen there the last time if that still holds, else what is there now."""
        known = self._known.get(path)
        if known is None:
            return _list_folder(path, below, found)
        is_its_turn = (hash(path) + self._n_looks) % _SHARE == 0
        has_changed = known.mtime_ns != found.st_mtime_ns or not known.is_settled
        if not (has_changed or is_its_turn or known.problem):
            return known
        listing = _list_folder(path, below, found)
        if not listing.holds_the_same(known):
            return listing
        known.mtime_ns, known.is_settled = listing.mtime_ns, listing.is_settled
        return known

    def _unseen(self, path: str, below: str, error: OSError) -> Listing:
        """A folder that can't be listed for now holds what it held."""
        reason = error.strerror or type(error).__name__
        problem = Problem(Path(path), f"The folder can't be read: {reason}.")
        known = self._known.get(path)
        if known is None:
            return Listing(path, below, path, 0, False, problem=problem)
        if known.problem == problem:
            return known
        kept = known.folders, known.links, known.events, known.others
        return Listing(path, below, known.identity, 0, False, *kept, problem=problem)

    def _only_file(self, found: os.stat_result) -> list[Listing] | None:
        """The root is a file: as if it were alone in a folder."""
        if not stat.S_ISREG(found.st_mode):
            self._fail(None)
            return None
        is_log = "tfevents" in self.path.name
        events = (self._root,) if is_log else ()
        others = frozenset(() if is_log else (self.path.name,))
        identity = identity_of(self._root, found)
        listing = Listing(self._root, ".", identity, 0, True, (), (), events, others)
        known = self._known.get(self._root)
        return [known if known is not None and known.holds_the_same(listing) else listing]

    def _seems_unmounted(self, root: Listing) -> bool:
        """Whether only the empty place is left into which a drive had been mounted."""
        known = self._known.get(self._root)
        if known is None or not isinstance(known.identity, tuple):
            return False
        is_empty = not (root.folders or root.links or root.events or root.others)
        is_elsewhere = root.identity[:1] != known.identity[:1]
        return is_empty and is_elsewhere and len(self.listings) > 0 and root is not known

    def _fail(self, error: Exception | None) -> None:
        if self._known:
            return
        if isinstance(error, (FileNotFoundError, NotADirectoryError, ValueError)):
            self.error = NotFound(f"There is no file or folder {self.path}.")
        elif isinstance(error, OSError):
            self.error = Unreadable(f"{self.path} can't be read: {error.strerror}.")
        else:
            self.error = Unreadable(f"{self.path} is neither a folder nor a plain file.")


def list_folders(path: Path) -> list[Listing]:
    """All folders below a folder as they are now; none where it can't be listed."""
    tree = Tree(path)
    finish(tree.look(set()))
    return list(tree.listings)


def _by_parts(listing: Listing) -> tuple[str, ...]:
    return () if listing.below == "." else tuple(listing.below.split("/"))


def _list_folder(path: str, below: str, found: os.stat_result) -> Listing:
    """Raises OSError. `found`: from before the folder is listed, so that no change is missed."""
    is_settled = found.st_mtime_ns < time.time_ns() - YOUNG_NS
    folders: list[tuple[str, str]] = []
    links: list[tuple[str, str]] = []
    events, others = [], []
    prefix = "" if below == "." else f"{below}/"
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            if _leads_to_folder(entry):
                kind = links if entry.is_symlink() else folders
                kind.append((os.path.join(path, name), f"{prefix}{name}"))
            elif "tfevents" in name:
                events.append(os.path.join(path, name))
            elif name == "checkpoint" or name.lower().endswith(_OTHER_ENDS):
                others.append(name)
    return Listing(
        path,
        below,
        identity_of(path, found),
        found.st_mtime_ns,
        is_settled,
        tuple(sorted(folders)),
        tuple(sorted(links)),
        tuple(sorted(events)),
        frozenset(others),
    )


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder or a link to one; a link that leads to itself is not."""
    try:
        return entry.is_dir()
    except OSError:
        return False
