"""The embedding tab: source and projection at the left, the cloud, the inspector at the right."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QStackedLayout, QWidget
from typing_extensions import override

from projector.contents import Contents
from projector.embeddings.choice import EmbeddingChoice
from widgets.dashboard import Dashboard
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.cloud import CloudPresenter
from widgets.embedding.columns import cell_text, column_names
from widgets.embedding.data_panel import DataPanel
from widgets.embedding.empty import EmptyState
from widgets.embedding.inspector import Inspector
from widgets.embedding.loader import EmbeddingLoader
from widgets.embedding.message import Message
from widgets.embedding.projection_panel import ProjectionPanel
from widgets.embedding.section import Panel
from widgets.embedding.sources import SourceGroup, group_sources
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.command import Command
from widgets.shared.job import RunJob


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
        self._left = Panel(self.tr("Embedding and projection"), 42)
        self._left.add(self._data)
        self._left.add(ProjectionPanel(self.model))
        self._left.add_stretch()
        self._inspector = Inspector(self.model)
        self._loader = EmbeddingLoader(self.model, run_job, self)
        self._cloud = CloudPresenter(self.model, self.canvas, run_job, self)
        self._loader.message_changed.connect(self._cloud.set_loading)
        self._loader.message_changed.connect(self._on_message_changed)
        self._loader.problem_found.connect(self.problem_found)
        self._cloud.said.connect(self.said)
        self._path: Path | None = None
        self._empty = EmptyState()
        self._splitter = self._split()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._splitter)

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
        groups = group_sources(contents.sources)
        if contents.path != self._path or not groups:
            self._path = contents.path
            self._cloud.start_anew()
            self.model.set_groups(())
            self.model.replace_choice(EmbeddingChoice())
        self.model.set_groups(groups)
        if not groups:
            self._empty.say(self.tr("No embeddings"), self._why_nothing(contents.path))
            self._pages.setCurrentWidget(self._empty)
            return
        self._pages.setCurrentWidget(self._splitter)
        self._cloud.prepare()
        self._loader.load()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_cloud"):
            self._cloud.recolor()

    @override
    def commands(self) -> tuple[Command, ...]:
        return (*self._view_commands(), *self._step_commands(), *self._select_commands())

    def _view_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.reset_camera",
                self.tr("Reset camera"),
                self.tr("Look at the whole cloud as at the start (R on the cloud)."),
                self._reset_camera,
                keys=("Ctrl+0",),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.fit",
                self.tr("Fit cloud"),
                self.tr("Bring the whole cloud into view without turning it."),
                self._fit,
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.fly_to_selection",
                self.tr("Fly to selected point"),
                self.tr("Bring the selected point into the middle (F on the cloud)."),
                self._fly_to_selection,
                is_enabled=self._has_selection,
            ),
            Command(
                "embedding.flat",
                self.tr("Flat picture (2D)"),
                self.tr("Show two components instead of three (2 and 3 on the cloud)."),
                self._toggle_flat,
                keys=("Ctrl+Shift+D",),
                is_enabled=self._has_cloud,
                is_checked=self._is_flat,
            ),
            Command(
                "embedding.pictures",
                self.tr("Show pictures"),
                self.tr("Draw each point as its picture."),
                self._toggle_pictures,
                keys=("Ctrl+Shift+I",),
                is_enabled=self._has_pictures,
                is_checked=self._shows_pictures,
            ),
            Command(
                "embedding.left_panel",
                self.tr("Embedding panel"),
                self.tr("Show or hide the panel at the left."),
                self._toggle_left,
                keys=("Ctrl+Shift+L",),
                is_checked=self._has_left,
            ),
            Command(
                "embedding.inspector",
                self.tr("Inspector"),
                self.tr("Show or hide the panel at the right."),
                self._toggle_inspector,
                keys=("Ctrl+Shift+R",),
                is_checked=self._has_inspector,
            ),
        )

    def _step_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.next_step",
                self.tr("Next step"),
                self.tr("Show the embedding at the step that follows."),
                self._next_step,
                keys=("Ctrl+Right",),
                is_enabled=self._has_steps,
            ),
            Command(
                "embedding.previous_step",
                self.tr("Previous step"),
                self.tr("Show the embedding at the step before."),
                self._previous_step,
                keys=("Ctrl+Left",),
                is_enabled=self._has_steps,
            ),
        )

    def _select_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.search",
                self.tr("Find points"),
                self.tr("Search the metadata for a text."),
                self._focus_search,
                menu="Select",
                keys=("Ctrl+F",),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.clear_selection",
                self.tr("Clear selection"),
                self.tr("Select nothing and search for nothing (Escape on the cloud)."),
                self._clear_selection,
                menu="Select",
                keys=("Ctrl+Shift+A",),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.copy_row",
                self.tr("Copy row of selected point"),
                self.tr("Copy the point's metadata, with column names, to the clipboard."),
                self._copy_row,
                menu="Select",
                keys=("Ctrl+Shift+C",),
                is_enabled=self._has_selection,
            ),
        )

    def _split(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((self._left, 0), (self.canvas, 1), (self._inspector, 0)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setCollapsible(1, False)
        splitter.setHandleWidth(5)
        left, right = self._left.sizeHint().width(), self._inspector.sizeHint().width()
        splitter.setSizes([left, max(400, 1280 - left - right), right])
        return splitter

    def _why_nothing(self, path: Path) -> str:
        text = self.tr(
            "No embeddings were found in {path}. Write them with SummaryWriter.add_embedding(…), "
            "or open a .npy or .tsv file."
        )
        return text.format(path=path)

    @Slot(object)
    def _on_message_changed(self, message: Message | None) -> None:
        self._data.steps.set_busy(message is not None and message.is_busy)

    @Slot(object)
    def _on_source_picked(self, group: SourceGroup) -> None:
        """Another embedding starts with the first components and nothing selected."""
        if group == self.model.group:
            return
        self.model.choose(
            run=group.run,
            name=group.name,
            copy=group.copy,
            step=None,
            axes=(0, 1, 2),
            selected=None,
            search="",
        )

    def _has_cloud(self) -> bool:
        return self.model.shown is not None

    def _has_selection(self) -> bool:
        return self.model.selected is not None

    def _has_steps(self) -> bool:
        return self.model.group is not None and len(self.model.group.sources) > 1

    def _has_pictures(self) -> bool:
        return self.model.embedding is not None and self.model.embedding.sprites is not None

    def _is_flat(self) -> bool:
        return self.model.choice.is_flat

    def _shows_pictures(self) -> bool:
        return self.model.choice.shows_pictures

    def _has_left(self) -> bool:
        return self._left.isVisibleTo(self._splitter) and self._splitter.sizes()[0] > 0

    def _has_inspector(self) -> bool:
        return self._inspector.isVisibleTo(self._splitter) and self._splitter.sizes()[2] > 0

    def _reset_camera(self) -> None:
        self.canvas.reset_camera()

    def _fit(self) -> None:
        self.canvas.fit()

    def _toggle_left(self) -> None:
        self._toggle_panel(0)

    def _toggle_inspector(self) -> None:
        self._toggle_panel(2)

    def _toggle_panel(self, index: int) -> None:
        """A panel that was dragged shut opens at its own width."""
        sizes = self._splitter.sizes()
        panel = self._left if index == 0 else self._inspector
        wanted = 0 if sizes[index] else panel.sizeHint().width()
        sizes[1] += sizes[index] - wanted
        sizes[index] = wanted
        self._splitter.setSizes(sizes)

    def _toggle_flat(self) -> None:
        self.canvas.flat_asked.emit(not self.model.choice.is_flat)

    def _toggle_pictures(self) -> None:
        self.model.choose(shows_pictures=not self.model.choice.shows_pictures)

    def _fly_to_selection(self) -> None:
        if self.model.selected is not None:
            self.canvas.fly_to(self.model.selected)

    def _clear_selection(self) -> None:
        self.model.choose(selected=None, search="")

    def _next_step(self) -> None:
        self._data.steps.step_by(1)

    def _previous_step(self) -> None:
        self._data.steps.step_by(-1)

    def _focus_search(self) -> None:
        if not self._has_inspector():
            self._toggle_inspector()
        self._inspector.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._inspector.search_field.selectAll()

    def _copy_row(self) -> None:
        embedding, point = self.model.embedding, self.model.selected
        if embedding is None or point is None:
            return
        names = ("row", *column_names(embedding))
        table = embedding.metadata
        cells = () if table is None else (cell_text(table[name][point]) for name in table.columns)
        lines = ("\t".join(names), "\t".join((str(point), *cells)))
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.said.emit(self.tr("Row {row} was copied.").format(row=point))
