"""The nearest neighbors of the selected point, or of the center of the selection."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from projector.selection import Combine, Selection
from widgets.embedding.combo import Combo
from widgets.embedding.inspecting.select_button import SelectButton
from widgets.embedding.nearest import Nearest
from widgets.embedding.point_list import PointList, Points
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel, number_text

MOST_NEIGHBORS = 2**31 - 1


class NeighborPanel(QWidget):
    """Metric, space, how many, and the list; a neighbor that is picked becomes the selected
    point."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._make_controls()
        self._make_list()
        self._lay_out()
        model.nearest_changed.connect(self._on_nearest_changed)
        model.shown_changed.connect(self._on_shown_changed)
        model.table_changed.connect(self._on_nearest_changed)
        model.sheet_changed.connect(self._on_sheet_changed)
        model.changed.connect(self._on_changed)
        self._show_choice()
        self._on_nearest_changed()

    def _make_controls(self) -> None:
        self._metric = Combo(self.tr("Metric"), self.tr("How distance is measured"))
        items = [
            (self.tr("Cosine"), "cosine"),
            (self.tr("Euclidean"), "euclidean"),
            (self.tr("Dot product"), "dot"),
            (self.tr("Manhattan"), "manhattan"),
        ]
        self._metric.fill(items, None)
        self._metric.activated.connect(self._on_metric_activated)
        tip = self.tr("Compare the vectors themselves, or the places in the picture")
        self._space = Combo(self.tr("Where neighbors are looked for"), tip)
        self._space.fill([(self.tr("Vectors"), "vectors"), (self.tr("Picture"), "layout")], None)
        self._space.activated.connect(self._on_space_activated)
        self._n = QSpinBox(minimum=1, maximum=MOST_NEIGHBORS)
        self._n.setKeyboardTracking(False)
        self._n.setGroupSeparatorShown(True)
        self._n.setAccessibleName(self.tr("Number of neighbors"))
        self._n.setToolTip(self.tr("How many neighbors to list, up to all points"))
        self._n.setFixedWidth(self._n.fontMetrics().horizontalAdvance("1,000,000") + 5 * MARGIN)
        self._n.valueChanged.connect(self._on_n_changed)

    def _make_list(self) -> None:
        self._list = PointList(self.tr("Nearest neighbors"))
        self._list.point_chosen.connect(self._on_point_chosen)
        self._list.point_toggled.connect(self._on_point_toggled)
        self._hint = QLabel(wordWrap=True)
        self._hint.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._center = QPushButton(self.tr("Center of selection"))
        self._center.setToolTip(self.tr("List the neighbors of the mean of all selected points"))
        self._center.clicked.connect(self._on_center)
        tip = self.tr("Select the neighbors in place of the point; the arrow adds them to it")
        self._select = SelectButton(self.tr("Select these"), tip)
        self._select.asked.connect(self._on_select_asked)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(MARGIN // 2)
        row.addWidget(self._metric, 5)
        row.addWidget(self._space, 4)
        row.addWidget(self._n)
        for combo in (self._metric, self._space):
            combo.setMinimumContentsLength(5)
        buttons = QHBoxLayout()
        buttons.setSpacing(MARGIN // 2)
        buttons.addWidget(self._select, 1)
        buttons.addWidget(self._center, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addLayout(row)
        column.addWidget(self._hint)
        column.addLayout(buttons)  # above the list, so that they are in sight however long it is
        column.addWidget(self._list, 1)

    @Slot(int)
    def _on_metric_activated(self, index: int) -> None:
        self._model.choose(metric=self._metric.itemData(index))

    @Slot(int)
    def _on_space_activated(self, index: int) -> None:
        self._model.choose(neighbors_in=self._space.itemData(index))

    @Slot(int)
    def _on_n_changed(self, n: int) -> None:
        self._model.choose(n_neighbors=n)

    @Slot()
    def _on_center(self) -> None:
        self._model.choose(selected=None, selection=self._model.selection)

    @Slot(object)
    def _on_select_asked(self, how: Combine) -> None:
        # through a mask, as sorting and matching a million rows takes seconds
        embedding = self._model.embedding
        if embedding is not None:
            mask = np.zeros(embedding.n_points, dtype=np.bool_)
            mask[self._list.points.ids] = True
            self._model.select(Selection.from_mask(mask), how)

    @Slot(object)
    def _on_point_chosen(self, point: int) -> None:
        self._model.choose(selected=point)

    @Slot(object)
    def _on_point_toggled(self, point: int) -> None:
        self._model.select(Selection.of([point]), "toggle")

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"metric", "n_neighbors", "neighbors_in"}:
            self._show_choice()
        if names & {"selected", "selection", "label_by"}:
            self._on_nearest_changed()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._list.set_sprites(self._model.sheet)

    @Slot()
    def _on_shown_changed(self) -> None:
        self._show_choice()

    @Slot()
    def _on_nearest_changed(self) -> None:
        nearest = self._model.nearest if self._model.embedding is not None else None
        points = _points(nearest)
        has_points = bool(len(points.ids))
        if points.ids is not self._list.points.ids:
            self._list.set_points(points, self._model.label, self._model.sheet)
        else:
            self._list.viewport().update()
        for widget in (self._list, self._select):
            # what has the keyboard keeps it while the neighbors of another point are looked for
            keeps = _has_keyboard(widget) and not self._has_nothing(nearest)
            widget.setVisible(has_points or keeps)
        many = len(self._model.selection) > 1
        self._center.setVisible(many and self._model.selected is not None)
        self._hint.setText(self._hint_text(nearest, has_points))

    def _has_nothing(self, nearest: Nearest | None) -> bool:
        """Whether there are no neighbors, and none to come."""
        if not len(self._model.selection):
            return True
        return nearest is not None and (nearest.found is not None or bool(nearest.why))

    def _hint_text(self, nearest: Nearest | None, has_points: bool) -> str:
        if nearest is None:
            if self._model.selected is None:
                return self.tr("The neighbors of what is selected are listed here.")
            return self.tr("There are no other points to compare with.")
        if nearest.found is None:
            return nearest.why or self.tr("Looking for neighbors…")
        if not has_points:
            return self.tr("There are no other points to compare with.")
        if nearest.point is not None:
            return nearest.space
        n = number_text(len(self._model.selection))
        text = self.tr("Of the mean of {n} selected points. {space}")
        return text.format(n=n, space=nearest.space)

    def _show_choice(self) -> None:
        choice, embedding = self._model.choice, self._model.embedding
        self._metric.show_value(choice.metric)
        self._space.show_value(choice.neighbors_in)
        self._n.blockSignals(True)
        if embedding is not None:
            self._n.setMaximum(max(1, min(MOST_NEIGHBORS, embedding.n_points - 1)))
        self._n.setValue(choice.n_neighbors)
        self._n.blockSignals(False)


def _has_keyboard(widget: QWidget) -> bool:
    focus = QApplication.focusWidget()
    return focus is widget or (focus is not None and widget.isAncestorOf(focus))


def _points(nearest: Nearest | None) -> Points:
    """As the list takes them; a bar is full for the farthest, and empty at distance 0 or, where
    distances fall below 0, for the nearest."""
    if nearest is None or nearest.found is None or not len(nearest.found.ids):
        return Points()
    distances = nearest.found.distances
    finite = distances[np.isfinite(distances)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    return Points(nearest.found.ids, distances, min(0.0, low), high)
