"""Collects Python's cyclic garbage on the main thread only.

WORKAROUND (PySide6): a collection runs on whichever thread happens to trigger it; on a worker it
would destroy widgets that were left in cycles, and with them the process.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 1000
MOST_SCANNED = 100_000
"""New objects that are looked through at once; more would hold up the window."""


class GarbageCollector(QObject):
    """Turns automatic collection off and collects from a timer, by Python's own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.collect()
        gc.freeze()  # what start-up made stays; looking through it again would only cost time
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        if gc.get_count()[0] > MOST_SCANNED:  # libraries were loaded, or a large folder was read
            gc.freeze()
            return
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return
