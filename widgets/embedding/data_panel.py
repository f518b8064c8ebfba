"""The left panel's first half: which embedding, which step, and how its points look."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from widgets.embedding.coloring.appearance_form import AppearanceForm
from widgets.embedding.coloring.color_form import ColorForm
from widgets.embedding.columns import column_names
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.metadata_panel import MetadataPanel
from widgets.embedding.section import MARGIN, Section
from widgets.embedding.source_picker import SourcePicker
from widgets.embedding.sources import SourceGroup
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.step_slider import StepSlider


class DataPanel(QWidget):
    """Asks for a source, a step, labels and colors; shows what is chosen.

    source_picked: a SourceGroup. said: a line for the status bar (str).
    """

    source_picked = Signal(object)
    said = Signal(object)

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._make_controls()
        self.metadata = MetadataPanel(model)
        self.colors = ColorForm(model)
        self.colors.said.connect(self.said)
        self._metadata_section = Section(self.tr("Metadata"), self.metadata, is_open=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MARGIN)
        layout.addWidget(Section(self.tr("Embedding"), self._source_part()))
        layout.addWidget(Section(self.tr("Colors and labels"), self._points_part()))
        layout.addWidget(Section(self.tr("Appearance"), AppearanceForm(model)))
        layout.addWidget(self._metadata_section)
        model.groups_changed.connect(self._on_groups_changed)
        model.shown_changed.connect(self._on_shown_changed)
        model.table_changed.connect(self._on_table_changed)
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
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN // 2)
        form = panel_form()
        form.addRow(self.tr("Label by"), self._label_by)
        column.addLayout(form)
        column.addWidget(self.colors)
        return part

    @Slot()
    def _on_groups_changed(self) -> None:
        items = [(group_text(group), index) for index, group in enumerate(self._model.groups)]
        if items != self._source.items():  # a list that is open stays open
            self._source.fill(items, None)
        self._show_source()

    @Slot()
    def _on_shown_changed(self) -> None:
        shown = self._model.shown
        problems = () if shown is None or shown.parts is None else shown.parts.metadata.problems
        if problems:
            self._metadata_section.set_open(True)
        self._on_table_changed()
        self._show_source()

    @Slot()
    def _on_table_changed(self) -> None:
        embedding = self._model.embedding
        names = () if embedding is None else column_names(embedding)
        items = [*((name, name) for name in names), (self.tr("Row number"), None)]
        if items != self._label_by.items():
            self._label_by.fill(items, self._model.choice.label_by)
        self._label_by.setEnabled(bool(names))
        self._label_by.show_value(self._model.choice.label_by)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"run", "name", "copy", "step"}:
            self._show_source()
        if "label_by" in names:
            self._label_by.show_value(self._model.choice.label_by)

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
            return self.tr("Size not known")
        points = self.tr("1 point") if shape[0] == 1 else self.tr("{n} points")
        dims = self.tr("1 dimension") if shape[1] == 1 else self.tr("{n} dimensions")
        points, dims = (
            text.format(n=number_text(n)) for text, n in zip((points, dims), shape, strict=True)
        )
        return self.tr("{points} × {dims}").format(points=points, dims=dims)


def group_text(group: SourceGroup) -> str:
    """How the picker names an embedding."""
    name = group.name if group.run in ("", ".") else f"{group.run} / {group.name}"
    return name if group.copy == 0 else f"{name} ({group.copy + 1})"
