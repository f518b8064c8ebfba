"""Widgets are handed a `run_job` that walks the work on the spot, so no test waits for a thread."""

from __future__ import annotations

import pytest

from projector.errors import ProjectorError


class DoneJob:
    """A job that is already over."""

    is_running = False

    def cancel(self) -> None:
        """Nothing is left to cancel."""


def run_now(key, title, work, *, on_done, on_step=None, on_failed=None):
    """Walk the work to its end, handing on every step and the result."""
    try:
        while True:
            step = next(work)
            if on_step is not None:
                on_step(step)
    except StopIteration as stop:
        on_done(stop.value)
    except ProjectorError as error:
        if on_failed is None:
            raise
        on_failed(error)
    return DoneJob()


@pytest.fixture
def run_job():
    return run_now
