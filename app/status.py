"""The status bar's right half: what is being worked on, how far it is, and a way to stop it; and
whether what is open is followed."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, QTime, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from app.jobs import Jobs

PATIENCE_MS = 300

FollowState = Literal["nothing", "on", "off", "away"]


class JobStatus(QWidget):
    """Appears once a job has run for a moment, so that quick ones don't flicker."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._label = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._bar.setFixedSize(
            18 * self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        )
        self._cancel = QToolButton(autoRaise=True)
        self._cancel.setText(self.tr("Cancel"))
        self._cancel.setToolTip(self.tr("Stop what is being worked on"))
        self._cancel.clicked.connect(jobs.stop_all)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self._label, self._bar, self._cancel):
            row.addWidget(widget)
        self._timer = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._timer.timeout.connect(self._on_changed)
        jobs.changed.connect(self._on_changed)
        self.hide()

    @Slot()
    def _on_changed(self) -> None:
        progress = self._jobs.progress
        if progress is None:
            self.hide()
            if not self._jobs.running:
                self._timer.stop()
            elif not self._timer.isActive():  # a silent one, which may yet take long
                self._timer.start()
            return
        if self._jobs.shown[0].elapsed_ms < PATIENCE_MS:
            if not self._timer.isActive():
                self._timer.start()
            return
        self._label.setText(progress.note)
        known = progress.done is not None
        self._bar.setRange(0, 1000 if known else 0)
        self._bar.setValue(int(1000 * (progress.done or 0.0)))
        self.show()


class FollowStatus(QToolButton):
    """Says quietly whether what is open is followed, and when something new was last seen.

    A click turns following on or off: it is the button of that command.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setAccessibleName(self.tr("Following"))
        self.hide()

    def show_state(self, state: FollowState, seen: QTime | None = None) -> None:
        """Hidden where nothing is open. seen: when something new was last found."""
        self.setVisible(state != "nothing")
        if state == "off":
            self._say(self.tr("Not following"), self.tr("Nothing new is read. Click to follow."))
        elif state == "away":
            self._say(
                self.tr("Waiting for the folder"),
                self.tr("What is shown was read before. It goes on once the folder is back."),
            )
        elif seen is not None:
            self._say(
                self.tr("Updated {time}").format(time=seen.toString("HH:mm:ss")),
                self.tr("Following: what is written to the logs appears here. Click to stop."),
            )
        else:
            self._say(
                self.tr("Following"),
                self.tr("Whatever is written to the logs appears here. Click to stop."),
            )

    def _say(self, text: str, tip: str) -> None:
        if self.text() != text:
            self.setText(text)
            self.setToolTip(tip)
            self.setAccessibleDescription(f"{text}. {tip}")
