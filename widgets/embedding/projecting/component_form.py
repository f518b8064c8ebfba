"""PCA: which components stand on the axes, how many there are, and what they hold."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from projector.arrays import DoubleArray
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.loading import Shown
from widgets.embedding.projecting.components import can_find_components
from widgets.embedding.projecting.fields import Field
from widgets.embedding.projecting.inputs import NumberField
from widgets.embedding.projecting.wishes import Wish, with_value
from widgets.embedding.section import MARGIN
from widgets.embedding.variance_chart import VarianceChart
from widgets.embedding.view_model import EmbeddingViewModel

MOST_COMPONENTS = 1000


class ComponentForm(QWidget):
    """Asks for components; shows how much of the variance they hold."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._combos = tuple(self._axis_combo(axis) for axis in range(3))
        name = self.tr("Components")
        tip = self.tr("How many components are found")
        self._n = NumberField(Field("n_components", name, tip, low=1, high=MOST_COMPONENTS))
        self._n.value_chosen.connect(self._on_n_chosen)
        self._chart = VarianceChart()
        self._chart.component_clicked.connect(self._on_component_clicked)
        self._total = QLabel(wordWrap=True)
        self._note = QLabel(wordWrap=True)
        self._note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._lay_out()

    def _axis_combo(self, axis: int) -> Combo:
        letter = "XYZ"[axis]
        name = self.tr("{axis} axis").format(axis=letter)
        tip = self.tr("The principal component on the {axis} axis").format(axis=letter)
        combo = Combo(name, tip)
        combo.activated.connect((self._on_x, self._on_y, self._on_z)[axis])
        return combo

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        self._form = panel_form()
        for letter, combo in zip("XYZ", self._combos, strict=True):
            self._form.addRow(letter, combo)
        column.addLayout(self._form)
        below = QVBoxLayout()
        below.setContentsMargins(MARGIN, 0, MARGIN, 0)
        below.setSpacing(MARGIN // 2)
        for widget in (self._total, self._chart, self._note):
            below.addWidget(widget)
        column.addLayout(below)
        last = panel_form()
        last.addRow(self.tr("Components"), self._n)
        column.addLayout(last)

    def show_wish(self, wish: Wish) -> None:
        """Show the components of the layout in front, and how many are wanted of the next."""
        choice, shown = self._model.choice, self._model.shown
        ratios = self._ratios()
        items = [(f"PC{i + 1} · {ratio:.1%}", i) for i, ratio in enumerate(ratios)]
        for axis, combo in enumerate(self._combos):
            if combo.items() != items:
                combo.fill(items, choice.axes[axis])
            combo.show_value(choice.axes[axis])
            combo.setEnabled(axis < len(items) and self._can_choose)
        self._form.setRowVisible(self._combos[2], not choice.is_flat)
        self._n.show_value(wish.value("n_components"))
        self._note.setText(self._note_text(shown))
        self._note.setVisible(bool(self._note.text()))
        used = [axis for axis in choice.axes[: 2 if choice.is_flat else 3] if axis < len(ratios)]
        total = sum(float(ratios[axis]) for axis in used)
        text = self.tr("These axes describe {share} of the variance.")
        self._total.setText("" if shown is None else text.format(share=f"{total:.1%}"))
        self._chart.set_variance(tuple(map(float, ratios)), used)

    def _ratios(self) -> DoubleArray:
        """Of the components that the picture shows, or that the embedding was opened with."""
        layout, shown = self._model.layout, self._model.shown
        if layout is not None and layout.projection == "pca":
            return layout.variance_ratio
        return np.zeros(0) if shown is None else shown.variance_ratio

    @Slot(int)
    def _on_x(self, index: int) -> None:
        self._choose_axis(0, self._combos[0].itemData(index))

    @Slot(int)
    def _on_y(self, index: int) -> None:
        self._choose_axis(1, self._combos[1].itemData(index))

    @Slot(int)
    def _on_z(self, index: int) -> None:
        self._choose_axis(2, self._combos[2].itemData(index))

    @property
    def _can_choose(self) -> bool:
        """Whether the layout in front can show other components than it does."""
        layout = self._model.layout
        is_pca = layout is not None and layout.projection == "pca"
        return layout is None or not is_pca or can_find_components(layout)

    @Slot(object)
    def _on_component_clicked(self, component: int) -> None:
        """A bar puts its component on the last axis in use."""
        if not self._can_choose:
            return
        self._choose_axis(1 if self._model.choice.is_flat else 2, component)

    @Slot(object)
    def _on_n_chosen(self, n: int) -> None:
        parameters = with_value(self._model.choice, "pca", n_components=n)
        self._model.choose(parameters=parameters)

    def _choose_axis(self, axis: int, component: int) -> None:
        """Put a component on an axis; the axis that had it takes the other's in exchange."""
        axes = list(self._model.choice.axes)
        if component in axes:
            axes[axes.index(component)] = axes[axis]
        axes[axis] = component
        self._model.choose(axes=tuple(axes))

    def _note_text(self, shown: Shown | None) -> str:
        group = self._model.group
        if shown is not None and not self._can_choose:
            return self.tr(
                "These positions came with a bookmark, which holds no other components. "
                "Run PCA to choose the axes."
            )
        if shown is None or group is None or len(group.sources) < 2:
            return ""
        if self._model.layout is not None:
            return ""
        if shown.are_own_axes and shown.embedding.source != group.sources[-1]:
            return self.tr(
                "This step has another width than the last one, so its axes are its own."
            )
        return self.tr("All steps share the axes of the last one, so that motion means change.")
