"""Counts the values of one column among the selected rows."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from projector.embeddings.shares import Shares, count_shares
from widgets.embedding.columns import column_names
from widgets.embedding.inspecting.latest import Latest
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

LEAST_SELECTED = 2


class ShareCounter(QObject):
    """shares: of the column chosen, or else of the one that colors; None where there are none.

    counted: they are to be read again.
    """

    counted = Signal()

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._latest = Latest(run_job, "embedding/shares", self.tr("Counting values"))
        self.chosen: str | None = None
        self.shares: Shares | None = None
        model.changed.connect(self._on_changed)
        model.shown_changed.connect(self.count)
        model.table_changed.connect(self.count)

    @property
    def column(self) -> str | None:
        """The column that is counted."""
        embedding, choice = self._model.embedding, self._model.choice
        names = () if embedding is None else column_names(embedding)
        wished = (self.chosen, choice.color_by, choice.label_by)
        return next((name for name in (*wished, *names[:1]) if name in names), None)

    def choose(self, column: str) -> None:
        """Count this column from now on, wherever it is there."""
        self.chosen = column
        self.count()

    @Slot()
    def count(self) -> None:
        self._latest.cancel()
        embedding, column, rows = self._model.embedding, self.column, self._model.selection
        table = None if embedding is None else embedding.metadata
        if table is None or column is None or len(rows) < LEAST_SELECTED:
            if self.shares is not None:
                self._on_counted(None)
            return
        self._latest.start(count_shares(table[column], rows), self._on_counted)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"selection", "color_by", "label_by"}:
            self.count()

    @Slot(object)
    def _on_counted(self, shares: Shares | None) -> None:
        self.shares = shares
        self.counted.emit()
