"""Keeps colors, emphasis and sizes of the points as the choice wants them; canvases show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from projector.colors import Categories, numbers_of
from projector.embeddings.embedding import Embedding
from projector.emphasis import emphasis
from projector.errors import ProjectorError
from projector.progress import Progress, Work
from projector.sizes import Sizes, sizes_by
from widgets.embedding.coloring.coloring import (
    Coloring,
    ColumnCodes,
    coloring_work,
    one_color,
)
from widgets.embedding.sentences import tr
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob
from widgets.shared.theme import is_dark

if TYPE_CHECKING:
    import polars as pl

COLOR_FIELDS = frozenset(
    {"color_by", "as_categories", "palette", "color_scale", "color_range", "recolored"}
)
EMPHASIS_FIELDS = frozenset({"hidden_categories", "isolation", "selection"})
MOST_KEPT = 4
"""Columns of one table whose codes are kept, so that switching back costs milliseconds."""


class PointLooks(QObject):
    """Answers each change of the choice with model.set_coloring, set_emphasis or set_sizes.

    widget: whose palette says whether colors are for a dark background.
    """

    def __init__(
        self,
        model: EmbeddingViewModel,
        widget: QWidget,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._widget, self._run_job = model, widget, run_job
        self._known: dict[str, ColumnCodes] = {}
        self._before: dict[str, Categories] = {}
        self._group: tuple[object, ...] = ()
        model.shown_changed.connect(self._on_shown_changed)
        model.table_changed.connect(self._on_table_changed)
        model.changed.connect(self._on_changed)
        model.matches_changed.connect(self._emphasize)

    @Slot()
    def recolor(self) -> None:
        """Colors again, as after a change of theme."""
        embedding = self._model.embedding
        if embedding is None:
            return
        table, choice = embedding.metadata, self._model.choice
        work = coloring_work(
            table,
            embedding.n_points,
            choice,
            is_dark(self._widget.palette()),
            self._codes_of(choice.color_by, table),
            self._before.get(choice.color_by or ""),
            self._model.own_table,
        )
        title = self.tr("Coloring the points")
        self._run_job(
            "embedding/colors",
            title,
            work,
            on_done=self._on_colored,
            on_failed=self._on_uncolored,
        )

    def _codes_of(self, column: str | None, table: pl.DataFrame | None) -> ColumnCodes | None:
        found = self._known.get(column or "")
        return found if found is not None and found.table is table else None

    @Slot()
    def _on_shown_changed(self) -> None:
        group = self._model.group
        key = () if group is None else (group.run, group.name, group.copy)
        if key != self._group:  # steps of one embedding keep their colors
            self._group = key
            self._before.clear()
        self._on_table_changed()

    @Slot()
    def _on_table_changed(self) -> None:
        embedding = self._model.embedding
        if embedding is None:
            self._known.clear()
            return
        table = embedding.metadata
        self._known = {name: one for name, one in self._known.items() if one.table is table}
        self._emphasize()
        self.recolor()
        self._resize()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & COLOR_FIELDS:
            self.recolor()
        if names & EMPHASIS_FIELDS:
            self._emphasize()
        if "size_by" in names:
            self._resize()

    @Slot(object)
    def _on_colored(self, coloring: Coloring) -> None:
        embedding = self._model.embedding
        if embedding is None or embedding.n_points != coloring.n_points:
            return
        codes = coloring.codes
        if codes is not None:
            self._known.pop(codes.column, None)
            self._known[codes.column] = codes
            while len(self._known) > MOST_KEPT:
                del self._known[next(iter(self._known))]
            if codes.categories is not None:
                self._before[codes.column] = codes.categories
        self._model.set_coloring(coloring)
        self._emphasize()

    @Slot(object)
    def _on_uncolored(self, error: ProjectorError) -> None:
        """It was stopped: points of one color are better than none."""
        embedding = self._model.embedding
        if embedding is not None:
            dark = is_dark(self._widget.palette())
            self._on_colored(one_color(embedding.n_points, dark))

    @Slot()
    def _emphasize(self) -> None:
        embedding, choice = self._model.embedding, self._model.choice
        if embedding is None:
            self._model.set_emphasis(None)
            return
        coloring, hidden = self._model.coloring, None
        if coloring is not None and coloring.n_points == embedding.n_points:
            hidden = coloring.hidden_mask(choice.hidden_categories)
        made = emphasis(
            embedding.n_points,
            isolation=choice.isolation,
            hidden_mask=hidden,
            matches=self._model.matches,
            selection=self._model.selection,
        )
        self._model.set_emphasis(made)

    def _resize(self) -> None:
        embedding, name = self._model.embedding, self._model.choice.size_by
        if embedding is None:
            self._model.set_sizes(None)
            return
        work = sizes_work(embedding, name)
        title = self.tr("Sizing the points")
        if name is None and self._model.sizes is None:
            return
        self._run_job("embedding/sizes", title, work, on_done=self._on_sized)

    @Slot(object)
    def _on_sized(self, sizes: Sizes | None) -> None:
        embedding = self._model.embedding
        is_fit = sizes is None or (
            embedding is not None and len(sizes.factors) == embedding.n_points
        )
        self._model.set_sizes(sizes if is_fit else None)


def sizes_work(embedding: Embedding, name: str | None) -> Work[Sizes | None]:
    """Sizes by a column; None where there is none of the name, or no numbers in it."""
    yield Progress(None, tr("Sizing the points"))
    table = embedding.metadata
    if table is None or name is None or name not in table.columns:
        return None
    numbers = numbers_of(table[name])
    return None if numbers is None else sizes_by(np.asarray(numbers), name)
