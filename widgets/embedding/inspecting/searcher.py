"""Runs the search behind the choice, and selects rows by a value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Slot

from projector.arrays import IntArray, frozen
from projector.embeddings.embedding import Embedding
from projector.embeddings.shares import Share, rows_like, rows_of
from projector.errors import ProjectorError
from projector.progress import Progress, Work
from projector.selection import Combine, Selection
from widgets.embedding.columns import find_rows
from widgets.embedding.inspecting.latest import Latest
from widgets.embedding.loader import SOURCE_NAMES
from widgets.embedding.sentences import tr
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob


class Searcher(QObject):
    """Keeps `model.matches` as the choice asks; `select_like` and `select_share` select."""

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._search = Latest(run_job, "embedding/search", self.tr("Searching"))
        self._value = Latest(run_job, "embedding/same value", self.tr("Selecting"))
        self._how: Combine = "replace"
        model.changed.connect(self._on_changed)
        model.shown_changed.connect(self.search)
        model.table_changed.connect(self.search)

    @Slot()
    def search(self) -> None:
        """Find the rows that hold the searched text, or meet the condition."""
        self._search.cancel()
        embedding, choice = self._model.embedding, self._model.choice
        text = choice.search.strip()
        if embedding is None or not text:
            if self._model.matches is not None or self._model.search_trouble:
                self._model.set_matches(None)
            return
        work = find_rows(embedding, text, choice.search_in, choice.search_mode)
        self._search.start(work, self._on_matches, self._on_no_search)

    def select_like(self, column: str, row: int, how: Combine = "replace") -> None:
        """Select all rows that hold the same value in a column as one row does."""
        embedding = self._model.embedding
        if embedding is not None and embedding.metadata is not None:
            self._select(like(embedding, column, row), how)

    def select_share(self, column: str, share: Share, how: Combine = "intersect") -> None:
        """Select by a value, or a range, of a column; "intersect" leaves only such rows."""
        embedding = self._model.embedding
        if embedding is not None and embedding.metadata is not None:
            self._select(with_share(embedding, column, share), how)

    def _select(self, work: Work[IntArray], how: Combine) -> None:
        self._how = how
        self._value.start(work, self._on_rows)

    @Slot(object)
    def _on_rows(self, rows: IntArray) -> None:
        self._model.select(Selection(rows), self._how)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & SOURCE_NAMES:
            self._search.cancel()
            self._value.cancel()
        if names & {"search", "search_in", "search_mode"}:
            self.search()

    @Slot(object)
    def _on_matches(self, matches: IntArray) -> None:
        self._model.set_matches(matches)

    @Slot(object)
    def _on_no_search(self, error: ProjectorError) -> None:
        self._model.set_matches(None, str(error))


def like(embedding: Embedding, column: str, row: int) -> Work[IntArray]:
    """Rows with the same value, as a job."""
    yield Progress(None, tr("Selecting"))
    table = embedding.metadata
    if table is None or column not in table.columns or row >= embedding.n_points:
        return frozen(np.empty(0, np.int64))
    return rows_like(table[column], row)


def with_share(embedding: Embedding, column: str, share: Share) -> Work[IntArray]:
    """Rows of a value or a range, as a job."""
    yield Progress(None, tr("Selecting"))
    table = embedding.metadata
    if table is None or column not in table.columns:
        return frozen(np.empty(0, np.int64))
    return rows_of(table[column], share)
