"""The menu under the right button: what can be done with the point there and with the selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt, Slot

from projector.selection import Selection
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.overlay import shorten
from widgets.embedding.tools.command_menu import CommandMenu
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.command import Command
from widgets.shared.texts import button_text

OF_SELECTION = (
    "embedding.select_neighbors",
    None,
    "embedding.isolate",
    "embedding.hide",
    "embedding.show_all",
    None,
    "embedding.fly_to_selection",
    "embedding.copy_row",
    None,
    "embedding.clear_selection",
    "embedding.invert_selection",
    "embedding.select_all",
)


class PointMenu(QObject):
    """commands: those of the dashboard, asked as the menu opens. A point that is not selected is
    selected first, as what follows is about it."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        commands: Callable[[], Sequence[Command]],
    ) -> None:
        super().__init__(canvas)
        self._model, self._canvas, self._commands = model, canvas, commands
        self._point = 0
        canvas.menu_asked.connect(self._on_menu_asked)

    @Slot(object, object)
    def _on_menu_asked(self, point: int | None, at: QPoint) -> None:
        if self._model.embedding is None:
            return
        if point is not None and point not in self._model.selection:
            self._model.choose(selected=point)
        menu = CommandMenu(self._listed(point), self._canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._canvas.mapToGlobal(at))

    def _listed(self, point: int | None) -> list[Command | None]:
        known = {command.id: command for command in self._commands()}
        listed: list[Command | None] = []
        if point is not None:
            self._point = point
            listed += [*self._same_label(point), None]
        for name in OF_SELECTION:
            if name is None:
                listed.append(None)
            elif name in known:
                listed.append(known[name])
        return listed

    def _same_label(self, point: int) -> list[Command]:
        if self._model.choice.label_by is None:
            return []
        label = button_text(shorten(self._model.label(point)))
        return [
            Command(
                "embedding.select_same",
                self.tr("Select all labeled “{label}”").format(label=label),
                self.tr("Select every point with the same label."),
                self._select_same,
            ),
            Command(
                "embedding.search_same",
                self.tr("Search for “{label}”").format(label=label),
                self.tr("Find every point whose label holds the same text."),
                self._search_same,
            ),
        ]

    def _select_same(self) -> None:
        embedding, column = self._model.embedding, self._model.choice.label_by
        if embedding is None or embedding.metadata is None or column is None:
            return
        values = embedding.metadata[column]
        same = values.eq_missing(values[self._point]).to_numpy()
        self._model.select(Selection(np.flatnonzero(same)))

    def _search_same(self) -> None:
        column = self._model.choice.label_by
        text = self._model.label(self._point)
        self._model.choose(search=text, search_in=column, search_mode="text")
