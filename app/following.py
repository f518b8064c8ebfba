"""Following what is open: on or off, as the user wants it, and said in the status bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTime, Slot

from app.follow import Follower
from app.main_window import MainWindow
from app.opening import Opened
from app.settings import Settings


class Following(QObject):
    """follower: looks at the logs; None where nobody ever does."""

    def __init__(
        self, follower: Follower | None, window: MainWindow, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.follower, self._window, self._settings = follower, window, settings
        self._follows = settings.follows
        self._is_open = False
        self._updated: QTime | None = None
        if follower is not None:
            follower.set_on(self._follows)
            follower.looked.connect(self.show_state)
            follower.broke.connect(self._on_broke)
            window.hid.connect(follower.set_away)
            window.follow_status.clicked.connect(self.toggle)

    @property
    def is_on(self) -> bool:
        return self._follows

    def start(self, opened: Opened) -> None:
        """Follow what was opened from now on."""
        self._is_open, self._updated = bool(opened.named), None
        if self.follower is not None:
            self.follower.start(opened.place, opened.contents)
        self.show_state()

    def stop(self) -> None:
        if self.follower is not None:
            self.follower.stop()

    def note_news(self) -> None:
        """What is shown has grown just now."""
        self._updated = QTime.currentTime()

    @Slot()
    def toggle(self) -> None:
        """Follow what is open, or leave it as it is."""
        self._follow(not self._follows)
        self._settings.follows = self._follows

    @Slot()
    def show_state(self) -> None:
        """Say it in the status bar."""
        status = self._window.follow_status
        if self.follower is None or not self._is_open:
            status.show_state("nothing")
        elif not self._follows:
            status.show_state("off")
        elif self.follower.has_failed:
            status.show_state("away")
        else:
            status.show_state("on", self._updated)

    @Slot()
    def _on_broke(self) -> None:
        self._follow(False)

    def _follow(self, follows: bool) -> None:
        self._follows = follows
        if self.follower is not None:
            self.follower.set_on(follows)
        self.show_state()
