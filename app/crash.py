"""The last line of defense: a fault in our own code is written down and said, and the window stays
open."""

from __future__ import annotations

import platform
import sys
import traceback
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QStandardPaths, Signal


class CrashHandler(QObject):
    """Takes over sys.excepthook.

    crashed: the path of the report, for the window to show.
    """

    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_busy = False

    def install(self) -> None:
        """Catch what no one else caught, on the main thread and in slots."""
        sys.excepthook = self._on_exception

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if self._is_busy:  # a crash while showing a crash
            return
        self._is_busy = True
        try:
            text = "".join(traceback.format_exception(kind, error, trace))
            try:
                report = write_report(text)
            except OSError:  # no place to write to: then at least it is said
                sys.stderr.write(text)
                return
            sys.stderr.write(f"Something went wrong inside projector; see {report}.\n")
            self.crashed.emit(report)
        finally:
            self._is_busy = False


def write_report(text: str) -> Path:
    """Append a crash report to the user's data folder and say where it lies."""
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    folder = Path(QStandardPaths.writableLocation(place))
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "crash.log"
    head = f"{datetime.now().isoformat(timespec='seconds')} Python {platform.python_version()}"
    with report.open("a", encoding="utf-8") as file:
        file.write(f"{head} {platform.platform()}\n{text}\n")
    return report
