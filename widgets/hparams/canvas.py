"""Parallel coordinates: one vertical axis a column, one line a trial, brushed by the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from projector.arrays import FloatArray
from projector.hparams.axes import Axis
from projector.hparams.lines import line_heights, nearest_line
from widgets.hparams.axis_menu import ColumnMenu
from widgets.hparams.axis_painter import AxisLook, AxisPainter
from widgets.hparams.canvas_keys import press_key
from widgets.hparams.canvas_mouse import CanvasMouse
from widgets.hparams.geometry import (
    MOST_AXES,
    Geometry,
    geometry_for,
    least_height,
    least_width,
    right_room,
)
from widgets.hparams.line_layers import LineLayers
from widgets.hparams.line_request import request_for
from widgets.hparams.trial_tip import trial_tip
from widgets.hparams.view_model import HparamsViewModel
from widgets.shared.job import RunJob
from widgets.shared.theme import plot_colors

HOVER_REACH_PX = 8.0
LAID_OUT_BY = frozenset({"columns", "only_differing", "scales", "inverted", "reduction"})


class ParallelCanvas(QWidget):
    """Shows the view-model's axes and trials. The lines are drawn by a job, all else above them.

    current: the axis that the keyboard acts on. axes: at most MOST_AXES of the shown ones.
    """

    def __init__(
        self, model: HparamsViewModel, run_job: RunJob, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.layers = LineLayers(run_job, self)
        self.layers.drawn.connect(self._on_drawn)
        self.mouse = CanvasMouse(self)
        self.current = 0
        self.axes: tuple[Axis, ...] = ()
        self._colors = plot_colors(self.palette())
        self._heights: FloatArray = np.empty((0, 0), dtype=np.float32)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Parallel coordinates"))
        self._lay_out()
        model.changed.connect(self._on_changed)
        model.trials_changed.connect(self._on_trials_changed)
        model.colored.connect(self._on_colored)
        model.hovered.connect(self._on_hovered)

    @property
    def places(self) -> Geometry:
        """Where the axes stand."""
        return self._places

    def row_at(self, point: QPointF) -> int | None:
        """The passing trial whose line runs within reach of a point, or None."""
        xs = np.array(self._places.xs)
        found = nearest_line(xs, self._heights, self.model.passing, point.x(), point.y())
        return found[0] if found is not None and found[1] <= HOVER_REACH_PX else None

    def line_of(self, row: int) -> list[QPointF]:
        """The corners of a trial's line."""
        ys = self._heights[row].tolist()
        return [QPointF(x, y) for x, y in zip(self._places.xs, ys, strict=True)]

    def show_tip(self, point: QPoint, row: int | None) -> None:
        """Show the values of a trial beside the pointer."""
        if row is None:
            QToolTip.hideText()
            return
        QToolTip.showText(self.mapToGlobal(point), trial_tip(self.model, row), self)

    def show_menu(self, index: int, at: QPoint) -> None:
        """Open the menu of an axis."""
        menu = ColumnMenu(self.model, self.axes[index].column, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(at))

    def set_current(self, index: int) -> None:
        """Choose the axis that the keyboard acts on."""
        self.current = max(0, min(index, len(self.axes) - 1))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), self.minimumHeight() * 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.minimumSize()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._colors.background)
        if not self.axes:
            text = self.tr("Check a column at the left to give it an axis.")
            painter.setPen(self._colors.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        self.layers.paint(painter, QRectF(event.rect()))
        self._paint_hovered(painter)
        paint = AxisPainter(painter, self._places, self._colors)
        paint.paint_lane_title(self.width())
        shown = event.rect().adjusted(-int(self._places.spacing), 0, int(self._places.spacing), 0)
        for index, axis in enumerate(self.axes):
            x = self._places.xs[index]
            if shown.left() <= x <= shown.right():
                brushes = self.model.brushes_of(axis.column.id)
                paint.paint(axis, x, brushes, self._look(index))

    def _look(self, index: int) -> AxisLook:
        column_id = self.axes[index].column.id
        return AxisLook(
            is_current=index == self.current and self.hasFocus(),
            is_lifted=self.mouse.lifted == column_id,
            colors_lines=column_id == self.model.choice.color_by,
        )

    def _paint_hovered(self, painter: QPainter) -> None:
        row = self.model.hovered_row
        if row is None or row >= len(self._heights):
            return
        corners = self.line_of(row)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colors.background, 6))
        painter.drawPolyline(corners)
        painter.setPen(QPen(self._colors.hovered, 2.4))
        painter.drawPolyline(corners)
        painter.setBrush(self._colors.hovered)
        for corner in corners:
            painter.drawEllipse(corner, 3, 3)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouse.press(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse.move(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.mouse.release(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mouse.double_click(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_key(self, event):
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.axes:
            return
        by_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.current if by_keys else self._places.slot_at(event.pos().x())
        at = QPoint(int(self._places.xs[index]), int(self._places.top)) if by_keys else event.pos()
        self.show_menu(index, at)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.model.hover(None)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._draw_lines()

    @override
    def moveEvent(self, event: QMoveEvent) -> None:
        exposed = self.visibleRegion().boundingRect()
        if not self.layers.covers(exposed.left(), exposed.right()):
            self._draw_lines()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if not hasattr(self, "mouse"):
            return
        if event.type() == QEvent.Type.PaletteChange:
            self._colors = plot_colors(self.palette())
            self._draw_lines()
        elif event.type() == QEvent.Type.FontChange:
            self._lay_out()

    def _lay_out(self) -> None:
        """Put the axes in their places and have the lines drawn anew."""
        self.axes = self.model.axes[:MOST_AXES]
        self.current = max(0, min(self.current, len(self.axes) - 1))
        metrics = self.fontMetrics()
        right = right_room(
            [tick.label for tick in self.axes[-1].ticks] if self.axes else [], metrics
        )
        self.setMinimumSize(least_width(len(self.axes), right, metrics), least_height(metrics))
        has_lane = any(axis.n_missing for axis in self.axes)
        size = self.size()
        self._places = geometry_for(
            size.width(), size.height(), len(self.axes), has_lane, right, metrics
        )
        lane = self._places.lane if self._places.lane is not None else self._places.bottom
        self._heights = line_heights(self.axes, self._places.top, self._places.bottom, lane)
        self._draw_lines()
        self._describe()

    def _draw_lines(self) -> None:
        exposed = self.visibleRegion().boundingRect()
        if not self.isVisible() or exposed.isEmpty():
            return
        if len(self.axes) < 2 or len(self._heights) != len(self.model.rgb):
            self.layers.clear()
        else:
            args = (self._places, self._heights, self.model, self._colors)
            self.layers.ask(request_for(self, exposed, *args))
        self.update()

    def _describe(self) -> None:
        text = self.tr("%1 of %2 trials on %3 axes, %4 selected")
        counts = (
            self.model.n_passing,
            len(self.model.trials),
            len(self.axes),
            self.model.n_selected,
        )
        for place, count in enumerate(counts, 1):
            text = text.replace(f"%{place}", self.locale().toString(count))
        self.setAccessibleDescription(text)

    @Slot()
    def _on_drawn(self) -> None:
        self.update()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & LAID_OUT_BY:
            self._lay_out()
        elif names & {"brushes", "statuses", "selected"}:
            self._draw_lines()
            self._describe()
        else:
            self.update()

    @Slot()
    def _on_trials_changed(self) -> None:
        if not self.model.is_followed:
            self.layers.clear()
        self._lay_out()

    @Slot()
    def _on_colored(self) -> None:
        self._draw_lines()

    @Slot(object)
    def _on_hovered(self, row: int | None) -> None:
        self.update()
