"""A short flight of the camera, so that the eye can follow where the view went."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal, Slot

from projector.render.camera import Camera

FLIGHT_MS = 260


class Flight(QObject):
    """moved: the Camera on its way, at last the one flown to."""

    moved = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = self._end = Camera()
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(FLIGHT_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._on_value_changed)

    def fly(self, start: Camera, end: Camera) -> None:
        """From one camera to another of the same kind; a newer flight replaces the older."""
        self._animation.stop()
        self._start, self._end = start, end
        self._animation.start()

    def stop(self) -> None:
        self._animation.stop()

    @Slot(object)
    def _on_value_changed(self, share: float) -> None:
        self.moved.emit(between(self._start, self._end, share) if share < 1 else self._end)


def between(start: Camera, end: Camera, share: float) -> Camera:
    """The camera a share 0..1 of the way; the distance changes by factors, as zooming does."""

    def mix(a: float, b: float) -> float:
        return a + (b - a) * share

    x, y, z = (mix(a, b) for a, b in zip(start.target, end.target, strict=True))
    return dataclasses.replace(
        end,
        target=(x, y, z),
        distance=start.distance * (end.distance / start.distance) ** share,
        yaw=mix(start.yaw, end.yaw),
        pitch=mix(start.pitch, end.pitch),
    )
