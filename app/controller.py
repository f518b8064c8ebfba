"""Wires window, jobs and settings together, and acts when a command asks for it."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.commands import app_commands
from app.jobs import Jobs
from app.main_window import MainWindow
from app.settings import Settings, Theme
from app.shortcuts import ShortcutList
from app.themes import apply_theme
from projector.contents import Contents, read_contents
from projector.errors import ProjectorError
from projector.progress import Work
from projector.warm_up import warm_up_once
from widgets.shared.palette import CommandPalette

ABOUT = (
    "<h3>projector</h3><p>Opens TensorBoard log folders on the desktop, offline.</p>"
    "<p>Apache License 2.0</p>"
)


class Controller(QObject):
    """The one who acts: every command of the File, View and Help menus ends up here."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.theme = settings.theme
        self.jobs = Jobs(self)
        self.window = MainWindow(self.jobs)
        self.path: Path | None = None
        self._wanted_tab: str | None = None
        self.window.add_commands(app_commands(self))
        self.window.dropped.connect(self.open)
        self.window.recent_chosen.connect(self.open)
        self.window.closing.connect(self._on_closing)
        self.window.welcome.folder_asked.connect(self.ask_folder)
        self.window.welcome.file_asked.connect(self.ask_file)
        self.window.welcome.demo_asked.connect(self.open_demo)
        self.window.welcome.path_chosen.connect(self.open)
        self.jobs.failed.connect(self.window.notices.add)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme)
        self._show_recent()
        if settings.geometry is not None:
            self.window.restoreGeometry(settings.geometry)

    @Slot(object)
    def open(self, path: Path, dashboard: str | None = None) -> None:
        """Read a path on a job and show it; what is open stays until the new one is there."""
        self._wanted_tab = dashboard
        path = Path(os.path.expanduser(path)).absolute()
        if self.window.dashboard is None:
            self.window.welcome.show_reading(path)
            self.window.show_welcome()
        self.jobs.run(
            "app/open",
            self.tr("Opening"),
            prepare_and_read(path),
            on_done=self._on_read,
            on_failed=self._on_unreadable,
        )

    def _on_read(self, contents: Contents) -> None:
        is_reload = contents.path == self.path and self.window.dashboard is not None
        self.path = contents.path
        self.window.notices.clear()
        for problem in contents.problems:
            self.window.notices.add(problem)
        self.settings.add_recent(contents.path)
        self._show_recent()
        if contents.is_empty:
            self.window.show_path(contents.path)
            self.window.welcome.show_nothing_found(contents.path, nothing_found(contents))
            self.window.show_welcome()
            return
        self.window.show_contents(contents, keep_tab=is_reload)
        if self._wanted_tab is not None:
            self.window.show_dashboard(self._wanted_tab)

    def _on_unreadable(self, error: ProjectorError) -> None:
        self.window.notices.add(error)
        if self.window.dashboard is None:
            self.window.welcome.show_idle(self.settings.recent)

    @Slot()
    def ask_folder(self) -> None:
        start = str(self.path or Path.home())
        if chosen := QFileDialog.getExistingDirectory(self.window, self.tr("Open folder"), start):
            self.open(Path(chosen))

    @Slot()
    def ask_file(self) -> None:
        start = str(self.path or Path.home())
        kinds = self.tr(
            "Logs and embeddings (*tfevents* *.npy *.tsv *.csv *.bytes *.pbtxt);;All files (*)"
        )
        chosen, _ = QFileDialog.getOpenFileName(self.window, self.tr("Open file"), start, kinds)
        if chosen:
            self.open(Path(chosen))

    @Slot()
    def open_demo(self) -> None:
        """Write the demo log into the user's own data folder, once, and open it."""
        from app.demo import write_demo

        place = QStandardPaths.StandardLocation.AppLocalDataLocation
        folder = Path(QStandardPaths.writableLocation(place)) / "demo-logs"
        self.jobs.run(
            "app/demo", self.tr("Writing the demo"), write_demo(folder), on_done=self.open
        )

    def reload(self) -> None:
        """Read the same path again."""
        if self.path is not None:
            self.open(self.path)

    def save_picture(self) -> None:
        """Save the whole window as a PNG."""
        name = f"{self.path.name if self.path else 'projector'}.png"
        chosen, _ = QFileDialog.getSaveFileName(
            self.window,
            self.tr("Save picture"),
            str(Path.home() / name),
            self.tr("Pictures (*.png)"),
        )
        if chosen and not self.window.grab().save(chosen, "PNG"):
            self.window.notices.add(self.tr("{} can't be written.").format(chosen))

    def choose_theme(self, theme: Theme) -> None:
        self.theme = self.settings.theme = theme
        apply_theme(theme)

    def show_palette(self) -> None:
        CommandPalette(list(self.window.actions_now), self.window).open()

    def show_shortcuts(self) -> None:
        ShortcutList(self.window.actions_now, self.window).open()

    def show_about(self) -> None:
        QMessageBox.about(self.window, self.tr("About projector"), ABOUT)

    def clear_recent(self) -> None:
        self.settings.clear_recent()
        self._show_recent()

    def has_path(self) -> bool:
        return self.path is not None

    def has_theme(self, theme: Theme) -> bool:
        return self.theme == theme

    def quit(self) -> None:
        self.window.close()

    def _show_recent(self) -> None:
        self.window.show_recent(self.settings.recent)
        if self.path is None:
            self.window.welcome.show_idle(self.settings.recent)

    @Slot()
    def _on_color_scheme(self) -> None:
        apply_theme(self.theme)

    @Slot(object)
    def show_crash(self, report: Path) -> None:
        """Say that our own code failed; the work goes on."""
        text = self.tr(
            "Something went wrong inside projector; your files are untouched. The report is in {}."
        )
        self.window.notices.add(text.format(report))

    @Slot()
    def _on_closing(self) -> None:
        self.settings.geometry = self.window.saveGeometry()
        self.jobs.close()


def prepare_and_read(path: Path) -> Work[Contents]:
    """Read a path, after compiling what this computer has not compiled yet."""
    yield from warm_up_once()
    return (yield from read_contents(path))


def nothing_found(contents: Contents) -> str:
    """What to tell the user whose folder holds nothing we read."""
    if contents.problems:
        return contents.why_empty
    return (
        "There are no event files (*tfevents*), no projector_config.pbtxt and no .npy or .tsv "
        "vectors in here. Open the folder your training writes to, such as runs/ or logs/."
        if contents.path.is_dir()
        else "This file is neither an event file nor vectors (.npy, .tsv, .csv, .bytes)."
    )
