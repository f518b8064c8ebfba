"""What the window does about embeddings in particular: it explains what was found of them, and
hands on files that go with the one that is shown."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot

from app.dropped import Dropped
from app.main_window import MainWindow
from projector.contents import Contents
from projector.embeddings.doctor import Finding
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.doctor_view import DoctorDialog

MOST_EXPLAINED = 1000


class Explainer(QObject):
    """Knows what was tried for each embedding in what is open."""

    def __init__(self, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._findings: tuple[Finding, ...] = ()
        self._places: tuple[Path, ...] = ()

    def set_contents(self, contents: Contents) -> None:
        """Let problems of embeddings lead to all that was looked for."""
        self._findings = contents.findings
        self._places = tuple(root.path for root in contents.roots)
        failed = (one.problem for one in contents.findings if one.outcome == "failed")
        self._window.notices.set_explained(islice(failed, MOST_EXPLAINED))

    @Slot()
    def show(self) -> None:
        """List where embeddings were looked for, and what came of it."""
        dialog = DoctorDialog(self._findings, self._places, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @property
    def embeddings(self) -> EmbeddingDashboard:
        """The tab that shows embeddings."""
        kinds = (one for one in self._window.dashboards if isinstance(one, EmbeddingDashboard))
        return next(kinds)

    def attach(self, dropped: Dropped) -> bool:
        """Read a table or pictures beside the vectors that are chosen; False where none are."""
        dashboard = self.embeddings
        if dashboard.model.source is None or self._window.dashboard is None:
            return False
        if dropped.companions:
            self._window.show_dashboard(dashboard.name)
            dashboard.attach(dropped.metadata, dropped.sprite)
        return True
