"""Mouse, touch and keys on the canvas: what they do to the camera, and what they mean.

A drag with the left button does what the tool in hand does; with Shift, Alt or Ctrl it selects,
whatever the tool. The middle and the right button shift the cloud. One finger is a left button,
two shift and zoom, see Fingers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import (
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from widgets.embedding.tools.fingers import Fingers
from widgets.embedding.tools.outline import Outline
from widgets.embedding.tools.tool import Tool, combine_of

if TYPE_CHECKING:
    from widgets.embedding.canvas import ScatterCanvas

KEY_PX = 24.0
KEY_ZOOM = 1.25
WHEEL_ZOOM = 1.2
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
ZOOMS = {
    Qt.Key.Key_Plus: KEY_ZOOM,
    Qt.Key.Key_Equal: KEY_ZOOM,
    Qt.Key.Key_Minus: 1 / KEY_ZOOM,
    Qt.Key.Key_Underscore: 1 / KEY_ZOOM,
}
ARROWS = {
    Qt.Key.Key_Left: (-KEY_PX, 0.0),
    Qt.Key.Key_Right: (KEY_PX, 0.0),
    Qt.Key.Key_Up: (0.0, -KEY_PX),
    Qt.Key.Key_Down: (0.0, KEY_PX),
}


class Navigator(QObject):
    """Filters the events of one canvas.

    moved: the new Camera. clicked: (QPointF, Combine). hovered: a QPointF, None when the pointer
    leaves. double_clicked, menu_asked: a QPointF; menu_asked also None, by key. outline_changed:
    the Outline that is being drawn, or None; outlined: one that was finished. fly_asked,
    reset_asked, cleared: what a key asked for. flat_asked: True for 2D, False for 3D. touched: the
    user's hand is on the camera.
    """

    moved = Signal(object)
    clicked = Signal(object, object)
    hovered = Signal(object)
    double_clicked = Signal(object)
    menu_asked = Signal(object)
    outline_changed = Signal(object)
    outlined = Signal(object)
    reset_asked = Signal()
    fly_asked = Signal()
    cleared = Signal()
    flat_asked = Signal(object)
    touched = Signal()

    def __init__(self, canvas: ScatterCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._pressed_at: QPointF | None = None
        self._last = QPointF()
        self._is_dragging = self._is_abandoned = False
        self.tool = Tool.ORBIT
        self.outline: Outline | None = None
        canvas.installEventFilter(self)
        self._fingers = Fingers(canvas)
        self._connect_fingers()

    def _connect_fingers(self) -> None:
        fingers = self._fingers
        fingers.pressed.connect(self._press)
        fingers.dragged.connect(self._on_finger_dragged)
        fingers.lifted.connect(self._on_finger_lifted)
        fingers.dropped.connect(self._drop)
        fingers.tapped_twice.connect(self.double_clicked)
        fingers.held.connect(self.menu_asked)
        fingers.spread.connect(self._on_spread)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            return self._on_mouse(event)
        if isinstance(event, QWheelEvent):
            return self._on_wheel(event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        if isinstance(event, QNativeGestureEvent):
            return self._on_native_gesture(event)
        if isinstance(event, QTouchEvent):
            return self._fingers.take(event)
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return False

    def abandon(self) -> None:
        """The outline is not wanted after all."""
        self._set_outline(None)

    def _on_mouse(self, event: QMouseEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._press(event.position())
        elif kind == QEvent.Type.MouseButtonDblClick:
            if event.button() == LEFT:
                self.double_clicked.emit(event.position())
        elif kind == QEvent.Type.MouseMove:
            self._drag(event.position(), event.buttons(), event.modifiers())
        elif kind == QEvent.Type.MouseButtonRelease:
            self._release(event.position(), event.button(), event.modifiers())
        else:
            return False
        return True

    @Slot(object)
    def _press(self, at: QPointF) -> None:
        self.touched.emit()
        if self._pressed_at is not None:  # another button in the middle of a drag
            self.abandon()
        self._pressed_at = self._last = at
        self._is_dragging = False

    def _drag(self, at: QPointF, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        if self._pressed_at is None or buttons == Qt.MouseButton.NoButton:
            self.hovered.emit(at)
            return
        way = at - self._pressed_at
        if not self._is_dragging:
            if way.manhattanLength() < QApplication.startDragDistance():
                return
            self._is_dragging = True
            self._begin_drag(self._pressed_at, buttons, modifiers)
        step = at - self._last
        self._last = at
        if self.outline is not None:
            self.outline.extend(at)
            self.outline.how = combine_of(modifiers)
            self.outline_changed.emit(self.outline)
        elif not self._is_abandoned:
            is_pan = buttons != LEFT or self.tool is Tool.PAN
            self._shift(step.x(), step.y(), is_pan=is_pan)

    def _begin_drag(
        self, start: QPointF, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        how = combine_of(modifiers)
        selects = self.tool.selects or how != "replace"
        self._is_abandoned = False
        if buttons == LEFT and selects:
            self._set_outline(Outline([start], self.tool is Tool.LASSO, how))

    def _release(self, at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        was_click = self._pressed_at is not None and not self._is_dragging
        self._pressed_at = None
        self._is_dragging = False
        if was_click and button == LEFT:
            self.clicked.emit(at, combine_of(modifiers))
        elif was_click and button == RIGHT:
            self.menu_asked.emit(at)
        elif self.outline is not None and button == LEFT:
            done = self.outline
            done.how = combine_of(modifiers)
            self._set_outline(None)
            self.outlined.emit(done)

    @Slot()
    def _drop(self) -> None:
        """What was begun with one finger is neither a click nor an outline after all."""
        self.abandon()
        self._pressed_at = None
        self._is_dragging = False

    @Slot(object)
    def _on_finger_dragged(self, at: QPointF) -> None:
        self._drag(at, LEFT, QApplication.keyboardModifiers())

    @Slot(object)
    def _on_finger_lifted(self, at: QPointF) -> None:
        self._release(at, LEFT, QApplication.keyboardModifiers())

    @Slot(object, object, object)
    def _on_spread(self, step: QPointF, factor: float, at: QPointF) -> None:
        self.touched.emit()
        self._shift(step.x(), step.y(), is_pan=True)
        self._zoom(factor, at)

    def _set_outline(self, outline: Outline | None) -> None:
        if outline is not self.outline:
            self._is_abandoned = outline is None
            self.outline = outline
            self.outline_changed.emit(outline)

    def _on_wheel(self, event: QWheelEvent) -> bool:
        """A wheel zooms in notches of 120; two fingers on a touchpad shift, and zoom with Ctrl."""
        self.touched.emit()
        pixels, has_ctrl = event.pixelDelta(), event.modifiers() & CTRL
        is_smooth = event.phase() != Qt.ScrollPhase.NoScrollPhase and not pixels.isNull()
        is_touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        if is_smooth and is_touchpad and not has_ctrl:
            self._shift(pixels.x(), pixels.y(), is_pan=True)
            return True
        if is_smooth:
            factor = math.exp(pixels.y() * 0.006)
        else:
            factor = WHEEL_ZOOM ** (event.angleDelta().y() / 120)
        if factor != 1.0:
            self._zoom(factor, event.position())
        return True

    def _on_native_gesture(self, event: QNativeGestureEvent) -> bool:
        """On a touchpad."""
        kind, step = event.gestureType(), event.delta()
        if kind == Qt.NativeGestureType.ZoomNativeGesture:
            self.touched.emit()
            self._zoom(min(5.0, max(0.2, 1 + event.value())), event.position())
        elif kind == Qt.NativeGestureType.PanNativeGesture:
            self.touched.emit()
            self._shift(step.x(), step.y(), is_pan=True)
        else:
            return False
        return True

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self.outline is not None:
            self.abandon()
            return True
        if event.modifiers() & (CTRL | Qt.KeyboardModifier.AltModifier):
            return False
        return self._steer(key, event.modifiers()) or self._ask(key)

    def _steer(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        if key in ARROWS:
            self.touched.emit()
            has_shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            self._shift(*ARROWS[key], is_pan=has_shift)
        elif key in ZOOMS:
            self.touched.emit()
            self._zoom(ZOOMS[key])
        else:
            return False
        return True

    def _ask(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_R, Qt.Key.Key_Home):
            self.reset_asked.emit()
        elif key == Qt.Key.Key_F:
            self.fly_asked.emit()
        elif key == Qt.Key.Key_Escape:
            self.cleared.emit()
        elif key == Qt.Key.Key_Menu:
            self.menu_asked.emit(None)
        elif key in (Qt.Key.Key_2, Qt.Key.Key_3):
            self.flat_asked.emit(key == Qt.Key.Key_2)
        else:
            return False
        self.touched.emit()
        return True

    def _shift(self, dx: float, dy: float, is_pan: bool) -> None:
        camera = self._canvas.camera
        if is_pan or camera.is_flat:
            self.moved.emit(camera.panned(dx, dy, self._canvas.height()))
        else:
            self.moved.emit(camera.orbited(dx, dy))

    def _zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Toward the pointer; by key toward the middle."""
        width, height = self._canvas.width(), self._canvas.height()
        at = at or QPointF(width / 2, height / 2)
        self.moved.emit(self._canvas.camera.zoomed(factor, at.x(), at.y(), width, height))
