"""The status bar's right half: what is being worked on, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from app.jobs import Jobs

PATIENCE_MS = 300


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
            self._timer.stop()
            self.hide()
            return
        if self._jobs.running[0].elapsed_ms < PATIENCE_MS:
            if not self._timer.isActive():
                self._timer.start()
            return
        self._label.setText(progress.note)
        known = progress.done is not None
        self._bar.setRange(0, 1000 if known else 0)
        self._bar.setValue(int(1000 * (progress.done or 0.0)))
        self.show()
