"""Points whose neighbors carry another label than their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from projector.arrays import IntArray
from projector.embeddings.embedding import Embedding
from projector.errors import NothingToShow
from projector.neighbors import Metric
from projector.progress import Progress, Work, scaled
from projector.projections.prepare import Preparation
from projector.projections.shared import Shared
from projector.quality import Disagreement, class_codes, label_disagreement
from projector.selection import Selection
from widgets.embedding.columns import column_names
from widgets.embedding.structure.label_columns import column_of_classes
from widgets.embedding.structure.painted_columns import PaintedColumns
from widgets.embedding.structure.settings import LabelSettings, settings_of
from widgets.embedding.structure.tool import Tool
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

if TYPE_CHECKING:
    import polars as pl

COLUMN = "label disagreement"


@dataclass(frozen=True, slots=True, eq=False)
class Doubted:
    """column: whose labels were compared; values: as they were. codes: int64 (n,), -1 for none, and
    the names they stand for. metric: of the distances."""

    found: Disagreement
    column: str
    values: pl.Series
    codes: IntArray
    names: tuple[str, ...]
    metric: Metric

    def own(self, row: int) -> str:
        return str(self.names[self.codes[row]])

    def likely(self, row: int) -> str:
        """The label that most of the neighbors carry."""
        return str(self.names[self.found.likely[row]])

    def share(self, row: int) -> float:
        return float(self.found.share[row])


class LabelCheck(Tool):
    """result: Doubted or None."""

    result: Doubted | None

    def __init__(
        self,
        model: EmbeddingViewModel,
        run_job: RunJob,
        columns: PaintedColumns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(model, run_job, "labels", parent)
        self._columns = columns
        model.table_changed.connect(self.changed)

    @property
    def settings(self) -> LabelSettings:
        return settings_of(self.model.choice, LabelSettings)

    @property
    def column(self) -> str | None:
        """The column with the labels, None where there is none."""
        wish = self.settings.column
        return column_of_classes(self.model, "" if wish is None else wish)

    @property
    def is_outdated(self) -> bool:
        """Whether the labels were edited since they were compared."""
        embedding = self.model.embedding
        if self.result is None or embedding is None:
            return False
        if embedding.metadata is None or self.result.column not in column_names(embedding):
            return True
        return not embedding.metadata[self.result.column].equals(self.result.values)

    @Slot()
    def find(self) -> None:
        model, column = self.model, self.column
        if model.embedding is None or column is None:
            return
        work = doubted_work(
            model.embedding,
            column,
            self.settings.k,
            Compared(model.preparation, model.choice.metric),  # type: ignore[arg-type]
            model.shared,
        )
        self.start(self.tr("Comparing labels"), work)

    @Slot()
    def select_all(self) -> None:
        """Select every point that has a neighbor of another label."""
        if self.result is not None:
            self.model.select(Selection(self.result.found.ranked))

    @Slot()
    def color(self) -> None:
        """Color by the share of neighbors with another label."""
        if self.result is not None:
            self._columns.show_numbers(COLUMN, self.result.found.share)


@dataclass(frozen=True, slots=True)
class Compared:
    """What is done to the vectors, and how their distances are measured."""

    preparation: Preparation
    metric: Metric


def doubted_work(
    embedding: Embedding, column: str, k: int, how: Compared, shared: Shared
) -> Work[Doubted]:
    """Raises InvalidChoice for a column without texts, NothingToShow where no labels compare."""
    assert embedding.metadata is not None
    yield Progress(0.0, "Reading the labels")
    values = embedding.metadata[column]
    codes, names = class_codes(values)
    if len(names) == int((codes >= 0).sum()):
        raise NothingToShow(
            f"No two points have the same {column}; choose a column of labels that repeat."
        )
    k = min(k, embedding.n_points - 1)
    graph_work = shared.graph_work(embedding.vectors, how.preparation, k, how.metric)
    graph = yield from scaled(graph_work, 0.0, 0.9)
    found = yield from scaled(label_disagreement(graph, codes, k), 0.9, 1.0)
    return Doubted(found, column, values, codes, tuple(names), how.metric)
