"""The left panel's second half: PCA, its components on the axes, and 2D or 3D."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.loading import Shown
from widgets.embedding.section import MARGIN, Section
from widgets.embedding.variance_chart import VarianceChart
from widgets.embedding.view_model import EmbeddingViewModel

FLAT, SOLID = 2, 3


class ProjectionPanel(QWidget):
    """Asks for axes; shows how much of the variance they hold."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._combos = tuple(self._axis_combo(axis) for axis in range(3))
        self._dims = QButtonGroup(self)
        self._dims.idClicked.connect(self._on_dims_clicked)
        self._chart = VarianceChart()
        self._chart.component_clicked.connect(self._on_component_clicked)
        self._total = QLabel(wordWrap=True)
        self._note = QLabel(wordWrap=True)
        self._note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Section(self.tr("Projection: PCA"), self._content()))
        model.shown_changed.connect(self._on_shown_changed)
        model.changed.connect(self._on_changed)
        self._on_shown_changed()

    def _axis_combo(self, axis: int) -> Combo:
        letter = "XYZ"[axis]
        name = self.tr("{axis} axis").format(axis=letter)
        tip = self.tr("The principal component on the {axis} axis").format(axis=letter)
        combo = Combo(name, tip)
        combo.activated.connect((self._on_x, self._on_y, self._on_z)[axis])
        return combo

    def _content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        self._form = panel_form()
        self._form.addRow(self.tr("Show in"), self._dims_row())
        for letter, combo in zip("XYZ", self._combos, strict=True):
            self._form.addRow(letter, combo)
        column.addLayout(self._form)
        below = QVBoxLayout()
        below.setContentsMargins(MARGIN, 0, MARGIN, 0)
        below.setSpacing(MARGIN // 2)
        for widget in (self._total, self._chart, self._note):
            below.addWidget(widget)
        column.addLayout(below)
        return content

    def _dims_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * MARGIN)
        for n_dims, tip in (
            (FLAT, self.tr("A flat picture of two components (key 2 on the cloud)")),
            (SOLID, self.tr("A cloud of three components (key 3 on the cloud)")),
        ):
            button = QRadioButton(f"{n_dims}D")
            button.setToolTip(tip)
            self._dims.addButton(button, n_dims)
            layout.addWidget(button)
        layout.addStretch(1)
        return row

    @Slot()
    def _on_shown_changed(self) -> None:
        shown = self._model.shown
        self.setEnabled(shown is not None)
        ratios = () if shown is None else tuple(map(float, shown.variance_ratio))
        items = [(f"PC{i + 1} · {ratio:.1%}", i) for i, ratio in enumerate(ratios)]
        for axis, combo in enumerate(self._combos):
            combo.fill(items, self._model.choice.axes[axis])
            combo.setEnabled(axis < len(items))
        self._dims.button(SOLID).setEnabled(len(items) >= SOLID)
        self._note.setText(self._note_text(shown))
        self._note.setVisible(bool(self._note.text()))
        self._show_choice()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"axes", "is_flat"}:
            self._show_choice()

    @Slot(int)
    def _on_x(self, index: int) -> None:
        self._choose_axis(0, self._combos[0].itemData(index))

    @Slot(int)
    def _on_y(self, index: int) -> None:
        self._choose_axis(1, self._combos[1].itemData(index))

    @Slot(int)
    def _on_z(self, index: int) -> None:
        self._choose_axis(2, self._combos[2].itemData(index))

    @Slot(int)
    def _on_dims_clicked(self, n_dims: int) -> None:
        self._model.choose(is_flat=n_dims == FLAT)

    @Slot(object)
    def _on_component_clicked(self, component: int) -> None:
        """A bar puts its component on the last axis in use."""
        self._choose_axis(1 if self._model.choice.is_flat else 2, component)

    def _choose_axis(self, axis: int, component: int) -> None:
        """Put a component on an axis; the axis that had it takes the other's in exchange."""
        axes = list(self._model.choice.axes)
        if component in axes:
            axes[axes.index(component)] = axes[axis]
        axes[axis] = component
        self._model.choose(axes=tuple(axes))

    def _show_choice(self) -> None:
        choice, shown = self._model.choice, self._model.shown
        for axis, combo in zip(choice.axes, self._combos, strict=True):
            combo.show_value(axis)
        self._form.setRowVisible(self._combos[2], not choice.is_flat)
        self._dims.button(FLAT if choice.is_flat else SOLID).setChecked(True)
        if shown is None:
            self._total.setText("")
            self._chart.set_variance((), ())
            return
        used = [axis for axis in choice.axes[: 2 if choice.is_flat else 3] if axis < shown.n_axes]
        ratios = shown.variance_ratio
        total = sum(float(ratios[axis]) for axis in used)
        text = self.tr("These axes describe {share} of the variance.")
        self._total.setText(text.format(share=f"{total:.1%}"))
        self._chart.set_variance(tuple(map(float, ratios)), used)

    def _note_text(self, shown: Shown | None) -> str:
        group = self._model.group
        if shown is None or group is None or len(group.sources) < 2:
            return ""
        if shown.are_own_axes and shown.embedding.source != group.sources[-1]:
            return self.tr(
                "This step has another width than the last one, so its axes are its own."
            )
        return self.tr("All steps share the axes of the last one, so that motion means change.")
