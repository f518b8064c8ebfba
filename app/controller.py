"""Wires window, jobs and settings together, and acts when a command asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.commands import app_commands
from app.dropped import Dropped, sort_dropped
from app.explainer import Explainer
from app.file_kinds import file_filter
from app.follow import POLL_MS, Follower, News
from app.following import Following
from app.jobs import Jobs
from app.main_window import MainWindow
from app.opening import Opened, nothing_found, open_place
from app.places import Named, absolute, path_of, without_doubles
from app.settings import Settings, Theme
from app.shortcuts import ShortcutList
from app.themes import apply_theme
from app.view_opening import ViewOpener, view_among
from projector.contents import Contents
from projector.errors import ProjectorError
from projector.export.view_files import ViewFile
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.shared.palette import CommandPalette
from widgets.shared.step_slider import StepSlider

ABOUT = (
    "<h3>projector</h3><p>Opens TensorBoard log folders on the desktop, offline.</p>"
    "<p>Apache License 2.0</p>"
)


class Controller(QObject):
    """The one who acts: every command of the File, View and Help menus ends up here.

    poll_ms: how long after one look at the logs the next one follows; None never looks again.
    """

    def __init__(
        self, settings: Settings, parent: QObject | None = None, *, poll_ms: int | None = POLL_MS
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.theme = settings.theme
        self.jobs = Jobs(self)
        self.window = MainWindow(self.jobs)
        self.named: tuple[Named, ...] = ()
        self._wanted_tab: str | None = None
        self.explainer = Explainer(self.window, self)
        self.views = ViewOpener(self.jobs, self.window)
        self._view: tuple[Path, ViewFile] | None = None
        self._companions = Dropped(())
        self.follower = None if poll_ms is None else Follower(self.jobs, self, poll_ms=poll_ms)
        self.following = Following(self.follower, self.window, settings, self)
        self._connect()
        self._show_recent()
        for slider in self.window.findChildren(StepSlider):
            slider.set_speed(settings.play_speed)
            slider.speed_chosen.connect(self._on_speed_chosen)
        if settings.geometry is not None:
            self.window.restoreGeometry(settings.geometry)

    @property
    def path(self) -> Path | None:
        """The first of the paths that are open, None before any is."""
        return path_of(self.named[0]) if self.named else None

    def _connect(self) -> None:
        self.window.add_commands(app_commands(self))
        self.window.dropped.connect(self.open_together)
        self.window.notices.explanation_asked.connect(self.explainer.show)
        self.window.recent_chosen.connect(self.open)
        self.window.closing.connect(self._on_closing)
        self.window.welcome.folder_asked.connect(self.ask_folder)
        self.window.welcome.file_asked.connect(self.ask_file)
        self.window.welcome.demo_asked.connect(self.open_demo)
        self.window.welcome.recent_chosen.connect(self.open)
        self.jobs.failed.connect(self.window.notices.add)
        self.views.found.connect(self._on_view_found)
        self.views.failed.connect(self._on_unreadable)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme)
        if self.follower is not None:
            self.follower.found.connect(self._on_news)
            self.follower.failed.connect(self._on_lost)

    @Slot(object)
    def open(self, named: Named | Sequence[Named], dashboard: str | None = None) -> None:
        """Read paths on a job and show what they hold together; what is open stays until then."""
        several = [named] if isinstance(named, Named) else named
        wanted = without_doubles(map(absolute, several))
        view = view_among(wanted)
        if view is not None:
            self.views.open(view)
            return
        self._read(wanted, dashboard)

    @Slot(object)
    def _on_view_found(self, found: tuple[Path, ViewFile, tuple[Named, ...]]) -> None:
        """The logs of a view are opened, and shown as they were."""
        path, file, named = found
        self._read(without_doubles(map(absolute, named)), EmbeddingDashboard.name)
        self._view = (path, file)

    @Slot(object)
    def open_together(self, paths: Sequence[Path]) -> None:
        """Open what was dropped or picked at once; a table and a picture go with the vectors."""
        self.jobs.run("app/open", self.tr("Opening"), sort_dropped(paths), on_done=self._on_sorted)

    def _on_sorted(self, dropped: Dropped) -> None:
        if dropped.places or not self.explainer.attach(dropped):
            self.open(dropped.places or dropped.companions)
            self._companions = dropped

    def _read(
        self, named: tuple[Named, ...], dashboard: str | None = None, *, is_fresh: bool = False
    ) -> None:
        self._wanted_tab, self._view = dashboard, None
        self._companions = Dropped(())
        if self.window.dashboard is None:
            self.window.welcome.show_reading(named)
            self.window.show_welcome()
        self.jobs.run(
            "app/open",
            self.tr("Opening"),
            open_place(named, is_fresh=is_fresh),
            on_done=self._on_read,
            on_failed=self._on_unreadable,
        )

    def _on_read(self, opened: Opened) -> None:
        contents = opened.contents
        is_reload = opened.named == self.named and self.window.dashboard is not None
        self.named = opened.named
        self.window.notices.clear()
        self.window.notices.add_all(contents.problems)
        self.explainer.set_contents(contents)
        view, self._view = self._view, None
        if view is None:
            self.settings.add_recent(*opened.named)
        else:
            self.settings.add_recent(view[0])
            self.explainer.embeddings.view_files.expect(view[1])
        self._show_recent()
        self.window.show_opened(opened.named)
        self._show(contents, keep_tab=is_reload)
        self.following.start(opened)

    def _show(self, contents: Contents, *, keep_tab: bool) -> None:
        if contents.is_empty:
            what = nothing_found(contents)
            self.window.welcome.show_nothing_found(self.named, what, contents.findings)
            self.window.show_welcome()
            return
        self.window.show_contents(contents, keep_tab=keep_tab)
        if self._companions.places:
            self.explainer.attach(self._companions)
        if self._wanted_tab is not None:
            self.window.show_dashboard(self._wanted_tab)

    @Slot(object)
    def _on_news(self, news: News) -> None:
        """The logs have grown: show it, and leave alone what the user chose."""
        self.window.notices.add_all(news.problems)
        self.explainer.set_contents(news.contents)
        if self.window.dashboard is not None:
            self.window.follow_contents(news.contents, news.changed)
        elif not news.contents.is_empty:
            self._show(news.contents, keep_tab=False)
        if news.changed:
            self.following.note_news()

    @Slot(object)
    def _on_lost(self, error: ProjectorError) -> None:
        """What is open can't be read any more, for now: what is shown stays."""
        self.window.notices.add(error)
        self.following.show_state()

    def is_following(self) -> bool:
        return self.following.is_on

    def _on_unreadable(self, error: ProjectorError) -> None:
        self.window.notices.add(error)
        if self.window.dashboard is None:
            self.window.welcome.show_idle(self.settings.recent)

    @Slot()
    def ask_folder(self) -> None:
        if chosen := self._asked_folder(self.tr("Open folder")):
            self.open(chosen)

    @Slot()
    def ask_another_folder(self) -> None:
        """Open one more folder together with what is open."""
        if chosen := self._asked_folder(self.tr("Add folder")):
            self.open((*self.named, chosen))

    def _asked_folder(self, title: str) -> Path | None:
        start = str(self.path or Path.home())
        chosen = QFileDialog.getExistingDirectory(self.window, title, start)
        return Path(chosen) if chosen else None

    @Slot()
    def ask_file(self) -> None:
        start = str(self.path or Path.home())
        chosen, _ = QFileDialog.getOpenFileNames(
            self.window, self.tr("Open files"), start, file_filter()
        )
        if chosen:
            self.open_together([Path(path) for path in chosen])

    @Slot()
    def ask_view(self) -> None:
        """Open a view file."""
        if chosen := self.views.ask_path(self.path or Path.home()):
            self.open(chosen)

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
        """Read the same paths again, from the start."""
        if self.named:
            self._read(self.named, is_fresh=True)

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
        self.window.rest_actions()

    def show_shortcuts(self) -> None:
        front = self.window.dashboard
        notes = () if front is None else front.key_notes()
        ShortcutList(self.window.actions_now, self.window, notes).open()
        self.window.rest_actions()

    def show_about(self) -> None:
        QMessageBox.about(self.window, self.tr("About projector"), ABOUT)

    def clear_recent(self) -> None:
        self.settings.clear_recent()
        self._show_recent()

    def has_path(self) -> bool:
        return bool(self.named)

    def has_theme(self, theme: Theme) -> bool:
        return self.theme == theme

    def quit(self) -> None:
        self.window.close()

    def _show_recent(self) -> None:
        self.window.show_recent(self.settings.recent)
        if not self.named:
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

    @Slot(object)
    def _on_speed_chosen(self, speed: float) -> None:
        """One speed for all playback, now and the next time."""
        self.settings.play_speed = speed
        for slider in self.window.findChildren(StepSlider):
            slider.set_speed(speed)

    @Slot()
    def _on_closing(self) -> None:
        self.following.stop()
        self.settings.geometry = self.window.saveGeometry()
        self.jobs.close()
