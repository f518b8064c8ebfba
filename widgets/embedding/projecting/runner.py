"""Runs one projection at a time, hands its layouts to the model, and lets it be steered."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, Signal, Slot

from projector.embeddings.embedding import Embedding, Source
from projector.errors import ProjectorError, Stopped
from projector.projections.contract import Control
from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.components import can_find_components, shown_axes
from widgets.embedding.projecting.every_step import every_step_work
from widgets.embedding.projecting.making import (
    Moment,
    Request,
    is_steered,
    layout_work,
    with_components,
)
from widgets.embedding.projecting.run_state import Figures, RunState
from widgets.embedding.projecting.wishes import ITERATIVE, Wish, projection_of, wish_of
from widgets.embedding.sources import source_now
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import Job, RunJob

JOB = "embedding/projection"
N_MORE = 200


class ProjectionRunner(QObject):
    """A run belongs to the step it was begun for and goes on while another one is looked at.

    changed: state, problem or both are to be read again. said: a line for the status bar (str).
    state: None while nothing runs. problem: why the last run failed, "" where it did not.
    """

    changed = Signal()
    said = Signal(object)

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._run_job = model, run_job
        self.state: RunState | None = None
        self.problem = ""
        self._job: Job | None = None
        self._control = Control()
        self._figures = Figures()
        self._layout: Layout | None = None
        self._n_before = 0
        self._finished: set[str] = set()
        model.layouts_changed.connect(self._on_layouts_changed)
        model.groups_changed.connect(self._on_groups_changed)
        model.shown_changed.connect(self._on_shown_changed)
        model.changed.connect(self._on_changed)

    @property
    def is_running(self) -> bool:
        return self.state is not None

    @property
    def can_go_on(self) -> bool:
        """Whether iterations can be added to the run, or to the layout that is shown."""
        if self.state is not None:
            return self.state.projection in ITERATIVE
        layout = self._model.layout
        return layout is not None and layout.projection in ITERATIVE

    @property
    def can_run_every_step(self) -> bool:
        group = self._model.group
        is_iterative = self._model.choice.projection in ITERATIVE
        return is_iterative and group is not None and len(group.sources) > 1

    def run(self) -> None:
        """Make the layout that the forms ask for."""
        embedding, wish = self._model.embedding, wish_of(self._model.choice)
        if embedding is None:
            return
        self.stop()
        if wish.is_at_hand:
            self._say_problem("")
            self._model.choose(layout="")
            return
        self._start(Request(self._key_for(wish, embedding), wish, embedding))

    def _key_for(self, wish: Wish, embedding: Embedding) -> str:
        """Other columns take the place of those before, as nothing is lost with them."""
        made = self._model.layouts.of(embedding.source)
        columns = [one.key for one in made if one.projection == wish.projection == "raw"]
        return columns[-1] if columns else self._model.layouts.new_key(wish.projection)

    def go_on(self, n: int = N_MORE) -> None:
        """So many more iterations, of the run or of the layout that is shown."""
        if self.state is not None:
            self._control.n_more += n
            return
        layout, embedding = self._model.layout, self._model.embedding
        if layout is None or embedding is None or layout.projection not in ITERATIVE:
            return
        n_before = int(layout.extra.get("n_more", 0))
        wish: Wish = layout.extra.get("wish") or wish_of(self._model.choice)
        request = Request(layout.key, wish, embedding, layout.positions, n_before, n, layout.title)
        self._start(request)

    def run_every_step(self) -> None:
        """The same projection for all steps, each from where the one before ended."""
        group, embedding = self._model.group, self._model.embedding
        if group is None or embedding is None or not self.can_run_every_step:
            return
        self.stop()
        wish = wish_of(self._model.choice)
        keys = [self._model.layouts.new_key(wish.projection) for _ in group.sources]
        self._begin(wish, embedding, is_every_step=True)
        work = every_step_work(
            wish, group.sources, keys, embedding, self._model.shared, self._control
        )
        assert self.state is not None
        self._job = self._run_job(
            JOB,
            self.state.title,
            work,
            on_done=self._on_every_step_done,
            on_step=self._on_step,
            on_failed=self._on_failed,
        )

    def stop(self) -> None:
        """End the run; what it made so far is kept."""
        if self.state is None:
            return
        if self._job is not None and self._job.is_running:
            self._job.cancel()
        self._end()

    def pause(self) -> None:
        """Make no more steps until the run is resumed."""
        self._set_paused(True)

    def resume(self) -> None:
        self._set_paused(False)

    def perturb(self) -> None:
        """Shake the layout once, so that it may leave a poor arrangement."""
        self._control.n_perturbations += 1

    def steer(self, learning_rate: float | None, exaggeration: float | None) -> None:
        """From the next iteration on; None for what the parameters say."""
        self._control.learning_rate = learning_rate
        self._control.exaggeration = exaggeration

    def _start(self, request: Request) -> None:
        self._begin(request.wish, request.embedding)
        self._n_before = request.n_before
        work = layout_work(request, self._model.shared, self._control)
        assert self.state is not None
        self._job = self._run_job(
            JOB,
            self.state.title,
            work,
            on_done=self._on_done,
            on_step=self._on_step,
            on_failed=self._on_failed,
        )

    def _begin(self, wish: Wish, embedding: Embedding, *, is_every_step: bool = False) -> None:
        self._control, self._figures, self._layout = Control(), Figures(), None
        self._job = None
        self._finished = set()
        self._n_before = 0
        self.problem = ""
        title = _job_title(wish)
        self.state = RunState(title, wish.projection, embedding.source, is_every_step=is_every_step)
        self.changed.emit()

    def _set_paused(self, is_paused: bool) -> None:
        if self.state is not None:
            self._control.is_paused = is_paused
            self._figures.forget()
            self.state = dataclasses.replace(self.state, is_paused=is_paused, rate=None)
            self.changed.emit()

    @Slot(object)
    def _on_step(self, told: object) -> None:
        if self.state is None:
            return
        if isinstance(told, Moment):
            self._take_finished(told.finished)
            if told.layout is not None and told.layout is not self._layout:
                self._layout = told.layout
                self._take(told.layout)
            self._figures.take(told.figures)
        if self.state is None:  # whoever looked at the layout may have ended the run
            return
        self.state = dataclasses.replace(
            self.state,
            done=getattr(told, "done", None),
            note=getattr(told, "note", ""),
            kls=tuple(self._figures.kls),
            rate=self._figures.rate,
            count=self._figures.count,
        )
        self.changed.emit()

    def _take_finished(self, layouts: tuple[Layout, ...]) -> None:
        """Of a run over several steps, those that were not taken yet."""
        for layout in layouts:
            if layout.key not in self._finished:
                self._finished.add(layout.key)
                self._take(layout)

    def _take(self, layout: Layout) -> None:
        """Keep a layout, and draw it the first time it comes where its step is looked at."""
        known = self._model.layouts.find(layout.key)
        is_new = known is None
        if known is not None and known.extra.get("is_named"):
            extra = {**layout.extra, "is_named": True}
            layout = dataclasses.replace(layout, title=known.title, extra=extra)
        self._model.keep_layout(layout)
        embedding = self._model.embedding
        is_looked_at = embedding is not None and embedding.source is layout.source
        is_drawn = layout.key == self._model.choice.layout
        if is_looked_at and (is_new or (layout.projection == "raw" and not is_drawn)):
            fields = {"is_flat": layout.n_dims == 2} if layout.projection in ITERATIVE else {}
            self._model.choose(layout=layout.key, **fields)

    @Slot(object)
    def _on_done(self, layout: Layout) -> None:
        state, self.state = self.state, None
        if layout.extra.get("pca") is not None:
            layout = with_components(layout, self._model.choice.axes)
        self._take(layout)
        self._layout = None
        self.changed.emit()
        if state is not None:
            self.said.emit(self._done_text(layout))

    def _done_text(self, layout: Layout) -> str:
        kl = layout.diagnostics.get("kl")
        if kl is None:
            return self.tr("Done: {title}").format(title=layout.title)
        return self.tr("Done: {title}, KL {kl}").format(title=layout.title, kl=f"{kl:.3f}")

    @Slot(object)
    def _on_every_step_done(self, layouts: tuple[Layout, ...]) -> None:
        self.state = self._layout = None
        self._take_finished(layouts)
        self.changed.emit()
        text = self.tr("{n} steps are laid out; play them to see what changes.")
        self.said.emit(text.format(n=len(layouts)))

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self._end("" if isinstance(error, Stopped) else str(error))

    def _end(self, problem: str = "") -> None:
        """Keep what there is of a layout that was not finished."""
        self.state = None
        layout, self._layout = self._layout, None
        if layout is not None and self._model.layouts.find(layout.key) is not None:
            extra = {
                **layout.extra,
                "n_more": self._n_before + self._control.n_more,
                "is_stopped": True,
                "is_steered": is_steered(self._control),
            }
            self._model.keep_layout(dataclasses.replace(layout, is_running=False, extra=extra))
        self._say_problem(problem)

    def _say_problem(self, problem: str) -> None:
        self.problem = problem
        self.changed.emit()

    @Slot(object)
    def _on_layouts_changed(self, key: str) -> None:
        """A layout that is thrown away takes its run with it."""
        layout = self._layout
        if layout is not None and layout.key == key and self._model.layouts.find(key) is None:
            self._layout = None
            self.stop()

    @Slot()
    def _on_groups_changed(self) -> None:
        """What belongs to logs that are not open any more goes. Where logs were read again, a run
        ends, and layouts stay with a note: whether the vectors are the same, nobody knows."""
        groups = self._model.groups
        if self.state is not None:
            source = source_now(groups, self.state.source)
            if source is None:
                self._layout = None
            if source is not self.state.source:
                self.stop()
        for layout in tuple(self._model.layouts):
            source = source_now(groups, layout.source)
            if source is None:
                self._model.drop_layout(layout.key)
            elif source is not layout.source:
                self._model.keep_layout(self._of_before(layout, source))

    def _of_before(self, layout: Layout, source: Source) -> Layout:
        note = self.tr("Made before the vectors were read again.")
        notes = layout.notes if note in layout.notes else (*layout.notes, note)
        return dataclasses.replace(layout, source=source, notes=notes, is_running=False)

    @Slot()
    def _on_shown_changed(self) -> None:
        """Vectors of one or two dimensions need no projection: they are shown as they are."""
        embedding, choice = self._model.embedding, self._model.choice
        if embedding is None or embedding.n_dims > 2 or choice.projection != "pca":
            return
        if self._model.layouts.of(embedding.source) or not wish_of(choice).is_at_hand:
            return
        self._model.adjust(projection="raw")
        self.run()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        layout = self._model.layout
        if layout is None or not names & {"axes", "layout"} or layout.projection != "pca":
            return
        if shown_axes(layout) == self._model.choice.axes:
            return
        if "pca" in layout.extra:
            self._model.keep_layout(with_components(layout, self._model.choice.axes))
        elif can_find_components(layout):
            self._find_components(layout)

    def _find_components(self, layout: Layout) -> None:
        """A layout out of a view file has three components only: find all of them once more."""
        embedding, wish = self._model.embedding, layout.extra["wish"]
        if embedding is None:
            return
        if self.state is not None:
            self.said.emit(self.tr("Other axes can be shown once the run is done."))
            return
        wish = dataclasses.replace(wish, preparation=layout.preparation)
        self._start(Request(layout.key, wish, embedding, title=layout.title))


def _job_title(wish: Wish) -> str:
    return projection_of(wish.projection).title
