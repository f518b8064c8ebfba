"""Commands on the selection, its edits and the metadata, for menus, shortcuts and the palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from projector.selection import Combine
from widgets.embedding.inspecting.selecting import Selecting
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.command import Command

FOUND: tuple[Combine, ...] = ("replace", "union", "intersect", "subtract")


class InspectorCommands(QObject):
    """write, save_as: what the Edit menu's commands run."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        selecting: Selecting,
        write: Callable[[], None],
        save_as: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or selecting)
        self._model, self._selecting = model, selecting
        self._write, self._save_as = write, save_as

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (*self._edit_commands(), *self._whole(), *self._found(), *self._showing())

    def _edit_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.write",
                self.tr("Write into column…"),
                self.tr("Write a value into a column for every selected point."),
                self._write,
                menu="Edit",
                keys=("Ctrl+Alt+E",),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.save_metadata",
                self.tr("Save metadata as…"),
                self.tr("Write the metadata, with all edits, into a file."),
                self._save_as,
                menu="Edit",
                keys=("Ctrl+Alt+S",),
                is_enabled=self._has_table,
            ),
        )

    def _whole(self) -> tuple[Command, ...]:
        selecting = self._selecting
        return (
            Command(
                "embedding.select_all",
                self.tr("Select all shown"),
                self.tr("Select every point that is shown."),
                selecting.select_all,
                menu="Select",
                keys=(QKeySequence.StandardKey.SelectAll,),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.invert_selection",
                self.tr("Invert selection"),
                self.tr("Select the shown points that are not selected."),
                selecting.invert,
                menu="Select",
                keys=("Ctrl+Alt+I",),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.select_neighbors",
                self.tr("Add neighbors to selection"),
                self.tr("Select the neighbors that are listed, too."),
                selecting.select_neighbors,
                menu="Select",
                keys=("Ctrl+Alt+N",),
                is_enabled=self._has_neighbors,
            ),
        )

    def _found(self) -> tuple[Command, ...]:
        texts = (
            (self.tr("Select all found"), self.tr("Select every point that the search found.")),
            (self.tr("Add found to selection"), self.tr("Select the points found, too.")),
            (
                self.tr("Keep only found in selection"),
                self.tr("Leave only those selected that the search found."),
            ),
            (
                self.tr("Remove found from selection"),
                self.tr("Select the points found no more."),
            ),
        )
        return tuple(
            Command(
                f"embedding.found_{how}",
                text,
                tip,
                partial(self._selecting.select_found, how),
                menu="Select",
                keys=("Ctrl+Alt+F",) if how == "replace" else (),
                is_enabled=self._has_found,
            )
            for how, (text, tip) in zip(FOUND, texts, strict=True)
        )

    def _showing(self) -> tuple[Command, ...]:
        keys = {"isolate": "Ctrl+I", "hide": "Ctrl+H", "show_all": "Ctrl+Shift+H"}
        texts = {
            "isolate": self.tr("Isolate selection"),
            "hide": self.tr("Hide selection"),
            "show_all": self.tr("Show all points"),
        }
        return tuple(
            Command(
                f"embedding.{name}",
                texts[name],
                f"{tip}.",
                slot,
                menu="Select",
                keys=(keys[name],),
                is_enabled=partial(self._selecting.can, name),
            )
            for name, _, tip, slot in self._selecting.actions()
            if name in keys
        )

    def _has_cloud(self) -> bool:
        return self._model.embedding is not None

    def _has_table(self) -> bool:
        return self._model.embedding is not None and self._model.embedding.metadata is not None

    def _has_found(self) -> bool:
        return self._model.matches is not None and len(self._model.matches) > 0

    def _has_neighbors(self) -> bool:
        return self._model.nearest is not None and self._model.nearest.found is not None
