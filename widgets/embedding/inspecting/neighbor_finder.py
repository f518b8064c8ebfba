"""Finds what lies nearest to the selected point, or to the center of the selection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Slot

from projector.arrays import FloatArray
from projector.errors import ProjectorError
from projector.progress import Work
from projector.projections.prepare import Preparation
from projector.projections.shared import Shared
from projector.selection import Selection
from widgets.embedding.inspecting.latest import Latest
from widgets.embedding.loader import SOURCE_NAMES
from widgets.embedding.loading import world_positions
from widgets.embedding.nearest import Nearest
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

ASKED = frozenset({"selected", "selection", "metric", "n_neighbors", "neighbors_in"})
PREPARED = frozenset({"centers", "unit_length", "whitens", "n_prepared"})
PLACED = frozenset({"layout", "axes", "is_flat"})


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """point: None asks for the neighbors of the mean of the selection. preparation: None where
    positions of a layout are compared. space: a sentence on what is compared."""

    vectors: FloatArray
    point: int | None
    selection: Selection
    k: int
    metric: Any
    preparation: Preparation | None
    space: str


class NeighborFinder(QObject):
    """Keeps `model.nearest` as the choice asks."""

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._latest = Latest(run_job, "embedding/neighbors", self.tr("Finding neighbors"))
        model.changed.connect(self._on_changed)
        model.shown_changed.connect(self.find)
        model.layout_changed.connect(self._on_layout_changed)

    @Slot()
    def find(self) -> None:
        """Look for them, and say so meanwhile."""
        self._latest.cancel()
        question = self._question()
        if question is None:
            if self._model.nearest is not None:
                self._model.set_nearest(None)
            return
        self._model.set_nearest(Nearest(question.point, None, space=question.space))
        work = answer(question, self._model.shared)
        self._latest.start(work, self._on_found, self._on_none)

    def _question(self) -> Question | None:
        model, choice = self._model, self._model.choice
        shown, point, selection = model.shown, model.selected, model.selection
        if shown is None or shown.embedding.n_points < 2 or (point is None and not selection):
            return None
        vectors, preparation, space = self._space()
        k = min(choice.n_neighbors, shown.embedding.n_points - 1)
        return Question(vectors, point, selection, k, choice.metric, preparation, space)

    def _space(self) -> tuple[FloatArray, Preparation | None, str]:
        """What is compared, and the sentence on it."""
        model, choice, shown = self._model, self._model.choice, self._model.shown
        assert shown is not None
        if choice.neighbors_in == "layout":
            layout = model.layout
            if layout is not None:
                text = self.tr("In the picture: {title}.").format(title=layout.title)
                return layout.positions, None, text
            n_dims = 2 if choice.is_flat else 3
            text = self.tr("In the picture: {n} principal components.").format(n=n_dims)
            places = world_positions(shown, choice.axes, choice.is_flat)
            return places[:, :n_dims], None, text
        text = self.tr("In all {n} dimensions.").format(n=f"{shown.embedding.n_dims:,}")
        done = self._preparation_text()
        if done:
            text = self.tr("In all dimensions, {done}.").format(done=done)
        return shown.embedding.vectors, model.preparation, text

    def _preparation_text(self) -> str:
        preparation, done = self._model.preparation, []
        if preparation.center:
            done.append(self.tr("centered"))
        if preparation.unit_length:
            done.append(self.tr("scaled to length 1"))
        if preparation.n_components is not None:
            text = self.tr("reduced to {n} components")
            done.append(text.format(n=preparation.n_components))
        if preparation.whiten:
            done.append(self.tr("whitened"))
        return ", ".join(done)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & SOURCE_NAMES:
            self._latest.cancel()
        in_layout = self._model.choice.neighbors_in == "layout"
        if names & ASKED or names & (PLACED if in_layout else PREPARED):
            self.find()

    @Slot()
    def _on_layout_changed(self) -> None:
        """While a projection runs, its neighbors are those of when they were asked for."""
        layout = self._model.layout
        if self._model.choice.neighbors_in == "layout" and not (layout and layout.is_running):
            self.find()

    @Slot(object)
    def _on_found(self, nearest: Nearest) -> None:
        self._model.set_nearest(nearest)

    @Slot(object)
    def _on_none(self, error: ProjectorError) -> None:
        before = self._model.nearest
        if before is not None:
            self._model.set_nearest(Nearest(before.point, None, str(error), before.space))


def answer(question: Question, shared: Shared) -> Work[Nearest]:
    """The neighbors that are asked for."""
    from projector.neighbors import nearest_to_center_work, nearest_work

    vectors, k, metric = question.vectors, question.k, question.metric
    if question.preparation is not None:
        prepared = yield from shared.prepared_work(vectors, question.preparation)
        vectors = prepared.vectors
    if question.point is not None:
        found = yield from nearest_work(vectors, question.point, k, metric)
    else:
        found = yield from nearest_to_center_work(vectors, question.selection.ids, k, metric)
    return Nearest(question.point, found, space=question.space)
