"""Figures of the points as columns of the metadata, which color the cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot

from projector.arrays import FloatArray
from widgets.embedding.columns import column_names
from widgets.embedding.view_model import EmbeddingViewModel

if TYPE_CHECKING:
    import polars as pl


class PaintedColumns(QObject):
    """Puts a column into the table, and colors by it once the table has it."""

    def __init__(self, model: EmbeddingViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._wanted: str | None = None
        self._as_categories: bool | None = None
        model.table_changed.connect(self._on_table_changed)
        model.shown_changed.connect(self._on_shown_changed)

    def show(self, name: str, column: pl.Series, *, as_categories: bool | None = None) -> None:
        """column: one value a point. as_categories: as in the choice."""
        self._wanted, self._as_categories = name, as_categories
        self._model.set_column(name, column)
        self._color()

    def show_numbers(self, name: str, values: FloatArray) -> None:
        """values: float32 (n,), NaN for points without one."""
        import polars as pl

        self.show(name, pl.Series(name, np.asarray(values)).fill_nan(None))

    @Slot()
    def _on_table_changed(self) -> None:
        self._color()

    @Slot()
    def _on_shown_changed(self) -> None:
        self._wanted = None

    def _color(self) -> None:
        embedding, name = self._model.embedding, self._wanted
        if embedding is None or name is None or name not in column_names(embedding):
            return
        self._wanted = None
        self._model.choose(
            color_by=name,
            as_categories=self._as_categories,
            hidden_categories=(),
            color_range=None,
            color_scale="linear",
        )
