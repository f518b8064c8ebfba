"""One piece of long work at a time with its progress, its problem and its newest result."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from projector.errors import ProjectorError, Stopped
from projector.progress import Progress, Work
from projector.warm_up import PROJECTING, warm_up_once
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import Job, RunJob

PREFIX = "embedding/"


class Tool(QObject):
    """The base of what the structure page can find out; a result goes with its vectors.

    changed: any of the attributes is to be read again.

    result: None before there is one. problem: why the last run failed, "" where it did not.
    note, done: of the work under way; done is 0..1, or None where that is unknown.
    """

    changed = Signal()

    def __init__(
        self,
        model: EmbeddingViewModel,
        run_job: RunJob,
        name: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = model
        self._run_job, self._name = run_job, name
        self.result: Any = None
        self.problem = ""
        self.note = ""
        self.done: float | None = None
        self.is_running = False
        self._job: Job | None = None
        self._vectors: object = None
        model.shown_changed.connect(self._on_shown_changed)

    def start(self, title: str, work: Work[Any]) -> None:
        """Do this in place of what is under way; kernels are compiled first where they are not."""
        self.cancel()
        self.problem, self.note, self.done, self.is_running = "", "", None, True
        self.changed.emit()
        job = self._run_job(
            PREFIX + self._name,
            title,
            _prepared(work),
            on_done=self._on_done,
            on_step=self._on_step,
            on_failed=self._on_failed,
        )
        self._job = job if self.is_running else None

    @Slot()
    def cancel(self) -> None:
        """Stop the work under way; the result before it stays."""
        if self._job is not None:
            self._job.cancel()
        self._end()

    def clear(self) -> None:
        """Forget all, as with other vectors."""
        self.cancel()
        self.result, self.problem = None, ""
        self.changed.emit()

    def take(self, result: Any) -> None:
        """The work is done; subclasses do what follows from it."""
        self.result = result

    @Slot(object)
    def _on_done(self, result: Any) -> None:
        self._end()
        self.take(result)
        self.changed.emit()

    @Slot(object)
    def _on_step(self, step: Progress) -> None:
        self.done, self.note = step.done, step.note
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self._end()
        if not isinstance(error, Stopped):
            self.problem = str(error)
        self.changed.emit()

    def _end(self) -> None:
        was_running, self.is_running, self._job = self.is_running, False, None
        if was_running:
            self.changed.emit()

    @Slot()
    def _on_shown_changed(self) -> None:
        embedding = self.model.embedding
        vectors = None if embedding is None else embedding.vectors
        if vectors is not self._vectors:
            self._vectors = vectors
            self.clear()


def _prepared(work: Work[Any]) -> Work[Any]:
    yield from warm_up_once(PROJECTING)
    return (yield from work)
