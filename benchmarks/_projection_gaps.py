"""`python -m benchmarks._projection_gaps PROJECTION DIMS VECTORS`: how smoothly a window would run.

A timer of 4 ms on the main thread notes when it ticks, first with nothing else to do, then while
the projection runs as a job of the program. One JSON line tells the longest gaps in milliseconds.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time

import numpy as np

TICK_MS = 4
IDLE_MS = 3_000


def main() -> None:
    from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer

    from app.jobs import Jobs
    from projector.projections import PROJECTIONS
    from projector.projections.contract import Control, Inputs

    name, n_dims, source = sys.argv[1:]
    gc.disable()  # as in the program
    application = QCoreApplication([])
    ticks: list[float] = []
    timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start()
    loop = QEventLoop(application)
    QTimer.singleShot(IDLE_MS, loop.quit)
    loop.exec()
    idle = _longest_ms(ticks)
    vectors, projection, jobs = np.load(source), PROJECTIONS[name], Jobs()
    steps = projection.steps(Inputs(vectors), projection.parameters(n_dims=int(n_dims)), Control())
    failed: list[object] = []
    ticks[:] = [time.perf_counter()]
    jobs.run(
        name,
        name,
        steps,
        on_done=lambda _: loop.quit(),
        on_step=lambda _: None,
        on_failed=lambda error: (failed.append(error), loop.quit()),
    )
    loop.exec()
    ticks.append(time.perf_counter())
    jobs.close()
    if failed:
        raise RuntimeError(str(failed[0]))
    print(json.dumps({"idle": idle, "busy": _longest_ms(ticks)}))


def _longest_ms(ticks: list[float]) -> float:
    return float(np.diff(ticks).max()) * 1000


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    main()
