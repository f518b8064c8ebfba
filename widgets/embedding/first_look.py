"""From where a cloud is looked at once it has been placed."""

from __future__ import annotations

from projector.render.camera import Camera
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.layouts import Layout
from widgets.embedding.view_model import EmbeddingViewModel


class FirstLook:
    """Brings a cloud into view when it is another one, and leaves the user's camera alone."""

    def __init__(self, model: EmbeddingViewModel, canvas: ScatterCanvas) -> None:
        self._model, self._canvas = model, canvas
        self._fitted_for: tuple[object, ...] = ()
        self._fitted_camera: Camera | None = None
        self._expected: Camera | None = None
        self._running = ""

    def start_anew(self) -> None:
        """The next cloud is seen from the start."""
        self._fitted_for = ()

    def expect(self, camera: Camera) -> None:
        """Look from there when the next cloud arrives."""
        self._expected = camera

    def take(self, layout: Layout | None) -> None:
        """Steps keep the camera; another embedding, method or other axes are brought into view, and
        a layout that is done, where the user left the camera alone."""
        embedding, view = self._embedding(), self._view_of(layout)
        is_done = layout is not None and not layout.is_running and layout.key == self._running
        self._running = layout.key if layout is not None and layout.is_running else ""
        expected, self._expected = self._expected, None
        if expected is not None:
            self._canvas.look_from(expected)
            self._fitted_for = (*embedding, *view)
            return
        if self._fitted_for[:3] != embedding:
            self._canvas.reset_camera(is_at_once=True)
        elif self._fitted_for[3:] != view or (is_done and self._is_camera_ours()):
            self._canvas.fit(is_at_once=True)
        else:
            return
        self._fitted_for = (*embedding, *view)
        self._fitted_camera = self._canvas.camera

    def _embedding(self) -> tuple[object, ...]:
        group = self._model.group
        assert group is not None
        return group.run, group.name, group.copy

    def _view_of(self, layout: Layout | None) -> tuple[object, ...]:
        choice = self._model.choice
        has_axes = layout is None or layout.projection == "pca"
        method = "" if layout is None else layout.projection
        return method, choice.axes if has_axes else (), choice.is_flat

    def _is_camera_ours(self) -> bool:
        return self._canvas.camera == self._fitted_camera
