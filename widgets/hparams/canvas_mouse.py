"""What the mouse does on parallel coordinates: brushing, moving axes, pointing at lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from projector.hparams.axes import Axis, brush_between
from projector.hparams.choice import Brush
from widgets.hparams.axis_painter import title_box
from widgets.hparams.brush_drag import BrushDrag, dragged, grip_at
from widgets.shared.texts import plain_tip

if TYPE_CHECKING:
    from widgets.hparams.canvas import ParallelCanvas

AXIS_REACH_PX = 9.0
END_REACH_PX = 5.0
LANE_REACH_PX = 9.0


class CanvasMouse:
    """Follows the mouse from press to release. lifted: the column id of the axis being moved."""

    def __init__(self, canvas: ParallelCanvas) -> None:
        self._canvas = canvas
        self._pressed: QPointF | None = None
        self._is_dragging = False
        self._drag: BrushDrag | None = None
        self._title: str | None = None
        self.lifted: str | None = None

    def press(self, event: QMouseEvent) -> None:
        """Take hold of a title, a brush or an axis."""
        if event.button() != Qt.MouseButton.LeftButton or not self._canvas.axes:
            return
        point = event.position()
        self._pressed, self._is_dragging = point, False
        index = self._title_at(point)
        if index is not None:
            self._title = self._canvas.axes[index].column.id
            self._canvas.set_current(index)
            return
        index = self._axis_at(point)
        if index is not None:
            self._canvas.set_current(index)
            self._grip(index, point, event.modifiers())

    def move(self, event: QMouseEvent) -> None:
        """Go on dragging, or point at what lies under the pointer."""
        point = event.position()
        if self._pressed is None:
            self._point_at(point)
            return
        way = (point - self._pressed).manhattanLength()
        if not self._is_dragging and way < QApplication.startDragDistance():
            return
        self._is_dragging = True
        if self._title is not None:
            self._move_axis(point)
        elif self._drag is not None:
            self._brush(point)

    def release(self, event: QMouseEvent) -> None:
        """End a drag, or take it as a click."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        was_dragging, pressed = self._is_dragging, self._pressed
        drag, title = self._drag, self._title
        self._pressed = self._drag = self._title = self.lifted = None
        self._is_dragging = False
        self._canvas.update()
        if was_dragging or title is not None:
            return
        if drag is not None:
            self._click_axis(drag, pressed)
        elif not self._click_lane(pressed):
            self._click_line(pressed, event.modifiers())

    def double_click(self, event: QMouseEvent) -> None:
        """Invert an axis by its title, clear a brush by itself."""
        point = event.position()
        index = self._title_at(point)
        if index is not None:
            self._canvas.model.toggle_inverted(self._canvas.axes[index].column.id)
            return
        index = self._axis_at(point)
        if index is None:
            self.press(event)
            return
        drag = self._drag_at(self._canvas.axes[index], point, False)
        if drag.span is not None:
            self._canvas.model.set_brushes(drag.axis_id, drag.others)

    def _title_at(self, point: QPointF) -> int | None:
        places = self._canvas.places
        index = places.slot_at(point.x())
        return index if title_box(places, places.xs[index]).contains(point) else None

    def _axis_at(self, point: QPointF) -> int | None:
        places = self._canvas.places
        if not places.top - 6 <= point.y() <= places.bottom + 6:
            return None
        return places.axis_at(point.x(), AXIS_REACH_PX)

    def _axis_by_id(self, column_id: str) -> Axis | None:
        axes = self._canvas.axes
        return next((axis for axis in axes if axis.column.id == column_id), None)

    def _drag_at(self, axis: Axis, point: QPointF, is_added: bool) -> BrushDrag:
        places = self._canvas.places
        reach = END_REACH_PX / max(1.0, places.bottom - places.top)
        brushes = self._canvas.model.brushes_of(axis.column.id)
        return grip_at(axis, brushes, places.position_of(point.y()), reach, is_added)

    def _grip(self, index: int, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        is_added = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        self._drag = self._drag_at(self._canvas.axes[index], point, is_added)

    def _brush(self, point: QPointF) -> None:
        drag = self._drag
        axis = self._axis_by_id(drag.axis_id) if drag is not None else None
        if drag is None or axis is None:
            return
        position = min(1.05, max(-0.05, self._canvas.places.position_of(point.y())))
        self._canvas.model.set_brushes(drag.axis_id, dragged(axis, drag, position))

    def _move_axis(self, point: QPointF) -> None:
        self.lifted = self._title
        axes = [axis.column.id for axis in self._canvas.axes]
        slot = self._canvas.places.slot_at(point.x())
        if self._title in axes and axes.index(self._title) != slot:
            shown = [col.id for col in self._canvas.model.shown]
            self._canvas.model.move_column(self._title, shown.index(axes[slot]))
            self._canvas.set_current(slot)
        self._canvas.update()

    def _click_axis(self, drag: BrushDrag, point: QPointF) -> None:
        """A click beside all brushes clears them; on a bare category axis it picks the category."""
        model = self._canvas.model
        axis = self._axis_by_id(drag.axis_id)
        if drag.span is not None or axis is None:
            return
        brushes = model.brushes_of(drag.axis_id)
        if axis.scale == "category" and (not brushes or drag.others):
            place = min(1.0, max(0.0, self._canvas.places.position_of(point.y())))
            model.set_brushes(drag.axis_id, (*drag.others, brush_between(axis, place, place)))
        elif brushes:
            model.set_brushes(drag.axis_id, ())
        else:
            self._click_line(point, Qt.KeyboardModifier.NoModifier)

    def _click_lane(self, point: QPointF) -> bool:
        """A click on the lane brushes the trials that have no value, or ends that."""
        places, model = self._canvas.places, self._canvas.model
        index = places.axis_at(point.x(), AXIS_REACH_PX)
        if places.lane is None or index is None or abs(point.y() - places.lane) > LANE_REACH_PX:
            return False
        axis = self._canvas.axes[index]
        brushes = model.brushes_of(axis.column.id)
        kept = tuple(brush for brush in brushes if not brush.is_missing)
        if kept == brushes and axis.n_missing:
            kept = (*brushes, Brush(axis.column.id, is_missing=True))
        model.set_brushes(axis.column.id, kept)
        return True

    def _click_line(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Select the line; Ctrl or Shift adds it or takes it away; beside all lines, nothing."""
        model = self._canvas.model
        row = self._canvas.row_at(point)
        several = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if modifiers & several:
            if row is not None:
                model.select_rows(set(model.selected_rows().tolist()) ^ {row})
            return
        model.select_rows([] if row is None else [row])

    def _point_at(self, point: QPointF) -> None:
        canvas = self._canvas
        if not canvas.axes:
            return
        index = self._title_at(point)
        if index is not None:
            canvas.setCursor(Qt.CursorShape.OpenHandCursor)
            canvas.model.hover(None)
            canvas.setToolTip(plain_tip(canvas.axes[index].column.title))
            return
        canvas.setToolTip("")
        on_axis = self._axis_at(point) is not None
        canvas.setCursor(Qt.CursorShape.SizeVerCursor if on_axis else Qt.CursorShape.ArrowCursor)
        row = None if on_axis else canvas.row_at(point)
        canvas.model.hover(row)
        canvas.show_tip(point.toPoint(), row)
