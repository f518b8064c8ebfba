"""Points that are the same, or nearly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from PySide6.QtCore import QObject, Slot

from projector.arrays import FloatArray
from projector.duplicates import (
    Duplicates,
    find_duplicates,
    find_near_duplicates,
    suggested_threshold,
)
from projector.neighbors import Metric
from projector.progress import Work, scaled
from projector.projections.prepare import Preparation
from projector.projections.shared import Shared
from projector.selection import Combine, Selection
from widgets.embedding.structure.settings import DuplicateSettings, settings_of
from widgets.embedding.structure.tool import Tool
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

N_NEIGHBORS = 15


@dataclass(frozen=True, slots=True, eq=False)
class Twins:
    """distance: how far apart twins may be, None where they are the same bit by bit. recall: the
    share of true neighbors among those that were looked at."""

    groups: Duplicates
    distance: float | None = None
    recall: float = 1.0


class DuplicateSearch(Tool):
    """result: Twins or None."""

    result: Twins | None

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(model, run_job, "duplicates", parent)

    @property
    def settings(self) -> DuplicateSettings:
        return settings_of(self.model.choice, DuplicateSettings)

    @Slot()
    def find(self) -> None:
        model = self.model
        if model.embedding is None:
            return
        how = Nearness(model.preparation, cast(Metric, model.choice.metric), self.settings)
        work = twins_work(model.embedding.vectors, how, model.shared)
        self.start(self.tr("Finding duplicates"), work)

    def select(self, index: int, how: Combine = "replace") -> None:
        """Select the points of one group."""
        if self.result is not None:
            self.model.select(Selection(self.result.groups.group(index)), how)

    @Slot()
    def select_all(self) -> None:
        if self.result is not None:
            self.model.select(Selection(self.result.groups.rows))

    @Slot()
    def select_spare(self) -> None:
        """Select all but the first of each group, so that hiding them keeps one of each."""
        if self.result is None:
            return
        groups = self.result.groups
        self.model.select(Selection(np.delete(groups.rows, groups.starts[:-1])))


@dataclass(frozen=True, slots=True)
class Nearness:
    """How nearly the same is told, where that counts too."""

    preparation: Preparation
    metric: Metric
    settings: DuplicateSettings


def twins_work(vectors: FloatArray, how: Nearness, shared: Shared) -> Work[Twins]:
    """Raises what the search for neighbors raises where near rows are wanted."""
    if not how.settings.is_near:
        return Twins((yield from find_duplicates(vectors)))
    k = min(N_NEIGHBORS, max(1, len(vectors) - 1))
    graph_work = shared.graph_work(vectors, how.preparation, k, how.metric)
    graph = yield from scaled(graph_work, 0.0, 0.9)
    distance = how.settings.distance
    if distance is None:
        distance = suggested_threshold(graph)
    found = yield from scaled(find_near_duplicates(graph, distance), 0.9, 1.0)
    return Twins(found, distance, graph.recall)
