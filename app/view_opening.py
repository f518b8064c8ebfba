"""Opens view files: reads one, finds the logs that it is a view of, and asks where they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.jobs import Jobs
from app.places import Named, path_of
from projector.errors import NotFound, ProjectorError
from projector.export.view_files import (
    SUFFIX,
    SavedPlace,
    ViewFile,
    found_places,
    is_view_file,
    read_view,
)
from projector.logs.roots import Root
from projector.progress import Work

Found = tuple[Path, ViewFile, tuple[SavedPlace, ...], tuple[Path, ...]]


def view_among(named: Sequence[Named]) -> Path | None:
    """The view file, where one is all that is to be opened."""
    if len(named) == 1 and is_view_file(path_of(named[0])):
        return path_of(named[0])
    return None


def find_view(path: Path) -> Work[Found]:
    """The view, where its logs are now, and what of them is gone. Raises as read_view."""
    file = yield from read_view(path)
    return path, file, *found_places(file, path.parent)


class ViewOpener(QObject):
    """found: (path, ViewFile, what to open). failed: a ProjectorError."""

    found = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: Jobs, window: QWidget) -> None:
        super().__init__(window)
        self._jobs, self._window = jobs, window

    def open(self, path: Path) -> None:
        """Read a view file on a job."""
        self._jobs.run(
            "app/open",
            self.tr("Opening"),
            find_view(path),
            on_done=self._on_read,
            on_failed=self._on_failed,
        )

    def ask_path(self, start: Path) -> Path | None:
        """A view file of the user's choice."""
        kinds = self.tr("Views (*{suffix})").format(suffix=SUFFIX)
        title = self.tr("Open view")
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, str(start), kinds)
        return Path(chosen) if chosen else None

    @Slot(object)
    def _on_read(self, read: Found) -> None:
        path, file, places, gone = read
        found = list(places)
        for missing in gone:
            now = self._ask_where(path, missing)
            if now is None:
                what = f"{missing}, which {path.name} is a view of, is not there any more."
                self.failed.emit(NotFound(f"{what} Open the view again and say where it is."))
                return
            name = next((one.name for one in file.places if one.path == missing), "")
            found.append(SavedPlace(now, name))
        named = tuple(Root(one.path, one.name) if one.name else one.path for one in found)
        file = dataclasses.replace(file, places=tuple(found))
        self.found.emit((path, file, named))

    def _ask_where(self, path: Path, missing: Path) -> Path | None:
        """Where logs that are gone are now; None where the user does not know."""
        if not self._window.isVisible():
            return None
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Where are the logs?"))
        box.setText(self.tr("{path} is not there any more.").format(path=missing))
        text = self.tr("{view} is a view of it. Where is it now?")
        box.setInformativeText(text.format(view=path.name))
        folder = box.addButton(self.tr("Find folder…"), QMessageBox.ButtonRole.AcceptRole)
        file = box.addButton(self.tr("Find file…"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(folder)
        box.exec()
        if box.clickedButton() is folder:
            title = self.tr("Where are the logs?")
            chosen = QFileDialog.getExistingDirectory(self._window, title, str(path.parent))
        elif box.clickedButton() is file:
            title = self.tr("Where is the file?")
            chosen, _ = QFileDialog.getOpenFileName(self._window, title, str(path.parent))
        else:
            return None
        return Path(chosen) if chosen else None

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self.failed.emit(error)
