"""How a trial is called on screen: its run, without the folders all share and without PyTorch's
time stamps.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_TIME_STAMP = re.compile(r"\d{9,11}\.\d+")


def is_stamped(run: str) -> bool:
    """Whether a run is named by the second it was made in, as PyTorch's add_hparams does when
    it gets no name.
    """
    parent, _, last = run.rpartition("/")
    return bool(parent) and _TIME_STAMP.fullmatch(last) is not None


def parent_of(run: str) -> str:
    """The run one folder up; "." above the first."""
    return run.rpartition("/")[0] or "."


def trial_titles(names: Sequence[str]) -> tuple[str, ...]:
    """One short title a trial, each different; names are the runs, sorted."""
    bare = [parent_of(name) if is_stamped(name) else name for name in names]
    total, seen = Counter(bare), Counter[str]()
    titles = []
    for full, short in zip(bare, _without_shared_folders(bare), strict=True):
        seen[full] += 1
        titles.append(f"{short} #{seen[full]}" if total[full] > 1 else short)
    return tuple(titles)


def _without_shared_folders(names: Sequence[str]) -> list[str]:
    parts = [name.split("/") for name in names]
    n_shared = 0
    while (
        len(parts) > 1
        and all(len(p) > n_shared + 1 for p in parts)
        and len({p[n_shared] for p in parts}) == 1
    ):
        n_shared += 1
    return ["/".join(p[n_shared:]) for p in parts]
