"""The folders that are opened together, and how their runs are told apart."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
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
    """Roots with names as short as tells them apart: logs/a and logs/b become a and b."""
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
