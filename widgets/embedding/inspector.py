"""The right panel: find points, read all about one, and see what lies near it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit, QTabWidget, QWidget
from typing_extensions import override

from widgets.embedding.neighbor_panel import NeighborPanel
from widgets.embedding.point_card import PointCard
from widgets.embedding.search_box import SearchBox
from widgets.embedding.section import Panel, Section
from widgets.embedding.view_model import EmbeddingViewModel

N_CHARACTERS = 46


class Inspector(QTabWidget):
    """Two tabs: single points, and the structure of all of them.

    inspect: search, the selected point's card, its neighbors. structure: filled by others.
    """

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setAccessibleName(self.tr("Inspector"))
        self.tabBar().setExpanding(True)
        self.tabBar().setAccessibleName(self.tr("Pages of the inspector"))
        self.inspect = Panel(self.tr("Inspect points"), N_CHARACTERS)
        self.structure = Panel(self.tr("Structure of the cloud"), N_CHARACTERS)
        self._search = SearchBox(model)
        self.inspect.add(Section(self.tr("Search"), self._search))
        self.inspect.add(Section(self.tr("Selected point"), PointCard(model)))
        self.inspect.add(Section(self.tr("Nearest neighbors"), NeighborPanel(model)))
        self.inspect.add_stretch()
        self._add_page(self.inspect, self.tr("Inspect"), self.tr("Points: find, select, edit"))
        self._add_page(
            self.structure, self.tr("Structure"), self.tr("All points: clusters and quality")
        )

    def _add_page(self, page: Panel, title: str, tip: str) -> None:
        self.setTabToolTip(self.addTab(page, title), tip)

    @property
    def search_field(self) -> QLineEdit:
        return self._search.field

    @override
    def sizeHint(self) -> QSize:
        return self.inspect.sizeHint()
