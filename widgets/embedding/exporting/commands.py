"""Export, views and view files in menus and palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from projector.errors import ProjectorError
from projector.export.view_files import SUFFIX, ViewFile, write_view
from projector.logs.roots import Root
from widgets.embedding.bookmarks.reader import BookmarkReader
from widgets.embedding.bookmarks.view_file import ViewFiles
from widgets.embedding.bookmarks.view_panel import ViewPanel
from widgets.embedding.bookmarks.views import Views
from widgets.embedding.exporting.dialog import ExportDialog
from widgets.embedding.exporting.exporter import Exporter
from widgets.embedding.exporting.wish import kinds
from widgets.shared.command import Command
from widgets.shared.job import RunJob


class ExportCommands(QObject):
    """said: a line for the status bar. problem_found: a Problem, or a sentence, to show."""

    said = Signal(object)
    problem_found = Signal(object)

    def __init__(
        self,
        exporter: Exporter,
        views: Views,
        files: ViewFiles,
        panel: ViewPanel,
        reader: BookmarkReader,
        run_job: RunJob,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._exporter, self._views, self._files = exporter, views, files
        self._panel, self._run_job, self._parent = panel, run_job, parent
        self._reader = reader
        reader.read.connect(self._on_imported)
        reader.problem_found.connect(self.problem_found)
        self.roots: tuple[Root, ...] = ()
        self.dialog: ExportDialog | None = None

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (
            self._file(
                "export", self.tr("&Export…"), self._tips()[0], partial(self.export), ("Ctrl+E",)
            ),
            *(
                self._file(
                    f"export_{kind.name}",
                    self.tr("{kind}…").format(kind=kind.title),
                    kind.tip,
                    partial(self.export, kind.name),
                    menu="File/Export as",
                )
                for kind in kinds()
            ),
            self._file(
                "save_view_file",
                self.tr("Save view as…"),
                self._tips()[1],
                self.ask_view_path,
                (QKeySequence.StandardKey.Save,),
            ),
            self._file(
                "import_bookmarks",
                self.tr("Import bookmarks…"),
                self._tips()[2],
                self.ask_bookmarks,
            ),
            Command(
                "embedding.save_view",
                self.tr("Keep this view"),
                self.tr("Add what is on the screen to the list of views."),
                self._panel.save,
                keys=("Ctrl+D",),
                is_enabled=self._has_cloud,
            ),
            self._turn("next_view", self.tr("Next view"), 1, "Ctrl+Shift+Right"),
            self._turn("previous_view", self.tr("Previous view"), -1, "Ctrl+Shift+Left"),
        )

    def _tips(self) -> tuple[str, str, str]:
        return (
            self.tr("Write a picture, a page, coordinates, neighbors, metadata and more."),
            self.tr("Save logs, choices, camera and layouts as a file that opens as it is now."),
            self.tr("Read views that TensorBoard's projector saved."),
        )

    def _file(
        self,
        name: str,
        text: str,
        tip: str,
        run: Callable[[], None],
        keys: tuple[str | QKeySequence.StandardKey, ...] = (),
        menu: str = "File",
    ) -> Command:
        return Command(f"embedding.{name}", text, tip, run, menu, keys, is_enabled=self._has_cloud)

    def _turn(self, name: str, text: str, by: int, key: str) -> Command:
        tip = self.tr("Go through the list of views.")
        run = partial(self._panel.turn, by)
        is_enabled = self._has_views
        return Command(f"embedding.{name}", text, tip, run, keys=(key,), is_enabled=is_enabled)

    def _has_cloud(self) -> bool:
        return self._exporter.model.shown is not None

    def _has_views(self) -> bool:
        return bool(self._views.all)

    def export(self, kind: str = "picture") -> None:
        """Show the dialog with one kind in front."""
        window = self._parent.window()
        self.dialog = ExportDialog(self._exporter, self._run_job, kind, window)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.open()

    def ask_view_path(self) -> None:
        """Ask where to save all that is open."""
        roots = self.roots
        name = roots[0].path.stem if roots else "view"
        folder = ExportDialog.folder or Path.home()
        chosen, _ = QFileDialog.getSaveFileName(
            self._parent,
            self.tr("Save view"),
            str(folder / f"{name}{SUFFIX}"),
            self.tr("Views (*{suffix})").format(suffix=SUFFIX),
        )
        if chosen:
            path = Path(chosen)
            self.save_view(path if path.suffix.lower() == SUFFIX else Path(f"{path}{SUFFIX}"))

    def save_view(self, path: Path) -> None:
        """Save all that is open."""
        ExportDialog.folder = path.parent
        file: ViewFile = self._files.of_now(self.roots)
        self._run_job(
            "embedding/save_view",
            self.tr("Saving the view"),
            write_view(path, file),
            on_done=self._on_saved,
            on_failed=self._on_failed,
        )

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self.said.emit(self.tr("The view was saved as {path}.").format(path=path))

    def ask_bookmarks(self) -> None:
        """Ask for a file of bookmarks; the one that the logs name is offered."""
        source = self._exporter.model.source
        known = None if source is None else source.bookmarks_path
        folder = source.tensor_path.parent if source is not None else Path.home()
        chosen, _ = QFileDialog.getOpenFileName(
            self._parent,
            self.tr("Import bookmarks"),
            str(known or folder),
            self.tr("Bookmarks (*.txt *.json state);;All files (*)"),
        )
        if chosen:
            self.import_bookmarks(Path(chosen))

    def import_bookmarks(self, path: Path) -> None:
        """Add the states of a file to the list of views."""
        self._reader.add_file(path)

    @Slot(object)
    def _on_imported(self, n: int) -> None:
        text = self.tr("1 view was added.") if n == 1 else self.tr("{n} views were added.")
        self.said.emit(text.format(n=n))

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self.problem_found.emit(error)
