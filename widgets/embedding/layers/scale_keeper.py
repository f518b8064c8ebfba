"""Keeps the scale of a flat picture true to the layout that is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from projector.arrays import FloatArray
from projector.export.axis_scale import AxisScale, find_scale
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.layouts import Layout
from widgets.embedding.loading import Shown
from widgets.embedding.view_model import EmbeddingViewModel

MOST_COMPARED = 20_000
"""More points are compared by every so-manieth of them, as each place follows the same rule."""


class ScaleKeeper(QObject):
    """Finds out what the axes of a flat picture mean, whenever points are placed anew."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        parent: QObject | None = None,
        *,
        is_second: bool = False,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._is_second = model, canvas, is_second
        canvas.places_changed.connect(self._measure)

    @Slot()
    def _measure(self) -> None:
        """While points glide from one layout to the next, their places mean nothing."""
        model, drawn = self._model, self._canvas.drawn
        layout = model.second_layout if self._is_second else model.layout
        shown, choice = model.shown, model.choice
        if shown is None or not choice.is_flat:
            self._canvas.set_axis_scales((None, None))
            return
        unit = shown.unit if layout is None else 1.0
        x, y = (
            _scale(drawn.positions, place, _values(shown, layout, choice.axes, place), unit)
            for place in (0, 1)
        )
        self._canvas.set_axis_scales((x, y))


def _values(
    shown: Shown, layout: Layout | None, axes: Sequence[int], place: int
) -> FloatArray | None:
    """Along one axis of the picture, in the units of the layout; a view of what there is."""
    if layout is not None:
        return layout.positions[:, place] if place < layout.positions.shape[1] else None
    axis = axes[place]
    return shown.coordinates[:, axis] if axis < shown.n_axes else None


def _scale(
    positions: FloatArray, place: int, values: FloatArray | None, unit: float
) -> AxisScale | None:
    """unit: what 1 among the values stands for."""
    if values is None or len(values) != len(positions):
        return None
    some = slice(None, None, max(1, len(values) // MOST_COMPARED))
    found = find_scale(positions[some, place], values[some])
    return found and AxisScale(found.per_unit * unit, found.at_zero * unit)
