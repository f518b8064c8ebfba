"""The vectors' own columns as axes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from projector.embeddings.embedding import Embedding
from widgets.embedding.form import panel_form
from widgets.embedding.projecting.fields import Field
from widgets.embedding.projecting.inputs import NumberField
from widgets.embedding.projecting.parameter_form import Control
from widgets.embedding.projecting.runner import ProjectionRunner
from widgets.embedding.projecting.wishes import Wish, wish_of, with_value
from widgets.embedding.view_model import EmbeddingViewModel

N_AXES = 3


class ColumnForm(QWidget):
    """Asks for a column an axis; nothing has to be computed, so it is shown at once."""

    def __init__(
        self, model: EmbeddingViewModel, runner: ProjectionRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._runner = model, runner
        self._form = panel_form(self)
        self._numbers: list[NumberField] = []
        for axis in range(N_AXES):
            letter = "XYZ"[axis]
            name = self.tr("Column on {axis}").format(axis=letter)
            tip = self.tr("The dimension of the vectors on the {axis} axis, counted from 1")
            field = Field("columns", name, tip.format(axis=letter), low=1, high=1)
            number = NumberField(field)
            control = Control(str(axis), number, self)
            control.chosen.connect(self._on_chosen)
            self._numbers.append(number)
            self._form.addRow(letter, number)

    def show_wish(self, wish: Wish, embedding: Embedding | None) -> None:
        """Show the columns; those of the axes that the vectors don't have can't be chosen."""
        n_dims = 1 if embedding is None else embedding.n_dims
        for axis, number in enumerate(self._numbers):
            number.blockSignals(True)
            number.setMaximum(n_dims)
            number.blockSignals(False)
            number.show_value(wish.columns[axis])
            n_shown = 2 if self._model.choice.is_flat else N_AXES
            self._form.setRowVisible(number, axis < min(n_dims, n_shown))

    @Slot(object)
    def _on_chosen(self, change: tuple[str, Any]) -> None:
        """A column that is on another axis already changes places with it."""
        axis, column = int(change[0]), int(change[1])
        choice = self._model.choice
        columns = list(wish_of(choice).columns)
        if column in columns:
            columns[columns.index(column)] = columns[axis]
        columns[axis] = column
        self._model.choose(parameters=with_value(choice, "raw", columns=columns))
        self._runner.run()
