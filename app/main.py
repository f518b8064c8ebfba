"""Starts the window, or takes a picture of it where there is no display."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QElapsedTimer, QEventLoop, QSettings, QTimer
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from app.controller import Controller
from app.crash import CrashHandler
from app.follow import POLL_MS
from app.garbage import GarbageCollector
from app.launcher import LAUNCHER_ID
from app.places import Named
from app.settings import Settings, Theme
from app.style import ControlStyle
from app.themes import apply_theme
from projector.errors import Unreadable
from resources import ICON

QUIET_MS = 400
LONGEST_WAIT_MS = 120_000


def new_application() -> QApplication:
    """The application object with its names, icon and style."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setOrganizationName("projector")
    application.setApplicationName("projector")
    application.setApplicationDisplayName("projector")
    application.setDesktopFileName(LAUNCHER_ID)
    application.setStyle(ControlStyle())
    application.setWindowIcon(QIcon(str(ICON)))
    GarbageCollector(application)
    return application


def show_window(
    named: Sequence[Named],
    *,
    dashboard: str | None,
    size: tuple[int, int] | None,
    theme: Theme | None,
) -> int:
    """Open a window on all paths together and stay until it is closed. Returns the exit code."""
    application = new_application()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    settings = Settings()
    controller = new_controller(settings, named, dashboard, size, theme)
    controller.window.show()
    return application.exec()


def save_screenshot(
    named: Sequence[Named],
    picture: Path,
    *,
    dashboard: str | None,
    size: tuple[int, int] | None,
    theme: Theme | None,
) -> None:
    """Open the window without showing it, wait until it has settled, and save it as a PNG. Raises
    Unreadable."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _application = new_application()  # lives as long as this name
    with TemporaryDirectory() as folder:  # a picture leaves no trace in the user's settings
        settings = Settings(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat))
        controller = new_controller(
            settings, named, dashboard, size or (1280, 800), theme or "light", poll_ms=None
        )
        _settle_and_save(controller, picture)


def _settle_and_save(controller: Controller, picture: Path) -> None:
    controller.window.show()
    wait_until_settled(controller)
    is_saved = _save(controller.window.grab(), picture)
    controller.jobs.close()
    controller.window.hide()
    if not is_saved:
        raise Unreadable(f"{picture} can't be written; check the folder and its permissions.")


def _save(pixmap: QPixmap, picture: Path) -> bool:
    try:
        picture.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return pixmap.save(str(picture), "PNG")


def wait_until_settled(controller: Controller) -> None:
    """Run an event loop until no job has been under way for a moment."""
    clock, quiet = QElapsedTimer(), QElapsedTimer()
    clock.start()
    quiet.start()
    loop = QEventLoop()  # not the application's own, whose end closes every window

    def look() -> None:
        if controller.jobs.running:
            quiet.restart()
        if quiet.elapsed() >= QUIET_MS or clock.elapsed() >= LONGEST_WAIT_MS:
            loop.quit()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    loop.exec()
    timer.stop()


def new_controller(
    settings: Settings,
    named: Sequence[Named],
    dashboard: str | None,
    size: tuple[int, int] | None,
    theme: Theme | None,
    *,
    poll_ms: int | None = POLL_MS,
) -> Controller:
    """A controller with its window, opening the paths if there are any."""
    controller = Controller(settings, poll_ms=poll_ms)
    controller.theme = theme or settings.theme
    apply_theme(controller.theme)
    crash = CrashHandler(controller)
    crash.crashed.connect(controller.show_crash)
    crash.install()
    if size is not None:
        controller.window.resize(*size)
    if named:
        controller.open(named, dashboard)
    return controller
