"""Selects what was clicked or outlined on a canvas."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from projector.arrays import DoubleArray, IntArray
from projector.progress import Work
from projector.selection import Combine, Selection
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.job import RunJob

MOST_AT_ONCE = 2_000_000
"""Among so many points those inside are found on the main thread; among more in a job."""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    rows: IntArray
    how: Combine


class OutlineSelector(QObject):
    """said: how many were selected."""

    said = Signal(object)

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._run_job = model, canvas, run_job
        canvas.outlined.connect(self._on_outlined)
        canvas.point_combined.connect(self._on_point_combined)

    @Slot(object, object)
    def _on_point_combined(self, point: int, how: Combine) -> None:
        self._model.select(Selection.of([point]), how)

    @Slot(object, object)
    def _on_outlined(self, polygon: DoubleArray, how: Combine) -> None:
        corners = polygon.astype("float32")
        if len(self._canvas.drawn.positions) <= MOST_AT_ONCE:
            self._on_found(_Found(self._canvas.points_within(corners), how))
            return
        work = _found(self._canvas.points_within_work(corners), how)
        title = self.tr("Selecting points")
        self._run_job("embedding/outline", title, work, on_done=self._on_found)

    @Slot(object)
    def _on_found(self, found: _Found) -> None:
        self._model.select(Selection(found.rows), found.how)
        n = number_text(len(self._model.selection))
        self.said.emit(self.tr("{n} points are selected.").format(n=n))


def _found(work: Work[IntArray], how: Combine) -> Work[_Found]:
    return _Found((yield from work), how)
