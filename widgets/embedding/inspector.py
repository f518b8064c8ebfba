"""The right panel: find points, read all about one, and see what lies near it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QTabWidget, QWidget
from typing_extensions import override

from widgets.embedding.inspecting.commands import InspectorCommands
from widgets.embedding.inspecting.neighbor_finder import NeighborFinder
from widgets.embedding.inspecting.searcher import Searcher
from widgets.embedding.inspecting.selecting import Selecting
from widgets.embedding.inspecting.selection_panel import SelectionPanel
from widgets.embedding.inspecting.share_counter import ShareCounter
from widgets.embedding.inspecting.table_keeper import TableKeeper
from widgets.embedding.inspecting.write_form import WriteForm
from widgets.embedding.neighbor_panel import NeighborPanel
from widgets.embedding.point_card import PointCard
from widgets.embedding.reveal import reveal
from widgets.embedding.search_box import SearchBox
from widgets.embedding.section import Panel, Section
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.command import Command
from widgets.shared.job import RunJob

N_CHARACTERS = 46


class Inspector(QTabWidget):
    """Two tabs: single points, and the structure of all of them.

    inspect: search, the selection, the selected point's card, its neighbors, edits. structure:
    filled by others. said: a line for the status bar. fly_asked: rows to bring into view.
    """

    said = Signal(object)
    fly_asked = Signal(object)

    def __init__(
        self, model: EmbeddingViewModel, run_job: RunJob, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setAccessibleName(self.tr("Inspector"))
        self.tabBar().setExpanding(True)
        self.tabBar().setAccessibleName(self.tr("Pages of the inspector"))
        self.keeper = TableKeeper(model, run_job, self)
        self.searcher = Searcher(model, run_job, self)
        self.finder = NeighborFinder(model, run_job, self)
        self.counter = ShareCounter(model, run_job, self)
        self.selecting = Selecting(model, self)
        self.inspect = Panel(self.tr("Inspect points"), N_CHARACTERS)
        self.structure = Panel(self.tr("Structure of the cloud"), N_CHARACTERS)
        self._fill(model)
        for page, title, tip in (
            (self.inspect, self.tr("Inspect"), self.tr("Points: find, select, read, edit")),
            (self.structure, self.tr("Structure"), self.tr("The cloud: clusters and quality")),
        ):
            self.setTabToolTip(self.addTab(page, title), tip)
        self._commands = InspectorCommands(
            model, self.selecting, self._on_write_asked, self._form.save_as, self
        )
        self.selecting.said.connect(self.said)
        self.selecting.fly_asked.connect(self.fly_asked)
        self.keeper.said.connect(self.said)
        self.keeper.failed.connect(self.said)

    def _fill(self, model: EmbeddingViewModel) -> None:
        self._search = SearchBox(model)
        self._form = WriteForm(model, self.keeper)
        self._edit = Section(self.tr("Edit metadata"), self._form, is_open=False)
        selection = SelectionPanel(model, self.selecting, self.counter, self.searcher)
        for section in (
            Section(self.tr("Search"), self._search),
            Section(self.tr("Selection"), selection),
            Section(self.tr("Selected point"), PointCard(model, self.searcher)),
            Section(self.tr("Nearest neighbors"), NeighborPanel(model)),
            self._edit,
        ):
            self.inspect.add(section)
        self.inspect.add_stretch()

    def commands(self) -> tuple[Command, ...]:
        """In menu order."""
        return self._commands.all()

    @property
    def search_field(self) -> QLineEdit:
        """The field to search in, brought to the front."""
        reveal(self._search.field)
        return self._search.field

    @Slot()
    def _on_write_asked(self) -> None:
        reveal(self._form)
        self._form.focus()

    @override
    def sizeHint(self) -> QSize:
        return self.inspect.sizeHint()
