"""Follows what is open as it grows: reads it again and again, quietly, and tells what is new."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from app.jobs import Jobs, RunningJob
from projector.contents import Contents, Place
from projector.errors import Problem, ProjectorError
from projector.progress import Work
from widgets.dashboards import DASHBOARDS

POLL_MS = 1000
AWAY_FACTOR = 10
"""How much slower a window is kept up to date that nobody sees, or whose folder is away."""
FIRST_SAVE_MS = 2000
SAVE_MS = 180_000
_NUMBERS = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What a reading found that the one before did not. changed: names of the dashboards whose
    data are others. problems: those not told before."""

    contents: Contents
    changed: frozenset[str]
    problems: tuple[Problem, ...]


def read_news(place: Place, before: Contents) -> Work[News | None]:
    """Read what is new, and compare it here rather than on the main thread. Raises as Place.read.

    None where nothing is new.
    """
    contents = yield from place.read()
    if contents is before:
        return None
    changed = frozenset(kind.name for kind in DASHBOARDS if kind.differs(before, contents))
    told = {_gist(problem) for problem in before.problems}
    fresh = tuple(problem for problem in contents.problems if _gist(problem) not in told)
    return News(contents, changed, fresh)


def _gist(problem: Problem) -> tuple[str, str]:
    """What stays of a problem while its file grows."""
    return str(problem.file), _NUMBERS.sub("#", problem.what)


class Follower(QObject):
    """Reads a place again, a moment after the last reading has ended; never two at once.

    found: News. looked: a reading is done, whatever it found. failed: a ProjectorError, once until
    a reading succeeds again. broke: a reading met a fault of our own; there will be no other.
    """

    found = Signal(object)
    looked = Signal()
    failed = Signal(object)
    broke = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None, *, poll_ms: int) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._poll_ms = poll_ms
        self._place: Place | None = None
        self._contents: Contents | None = None
        self._job: RunningJob | None = None
        self._is_on = True
        self._is_away = self._has_failed = self._is_lost = False
        self._is_answered = True
        self._is_unsaved = False
        self._since_saved = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_timeout)
        self._save_timer = QTimer(self, singleShot=True)
        self._save_timer.timeout.connect(self._on_save_timeout)

    @property
    def is_following(self) -> bool:
        """Whether there is something to follow and it is wanted."""
        return self._is_on and self._place is not None

    @property
    def has_failed(self) -> bool:
        """Whether the last reading came to nothing, as where the folder is away."""
        return self._has_failed or self._is_lost

    def start(self, place: Place, contents: Contents) -> None:
        """Follow another place, of which this is known."""
        self.stop()
        self._place, self._contents = place, contents
        self._has_failed = self._is_lost = False
        self._is_answered = self._is_unsaved = True
        self._save_timer.start(FIRST_SAVE_MS)
        self._wait()

    def stop(self) -> None:
        """Follow nothing."""
        self._place = self._contents = None
        self._timer.stop()
        self._save_timer.stop()
        self._cancel()

    def set_on(self, is_on: bool) -> None:
        """Whether to read at all."""
        self._is_on = is_on
        self._is_answered = True
        if is_on:
            self._look_now()
        else:
            self._timer.stop()
            self._cancel()

    def set_away(self, is_away: bool) -> None:
        """Whether nobody sees the window."""
        was_away, self._is_away = self._is_away, is_away
        if was_away and not is_away:
            self._look_now()

    def _cancel(self) -> None:
        if self._job is not None and self._job.is_running:
            self._job.cancel()

    def _look_now(self) -> None:
        if self.is_following:
            self._timer.start(0)

    def _wait(self) -> None:
        if self.is_following:
            slow = AWAY_FACTOR if self._is_away or self.has_failed else 1
            self._timer.start(self._poll_ms * slow)

    @property
    def _is_idle(self) -> bool:
        """Whether nothing else reads or saves the place."""
        return self._job is None or (not self._job.is_running and self._job.is_over)

    @Slot()
    def _on_timeout(self) -> None:
        if self._place is None or self._contents is None or not self._is_on:
            return
        if not self._is_idle:
            self._wait()
            return
        if not self._is_answered and self._job is not None and not self._job.is_cancelled:
            self.broke.emit()  # our own code failed; it would again, every second
            return
        self._is_answered = False
        self._job = self._jobs.run(
            "app/follow",
            self.tr("Following"),
            read_news(self._place, self._contents),
            on_done=self._on_news,
            on_failed=self._on_failed,
            is_silent=True,
        )
        self._job.ended.connect(self._on_ended)

    @Slot()
    def _on_ended(self) -> None:
        """However it ended, there is a next time; the answer, if any, is handed on after this."""
        self._wait()

    @Slot(object)
    def _on_news(self, news: News | None) -> None:
        self._is_answered, self._has_failed = True, False
        if news is not None:
            self._contents, self._is_lost = news.contents, news.contents.is_away
            self._is_unsaved = True
            if not self._save_timer.isActive():
                self._save_timer.start(self._save_delay_ms())
            self.found.emit(news)
        self._wait()
        self.looked.emit()

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        was_told, self._has_failed = self._has_failed, True
        self._is_answered = True
        self._wait()
        if not was_told:
            self.failed.emit(error)

    def _save_delay_ms(self) -> int:
        passed = self._since_saved.elapsed() if self._since_saved.isValid() else 0
        return max(FIRST_SAVE_MS, SAVE_MS - passed)

    @Slot()
    def _on_save_timeout(self) -> None:
        """Keep the index for the next opening, once nothing else is under way."""
        if self._place is None or not self._is_unsaved:
            return
        if self._jobs.running or not self._is_idle:
            self._save_timer.start(self._poll_ms // 3 + 1)
            return
        self._is_unsaved = False
        self._since_saved.start()
        self._job = self._jobs.run(
            "app/index",
            self.tr("Keeping the index"),
            self._place.save_index(),
            on_done=self._on_saved,
            on_failed=self._on_saved,
            is_silent=True,
        )

    @Slot(object)
    def _on_saved(self, _nothing: object) -> None:
        """An index that can't be kept costs time at the next opening, nothing else."""
