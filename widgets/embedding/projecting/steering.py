"""Learning rate and exaggeration, changed while a projection runs."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFormLayout, QWidget

from widgets.embedding.form import panel_form
from widgets.embedding.projecting.fields import Field
from widgets.embedding.projecting.inputs import NumberField
from widgets.embedding.projecting.runner import ProjectionRunner


class Steering(QWidget):
    """Each is "as chosen" until the user says otherwise, and again for the next run."""

    def __init__(self, runner: ProjectionRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._rate: float | None = None
        self._exaggeration: float | None = None
        self._was_running = False
        as_chosen = self.tr("As chosen")
        self._rate_field = NumberField(
            Field(
                "learning_rate",
                self.tr("Learning rate now"),
                self.tr("From the next iteration on; the least value leaves it as chosen"),
                high=1e6,
                step=50,
                decimals=2,
                automatic=as_chosen,
            )
        )
        self._rate_field.value_chosen.connect(self._on_rate)
        self._exaggeration_field = NumberField(
            Field(
                "exaggeration",
                self.tr("Exaggeration now"),
                self.tr("How much stronger neighbors attract from the next iteration on"),
                high=100,
                decimals=1,
                automatic=as_chosen,
            )
        )
        self._exaggeration_field.value_chosen.connect(self._on_exaggeration)
        self._form: QFormLayout = panel_form(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.addRow(self.tr("Learning rate"), self._rate_field)
        self._form.addRow(self.tr("Exaggeration"), self._exaggeration_field)
        runner.changed.connect(self._on_changed)

    def set_projection(self, projection: str) -> None:
        """Only t-SNE knows an exaggeration; UMAP's rate is small."""
        self._form.setRowVisible(self._exaggeration_field, projection == "tsne")
        self._rate_field.setSingleStep(50 if projection == "tsne" else 0.1)

    @Slot()
    def _on_changed(self) -> None:
        if self._runner.is_running and not self._was_running:
            self._rate = self._exaggeration = None
            self._rate_field.show_value(None)
            self._exaggeration_field.show_value(None)
        self._was_running = self._runner.is_running

    @Slot(object)
    def _on_rate(self, rate: float | None) -> None:
        self._rate = rate
        self._runner.steer(self._rate, self._exaggeration)

    @Slot(object)
    def _on_exaggeration(self, exaggeration: float | None) -> None:
        self._exaggeration = exaggeration
        self._runner.steer(self._rate, self._exaggeration)
