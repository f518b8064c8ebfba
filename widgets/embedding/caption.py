"""Says how many points a picture shows, of which size, and whether it is out of date."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Slot

from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.loading import Shown
from widgets.embedding.projecting.switching import is_out_of_date
from widgets.embedding.view_model import EmbeddingViewModel, number_text

TOLD = frozenset(
    {
        "selection",
        "projection",
        "parameters",
        "layout",
        "second",
        "is_flat",
        "centers",
        "unit_length",
        "whitens",
        "n_prepared",
    }
)
"""The choices that the line depends on."""


class CloudCaption(QObject):
    """Keeps the line in the corner of a canvas, and what a screen reader says of the picture."""

    def __init__(
        self, model: EmbeddingViewModel, canvas: ScatterCanvas, parent: QObject, *, is_second: bool
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._is_second = model, canvas, is_second
        model.changed.connect(self._on_changed)
        for changed in (
            model.shown_changed,
            model.layout_changed,
            model.matches_changed,
            model.emphasis_changed,
        ):
            changed.connect(self.refresh)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & TOLD:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say it anew."""
        embedding = self._model.embedding
        if embedding is None:
            self._canvas.set_caption("", self.tr("Nothing is shown"))
            return
        points = points_text(embedding.n_points, self._n_shown(embedding.n_points))
        dims = number_text(embedding.n_dims)
        caption = self.tr("{points}, {dims} dims").format(points=points, dims=dims)
        n_selected = number_text(len(self._model.selection))
        description = self.tr("{points}, {k} selected").format(points=points, k=n_selected)
        if self._model.matches is not None:
            n_found = number_text(len(self._model.matches))
            caption = self.tr("{caption}, {n} found").format(caption=caption, n=n_found)
        if not self._is_second and is_out_of_date(self._model.layout, self._model.choice):
            caption = self.tr("{caption}, out of date: run again").format(caption=caption)
        self._canvas.set_caption(caption, description)

    def _n_shown(self, n_points: int) -> int:
        """How many are neither hidden nor left out by an isolation."""
        emphasis = self._model.emphasis
        if emphasis is None or len(emphasis) != n_points:
            return n_points
        return int(np.count_nonzero(emphasis))


def points_text(n_points: int, n_shown: int | None = None) -> str:
    """ "180 points", or "10 of 180 points" where not all are shown."""
    if n_shown is not None and n_shown != n_points:
        text = QCoreApplication.translate("CloudCaption", "{k} of {points}")
        return text.format(k=number_text(n_shown), points=points_text(n_points))
    if n_points == 1:
        return QCoreApplication.translate("CloudCaption", "1 point")
    text = QCoreApplication.translate("CloudCaption", "{n} points")
    return text.format(n=number_text(n_points))


def opened_text(shown: Shown) -> str:
    """What was loaded, as a line for the status."""
    tr, embedding = QCoreApplication.translate, shown.embedding
    n_out = int((~np.isfinite(shown.coordinates[:, 0])).sum()) if shown.n_axes else 0
    text = tr("CloudCaption", "{name}: {points}, {dims} dimensions").format(
        name=embedding.source.name,
        points=points_text(embedding.n_points),
        dims=number_text(embedding.n_dims),
    )
    if embedding.source.step is not None:
        text = tr("CloudCaption", "{text}, step {step}").format(
            text=text, step=number_text(embedding.source.step)
        )
    if n_out:
        words = tr("CloudCaption", "{text}; {n} rows hold NaN or infinity and have no place")
        text = words.format(text=text, n=number_text(n_out))
    return text
