"""The panel's rows on how points look: size, opacity, depth, pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QWidget

from projector.frames import auto_radius_px
from widgets.embedding.coloring.size_legend import SizeLegend
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel

if TYPE_CHECKING:
    import polars as pl

SIZE_STEPS = 20
"""Size sliders go from 1/4 to 4 in powers of two, this many steps each way."""


class AppearanceForm(QWidget):
    """Asks for sizes and opacity; shows what is chosen."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._make_controls()
        self._lay_out()
        model.shown_changed.connect(self._on_shown_changed)
        model.table_changed.connect(self._on_shown_changed)
        model.sizes_changed.connect(self._show_sizes)
        model.changed.connect(self._on_changed)
        self._on_shown_changed()

    def _make_controls(self) -> None:
        self._size = _slider(self.tr("Point size"), -SIZE_STEPS, SIZE_STEPS)
        self._size.valueChanged.connect(self._on_size_changed)
        tip = self.tr("A column of numbers: the areas of points are proportional to it")
        self._size_by = Combo(self.tr("Size by"), tip)
        self._size_by.activated.connect(self._on_size_by_activated)
        self._size_legend = SizeLegend()
        self._opacity = _slider(self.tr("Opacity"), 5, 100)
        self._opacity.valueChanged.connect(self._on_opacity_changed)
        self._fog = _slider(self.tr("Depth"), 0, 100)
        self._fog.setToolTip(self.tr("How far the farthest points fade into the background"))
        self._fog.valueChanged.connect(self._on_fog_changed)
        self._pictures = QCheckBox(self.tr("Show pictures"))
        self._pictures.setToolTip(self.tr("Draw each point as its picture"))
        self._pictures.clicked.connect(self._on_pictures_clicked)
        self._picture_size = _slider(self.tr("Picture size"), -SIZE_STEPS, SIZE_STEPS)
        self._picture_size.valueChanged.connect(self._on_picture_size_changed)

    def _lay_out(self) -> None:
        self._pictures_row = QWidget()
        row = QHBoxLayout(self._pictures_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MARGIN)
        row.addWidget(self._pictures)
        row.addWidget(self._picture_size, 1)
        self._form = panel_form(self)
        self._form.setVerticalSpacing(MARGIN // 2)
        self._form.addRow(self._pictures_row)
        label = QLabel(self.tr("Size"))
        label.setBuddy(self._size)
        # fields begin where those of the form above do
        widest = max(map(self.fontMetrics().horizontalAdvance, self._labels_above()))
        label.setMinimumWidth(widest)
        self._form.addRow(label, self._size)
        self._form.addRow(self.tr("Size by"), self._size_by)
        self._form.addRow("", self._size_legend)
        self._form.addRow(self.tr("Opacity"), self._opacity)
        self._form.addRow(self.tr("Depth"), self._fog)
        self._form.setRowVisible(self._size_legend, False)

    def _labels_above(self) -> tuple[str, ...]:
        return self.tr("Label by"), self.tr("Color by"), self.tr("Palette")

    @Slot()
    def _on_shown_changed(self) -> None:
        embedding = self._model.embedding
        table = None if embedding is None else embedding.metadata
        names = () if table is None else number_columns(table)
        items = [(self.tr("All alike"), None), *((name, name) for name in names)]
        if items != self._size_by.items():
            self._size_by.fill(items, self._model.choice.size_by)
        self._form.setRowVisible(self._size_by, bool(names))
        has_pictures = embedding is not None and embedding.sprites is not None
        self._form.setRowVisible(self._pictures_row, has_pictures)
        self._show_choice()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        self._show_choice()
        if "point_size" in names:
            self._show_sizes()

    @Slot(int)
    def _on_size_changed(self, value: int) -> None:
        self._model.choose(point_size=_factor(value))

    @Slot(int)
    def _on_picture_size_changed(self, value: int) -> None:
        self._model.choose(picture_size=_factor(value))

    @Slot(int)
    def _on_size_by_activated(self, index: int) -> None:
        self._model.choose(size_by=self._size_by.itemData(index))

    @Slot(int)
    def _on_opacity_changed(self, value: int) -> None:
        self._model.choose(opacity=value / 100)

    @Slot(int)
    def _on_fog_changed(self, value: int) -> None:
        self._model.choose(fog=value / 100)

    @Slot(bool)
    def _on_pictures_clicked(self, is_on: bool) -> None:
        self._model.choose(shows_pictures=is_on)

    @Slot()
    def _show_sizes(self) -> None:
        sizes, embedding = self._model.sizes, self._model.embedding
        n_points = 0 if embedding is None else embedding.n_points
        radius = auto_radius_px(n_points) * self._model.choice.point_size
        self._size_legend.show_sizes(sizes, radius)
        self._form.setRowVisible(self._size_legend, sizes is not None)

    def _show_choice(self) -> None:
        choice = self._model.choice
        self._size_by.show_value(choice.size_by)
        self._pictures.setChecked(choice.shows_pictures)
        self._picture_size.setEnabled(choice.shows_pictures)
        self._size.setEnabled(not choice.shows_pictures)
        self._form.setRowVisible(self._fog, not choice.is_flat)
        for slider, value in (
            (self._size, _size_value(choice.point_size)),
            (self._picture_size, _size_value(choice.picture_size)),
            (self._opacity, round(100 * choice.opacity)),
            (self._fog, round(100 * choice.fog)),
        ):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)


def number_columns(table: pl.DataFrame) -> tuple[str, ...]:
    """The columns that hold numbers, judged by their kind alone."""
    return tuple(name for name, dtype in table.schema.items() if dtype.is_numeric())


def _slider(name: str, low: int, high: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setPageStep(10)
    slider.setAccessibleName(name)
    slider.setToolTip(name)
    return slider


def _factor(value: int) -> float:
    return float(4.0 ** (value / SIZE_STEPS))


def _size_value(size: float) -> int:
    return round(SIZE_STEPS * math.log(max(size, 1e-3), 4))
