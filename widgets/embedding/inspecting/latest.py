"""One place for a job: what is started there ends what was under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from projector.errors import ProjectorError
from projector.progress import Work
from widgets.shared.job import Job, RunJob


class Latest:
    """Runs work under one key and title; only the newest is ever answered."""

    def __init__(self, run_job: RunJob, key: str, title: str) -> None:
        self._run_job, self._key, self._title = run_job, key, title
        self._job: Job | None = None

    def start(
        self,
        work: Work[Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[ProjectorError], None] | None = None,
    ) -> None:
        self._job = self._run_job(
            self._key, self._title, work, on_done=on_done, on_failed=on_failed
        )

    def cancel(self) -> None:
        if self._job is not None and self._job.is_running:
            self._job.cancel()
        self._job = None
