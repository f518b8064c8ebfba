"""The folders that are opened together, and how their runs are told apart."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Root:
    """A log folder or a single event file. name: what the names of its runs begin with, "" where it
    is the only one."""

    path: Path
    name: str = ""

    def run_name(self, below: str) -> str:
        """The name of a run, given its path below the root ("." for the root itself)."""
        if not self.name:
            return below
        return self.name if below == "." else f"{self.name}/{below}"


def name_roots(paths: Sequence[Path]) -> tuple[Root, ...]:
    """Roots with names as short as tells them apart: logs/a and logs/b become a and b.

    A path that is given twice counts once.
    """
    unique = tuple(dict.fromkeys(Path(os.path.abspath(path)) for path in paths))
    if len(unique) == 1:
        return (Root(paths[0]),)
    longest = max((len(path.parts) for path in unique), default=0)
    names = [path.as_posix() for path in unique]
    for n_parts in range(1, longest + 1):
        names = ["/".join(path.parts[-n_parts:]).lstrip("/") for path in unique]
        if len(set(names)) == len(names):
            break
    return tuple(Root(path, name) for path, name in zip(unique, names, strict=True))


def gather_roots(given: Sequence[Path | Root]) -> tuple[Root, ...]:
    """One root for each place, in the order given: those with a name keep it, the others get one.

    Where there are several, each has a name and no two have the same.
    """
    paths = [one.path if isinstance(one, Root) else one for one in given]
    named = {os.path.abspath(root.path): root for root in name_roots(paths)}
    roots: dict[str, Root] = {}
    for one, path in zip(given, paths, strict=True):
        place = os.path.abspath(path)
        root = one if isinstance(one, Root) and one.name else named[place]
        roots.setdefault(place, root)
    taken: set[str] = set()
    return tuple(_with_free_name(root, taken) for root in roots.values())


def _with_free_name(root: Root, taken: set[str]) -> Root:
    name, n = root.name, 1
    while name in taken:
        n += 1
        name = f"{root.name} ({n})"
    taken.add(name)
    return replace(root, name=name)
