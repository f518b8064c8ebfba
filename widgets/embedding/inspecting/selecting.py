"""What can be done with the selection; buttons, menus and shortcuts all ask here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from projector.arrays import MaskArray
from projector.emphasis import HIDDEN
from projector.errors import ProjectorError
from projector.selection import NOTHING, Combine, Selection
from widgets.embedding.view_model import EmbeddingViewModel

Action = tuple[str, str, str, Callable[[], None]]


class Selecting(QObject):
    """said: why something can't be done. fly_asked: rows to bring into view (int64 array)."""

    said = Signal(object)
    fly_asked = Signal(object)

    def __init__(self, model: EmbeddingViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def actions(self) -> tuple[Action, ...]:
        """(name, short text, tip, slot) in the order of the buttons."""
        return (
            ("isolate", self.tr("Isolate"), self.tr("Show only the selected points"), self.isolate),
            ("hide", self.tr("Hide"), self.tr("Show the selected points no more"), self.hide),
            ("show_all", self.tr("Show all"), self.tr("Show every point again"), self.show_all),
            (
                "invert",
                self.tr("Invert"),
                self.tr("Select the shown points that are not selected"),
                self.invert,
            ),
            ("clear", self.tr("Clear"), self.tr("Select nothing"), self.clear),
            ("fly_to", self.tr("Fly to"), self.tr("Bring the selection into view"), self.fly_to),
        )

    def can(self, name: str) -> bool:
        """Whether it would change anything."""
        if name == "show_all":
            return self._has_hidden()
        if name in ("invert", "select_all"):
            return self._model.embedding is not None
        return bool(self._model.selection)

    @Slot()
    def isolate(self) -> None:
        self._try(self._model.isolate)

    @Slot()
    def hide(self) -> None:
        self._try(self._model.hide_selection)

    @Slot()
    def show_all(self) -> None:
        self._model.show_all()

    @Slot()
    def invert(self) -> None:
        embedding = self._model.embedding
        if embedding is not None:
            mask = ~self._model.selection.mask(embedding.n_points)
            self._model.select(Selection.from_mask(mask & self._shown_mask(embedding.n_points)))

    @Slot()
    def clear(self) -> None:
        self._model.choose(selected=None, selection=NOTHING)

    @Slot()
    def select_all(self) -> None:
        """All that are shown."""
        embedding = self._model.embedding
        if embedding is not None:
            self._model.select(Selection.from_mask(self._shown_mask(embedding.n_points)))

    @Slot()
    def fly_to(self) -> None:
        if self._model.selection:
            self.fly_asked.emit(self._model.selection.ids)

    def select_found(self, how: Combine = "replace") -> None:
        """Select what the search found, or change the selection by it."""
        if self._model.matches is not None:
            self._model.select(Selection(self._model.matches), how)

    def select_neighbors(self) -> None:
        """Add the neighbors that are listed to the selection."""
        nearest, embedding = self._model.nearest, self._model.embedding
        if nearest is not None and nearest.found is not None and embedding is not None:
            mask = self._model.selection.mask(embedding.n_points)
            mask[nearest.found.ids] = True
            self._model.select(Selection.from_mask(mask))

    def toggle(self, point: int) -> None:
        """Add one point, or take it away."""
        self._model.select(Selection.of([point]), "toggle")

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except ProjectorError as error:
            self.said.emit(str(error))

    def _shown_mask(self, n: int) -> MaskArray:
        """Bool (n,): what neither isolation nor legend hides."""
        emphasis = self._model.emphasis
        if emphasis is not None and len(emphasis) == n:
            return np.asarray(emphasis != HIDDEN)
        return Selection(self._model.choice.isolation.ids(n)).mask(n)

    def _has_hidden(self) -> bool:
        choice = self._model.choice
        return not choice.isolation.shows_all or bool(choice.hidden_categories)
