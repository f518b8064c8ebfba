"""Measures the layouts that are shown, and keeps what was measured for when they come back."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot

from projector.arrays import FloatArray
from projector.embeddings.embedding import Embedding
from projector.neighbors import METRICS, Metric
from projector.progress import Work, scaled
from projector.projections.prepare import Preparation
from projector.projections.shared import Shared, UsesNeighbors
from projector.quality import Figure, Quality, estimate_seconds, measure_quality, n_looked_at
from widgets.embedding.layouts import Layout
from widgets.embedding.structure.settings import QualitySettings, settings_of
from widgets.embedding.structure.tool import Tool
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

MOST_BY_ITSELF = 20_000
MOST_KEPT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A layout to be measured, with what it was made of.

    key: tells layouts apart. title: for the user. made: the very array that the positions are of;
    another one where the layout moved on. metric: of the projection. axes: the columns of `made`
    that are drawn, None for all of them.
    """

    key: str
    title: str
    made: FloatArray
    preparation: Preparation
    metric: Metric
    is_running: bool = False
    axes: tuple[int, ...] | None = None

    def positions(self) -> FloatArray:
        """float32 (n, 2 or 3). Of many points a copy takes a while: for jobs only."""
        return self.made if self.axes is None else self.made[:, list(self.axes)]


Measured = dict[str, tuple[Subject, Quality]]


class QualityMeter(Tool):
    """result: qualities by a key of the layout and of the settings, with what was measured."""

    result: OrderedDict[str, tuple[Subject, Quality]] | None

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(model, run_job, "quality", parent)
        model.layouts_changed.connect(self._on_layouts_changed)
        model.layout_changed.connect(self.changed)
        model.changed.connect(self._on_changed)

    @property
    def settings(self) -> QualitySettings:
        return settings_of(self.model.choice, QualitySettings)

    @property
    def k(self) -> int:
        """Neighbors looked at; few points don't have as many as are wished for."""
        n = 0 if self.model.embedding is None else self.model.embedding.n_points
        return max(1, min(self.settings.k, (n - 1) // 2))

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The layout shown, and the one beside it if it is of the same vectors."""
        model = self.model
        if model.shown is None:
            return ()
        first, beside = self._subject(model.layout), model.second_layout
        is_other = beside is not None and beside.source is not model.shown.embedding.source
        if model.choice.second is None or is_other:
            return (first,)
        second = self._subject(beside)
        return (first,) if second.key == first.key else (first, second)

    def found(self, subject: Subject) -> Quality | None:
        """What was measured of this very state of the layout with these settings."""
        known = None if self.result is None else self.result.get(self._key(subject))
        is_same = known is not None and known[0].made is subject.made
        return known[1] if known is not None and is_same else None

    @property
    def missing(self) -> tuple[Subject, ...]:
        """What can be measured and was not."""
        return tuple(one for one in self.subjects if not one.is_running and self.found(one) is None)

    @property
    def n_looked_at(self) -> int:
        """So many points the next measurement compares with all others."""
        embedding = self.model.embedding
        return 0 if embedding is None else n_looked_at(*self._size(embedding))

    @property
    def seconds(self) -> float:
        """How long it takes, roughly."""
        embedding = self.model.embedding
        if embedding is None:
            return 0.0
        return max(1, len(self.missing)) * estimate_seconds(*self._size(embedding))

    def _size(self, embedding: Embedding) -> tuple[int, int, int | None]:
        n = embedding.n_points
        return n, embedding.n_dims, n if self.settings.is_whole else None

    @Slot()
    def measure(self) -> None:
        """Measure what is shown and was not measured so."""
        embedding = self.model.embedding
        if embedding is None or not self.missing:
            return
        wanted = {self._key(subject): subject for subject in self.missing}
        n_sample = self._size(embedding)[2]
        work = measured(
            embedding.vectors, wanted, self.model.shared, self.k, self.settings.metric, n_sample
        )
        self.start(self.tr("Measuring the quality of the picture"), work)

    def take(self, result: Measured) -> None:
        known = OrderedDict(self.result or {})
        known.update(result)
        while len(known) > MOST_KEPT:
            known.popitem(last=False)
        self.result = known

    def column_of(self, figure: str, place: int = 0) -> FloatArray | None:
        """float32 (n,), a figure's value of each point, of the layout shown or the one beside."""
        if place >= len(self.subjects):
            return None
        quality = self.found(self.subjects[place])
        if quality is None:
            return None
        of_layout: Figure = getattr(quality, figure)
        return of_layout.per_point

    def _subject(self, layout: Layout | None) -> Subject:
        if layout is None:
            return self._components()
        metric: Metric = "euclidean"
        if isinstance(layout.parameters, UsesNeighbors):
            metric = layout.parameters.metric
        return Subject(
            layout.key,
            layout.title,
            layout.positions,
            layout.preparation,
            metric,
            layout.is_running,
        )

    def _components(self) -> Subject:
        shown, choice = self.model.shown, self.model.choice
        assert shown is not None
        axes = [axis for axis in choice.axes[: 2 if choice.is_flat else 3] if axis < shown.n_axes]
        title = self.tr("Components {names}").format(names=", ".join(str(a + 1) for a in axes))
        made, drawn = shown.coordinates, tuple(axes)
        return Subject(f"{axes}", title, made, Preparation(), "euclidean", axes=drawn)

    def _key(self, subject: Subject) -> str:
        settings = self.settings
        return f"{subject.key} {self.k} {settings.metric} {settings.is_whole}"

    @Slot(object)
    def _on_layouts_changed(self, key: str) -> None:
        """Of few points a finished projection is measured by itself."""
        layout, embedding = self.model.layouts.find(key), self.model.embedding
        if layout is None:
            self._forget(key)
        if layout is None or layout.is_running or embedding is None:
            self.changed.emit()
            return
        is_shown = any(one.key == key for one in self.missing)
        if is_shown and embedding.n_points <= MOST_BY_ITSELF:
            self.measure()
        else:
            self.changed.emit()

    def _forget(self, key: str) -> None:
        kept = {k: one for k, one in (self.result or {}).items() if one[0].key != key}
        self.result = OrderedDict(kept)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"layout", "second", "axes", "is_flat", "structure"}:
            self.changed.emit()


def measured(
    vectors: FloatArray,
    wanted: dict[str, Subject],
    shared: Shared,
    k: int,
    metric: str,
    n_sample: int | None,
) -> Work[Measured]:
    """The quality of each. metric: "" for that of each projection."""
    found: Measured = {}
    for place, (key, subject) in enumerate(wanted.items()):
        prepared = yield from shared.prepared_work(vectors, subject.preparation)
        used = next((one for one in METRICS if one == metric), subject.metric)
        work = measure_quality(prepared.vectors, subject.positions(), k, used, n_sample=n_sample)
        low, high = place / len(wanted), (place + 1) / len(wanted)
        found[key] = subject, (yield from scaled(work, low, high))
    return found
