"""The nearest neighbors of the selected point."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from widgets.embedding.combo import Combo
from widgets.embedding.point_list import PointList, Points
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel

MOST_NEIGHBORS = 1000


class NeighborPanel(QWidget):
    """Metric, how many, and the list; a neighbor that is picked becomes the selected point."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._make_controls()
        self._lay_out()
        model.nearest_changed.connect(self._on_nearest_changed)
        model.shown_changed.connect(self._on_shown_changed)
        model.sheet_changed.connect(self._on_sheet_changed)
        model.changed.connect(self._on_changed)
        self._show_choice()
        self._on_nearest_changed()

    def _make_controls(self) -> None:
        tip = self.tr("How distance is measured, in all dimensions of the embedding")
        self._metric = Combo(self.tr("Metric"), tip)
        items = [(self.tr("Cosine"), "cosine"), (self.tr("Euclidean"), "euclidean")]
        self._metric.fill(items, None)
        self._metric.activated.connect(self._on_metric_activated)
        self._n = QSpinBox(minimum=1, maximum=MOST_NEIGHBORS)
        self._n.setKeyboardTracking(False)
        self._n.setAccessibleName(self.tr("Number of neighbors"))
        self._n.setToolTip(self.tr("How many neighbors to list"))
        self._n.valueChanged.connect(self._on_n_changed)
        self._list = PointList(self.tr("Nearest neighbors"))
        self._list.point_chosen.connect(self._on_point_chosen)
        self._hint = QLabel(wordWrap=True)
        self._hint.setForegroundRole(self.palette().ColorRole.PlaceholderText)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(MARGIN // 2)
        row.addWidget(self._metric, 1)
        row.addWidget(self._n)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addLayout(row)
        column.addWidget(self._hint)
        column.addWidget(self._list, 1)

    @Slot(int)
    def _on_metric_activated(self, index: int) -> None:
        self._model.choose(metric=self._metric.itemData(index))

    @Slot(int)
    def _on_n_changed(self, n: int) -> None:
        self._model.choose(n_neighbors=n)

    @Slot(object)
    def _on_point_chosen(self, point: int) -> None:
        self._model.choose(selected=point)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"metric", "n_neighbors"}:
            self._show_choice()
        if names & {"selected", "label_by"}:
            self._on_nearest_changed()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._list.set_sprites(self._model.sheet)

    @Slot()
    def _on_shown_changed(self) -> None:
        self._show_choice()

    @Slot()
    def _on_nearest_changed(self) -> None:
        nearest, embedding = self._model.nearest, self._model.embedding
        found = None if nearest is None else nearest.found
        if found is None or embedding is None:
            points = Points()
        else:
            distances = tuple(map(float, found.distances))
            farthest = max((d for d in distances if d == d), default=1.0)
            points = Points(tuple(map(int, found.ids)), distances, farthest)
        self._list.set_points(points, self._model.label, self._model.sheet)
        self._list.setVisible(bool(points.ids))
        self._hint.setText(self._hint_text(bool(points.ids)))
        self._hint.setVisible(bool(self._hint.text()))

    def _hint_text(self, has_points: bool) -> str:
        if has_points:
            return ""
        if self._model.selected is None:
            return self.tr("The neighbors of the selected point are listed here.")
        if self._model.nearest is not None and self._model.nearest.found is None:
            return self._model.nearest.why or self.tr("Looking for neighbors…")
        return self.tr("There are no other points to compare with.")

    def _show_choice(self) -> None:
        choice, embedding = self._model.choice, self._model.embedding
        self._metric.show_value(choice.metric)
        self._n.blockSignals(True)
        if embedding is not None:
            self._n.setMaximum(max(1, min(MOST_NEIGHBORS, embedding.n_points - 1)))
        self._n.setValue(choice.n_neighbors)
        self._n.blockSignals(False)
