"""Projections in the menus and the palette."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.projecting.copying import is_told_by_parameters, recipe_of, script_of
from widgets.embedding.projecting.result_list import ResultList
from widgets.embedding.projecting.runner import N_MORE, ProjectionRunner
from widgets.embedding.projecting.switching import fields_for_method
from widgets.embedding.projecting.wishes import ITERATIVE
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.command import Command
from widgets.shared.theme import is_dark


class ProjectionCommands(QObject):
    """Each asks the runner or the model.

    said: a line for the status bar (str). method_shown: a method was brought to the front.
    """

    said = Signal(object)
    method_shown = Signal()

    def __init__(
        self,
        model: EmbeddingViewModel,
        runner: ProjectionRunner,
        results: ResultList,
        canvas: ScatterCanvas,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._runner = model, runner
        self._results, self._canvas = results, canvas

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (*self._method_commands(), *self._run_commands(), *self._result_commands())

    def _method_commands(self) -> tuple[Command, ...]:
        tip = self.tr("Bring this method's parameters, and its newest layout, to the front.")
        return (
            Command("embedding.show_pca", self.tr("PCA"), tip, self._show_pca, keys=("Alt+1",)),
            Command("embedding.show_tsne", self.tr("t-SNE"), tip, self._show_tsne, keys=("Alt+2",)),
            Command("embedding.show_umap", self.tr("UMAP"), tip, self._show_umap, keys=("Alt+3",)),
            Command(
                "embedding.show_custom_axes",
                self.tr("Custom axes"),
                tip,
                self._show_axes,
                keys=("Alt+4",),
            ),
            Command(
                "embedding.show_columns",
                self.tr("Columns as axes"),
                tip,
                self._show_columns,
                keys=("Alt+5",),
            ),
        )

    def _run_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.run_projection",
                self.tr("Run projection"),
                self.tr("Make the projection in front of all points."),
                self._runner.run,
                keys=("Ctrl+Return",),
                is_enabled=self._can_run,
            ),
            Command(
                "embedding.pause_projection",
                self.tr("Pause or resume projection"),
                self.tr("Hold the layout as it is, or go on."),
                self._pause,
                keys=("Ctrl+Alt+P",),
                is_enabled=self._can_steer,
            ),
            Command(
                "embedding.stop_projection",
                self.tr("Stop projection"),
                self.tr("End the run and keep what it made."),
                self._runner.stop,
                keys=("Ctrl+.",),
                is_enabled=self._is_running,
            ),
            Command(
                "embedding.shake_projection",
                self.tr("Shake projection"),
                self.tr("Disturb the layout once, to leave a poor arrangement."),
                self._runner.perturb,
                is_enabled=self._can_steer,
            ),
            Command(
                "embedding.more_iterations",
                self.tr("{n} more iterations").format(n=N_MORE),
                self.tr("Go on with the run, or from the layout that is shown."),
                self._go_on,
                is_enabled=self._can_go_on,
            ),
            Command(
                "embedding.run_every_step",
                self.tr("Run projection for every step"),
                self.tr("Lay out all steps, each from the one before, aligned."),
                self._runner.run_every_step,
                is_enabled=self._can_run_every_step,
            ),
        )

    def _result_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.rename_layout",
                self.tr("Rename layout"),
                self.tr("Give the layout in front another name."),
                self._results.rename,
                is_enabled=self._has_layout,
            ),
            Command(
                "embedding.delete_layout",
                self.tr("Delete layout"),
                self.tr("Throw the layout in front away."),
                self._results.delete,
                is_enabled=self._has_layout,
            ),
            Command(
                "embedding.copy_as_python",
                self.tr("Copy as Python"),
                self.tr("Copy a script that makes the same picture through the library."),
                self.copy_as_python,
                menu="Edit",
                is_enabled=self._has_cloud,
            ),
        )

    def copy_as_python(self) -> None:
        """Put the script on the clipboard and say so."""
        size = (self._canvas.width(), self._canvas.height())
        dark = is_dark(self._canvas.palette())
        recipe = recipe_of(self._model, self._canvas.camera, size, is_dark=dark)
        if recipe is None:
            return
        QGuiApplication.clipboard().setText(script_of(recipe))
        text = self.tr("A Python script that makes this picture was copied.")
        if not is_told_by_parameters(self._model.layout):
            text = self.tr(
                "A Python script was copied; this layout was stopped, steered or filled up, "
                "so the script comes only near it."
            )
        self.said.emit(text)

    def _show_pca(self) -> None:
        self._show("pca")

    def _show_tsne(self) -> None:
        self._show("tsne")

    def _show_umap(self) -> None:
        self._show("umap")

    def _show_axes(self) -> None:
        self._show("axes")

    def _show_columns(self) -> None:
        self._show("raw")

    def _show(self, method: str) -> None:
        show_method(self._model, self._runner, method)
        self.method_shown.emit()

    def _pause(self) -> None:
        state = self._runner.state
        if state is not None and state.is_paused:
            self._runner.resume()
        else:
            self._runner.pause()

    def _go_on(self) -> None:
        self._runner.go_on()

    def _has_cloud(self) -> bool:
        return self._model.embedding is not None

    def _can_run(self) -> bool:
        return self._has_cloud() and not self._runner.is_running

    def _is_running(self) -> bool:
        return self._runner.is_running

    def _can_steer(self) -> bool:
        state = self._runner.state
        return state is not None and state.projection in ITERATIVE

    def _can_go_on(self) -> bool:
        return self._runner.can_go_on

    def _can_run_every_step(self) -> bool:
        return self._runner.can_run_every_step and not self._runner.is_running

    def _has_layout(self) -> bool:
        return self._model.layout is not None


def show_method(model: EmbeddingViewModel, runner: ProjectionRunner, method: str) -> None:
    """Bring a method to the front; columns need no run of their own."""
    model.choose(**fields_for_method(model, method))
    layout = model.layout
    if method == "raw" and (layout is None or layout.projection != "raw"):
        runner.run()
