"""Reads the bookmarks that the logs themselves name, once the embedding they are of is shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from projector.errors import ProjectorError
from widgets.embedding.bookmarks.from_bookmarks import Imported, imported_views
from widgets.embedding.bookmarks.views import Views
from widgets.embedding.sources import SourceGroup
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import Job, RunJob


class BookmarkReader(QObject):
    """read: how many views were added. problem_found: a Problem or an error to show."""

    read = Signal(object)
    problem_found = Signal(object)

    def __init__(
        self,
        model: EmbeddingViewModel,
        views: Views,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._views, self._run_job = model, views, run_job
        self._known: set[Path] = set()
        self._job: Job | None = None
        model.shown_changed.connect(self._on_shown_changed)

    def start_anew(self, groups: Sequence[SourceGroup], *, is_restored: bool) -> None:
        """Other contents were opened. is_restored: their bookmarks are among the views already."""
        if self._job is not None and self._job.is_running:
            self._job.cancel()
        self._job = None
        self._known = set()
        if is_restored:
            sources = (source for group in groups for source in group.sources)
            paths = (source.bookmarks_path for source in sources)
            self._known = {path for path in paths if path is not None}

    @Slot()
    def _on_shown_changed(self) -> None:
        source = self._model.source
        path = None if source is None else source.bookmarks_path
        if self._model.shown is not None and path is not None and path not in self._known:
            self._known.add(path)
            self.add_file(path)

    def add_file(self, path: Path) -> None:
        """Add the states of a file to the list of views."""
        model = self._model
        embedding, group = model.embedding, model.group
        if embedding is None or group is None:
            return
        choice = dataclasses.replace(model.choice, run=group.run, name=group.name, copy=group.copy)
        self._job = self._run_job(
            "embedding/bookmarks",
            self.tr("Reading bookmarks"),
            imported_views(path, embedding, choice),
            on_done=self._on_read,
            on_failed=self._on_failed,
        )

    @Slot(object)
    def _on_read(self, imported: Imported) -> None:
        views, problems = imported
        self._views.add(views)
        for problem in problems:
            self.problem_found.emit(problem)
        self.read.emit(len(views))

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self.problem_found.emit(error)
