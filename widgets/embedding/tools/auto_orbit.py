"""The cloud turns by itself until a hand touches it."""

from __future__ import annotations

import dataclasses
import math
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from widgets.embedding.canvas import ScatterCanvas

FRAME_MS = 33
RADIANS_PER_S = math.tau / 45
LONGEST_STEP_S = 0.2


class AutoOrbit(QObject):
    """changed: it was started or stopped."""

    changed = Signal()

    def __init__(self, canvas: ScatterCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._last = 0.0
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._on_tick)
        canvas.touched.connect(self.stop)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    @Slot()
    def toggle(self) -> None:
        if self.is_running or self._canvas.camera.is_flat:
            self.stop()
            return
        self._last = monotonic()
        self._timer.start()
        self.changed.emit()

    @Slot()
    def stop(self) -> None:
        if self.is_running:
            self._timer.stop()
            self.changed.emit()

    @Slot()
    def _on_tick(self) -> None:
        """By the time that has passed, so that a slow picture does not slow the turn."""
        now = monotonic()
        passed, self._last = min(LONGEST_STEP_S, now - self._last), now
        camera = self._canvas.camera
        if camera.is_flat or not self._canvas.isVisible():
            self.stop()
            return
        yaw = math.remainder(camera.yaw + passed * RADIANS_PER_S, math.tau)
        self._canvas.look_from(dataclasses.replace(camera, yaw=yaw))
