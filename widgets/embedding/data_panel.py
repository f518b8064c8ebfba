"""The left panel's first half: which embedding, which step, and how its points look."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QSlider, QVBoxLayout, QWidget

from widgets.embedding.columns import column_names, is_numeric
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.legend import LegendView
from widgets.embedding.metadata_panel import MetadataPanel
from widgets.embedding.section import MARGIN, Section
from widgets.embedding.source_picker import SourcePicker
from widgets.embedding.sources import SourceGroup
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.step_slider import StepSlider

SIZE_STEPS = 20
"""The size slider goes from 1/4 to 4 in powers of two, this many steps each way."""


class DataPanel(QWidget):
    """Asks for a source, a step, labels and colors; shows what is chosen."""

    source_picked = Signal(object)

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._make_controls()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MARGIN)
        layout.addWidget(Section(self.tr("Embedding"), self._source_part()))
        self.metadata = MetadataPanel(model)
        layout.addWidget(Section(self.tr("Metadata"), self.metadata))
        layout.addWidget(Section(self.tr("Points"), self._points_part()))
        model.groups_changed.connect(self._on_groups_changed)
        model.shown_changed.connect(self._on_shown_changed)
        model.table_changed.connect(self._on_shown_changed)
        model.legend_changed.connect(self._on_legend_changed)
        model.changed.connect(self._on_changed)

    @property
    def steps(self) -> StepSlider:
        return self._steps

    @property
    def picker(self) -> SourcePicker:
        return self._source

    def _make_controls(self) -> None:
        self._source = SourcePicker(self.tr("Embedding"), self.tr("The embedding that is shown"))
        self._source.activated.connect(self._on_source_activated)
        self._size_text = QLabel()
        self._size_text.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._steps = StepSlider(self)
        tip = "All steps are shown in the axes of the last one, so that motion means change"
        self._steps.setToolTip(self.tr(tip))
        self._steps.index_chosen.connect(self._on_step_chosen)
        self._label_by = Combo(self.tr("Label by"), self.tr("The column that names the points"))
        self._label_by.activated.connect(self._on_label_activated)
        self._color_by = Combo(self.tr("Color by"), self.tr("The column that colors the points"))
        self._color_by.activated.connect(self._on_color_activated)
        self._categories = QCheckBox(self.tr("As categories"))
        self._categories.setToolTip(self.tr("One color for each number instead of a gradient"))
        self._categories.clicked.connect(self._on_categories_clicked)
        self._legend = LegendView()
        self._legend.hide()
        self._size = self._slider(self.tr("Point size"), -SIZE_STEPS, SIZE_STEPS)
        self._size.valueChanged.connect(self._on_size_changed)
        self._opacity = self._slider(self.tr("Opacity"), 5, 100)
        self._opacity.valueChanged.connect(self._on_opacity_changed)
        self._pictures = QCheckBox(self.tr("Show pictures"))
        self._pictures.setToolTip(self.tr("Draw each point as its picture"))
        self._pictures.clicked.connect(self._on_pictures_clicked)

    def _slider(self, name: str, low: int, high: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(low, high)
        slider.setPageStep(10)
        slider.setAccessibleName(name)
        slider.setToolTip(name)
        return slider

    def _source_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addWidget(self._source)
        column.addWidget(self._size_text)
        column.addWidget(self._steps)
        return part

    def _points_part(self) -> QWidget:
        part = QWidget()
        form = panel_form(part)
        form.addRow(self.tr("Label by"), self._label_by)
        form.addRow(self.tr("Color by"), self._color_by)
        form.addRow("", self._categories)
        form.addRow(self._legend)
        form.addRow(self.tr("Size"), self._size)
        form.addRow(self.tr("Opacity"), self._opacity)
        form.addRow("", self._pictures)
        self._form = form
        return part

    @Slot()
    def _on_groups_changed(self) -> None:
        items = [(group_text(group), index) for index, group in enumerate(self._model.groups)]
        if items != self._source.items():  # a list that is open stays open
            self._source.fill(items, None)
        self._show_source()

    @Slot()
    def _on_shown_changed(self) -> None:
        embedding = self._model.embedding
        names = () if embedding is None else column_names(embedding)
        columns = [(name, name) for name in names]
        label_items = [*columns, (self.tr("Row number"), None)]
        self._label_by.fill(label_items, self._model.choice.label_by)
        self._color_by.fill([(self.tr("One color"), None), *columns], self._model.choice.color_by)
        for combo in (self._label_by, self._color_by):
            combo.setEnabled(bool(names))
        has_pictures = embedding is not None and embedding.sprites is not None
        self._form.setRowVisible(self._pictures, has_pictures)
        self._show_source()
        self._show_choice()

    @Slot()
    def _on_legend_changed(self) -> None:
        self._legend.set_legend(self._model.legend)
        has_lines = bool(self._model.legend.entries or self._model.legend.gradient)
        self._form.setRowVisible(self._legend, has_lines)
        self._show_choice()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"run", "name", "copy", "step"}:
            self._show_source()
        self._show_choice()

    @Slot(int)
    def _on_source_activated(self, index: int) -> None:
        self.source_picked.emit(self._model.groups[index])

    @Slot(object)
    def _on_step_chosen(self, index: int) -> None:
        group = self._model.group
        if group is not None:
            self._model.choose(step=group.step_at(index))

    @Slot(int)
    def _on_label_activated(self, index: int) -> None:
        self._model.choose(label_by=self._label_by.itemData(index))

    @Slot(int)
    def _on_color_activated(self, index: int) -> None:
        self._model.choose(color_by=self._color_by.itemData(index), as_categories=None)

    @Slot(bool)
    def _on_categories_clicked(self, is_on: bool) -> None:
        self._model.choose(as_categories=is_on)

    @Slot(int)
    def _on_size_changed(self, value: int) -> None:
        self._model.choose(point_size=4.0 ** (value / SIZE_STEPS))

    @Slot(int)
    def _on_opacity_changed(self, value: int) -> None:
        self._model.choose(opacity=value / 100)

    @Slot(bool)
    def _on_pictures_clicked(self, is_on: bool) -> None:
        self._model.choose(shows_pictures=is_on)

    def _show_source(self) -> None:
        group = self._model.group
        if group is None:
            return
        self._source.show_value(self._model.groups.index(group))
        self._steps.set_steps(group.steps)
        self._steps.set_index(self._model.source_index)
        self._size_text.setText(self._size_of_source())

    def _size_of_source(self) -> str:
        source, embedding = self._model.source, self._model.embedding
        shape = None if source is None else source.shape
        if embedding is not None and embedding.source == source:
            shape = (embedding.n_points, embedding.n_dims)
        if shape is None:
            return self.tr("Size not known before it is read")
        return self.tr("{rows} points × {dims} dimensions").format(
            rows=number_text(shape[0]), dims=number_text(shape[1])
        )

    def _show_choice(self) -> None:
        choice, embedding = self._model.choice, self._model.embedding
        self._label_by.show_value(choice.label_by)
        self._color_by.show_value(choice.color_by)
        is_number = embedding is not None and is_numeric(embedding, choice.color_by)
        self._form.setRowVisible(self._categories, is_number)
        is_gradient = self._model.legend.gradient is not None
        self._categories.setChecked(
            not is_gradient if choice.as_categories is None else choice.as_categories
        )
        self._pictures.setChecked(choice.shows_pictures)
        for slider, value in (
            (self._size, _size_value(choice.point_size)),
            (self._opacity, round(100 * choice.opacity)),
        ):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)


def group_text(group: SourceGroup) -> str:
    """How the picker names an embedding."""
    name = group.name if group.run in ("", ".") else f"{group.run} / {group.name}"
    return name if group.copy == 0 else f"{name} ({group.copy + 1})"


def _size_value(point_size: float) -> int:
    return round(SIZE_STEPS * math.log(max(point_size, 1e-3), 4))
