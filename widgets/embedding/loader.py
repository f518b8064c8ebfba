"""Runs the reading of sources that the choice asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from projector.embeddings.embedding import Source
from projector.errors import ProjectorError, Stopped
from projector.progress import Progress, Work
from widgets.embedding.loading import Kept, Loaded, Shown, load, load_companions
from widgets.embedding.message import Message
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import Job, RunJob

SOURCE_NAMES = frozenset({"run", "name", "copy", "step"})
COMPANION_NAMES = frozenset({"metadata_path", "metadata_header", "metadata_repair", "sprite_path"})


class EmbeddingLoader(QObject):
    """message_changed: a Message about loading, or None.

    problem_found: a Problem of the embedding that was just read, those of its metadata aside.
    """

    message_changed = Signal(object)
    problem_found = Signal(object)

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._run_job = run_job
        self._kept = Kept()
        self._jobs: dict[str, Job] = {}
        model.changed.connect(self._on_changed)

    def forget(self) -> None:
        """Drop results that were kept, as after a reload, and what is under way."""
        self._kept.clear()
        for key in tuple(self._jobs):
            self._cancel(key)

    def keep_only(self, sources: Iterable[Source]) -> None:
        """Drop results of sources that are not there any more, or not as they were."""
        self._kept.keep_only(frozenset(sources))

    def load(self) -> None:
        """Show the chosen source: at once if it was read before, else by a job."""
        group, source = self._model.group, self._model.source
        if group is None or source is None:
            return
        self._cancel("load")
        kept = self._kept.find(source)
        if kept is not None:
            self._show_as_wished(kept)
            return
        title = self.tr("Reading {name}").format(name=group.name)
        self.message_changed.emit(Message(title, is_busy=True))
        reference = self._kept.reference_of(group)
        axes, wish = self._kept.axes_of(reference), self._model.companions
        work = load(group, self._model.source_index, reference, axes, wish)
        self._start("load", title, work, self._on_loaded, self._on_step, self._on_failed)

    def _show_as_wished(self, kept: Shown) -> None:
        """Show what was read before, its metadata and pictures read anew where others are wanted
        by now."""
        wish = self._model.companions
        if kept.parts is None or kept.parts.wish == wish:
            self._show(kept)
            return
        title = self.tr("Reading metadata")
        self.message_changed.emit(Message(title, is_busy=True))
        work = load_companions(kept, wish)
        self._start("load", title, work, self._on_reread, self._on_step, self._on_not_reread)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & (SOURCE_NAMES | COMPANION_NAMES):
            self.load()

    def _start(
        self,
        key: str,
        title: str,
        work: Work[Any],
        on_done: Callable[[Any], None],
        on_step: Callable[[Any], None] | None = None,
        on_failed: Callable[[ProjectorError], None] | None = None,
    ) -> None:
        self._jobs[key] = self._run_job(
            f"embedding/{key}",
            title,
            work,
            on_done=on_done,
            on_step=on_step,
            on_failed=on_failed,
        )

    def _cancel(self, key: str) -> None:
        job = self._jobs.pop(key, None)
        if job is not None and job.is_running:
            job.cancel()

    @Slot(object)
    def _on_step(self, step: object) -> None:
        if isinstance(step, Progress):
            self.message_changed.emit(Message(step.note, is_busy=True, done=step.done))

    @Slot(object)
    def _on_loaded(self, loaded: Loaded) -> None:
        self._kept.keep(loaded.shown, loaded.axes_source, loaded.axes)
        self._show(loaded.shown)
        self._tell(loaded.shown)

    @Slot(object)
    def _on_reread(self, shown: Shown) -> None:
        self._kept.replace(shown)
        self._show(shown)
        self._tell(shown)

    @Slot(object)
    def _on_not_reread(self, error: ProjectorError) -> None:
        """What is shown stays, and the choice says so."""
        self.message_changed.emit(None)
        parts = None if self._model.shown is None else self._model.shown.parts
        if parts is None:
            self._on_failed(error)
            return
        self._model.choose_companions(parts.wish)

    def _tell(self, shown: Shown) -> None:
        """Problems of the metadata are told above the cloud, where they can be mended."""
        own = () if shown.parts is None else shown.parts.metadata.problems
        for problem in shown.embedding.problems:
            if problem not in own:
                self.problem_found.emit(problem)

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self._model.set_shown(None)
        if isinstance(error, Stopped):
            message = Message(str(error), self.tr("Reload to read it after all."))
        else:
            message = Message(self.tr("This embedding can't be shown"), str(error))
        self.message_changed.emit(message)

    def _show(self, shown: Shown) -> None:
        self.message_changed.emit(None)
        self._model.set_shown(shown)
