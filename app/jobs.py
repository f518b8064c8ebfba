"""Long work on worker threads: the one file that knows about them.

A job walks a generator. The newest undelivered step wins, a newer job with the same key replaces
the older one, and a step or result is handed on only if its job, asked on the main thread, was not
cancelled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, Signal, Slot

from projector.errors import ProjectorError, Stopped
from projector.progress import Progress, Work

NOTHING = object()
SILENCE_MS = 1000
"""How long a silent job may take before it is shown all the same."""


class RunningJob(QObject):
    """One generator being walked. Lives on the main thread; only `_walk` runs on the worker.

    moved: something was delivered. ended: it is over, however it ended; both are emitted on the
    main thread.
    """

    moved = Signal()
    ended = Signal()
    _woken = Signal()

    def __init__(
        self,
        title: str,
        work: Work[Any],
        *,
        on_done: Callable[[Any], None],
        on_step: Callable[[Any], None] | None,
        on_failed: Callable[[ProjectorError], None],
        is_silent: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.is_silent = is_silent
        self.done: float | None = None
        self.note = ""
        self.is_running = True
        self._work = work
        self._on_done, self._on_step, self._on_failed = on_done, on_step, on_failed
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._step: Any = NOTHING
        self._result: Any = NOTHING
        self._error: Exception | None = None
        self._is_woken = False
        self._clock = QElapsedTimer()
        self._clock.start()
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self.thread_of_work = threading.Thread(target=self._walk, name=f"job: {title}", daemon=True)

    def start(self) -> None:
        """Begin; callbacks fire from the event loop."""
        self.thread_of_work.start()

    @property
    def elapsed_ms(self) -> int:
        return int(self._clock.elapsed())

    @property
    def is_shown(self) -> bool:
        """Whether the status bar may speak of it."""
        return self.is_running and (not self.is_silent or self.elapsed_ms >= SILENCE_MS)

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def is_over(self) -> bool:
        """Whether its thread has let go of the work."""
        return not self.thread_of_work.is_alive()

    def cancel(self) -> None:
        """No callback fires any more; the thread stops at the generator's next yield."""
        if self.is_running:
            self._cancelled.set()
            self._end()

    def stop(self) -> None:
        """As cancel, but at the user's wish: whoever asked for the work hears a Stopped."""
        if not self.is_running:
            return
        self.cancel()
        if not self.is_silent:
            self._on_failed(Stopped(self.tr("{} was stopped.").format(self.title)))

    def _walk(self) -> None:
        try:
            for step in self._steps():
                self._leave(step=step)
        except Exception as error:  # noqa: BLE001  the main thread sorts bad input from bugs
            self._leave(error=error)

    def _steps(self) -> Any:
        """Yield what the work yields until it ends or the job is cancelled; leave its result."""
        while not self._cancelled.is_set():
            try:
                yield next(self._work)
            except StopIteration as stop:
                self._leave(result=stop.value)
                return
        self._work.close()

    def _leave(
        self, *, step: Any = NOTHING, result: Any = NOTHING, error: Exception | None = None
    ) -> None:
        """Put something down for the main thread and wake it once; a newer step covers an older
        one."""
        if self._cancelled.is_set():
            return
        with self._lock:
            if step is not NOTHING:
                self._step = step
            if result is not NOTHING:
                self._result = result
            if error is not None:
                self._error = error
            is_first, self._is_woken = not self._is_woken, True
        if is_first:
            try:
                self._woken.emit()
            except RuntimeError:  # the window, and this object with it, went away meanwhile
                self._cancelled.set()

    @Slot()
    def _on_woken(self) -> None:
        with self._lock:
            step, self._step = self._step, NOTHING
            result, self._result = self._result, NOTHING
            error, self._error = self._error, None
            self._is_woken = False
        if self._cancelled.is_set():
            return
        if step is not NOTHING:
            self._deliver(step)
        if self._cancelled.is_set():  # the step's receiver may have cancelled
            return
        if error is not None:
            self._fail(error)
        elif result is not NOTHING:
            self._end()
            self._on_done(result)

    def _deliver(self, step: Any) -> None:
        self.done, self.note = getattr(step, "done", None), getattr(step, "note", "")
        if self._on_step is not None:
            try:
                self._on_step(step)
            except Exception:  # its view is broken: nobody would hear of the end either
                self.cancel()
                raise
        self.moved.emit()

    def _fail(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, ProjectorError):
            raise error
        self._on_failed(error)

    def _end(self) -> None:
        self.is_running = False
        self.ended.emit()


