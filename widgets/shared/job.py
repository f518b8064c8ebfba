"""What a widget may ask of the one who runs long work; `app/jobs.py` is the real one, tests hand
in a walk on the spot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from projector.errors import ProjectorError
from projector.progress import Work

T = TypeVar("T")


class Job(Protocol):
    """A piece of work under way."""

    @property
    def is_running(self) -> bool: ...

    def cancel(self) -> None:
        """No callback fires any more; the thread stops at its next yield."""


class RunJob(Protocol):
    """Walks a generator off the main thread; every callback comes back on the main thread.

    key: a newer job with the same key cancels the older one ("embedding/pca"). title: shown beside
    the progress bar.
    on_step gets the newest of what the generator yielded (older undelivered ones are dropped),
    on_done its return value, on_failed the error when the user's world was wrong; without
    on_failed the window shows a notice.
    """

    def __call__(
        self,
        key: str,
        title: str,
        work: Work[T],
        *,
        on_done: Callable[[T], None],
        on_step: Callable[[Any], None] | None = None,
        on_failed: Callable[[ProjectorError], None] | None = None,
    ) -> Job: ...
