"""Points that lie apart from their neighbors."""

from __future__ import annotations

from bisect import bisect_left
from typing import cast

from PySide6.QtCore import QObject, Slot

from projector.arrays import FloatArray
from projector.neighbors import Metric
from projector.outliers import Outliers, outlier_scores
from projector.progress import Work, scaled
from projector.projections.prepare import Preparation
from projector.projections.shared import Shared
from projector.selection import Selection
from widgets.embedding.structure.painted_columns import PaintedColumns
from widgets.embedding.structure.settings import OutlierSettings, settings_of
from widgets.embedding.structure.tool import Tool
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

COLUMN = "outlier factor"
CLEARLY = 1.5
"""A factor above which a point lies clearly apart, as is usual to say."""


class OutlierSearch(Tool):
    """result: Outliers or None."""

    result: Outliers | None

    def __init__(
        self,
        model: EmbeddingViewModel,
        run_job: RunJob,
        columns: PaintedColumns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(model, run_job, "outliers", parent)
        self._columns = columns

    @property
    def settings(self) -> OutlierSettings:
        return settings_of(self.model.choice, OutlierSettings)

    @property
    def n_clear(self) -> int:
        """How many points lie clearly apart."""
        if self.result is None:
            return 0
        scores, ranked = self.result.scores, self.result.ranked
        return bisect_left(ranked, True, key=lambda row: bool(scores[row] <= CLEARLY))

    @Slot()
    def find(self) -> None:
        model = self.model
        if model.embedding is None:
            return
        work = outliers_work(
            model.embedding.vectors,
            model.preparation,
            cast(Metric, model.choice.metric),
            self.settings.k,
            model.shared,
        )
        self.start(self.tr("Finding outliers"), work)

    @Slot()
    def select_clear(self) -> None:
        """Select the points that lie clearly apart."""
        if self.result is not None:
            self.model.select(Selection(self.result.ranked[: self.n_clear]))

    @Slot()
    def color(self) -> None:
        if self.result is not None:
            self._columns.show_numbers(COLUMN, self.result.scores)


def outliers_work(
    vectors: FloatArray, preparation: Preparation, metric: Metric, k: int, shared: Shared
) -> Work[Outliers]:
    """Raises InvalidChoice for dot products, NothingToShow for fewer than two points."""
    k = min(k, max(1, len(vectors) - 1))
    graph = yield from scaled(shared.graph_work(vectors, preparation, k, metric), 0.0, 0.9)
    return (yield from scaled(outlier_scores(graph, k), 0.9, 1.0))