class Jobs(QObject):
    """All jobs of a window.

    changed: a job began, moved or ended. failed: (title, ProjectorError) of a job nobody else
    wanted to hear about.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, RunningJob] = {}
        self._ended: list[RunningJob] = []
        self._is_closed = False

    def run(
        self,
        key: str,
        title: str,
        work: Work[Any],
        *,
        on_done: Callable[[Any], None],
        on_step: Callable[[Any], None] | None = None,
        on_failed: Callable[[ProjectorError], None] | None = None,
        is_silent: bool = False,
    ) -> RunningJob:
        """Walk `work` on a thread; see widgets.shared.job.RunJob.

        is_silent: nobody asked for it, so nobody hears of it unless it takes long.
        """
        if key in self._jobs:
            self._jobs[key].cancel()
        self._sweep()
        job = RunningJob(
            title,
            work,
            on_done=on_done,
            on_step=on_step,
            on_failed=on_failed or self._on_failed,
            is_silent=is_silent,
            parent=self,
        )
        self._jobs[key] = job
        job.moved.connect(self.changed)
        job.ended.connect(self._on_ended)
        if self._is_closed:  # a window on its way out may still ask, when its colors change, say
            job.cancel()
            return job
        job.start()
        self.changed.emit()
        return job

    @property
    def running(self) -> tuple[RunningJob, ...]:
        """Jobs under way, oldest first."""
        return tuple(job for job in self._jobs.values() if job.is_running)

    @property
    def shown(self) -> tuple[RunningJob, ...]:
        """Those under way that the user is told of, oldest first."""
        return tuple(job for job in self.running if job.is_shown)

    @property
    def progress(self) -> Progress | None:
        """Of the oldest job that is shown, or None when all is quiet."""
        jobs = self.shown
        if not jobs:
            return None
        job = jobs[0]
        return Progress(job.done, f"{job.title}: {job.note}" if job.note else job.title)

    @Slot()
    def stop_all(self) -> None:
        """The user wants an end of everything shown as under way."""
        for job in self.shown:
            job.stop()

    def cancel_all(self) -> None:
        """End everything under way; nobody hears of it."""
        for job in self.running:
            job.cancel()

    def close(self, wait_s: float = 1.0) -> None:
        """Cancel all, wait briefly for their threads, and begin nothing any more."""
        self._is_closed = True
        jobs = (*self.running, *self._ended)
        threads = [job.thread_of_work for job in jobs if job.thread_of_work.is_alive()]
        self.cancel_all()
        for thread in threads:
            thread.join(wait_s / len(threads))

    @Slot()
    def _on_ended(self) -> None:
        ended = self.sender()
        self._jobs = {key: job for key, job in self._jobs.items() if job is not ended}
        if isinstance(ended, RunningJob):
            self._ended.append(ended)
        self._sweep()
        self.changed.emit()

    def _sweep(self) -> None:
        """Delete ended jobs, but none whose thread may still emit its signal."""
        over = [job for job in self._ended if not job.thread_of_work.is_alive()]
        self._ended = [job for job in self._ended if job not in over]
        for job in over:
            job.deleteLater()

    def _on_failed(self, error: ProjectorError) -> None:
        self.failed.emit(error)
