"""The middle of the dashboard: one view of the cloud, or two that are looked at from one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.cloud import CloudPresenter
from widgets.embedding.layers.keeper import ContourKeeper, LabelKeeper, SequenceKeeper
from widgets.embedding.layers.scale_keeper import ScaleKeeper
from widgets.embedding.layouts import Layout, full_title
from widgets.embedding.placement import is_turned
from widgets.embedding.second_jobs import SecondJobs
from widgets.embedding.tools.auto_orbit import AutoOrbit
from widgets.embedding.tools.commands import CloudCommands
from widgets.embedding.tools.gizmo import OrientationGizmo
from widgets.embedding.tools.keys import CommandKeys
from widgets.embedding.tools.outline_selector import OutlineSelector
from widgets.embedding.tools.point_menu import PointMenu
from widgets.embedding.tools.tool import Tool, ToolInHand
from widgets.embedding.tools.tool_bar import ToolBar
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.embedding.view_title import ViewTitle
from widgets.shared.command import Command
from widgets.shared.job import RunJob

MARGIN = 8


class CloudView(QWidget):
    """A canvas with its title, and all that keeps it up to date. said: a line for the status."""

    said = Signal(object)

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        cloud: CloudPresenter,
        run_job: RunJob,
    ) -> None:
        super().__init__()
        self.canvas, self.cloud = canvas, cloud
        self.title = ViewTitle(cloud.is_second)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(canvas, 1)
        self._labels = LabelKeeper(model, canvas, run_job, self)
        self._sequences = SequenceKeeper(model, canvas, run_job, self)
        self._contours = ContourKeeper(model, canvas, run_job, self)
        self._scales = ScaleKeeper(model, canvas, self, is_second=cloud.is_second)
        self._selector = OutlineSelector(model, canvas, run_job, self)
        self._selector.said.connect(self.said)
        if not cloud.is_second:
            self._sequences.said.connect(self.said)
        else:
            self._sequences.read()


class SideBySide(QSplitter):
    """The first view is always there; the second while choice.second names a layout.

    Both are seen through one camera and share colors, selection and the point under the pointer.
    said: a line for the status. menu_commands: what the menu of a point may list.
    """

    said = Signal(object)

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        cloud: CloudPresenter,
        run_job: RunJob,
        menu_commands: Callable[[], Sequence[Command]],
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._model, self._run_job, self._menu_commands = model, run_job, menu_commands
        self.first = CloudView(model, canvas, cloud, run_job)
        self.first.said.connect(self.said)
        self.second: CloudView | None = None
        self._second_jobs = SecondJobs(run_job)
        self.hand = ToolInHand(self)
        self.orbit = AutoOrbit(canvas)
        self.commands = CloudCommands(model, canvas, self.hand, self.orbit, self)
        self._keys = CommandKeys(self.commands.all(), self)
        self.setHandleWidth(5)
        self.setChildrenCollapsible(False)
        self.addWidget(self.first)
        self._equip(canvas)
        self.tool_bar = self._new_tool_bar(canvas)
        self.hand.changed.connect(self.tool_bar.refresh)
        self.orbit.changed.connect(self.tool_bar.refresh)
        model.changed.connect(self._on_changed)
        model.shown_changed.connect(self._on_shown_changed)
        model.layouts_changed.connect(self._on_layouts_changed)
        self._show_titles()

    def _equip(self, canvas: ScatterCanvas) -> None:
        """Tools, keys, the menu of points, the gizmo."""
        PointMenu(self._model, canvas, self._menu_commands)
        self._keys.watch(canvas)
        canvas.set_tool(self.hand.tool)
        self.hand.changed.connect(canvas.set_tool)
        gizmo = OrientationGizmo(canvas)
        gizmo.turned.connect(canvas.turn_to)
        gizmo.turned.connect(self._on_turned)
        gizmo.reset_asked.connect(canvas.reset_camera)

    def _new_tool_bar(self, canvas: ScatterCanvas) -> ToolBar:
        known = {command.id: command for command in self.commands.all()}
        tools = {tool.value: known[f"embedding.tool_{tool.value}"] for tool in Tool}
        fit = Command(
            "embedding.fit",
            self.tr("Fit cloud"),
            self.tr("Bring the whole cloud into view."),
            canvas.fit,
        )
        reset = Command(
            "embedding.reset_camera",
            self.tr("Reset camera"),
            self.tr("Look at the whole cloud as at the start."),
            canvas.reset_camera,
            picture_keys=("R",),
        )
        views = {
            "fit": fit,
            "reset_camera": reset,
            "auto_orbit": known["embedding.auto_orbit"],
            "beside": known["embedding.beside"],
        }
        shown = [one for one in self.commands.shown() if one.id != "embedding.beside"]
        camera = self.commands.camera()[:2]
        return ToolBar(canvas, (tools, views), (*shown, None, *camera))

    @Slot(object, object)
    def _on_turned(self, _yaw: float, _pitch: float) -> None:
        self.orbit.stop()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "second" in names:
            self._show_second()
        if names & {"second", "layout"}:
            self._show_titles()
        if names & {"second", "is_flat"}:
            self.tool_bar.refresh()

    @Slot()
    def _on_shown_changed(self) -> None:
        self._show_second()
        self._show_titles()
        self.tool_bar.refresh()

    @Slot(object)
    def _on_layouts_changed(self, _key: str) -> None:
        self._show_titles()

    def _show_second(self) -> None:
        wanted = self._model.choice.second is not None and self._model.shown is not None
        if wanted and self.second is None:
            self._open_second()
        elif not wanted and self.second is not None:
            self._close_second()

    def _open_second(self) -> None:
        first = self.first.canvas
        canvas = ScatterCanvas()
        self._second_jobs = run_job = SecondJobs(self._run_job)
        canvas.setAccessibleName(self.tr("Second point cloud"))
        cloud = CloudPresenter(self._model, canvas, run_job, canvas, is_second=True)
        self.second = view = CloudView(self._model, canvas, cloud, run_job)
        view.title.closed.connect(self._on_closed)
        self._equip(canvas)
        canvas.touched.connect(self.orbit.stop)
        self.addWidget(view)
        self.setSizes([1, 1])
        QWidget.setTabOrder(self.tool_bar.last_button, canvas)
        QWidget.setTabOrder(canvas, view.title.cross)
        canvas.set_camera(first.camera)
        for one, other in ((first, canvas), (canvas, first)):
            one.camera_changed.connect(other.set_camera)
            one.point_hovered.connect(other.set_hovered)
        canvas.keep_in_view(first.edge)
        self.first.cloud.outlined.connect(canvas.keep_in_view)
        cloud.outlined.connect(first.keep_in_view)
        cloud.prepare()

    def _close_second(self) -> None:
        assert self.second is not None
        first, view = self.first.canvas, self.second
        first.camera_changed.disconnect(view.canvas.set_camera)
        first.point_hovered.disconnect(view.canvas.set_hovered)
        self.first.cloud.outlined.disconnect(view.canvas.keep_in_view)
        first.keep_in_view(np.zeros((0, 3), np.float32))
        self._second_jobs.cancel()
        first.set_hovered(None)
        self.second = None
        focus = QApplication.focusWidget()
        if focus is not None and view.isAncestorOf(focus):
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        view.hide()
        view.setParent(None)
        view.deleteLater()

    @Slot()
    def _on_closed(self) -> None:
        self._model.choose(second=None)

    def _show_titles(self) -> None:
        for view, layout in (
            (self.first, self._model.layout),
            (self.second, self._model.second_layout),
        ):
            if view is not None:
                view.title.setVisible(self.second is not None)
                view.title.set_text(self._title(layout))

    def _title(self, layout: Layout | None) -> str:
        if layout is None:
            return self.tr("PCA")
        embedding = self._model.embedding
        is_other = embedding is not None and embedding.source is not layout.source
        title = full_title(layout) if is_other else layout.title
        is_like_first = layout is self._model.second_layout and is_turned(layout)
        return self.tr("{title}, turned alike").format(title=title) if is_like_first else title
