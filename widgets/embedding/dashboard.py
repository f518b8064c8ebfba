"""The embedding tab: source and projection at the left, the cloud, the inspector at the right."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from projector.contents import Contents
from projector.embeddings.choice import ANOTHER
from projector.embeddings.doctor import Finding
from projector.embeddings.embedding import Source
from projector.errors import Problem
from projector.logs.roots import Root
from widgets.dashboard import Dashboard
from widgets.embedding.bookmarks.reader import BookmarkReader
from widgets.embedding.bookmarks.view_file import ViewFiles
from widgets.embedding.bookmarks.view_panel import ViewPanel
from widgets.embedding.bookmarks.views import Views
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.cloud import CloudPresenter
from widgets.embedding.coloring.commands import ColorCommands
from widgets.embedding.coloring.looks import PointLooks
from widgets.embedding.commands import EmbeddingCommands
from widgets.embedding.data_panel import DataPanel
from widgets.embedding.doctor_view import DoctorDialog
from widgets.embedding.edit_commands import EditCommands
from widgets.embedding.empty import EmptyState
from widgets.embedding.exporting.commands import ExportCommands
from widgets.embedding.exporting.exporter import Exporter
from widgets.embedding.inspector import Inspector
from widgets.embedding.left_pages import LeftPages
from widgets.embedding.loader import EmbeddingLoader
from widgets.embedding.message import Message
from widgets.embedding.metadata_notice import MetadataNotice
from widgets.embedding.panes import Panes
from widgets.embedding.picture_loader import PictureLoader
from widgets.embedding.projecting.commands import ProjectionCommands
from widgets.embedding.projecting.runner import ProjectionRunner
from widgets.embedding.projection_panel import ProjectionPanel
from widgets.embedding.side_by_side import SideBySide
from widgets.embedding.sources import SourceGroup, group_sources
from widgets.embedding.structure.commands import StructureCommands
from widgets.embedding.structure.page import StructurePage
from widgets.embedding.tensor_lister import TensorLister
from widgets.embedding.tools.key_notes import embedding_key_notes
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.command import Command, KeyNote
from widgets.shared.history import History
from widgets.shared.job import RunJob

NOT_UNDONE = frozenset({"search", "search_in", "search_mode", "projection", "fog", "label_size"})
UNDONE_ONE_BY_ONE = frozenset({"edits", "named", "isolation", "hidden_categories"})


class EmbeddingDashboard(Dashboard):
    """Shows one embedding at a time as a cloud of points."""

    name: ClassVar[str] = "embedding"
    title: ClassVar[str] = "Embeddings"

    def __init__(self, run_job: RunJob, parent: QWidget | None = None) -> None:
        super().__init__(run_job, parent)
        self.model = EmbeddingViewModel(self)
        self.canvas = ScatterCanvas()
        self._data = DataPanel(self.model)
        self._data.source_picked.connect(self._on_source_picked)
        self._data.said.connect(self.said)
        self.runner = ProjectionRunner(self.model, run_job, self)
        self.runner.said.connect(self.said)
        self._projection = ProjectionPanel(self.model, self.runner)
        self._left = LeftPages(self._data, self._projection)
        self.views = Views(self.model, self.canvas, self)
        bookmarks = BookmarkReader(self.model, self.views, run_job, self)
        self.view_files = ViewFiles(self.model, self.canvas, self.views, bookmarks, self)
        self.view_files.told.connect(self.problem_found)
        self.view_panel = ViewPanel(self.views)
        self.view_panel.said.connect(self.said)
        tip = self.tr("Views to go back to")
        self._left.add_page(self.view_panel, self.tr("Views"), tip)
        self._inspector = Inspector(self.model, run_job)
        self.structure = StructurePage(self._inspector.structure, self.model, run_job, self)
        self._inspector.said.connect(self.said)
        self._inspector.fly_asked.connect(self.canvas.fly_to_rows)
        self._loader = EmbeddingLoader(self.model, run_job, self)
        self._pictures = PictureLoader(self.model, self.canvas, run_job, self)
        self._looks = PointLooks(self.model, self.canvas, run_job, self)
        self.canvas.theme_changed.connect(self._looks.recolor)
        self._cloud = CloudPresenter(self.model, self.canvas, run_job, self)
        self._loader.message_changed.connect(self._cloud.set_loading)
        self._loader.message_changed.connect(self._on_message_changed)
        self._loader.problem_found.connect(self.problem_found)
        self._cloud.said.connect(self.said)
        self.side_by_side = SideBySide(self.model, self.canvas, self._cloud, run_job, self.commands)
        self.side_by_side.said.connect(self.said)
        self.views.camera_wanted.connect(self._cloud.expect_camera)
        self.view_files.camera_wanted.connect(self._cloud.expect_camera)
        self._roots: tuple[Root, ...] = ()
        self._findings: tuple[Finding, ...] = ()
        self._lister = TensorLister(self.model, self._data.picker, run_job, self)
        self._empty = EmptyState()
        self._empty.doctor.said.connect(self.said)
        self.notice = MetadataNotice(self.model)
        self.notice.file_asked.connect(self._data.metadata.ask_file)
        self.notice.doctor_asked.connect(self.show_doctor)
        self._panes = Panes(self._left, self._middle(), self._inspector)
        self.history = History(self.model, NOT_UNDONE, self, apart=UNDONE_ONE_BY_ONE)
        self._commands = EmbeddingCommands(
            self.model, self.canvas, self._panes, self._inspector, self._data.steps
        )
        self._commands.said.connect(self.said)
        self._structure_commands = StructureCommands(self.structure, self._panes, self._inspector)
        self._edit_commands = EditCommands(self.history)
        self._color_commands = ColorCommands(self.model, self._data.colors)
        self._projection_commands = ProjectionCommands(
            self.model, self.runner, self._projection.results, self.canvas, self
        )
        self._projection_commands.method_shown.connect(self._left.show_projection)
        self._projection_commands.said.connect(self.said)
        self._projection.script_asked.connect(self._projection_commands.copy_as_python)
        self._export_commands = ExportCommands(
            Exporter(self.model, self.canvas, self.views, self),
            self.views,
            self.view_files,
            self.view_panel,
            bookmarks,
            run_job,
            self,
        )
        self._export_commands.said.connect(self.said)
        self._export_commands.problem_found.connect(self.problem_found)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._panes)

    def _middle(self) -> QWidget:
        """The cloud with the notice above it."""
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.side_by_side, 1)
        return middle

    @property
    def empty_text(self) -> str:
        """What the empty state says, "" while a cloud is shown."""
        return self._empty.text if self._pages.currentWidget() is self._empty else ""

    @classmethod
    @override
    def has_data(cls, contents: Contents) -> bool:
        return bool(contents.sources)

    @override
    def show_contents(self, contents: Contents) -> None:
        """Show the sources found; the same path again keeps choice and camera."""
        self._loader.forget()
        self._findings = contents.findings
        groups = group_sources(contents.sources)
        if contents.roots != self._roots or not groups or self.view_files.is_expected:
            self._roots = self._export_commands.roots = contents.roots
            self._cloud.start_anew()
            self.model.set_groups(())
            self.model.replace_choice(self.view_files.choice)
            self.history.forget()
            self.view_files.take(groups)
        self.model.set_groups(groups)
        if not groups:
            self._empty.say(self.tr("No embeddings"), self._why_nothing(contents))
            paths = [root.path for root in contents.roots]
            self._empty.show_findings(contents.findings, paths)
            self._pages.setCurrentWidget(self._empty)
            return
        self._pages.setCurrentWidget(self._panes)
        self._cloud.prepare()
        self._loader.load()

    @classmethod
    @override
    def differs(cls, before: Contents, after: Contents) -> bool:
        # a source whose files were written anew is equal to the one before, but another object
        pairs = zip(before.sources, after.sources, strict=False)
        is_longer = len(before.sources) != len(after.sources)
        # without any, what was looked for is what is shown
        is_told_anew = not after.sources and before.findings != after.findings
        return is_longer or is_told_anew or any(old is not new for old, new in pairs)

    @override
    def follow_contents(self, contents: Contents) -> None:
        """A new step makes the slider longer; one that went away is missed only where it shows."""
        self._findings = contents.findings
        group, source = self.model.group, self.model.source
        groups = group_sources(contents.sources)
        if contents.roots != self._roots or group is None or source is None:
            self.show_contents(contents)
            return
        was_newest = source == group.sources[-1]
        if source not in contents.sources:
            self.problem_found.emit(Problem(source.tensor_path, self._gone(source)))
        if not groups:
            self.show_contents(contents)
            return
        known = {id(one) for group in self.model.groups for one in group.sources}
        self._loader.keep_only(one for one in contents.sources if id(one) in known)
        self.model.follow_groups(groups, is_newest=was_newest)
        if self.model.source is not source:
            self._loader.load()

    def _gone(self, source: Source) -> str:
        if source.step is None:
            return self.tr("{name} is not there any more.").format(name=source.name)
        text = self.tr("Step {step} of {name} is not there any more.")
        return text.format(step=number_text(source.step), name=source.name)

    @override
    def take_keyboard(self) -> None:
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def commands(self) -> tuple[Command, ...]:
        return (
            *self._edit_commands.all(),
            *self._inspector.commands(),
            *self._commands.all(),
            *self.side_by_side.commands.all(),
            *self._color_commands.all(),
            *self._projection_commands.all(),
            *self._structure_commands.all(),
            *self._export_commands.all(),
        )

    @override
    def key_notes(self) -> tuple[KeyNote, ...]:
        return embedding_key_notes()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, where nothing else wants it, leads back to the picture."""
        is_elsewhere = self.canvas.isVisible() and not self.canvas.hasFocus()
        if event.key() == Qt.Key.Key_Escape and is_elsewhere:
            self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            super().keyPressEvent(event)

    def _why_nothing(self, contents: Contents) -> str:
        text = self.tr(
            "No embeddings were found in {path}. Write them with SummaryWriter.add_embedding(…), "
            "or open a file of vectors, such as .npy, .tsv, .parquet or .safetensors."
        )
        return text.format(path=", ".join(str(root.path) for root in contents.roots))

    @Slot(object)
    def _on_message_changed(self, message: Message | None) -> None:
        self._data.steps.set_busy(message is not None and message.is_busy)

    @Slot(object)
    def _on_source_picked(self, group: SourceGroup) -> None:
        """Another embedding starts with the first components and nothing selected."""
        if group == self.model.group:
            return
        self.model.choose(run=group.run, name=group.name, copy=group.copy, step=None, **ANOTHER)

    @Slot()
    def show_doctor(self) -> None:
        """List all that was looked for, in a window of its own."""
        dialog = DoctorDialog(self._findings, [root.path for root in self._roots], self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def attach(self, metadata: Path | None, sprite: Path | None) -> None:
        """Show the embedding with these files beside its vectors; None leaves what there is."""
        if sprite is not None:
            self.model.choose(sprite_path=str(sprite), shows_pictures=True)
        if metadata is not None:
            self.model.choose_metadata(str(metadata))
