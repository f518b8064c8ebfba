"""Axes of one's own: up to three, each from one group of points to another."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalMapper, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from projector.embeddings.embedding import Embedding
from widgets.embedding.columns import column_names
from widgets.embedding.loading import Shown
from widgets.embedding.projecting.axis_editor import AxisEditor
from widgets.embedding.projecting.axis_wishes import AxisWish
from widgets.embedding.projecting.wishes import AXES, Wish, with_value
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel

N_AXES = 3


class AxesForm(QWidget):
    """Asks for axes; those that are not asked for may show what the others leave unsaid."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._n_offered = 1
        self._editors = tuple(AxisEditor(i + 1) for i in range(N_AXES))
        self._removals = QSignalMapper(self)
        self._removals.mappedInt.connect(self._on_removed)
        for i, editor in enumerate(self._editors):
            editor.wished.connect((self._on_first, self._on_second, self._on_third)[i])
            editor.removed.connect(self._removals.map)
            self._removals.setMapping(editor, i)
        self._add = QPushButton(self.tr("Add an axis"))
        self._add.setToolTip(self.tr("Another axis, from two other groups of points"))
        self._add.clicked.connect(self._on_add)
        self._fills = QCheckBox(self.tr("PCA of the rest on free axes"))
        self._fills.setToolTip(
            self.tr("Axes that you don't choose show the components of what yours leave unsaid")
        )
        self._fills.clicked.connect(self._on_fills)
        self._orthogonal = QCheckBox(self.tr("At right angles"))
        self._orthogonal.setToolTip(
            self.tr("Take from each axis what the ones before it already say")
        )
        self._orthogonal.clicked.connect(self._on_orthogonal)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        for editor in self._editors:
            column.addWidget(editor)
        below = QVBoxLayout()
        below.setContentsMargins(MARGIN, 0, MARGIN, 0)
        below.setSpacing(MARGIN)
        below.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        below.addWidget(self._fills)
        below.addWidget(self._orthogonal)
        column.addLayout(below)

    def show_wish(self, wish: Wish, embedding: Embedding | None) -> None:
        wishes = wish.axes
        self._n_offered = max(1, min(N_AXES, max(len(wishes), self._n_offered)))
        blank = AxisWish(column=usual_column(self._model.shown))
        selection, named = self._model.selection, self._model.choice.named
        for i, editor in enumerate(self._editors):
            editor.setVisible(i < self._n_offered)
            one = wishes[i] if i < len(wishes) else blank
            is_only = self._n_offered == 1
            editor.show_wish(one, embedding, selection, named, is_only=is_only)
        self._add.setVisible(self._n_offered < N_AXES)
        self._fills.setChecked(wish.value("fills_rest"))
        self._fills.setEnabled(self._n_offered < N_AXES)
        self._orthogonal.setChecked(wish.value("is_orthogonal"))
        self._orthogonal.setVisible(self._n_offered > 1)

    @Slot(object)
    def _on_first(self, wish: AxisWish) -> None:
        self._put(0, wish)

    @Slot(object)
    def _on_second(self, wish: AxisWish) -> None:
        self._put(1, wish)

    @Slot(object)
    def _on_third(self, wish: AxisWish) -> None:
        self._put(2, wish)

    @Slot(int)
    def _on_removed(self, i: int) -> None:
        wishes = [one for j, one in enumerate(self._wishes()) if j != i]
        self._n_offered -= 1
        self._choose(axes=[one.to_json() for one in wishes[: self._n_offered]])

    @Slot()
    def _on_add(self) -> None:
        self._n_offered += 1
        self._put(self._n_offered - 1, AxisWish(column=usual_column(self._model.shown)))

    @Slot(bool)
    def _on_fills(self, is_on: bool) -> None:
        self._choose(fills_rest=is_on)

    @Slot(bool)
    def _on_orthogonal(self, is_on: bool) -> None:
        self._choose(is_orthogonal=is_on)

    def _wishes(self) -> list[AxisWish]:
        kept = self._model.choice.parameters.get(AXES, {}).get("axes", ())
        return [AxisWish.from_json(one) for one in kept]

    def _put(self, i: int, wish: AxisWish) -> None:
        wishes = self._wishes()
        column = usual_column(self._model.shown)
        wishes += [AxisWish(column=column) for _ in range(i + 1 - len(wishes))]
        wishes[i] = wish
        self._choose(axes=[one.to_json() for one in wishes])

    def _choose(self, **values: Any) -> None:
        self._model.choose(parameters=with_value(self._model.choice, AXES, **values))


def usual_column(shown: Shown | None) -> str:
    """The column that an axis is made from at first: one with classes, else the first."""
    if shown is None:
        return ""
    return shown.color_by or next(iter(column_names(shown.embedding)), "")
