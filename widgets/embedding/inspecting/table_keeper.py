"""Makes the table shown out of the files' metadata, what was computed, and what was edited."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from projector.embeddings.edits import Edit, Edited, apply_edits
from projector.embeddings.embedding import Embedding
from projector.errors import ProjectorError
from projector.export.tables import write_metadata_table
from projector.progress import Progress, Work
from widgets.embedding.inspecting.latest import Latest
from widgets.embedding.sentences import tr
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

if TYPE_CHECKING:
    import polars as pl


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Made:
    """edited: the table. base: the files' own. columns, edits: what it was made of besides."""

    base: Embedding
    columns: tuple[pl.Series, ...]
    edits: tuple[Edit, ...]
    edited: Edited


class TableKeeper(QObject):
    """Hands the model its table whenever files, computed columns or edits differ.

    Edits belong to rows by number: they stay for another step of as many rows, and wait where
    there are more or fewer.

    unsaved_changed: whether there are edits that no file holds is to be asked again. said: a
    sentence on a column that changed its type, or on edits that wait. failed: a sentence.
    """

    unsaved_changed = Signal()
    said = Signal(object)
    failed = Signal(object)

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._latest = Latest(run_job, "embedding/table", self.tr("Writing into the metadata"))
        self._saving = Latest(run_job, "embedding/save metadata", self.tr("Saving metadata"))
        self._base: Embedding | None = None
        self._made: Made | None = None
        self._n_edited: int | None = None
        self._saved: tuple[Edit, ...] = ()
        self._in_work: tuple[Edit, ...] = ()
        model.shown_changed.connect(self._on_shown_changed)
        model.columns_changed.connect(self.make)
        model.changed.connect(self._on_changed)

    @property
    def n_unsaved(self) -> int:
        """How many edits no file holds; those that were saved and then undone count too."""
        edits, saved = self._model.choice.edits, self._saved
        n_same = 0
        while n_same < min(len(edits), len(saved)) and edits[n_same] == saved[n_same]:
            n_same += 1
        return max(len(edits), len(saved)) - n_same

    @Slot()
    def make(self) -> None:
        """Make the table anew, where it would differ."""
        self._latest.cancel()
        base = self._base
        if base is None:
            return
        edits, columns = self._fitting_edits(base), tuple(self._model.columns.values())
        columns = tuple(column for column in columns if len(column) == base.n_points)
        if self._made is None and not edits and not columns:
            return
        self._latest.start(made(base, columns, edits, self._made), self._on_made, self._on_failed)

    def save(self, path: Path) -> None:
        """Write the table shown, as the file's name says; `said` tells of it, or `failed`."""
        embedding = self._model.embedding
        if embedding is None or embedding.metadata is None:
            self.failed.emit(self.tr("There is no metadata to save."))
            return
        self._in_work = self._model.choice.edits
        work = write_metadata_table(path, embedding.metadata)
        self._saving.start(work, self._on_saved, self._on_failed)

    def _fitting_edits(self, base: Embedding) -> tuple[Edit, ...]:
        edits = self._model.choice.edits
        if not edits:
            self._n_edited = None
            return ()
        if self._n_edited is None:
            self._n_edited = base.n_points
        if self._n_edited == base.n_points:
            return edits
        text = self.tr("The edits belong to {n} rows, so they wait while {m} are shown.")
        self.said.emit(text.format(n=f"{self._n_edited:,}", m=f"{base.n_points:,}"))
        return ()

    @Slot()
    def _on_shown_changed(self) -> None:
        self._made = None
        self._base = self._model.embedding
        self.make()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "edits" in names:
            if not self._model.choice.edits and names & {"run", "name", "copy"}:
                self._saved = ()
            self.make()
            self.unsaved_changed.emit()

    @Slot(object)
    def _on_made(self, result: Made) -> None:
        known = () if self._made is None else self._made.edited.notes
        self._made = result
        self._model.set_table(result.edited.table)
        for note in result.edited.notes:
            if note not in known:
                self.said.emit(note)

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._saved = self._in_work
        self.unsaved_changed.emit()
        self.said.emit(self.tr("The metadata was saved to {path}.").format(path=path))

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self.failed.emit(str(error))


def made(
    base: Embedding, columns: tuple[pl.Series, ...], edits: tuple[Edit, ...], last: Made | None
) -> Work[Made]:
    """The table; of the last one only the new edits are written, where it begins alike."""
    yield Progress(0.0, tr("Writing into the metadata"))
    if last is not None and _goes_on(last, base, columns, edits):
        work = apply_edits(last.edited.table, base.n_points, edits[len(last.edits) :])
        more = yield from work
        edited = Edited(more.table, (*last.edited.notes, *more.notes))
        return Made(base, columns, edits, edited)
    table = base.metadata
    for column in columns:
        table = column.to_frame() if table is None else table.with_columns(column)
    edited = yield from apply_edits(table, base.n_points, edits)
    return Made(base, columns, edits, edited)


def _goes_on(
    last: Made, base: Embedding, columns: tuple[pl.Series, ...], edits: tuple[Edit, ...]
) -> bool:
    is_alike = last.base is base and len(last.columns) == len(columns)
    return (
        is_alike
        and all(a is b for a, b in zip(last.columns, columns, strict=True))
        and last.edits == edits[: len(last.edits)]
    )
