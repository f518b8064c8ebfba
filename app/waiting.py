"""Long work on the command line: walked here and now, with a progress bar on a terminal."""

from __future__ import annotations

import sys
import time
from typing import TypeVar

from projector.progress import Progress, Work

T = TypeVar("T")
PATIENCE_S = 0.5


def walk(work: Work[T], title: str) -> T:
    """Walk the work to its end, with a progress bar on a terminal once it has taken a moment."""
    begun = time.monotonic()
    while True:
        try:
            step = next(work)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        if sys.stderr.isatty() and time.monotonic() - begun > PATIENCE_S:
            return _walk_with_bar(work, title, step)


def _walk_with_bar(work: Work[T], title: str, step: Progress) -> T:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(title, total=None)
        while True:
            bars.update(bar, description=step.note or title)
            if step.done is not None:
                bars.update(bar, completed=step.done, total=1.0)
            try:
                step = next(work)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
