"""How long work reports: a generator that yields Progress and returns its result.

`app/jobs.py` walks such a generator on a worker thread; `finish` walks it on the spot (command
line, tests, notebooks). A generator may be dropped at any yield, so yields are never more than
about 50 ms of our own work apart.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """done: 0..1, or None where the length is unknown. note: a few words for the user, such as
    "Reading 12 of 90 files"."""

    done: float | None
    note: str = ""


Work = Generator[Any, None, T]
"""A generator of Progress (or of a richer step such as projections.Step) whose return value is the
result."""


def scaled(work: Work[T], low: float, high: float) -> Work[T]:
    """The same work as a part of a larger one: its 0..1 becomes low..high, and never falls."""
    done = low
    while True:
        try:
            told = next(work)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        done = max(done, low + (high - low) * (told.done or 0.0))
        yield Progress(done, told.note)


def finish(work: Work[T]) -> T:
    """Walk the work to its end, here and now, and hand back its result."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
