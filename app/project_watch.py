"""The progress of a projection on a terminal: its figures and the time left beside the bar."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, TypeVar

from projector.progress import Progress, Work, finish

T = TypeVar("T")
_WORDS = {"kl": "KL", "exact kl": "exact KL"}
_UNTOLD = (
    "iteration",
    "epoch",
    "gradient",
    "learning rate",
    "kl iteration",
)  # in the note, or of no use to most
_MOST_FIGURES = 2
_STEP_BACK = 0.05


def watch(work: Work[T], title: str) -> T:
    """Walk the work to its end; where stderr is a terminal, tell how far it is."""
    return _with_bar(work, title) if sys.stderr.isatty() else finish(work)


def told_figures(diagnostics: Mapping[str, float]) -> str:
    """The first figures of a step in words, such as "KL = 1.748"."""
    untold = (*_UNTOLD, "kl") if "exact kl" in diagnostics else _UNTOLD
    told = [(name, value) for name, value in diagnostics.items() if name not in untold]
    return ", ".join(
        f"{_WORDS.get(name, name)} = {value:.4g}" for name, value in told[:_MOST_FIGURES]
    )


def told_span(seconds: float) -> str:
    """A time still to go, no more exact than it is known."""
    if seconds < 1:
        return "nearly done"
    if seconds < 100:
        return f"{seconds:.0f} s left"
    minutes = seconds / 60
    return f"{minutes:.0f} min left" if minutes < 100 else f"{minutes / 60:.1f} h left"


def _with_bar(work: Work[T], title: str) -> T:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(title, total=None, left="")
        last, figures = 0.0, ""
        while True:
            try:
                step = next(work)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
            figures = _figures(step) or figures
            bars.update(bar, description=escape(f"{step.note or title}  {figures}".rstrip()))
            if step.done is None:  # as between two iterations: the bar stays where it is
                continue
            if step.done < last - _STEP_BACK:  # another stage: its pace is its own
                bars.reset(bar)
            last = step.done
            bars.update(bar, completed=last, total=1.0)
            bars.update(bar, left=_left(bars, bar))


def _figures(step: Any) -> str:
    return "" if isinstance(step, Progress) else told_figures(step.diagnostics)


def _left(bars: Any, bar: Any) -> str:
    task = next(task for task in bars.tasks if task.id == bar)
    return "" if task.time_remaining is None else told_span(task.time_remaining)
