"""The jobs of a second view, beside those of the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from projector.errors import ProjectorError
from projector.progress import Work
from widgets.shared.job import Job, RunJob

T = TypeVar("T")


class NoJob:
    """A job that was never begun."""

    is_running = False

    def cancel(self) -> None:
        """Nothing is to be ended."""


class SecondJobs:
    """Runs the jobs of a second view beside those of the first, which have the same keys."""

    def __init__(self, run_job: RunJob) -> None:
        self._run_job = run_job
        self._jobs: dict[str, Job] = {}
        self._is_over = False

    def __call__(
        self,
        key: str,
        title: str,
        work: Work[T],
        *,
        on_done: Callable[[T], None],
        on_step: Callable[[Any], None] | None = None,
        on_failed: Callable[[ProjectorError], None] | None = None,
    ) -> Job:
        if self._is_over:  # the view still hears of changes until the event loop deletes it
            return NoJob()
        key = f"{key}/second"
        job = self._run_job(key, title, work, on_done=on_done, on_step=on_step, on_failed=on_failed)
        self._jobs[key] = job
        return job

    def cancel(self) -> None:
        """Nobody is left to take their results, nor those of any other."""
        self._is_over = True
        for job in self._jobs.values():
            job.cancel()
