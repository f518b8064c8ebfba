"""Points glide from one layout to the next, so that the eye can follow them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal, Slot
from PySide6.QtWidgets import QStyle, QWidget

from projector.arrays import FloatArray, frozen

MORPH_MS = 500
MOST_POINTS = 200_000


class Morph(QObject):
    """moved: float32 (n, 3) on the way, a new array each time. ended: at the places gone to;
    not emitted by one that was stopped."""

    moved = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        nowhere = np.zeros((0, 3), np.float32)
        self._start: FloatArray = nowhere
        self._end: FloatArray = nowhere
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(MORPH_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._on_value_changed)
        self._animation.finished.connect(self.ended)

    @property
    def is_running(self) -> bool:
        return self._animation.state() == QVariantAnimation.State.Running

    def start(self, start: FloatArray, end: FloatArray) -> None:
        """From some places to others of as many points; a newer morph replaces the older."""
        self.stop()
        self._start, self._end = start, end
        self._animation.start()

    def stop(self) -> None:
        if self.is_running:
            self._animation.stop()

    @Slot(object)
    def _on_value_changed(self, share: float) -> None:
        self.moved.emit(places_between(self._start, self._end, share))


def can_glide(start: FloatArray, end: FloatArray, widget: QWidget) -> bool:
    """Whether points may glide: as many on both sides, not too many, and motion is wanted."""
    wanted = widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget)
    return wanted > 0 and 0 < len(start) == len(end) <= MOST_POINTS


def places_between(start: FloatArray, end: FloatArray, share: float) -> FloatArray:
    """A share 0..1 of the way. Points without a place at the start are at once where they go."""
    if share >= 1:
        return end
    places = start + (end - start) * np.float32(share)
    lost = np.isnan(start).any(axis=1)
    places[lost] = end[lost]
    return frozen(places)
