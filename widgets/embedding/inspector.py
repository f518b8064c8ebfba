"""The right panel: find points, read all about one, and see what lies near it."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.embedding.neighbor_panel import NeighborPanel
from widgets.embedding.point_card import PointCard
from widgets.embedding.search_box import SearchBox
from widgets.embedding.section import Panel, Section
from widgets.embedding.view_model import EmbeddingViewModel


class Inspector(Panel):
    """Search, the selected point's card, its neighbors."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__("", 46, parent)
        self.setAccessibleName(self.tr("Inspector"))
        self._search = SearchBox(model)
        self.add(Section(self.tr("Search"), self._search))
        self.add(Section(self.tr("Selected point"), PointCard(model)))
        self.add(Section(self.tr("Nearest neighbors"), NeighborPanel(model)))
        self.add_stretch()

    @property
    def search_field(self) -> QLineEdit:
        return self._search.field
