"""The folders that are opened together, and how their runs are told apart."""

from __future__ import annotations

import os
from collections import Counter
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
    """Roots in the order given: those with a name keep it, paths get one.

    No two have the same name, and where there are several each has one.
    """
    named = [root for root in given if isinstance(root, Root)]
    if len(named) == len(given) == 1:
        return (named[0],)
    bare = [root.path if isinstance(root, Root) else root for root in given]
    names = {root.path: root.name for root in name_roots(bare)}
    roots: dict[tuple[str, str], Root] = {}
    for one in given:
        root = one if isinstance(one, Root) else Root(one)
        place = Path(os.path.abspath(root.path))
        if not root.name and place in names:
            root = Root(place, names[place])
        elif not root.name:  # the only path of all
            root = Root(root.path)
        roots.setdefault((os.path.abspath(root.path), root.name), root)
    return _with_different_names(list(roots.values()))


def _with_different_names(roots: list[Root]) -> tuple[Root, ...]:
    seen: Counter[str] = Counter()
    taken = {root.name for root in roots}
    made = []
    for root in roots:
        name = root.name
        while seen[root.name] and (name in taken or not name):
            seen[root.name] += 1
            name = f"{root.name or root.path.name} ({seen[root.name]})"
        seen[root.name] += 1 if not seen[root.name] else 0
        taken.add(name)
        made.append(replace(root, name=name))
    return tuple(made)
