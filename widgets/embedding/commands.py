"""The embedding tab's commands: what menus, shortcuts and the palette offer."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.columns import cell_text, column_names
from widgets.embedding.inspector import Inspector
from widgets.embedding.panes import Panes
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.command import Command
from widgets.shared.step_slider import StepSlider


class EmbeddingCommands(QObject):
    """Each asks the model, the canvas or the panes. said: a line for the status bar (str)."""

    said = Signal(object)

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        panes: Panes,
        inspector: Inspector,
        steps: StepSlider,
    ) -> None:
        super().__init__(panes)
        self._model, self._canvas = model, canvas
        self._panes, self._inspector, self._steps = panes, inspector, steps

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (*self._view_commands(), *self._step_commands(), *self._select_commands())

    def _view_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.reset_camera",
                self.tr("Reset camera"),
                self.tr("Look at the whole cloud as at the start (R on the cloud)."),
                self._reset_camera,
                keys=("Ctrl+0",),
                picture_keys=("R", "Home"),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.fit",
                self.tr("Fit cloud"),
                self.tr("Bring the whole cloud into view without turning it."),
                self._fit,
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.fly_to_selection",
                self.tr("Fly to selected point"),
                self.tr("Bring the selected point into the middle (F on the cloud)."),
                self._fly_to_selection,
                picture_keys=("F",),
                is_enabled=self._has_selection,
            ),
            Command(
                "embedding.flat",
                self.tr("Flat picture (2D)"),
                self.tr("Show two components instead of three (2 and 3 on the cloud)."),
                self._toggle_flat,
                keys=("Ctrl+Shift+D",),
                picture_keys=("2", "3"),
                is_enabled=self._has_cloud,
                is_checked=self._is_flat,
            ),
            Command(
                "embedding.pictures",
                self.tr("Show pictures"),
                self.tr("Draw each point as its picture."),
                self._toggle_pictures,
                keys=("Ctrl+Shift+I",),
                is_enabled=self._has_pictures,
                is_checked=self._shows_pictures,
            ),
            Command(
                "embedding.left_panel",
                self.tr("Embedding panel"),
                self.tr("Show or hide the panel at the left."),
                self._toggle_left,
                keys=("Ctrl+Shift+L",),
                is_checked=self._has_left,
            ),
            Command(
                "embedding.inspector",
                self.tr("Inspector"),
                self.tr("Show or hide the panel at the right."),
                self._toggle_inspector,
                keys=("Ctrl+Shift+R",),
                is_checked=self._has_inspector,
            ),
        )

    def _step_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.next_step",
                self.tr("Next step"),
                self.tr("Show the embedding at the step that follows."),
                self._next_step,
                keys=("Ctrl+Right",),
                is_enabled=self._has_steps,
            ),
            Command(
                "embedding.previous_step",
                self.tr("Previous step"),
                self.tr("Show the embedding at the step before."),
                self._previous_step,
                keys=("Ctrl+Left",),
                is_enabled=self._has_steps,
            ),
        )

    def _select_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.search",
                self.tr("Find points"),
                self.tr("Search the metadata for a text."),
                self._focus_search,
                menu="Select",
                keys=("Ctrl+F",),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.clear_selection",
                self.tr("Clear selection"),
                self.tr("Select nothing and search for nothing (Escape on the cloud)."),
                self._clear_selection,
                menu="Select",
                keys=("Ctrl+Shift+A",),
                picture_keys=("Esc",),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.copy_row",
                self.tr("Copy row of selected point"),
                self.tr("Copy the point's metadata, with column names, to the clipboard."),
                self._copy_row,
                menu="Select",
                keys=("Ctrl+Shift+C",),
                is_enabled=self._has_selection,
            ),
        )

    def _has_cloud(self) -> bool:
        return self._model.shown is not None

    def _has_selection(self) -> bool:
        return self._model.selected is not None

    def _has_steps(self) -> bool:
        return self._model.group is not None and len(self._model.group.sources) > 1

    def _has_pictures(self) -> bool:
        return self._model.embedding is not None and self._model.embedding.sprites is not None

    def _is_flat(self) -> bool:
        return self._model.choice.is_flat

    def _shows_pictures(self) -> bool:
        return self._model.choice.shows_pictures

    def _has_left(self) -> bool:
        return self._panes.is_open(0)

    def _has_inspector(self) -> bool:
        return self._panes.is_open(2)

    def _reset_camera(self) -> None:
        self._canvas.reset_camera()

    def _fit(self) -> None:
        self._canvas.fit()

    def _toggle_left(self) -> None:
        self._panes.toggle(0)

    def _toggle_inspector(self) -> None:
        self._panes.toggle(2)

    def _toggle_flat(self) -> None:
        self._canvas.flat_asked.emit(not self._model.choice.is_flat)

    def _toggle_pictures(self) -> None:
        self._model.choose(shows_pictures=not self._model.choice.shows_pictures)

    def _fly_to_selection(self) -> None:
        if self._model.selected is not None:
            self._canvas.fly_to(self._model.selected)

    def _clear_selection(self) -> None:
        self._model.choose(selected=None, search="")

    def _next_step(self) -> None:
        self._steps.step_by(1)

    def _previous_step(self) -> None:
        self._steps.step_by(-1)

    def _focus_search(self) -> None:
        if not self._has_inspector():
            self._toggle_inspector()
        self._inspector.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._inspector.search_field.selectAll()

    def _copy_row(self) -> None:
        embedding, point = self._model.embedding, self._model.selected
        if embedding is None or point is None:
            return
        names = ("row", *column_names(embedding))
        table = embedding.metadata
        cells = () if table is None else (cell_text(table[name][point]) for name in table.columns)
        lines = ("\t".join(names), "\t".join((str(point), *cells)))
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.said.emit(self.tr("Row {row} was copied.").format(row=point))
