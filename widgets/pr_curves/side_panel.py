"""What is shown, at the left: the runs, the guides, and the threshold cursor as a number."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.pr_curves.view_model import PrCurvesViewModel
from widgets.shared.run_list import RunList

NOWHERE = -0.01


class SidePanel(QWidget):
    """Asks the view-model for what the user picks; shows its choice."""

    def __init__(self, model: PrCurvesViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.runs = RunList(self)
        self.runs.hidden_chosen.connect(self._on_hidden_chosen)
        self.base_rate = QCheckBox(self.tr("Base rate"), self)
        self.base_rate.setToolTip(self.tr("Dashed: the share of positives, a blind guess"))
        self.base_rate.toggled.connect(self._on_base_rate_toggled)
        self.f1_lines = QCheckBox(self.tr("Lines of equal F1"), self)
        self.f1_lines.setToolTip(self.tr("Faint: where F1 is 0.2, 0.4, 0.6 and 0.8"))
        self.f1_lines.toggled.connect(self._on_f1_lines_toggled)
        self.threshold = self._threshold_box()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.runs, 1)
        layout.addWidget(self.f1_lines)
        layout.addWidget(self.base_rate)
        layout.addLayout(self._threshold_row())
        model.changed.connect(self._on_changed)
        self._show_choice()

    def show_runs(self) -> None:
        """List the runs of new data, or the same in other colors."""
        self.runs.set_runs(self._model.runs)

    @Slot(object)
    def _on_hidden_chosen(self, names: tuple[str, ...]) -> None:
        self._model.choose(hidden_runs=names)

    @Slot(bool)
    def _on_base_rate_toggled(self, is_on: bool) -> None:
        self._model.choose(shows_base_rate=is_on)

    @Slot(bool)
    def _on_f1_lines_toggled(self, is_on: bool) -> None:
        self._model.choose(shows_f1_lines=is_on)

    @Slot(float)
    def _on_threshold_changed(self, value: float) -> None:
        self._model.choose(threshold=None if value < 0 else value)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        self._show_choice()

    def _show_choice(self) -> None:
        choice = self._model.choice
        self.runs.set_hidden(choice.hidden_runs)
        self.base_rate.setChecked(choice.shows_base_rate)
        self.f1_lines.setChecked(choice.shows_f1_lines)
        # The box rounds; what it shows must not become the choice.
        self.threshold.blockSignals(True)
        self.threshold.setValue(NOWHERE if choice.threshold is None else choice.threshold)
        self.threshold.blockSignals(False)

    def _threshold_row(self) -> QHBoxLayout:
        label = QLabel(self.tr("&Threshold"), self)
        label.setBuddy(self.threshold)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.threshold, 1)
        return row

    def _threshold_box(self) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setDecimals(4)
        box.setSingleStep(0.01)
        box.setRange(NOWHERE, 1.0)
        box.setSpecialValueText(self.tr("none"))
        box.setKeyboardTracking(False)
        box.setAccessibleName(self.tr("Threshold cursor"))
        box.setToolTip(
            self.tr("Marked on all curves; click into a plot or use its arrow keys to move it")
        )
        box.valueChanged.connect(self._on_threshold_changed)
        return box
