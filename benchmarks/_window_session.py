"""`python -m benchmarks._window_session FOLDER METHOD COLUMN`: how smoothly the real window runs.

A timer of 4 ms on the main thread notes when it ticks while a user opens a folder, turns the cloud,
selects, colors, and lets a projection run under a cloud that is still being turned. One JSON line
tells the longest gap of each phase in milliseconds, and how many pictures a second were painted.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, QPoint, QSettings, Qt, QTimer, Slot
from PySide6.QtTest import QTest

from app.controller import Controller
from app.main import new_application, new_controller, wait_until_settled
from app.settings import Settings
from projector.selection import Selection
from widgets.embedding.dashboard import EmbeddingDashboard

SIZE = (1280, 800)
TICK_MS, FRAME_MS = 4, 16
IDLE_S, TURNING_S, RUNNING_S = 3.0, 4.0, 30.0
LEFT = Qt.MouseButton.LeftButton


class Watch(QObject):
    """Notes when the main thread is free, and when a picture is painted."""

    def __init__(self) -> None:
        super().__init__()
        self._ticks: list[float] = []
        self._n_painted = 0
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    @Slot()
    def _on_tick(self) -> None:
        self._ticks.append(time.perf_counter())

    @Slot()
    def on_painted(self) -> None:
        self._n_painted += 1

    def watch(self, act: Callable[[], object]) -> dict[str, float]:
        """The longest gap between two ticks in ms, and painted pictures a second, of one phase."""
        self._ticks, self._n_painted = [time.perf_counter()], 0
        act()
        self._ticks.append(time.perf_counter())
        seconds = self._ticks[-1] - self._ticks[0]
        gap_ms = float(np.diff(self._ticks).max()) * 1000
        return {"gap_ms": gap_ms, "pictures_s": self._n_painted / seconds, "seconds": seconds}


class Hand:
    """Uses the window by mouse, a movement each frame."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    @property
    def dashboard(self) -> EmbeddingDashboard:
        return self._controller.explainer.embeddings

    def turn(self, seconds: float, is_over: Callable[[], bool] = lambda: False) -> None:
        """Drag the cloud around in circles."""
        canvas = self.dashboard.canvas
        middle, began = canvas.rect().center(), time.perf_counter()
        QTest.mousePress(canvas, LEFT, pos=middle)
        while time.perf_counter() - began < seconds and not is_over():
            angle = 2 * (time.perf_counter() - began)
            away = QPoint(round(90 * math.cos(angle)), round(60 * math.sin(angle)))
            QTest.mouseMove(canvas, middle + away)
            wait(FRAME_MS / 1000)
        QTest.mouseRelease(canvas, LEFT, pos=middle)

    def lasso(self) -> None:
        """Select what is in the middle of the picture."""
        canvas = self.dashboard.canvas
        x, y = canvas.width() / 2, canvas.height() / 2
        circle = np.linspace(0, 2 * np.pi, 60)
        corners = np.column_stack([x + x / 2 * np.cos(circle), y + y / 2 * np.sin(circle)])
        found = canvas.points_within(corners.astype(np.float32))
        self.dashboard.model.select(Selection.of(found))
        wait_until_settled(self._controller)

    def color_by(self, column: str) -> None:
        self.dashboard.model.choose(color_by=column)
        wait_until_settled(self._controller)

    def project(self, method: str) -> None:
        """Let a projection run, for some time at most, while the cloud is turned."""
        runner = self.dashboard.runner
        self.dashboard.model.choose(projection=method)
        runner.run()
        self.turn(RUNNING_S, lambda: not runner.is_running)
        runner.stop()
        wait_until_settled(self._controller)


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def main() -> None:
    source, method, column = sys.argv[1:]
    _application = new_application()  # lives as long as this name
    with TemporaryDirectory() as folder:
        settings = Settings(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat))
        controller = new_controller(settings, (), None, SIZE, "light", poll_ms=None)
        controller.window.show()
        wait_until_settled(controller)
        watch, hand = Watch(), Hand(controller)
        phases = {"idle": watch.watch(lambda: wait(IDLE_S))}
        phases["opening"] = watch.watch(lambda: _open(controller, Path(source)))
        hand.dashboard.canvas.painted.connect(watch.on_painted)
        phases["turning"] = watch.watch(lambda: hand.turn(TURNING_S))
        wait_until_settled(controller)
        phases["lasso"] = watch.watch(hand.lasso)
        phases["other colors"] = watch.watch(lambda: hand.color_by(column))
        phases[f"turning while {method} runs"] = watch.watch(lambda: hand.project(method))
        controller.jobs.close()
        controller.window.hide()
    print(json.dumps(phases))


def _open(controller: Controller, path: Path) -> None:
    controller.open([path], None)
    wait_until_settled(controller)


if __name__ == "__main__":
    main()
