"""Mouse, touchpad and keys on the canvas: what they do to the camera, and what they mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from typing_extensions import override

if TYPE_CHECKING:
    from widgets.embedding.canvas import ScatterCanvas

KEY_PX = 24.0
KEY_ZOOM = 1.25
WHEEL_ZOOM = 1.2
ARROWS = {
    Qt.Key.Key_Left: (-KEY_PX, 0.0),
    Qt.Key.Key_Right: (KEY_PX, 0.0),
    Qt.Key.Key_Up: (0.0, -KEY_PX),
    Qt.Key.Key_Down: (0.0, KEY_PX),
}


class Navigator(QObject):
    """Filters the events of one canvas.

    moved: the new Camera. clicked, hovered: a QPointF, hovered also None when the pointer leaves.
    reset_asked, fly_asked, cleared: what a key or a double click asked for.
    flat_asked: True for 2D, False for 3D.
    """

    moved = Signal(object)
    clicked = Signal(object)
    hovered = Signal(object)
    reset_asked = Signal()
    fly_asked = Signal()
    cleared = Signal()
    flat_asked = Signal(object)

    def __init__(self, canvas: ScatterCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._pressed_at: QPointF | None = None
        self._last = QPointF()
        self._is_dragging = False
        canvas.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            return self._on_mouse(event)
        if isinstance(event, QWheelEvent):
            return self._on_wheel(event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        if isinstance(event, QNativeGestureEvent):
            return self._on_pinch(event)
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return False

    def _on_mouse(self, event: QMouseEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._pressed_at = self._last = event.position()
            self._is_dragging = False
            return True
        if kind == QEvent.Type.MouseButtonDblClick:
            if event.button() == Qt.MouseButton.LeftButton:
                self.reset_asked.emit()
            return True
        if kind == QEvent.Type.MouseMove:
            self._on_move(event)
            return True
        if kind == QEvent.Type.MouseButtonRelease:
            self._on_release(event)
            return True
        return False

    def _on_move(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or event.buttons() == Qt.MouseButton.NoButton:
            self.hovered.emit(event.position())
            return
        way = event.position() - self._pressed_at
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._is_dragging = True
        if not self._is_dragging:
            return
        step = event.position() - self._last
        self._last = event.position()
        is_pan = event.buttons() != Qt.MouseButton.LeftButton or bool(
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        self._shift(step.x(), step.y(), is_pan)

    def _on_release(self, event: QMouseEvent) -> None:
        was_click = self._pressed_at is not None and not self._is_dragging
        self._pressed_at = None
        self._is_dragging = False
        if was_click and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(event.position())

    def _on_wheel(self, event: QWheelEvent) -> bool:
        """A wheel turns in notches of 120; a touchpad scrolls smoothly in pixels."""
        pixels = event.pixelDelta().y()
        if pixels and event.phase() != Qt.ScrollPhase.NoScrollPhase:
            factor = math.exp(pixels * 0.006)
        else:
            factor = WHEEL_ZOOM ** (event.angleDelta().y() / 120)
        if factor != 1.0:
            self._zoom(factor, event.position())
        return True

    def _on_pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._zoom(max(0.2, 1 + event.value()), event.position())
        return True

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            return False
        if key in ARROWS:
            self._shift(*ARROWS[key], is_pan=has_shift)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(KEY_ZOOM)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self._zoom(1 / KEY_ZOOM)
        else:
            return self._ask(key)
        return True

    def _ask(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_R, Qt.Key.Key_Home):
            self.reset_asked.emit()
        elif key == Qt.Key.Key_F:
            self.fly_asked.emit()
        elif key == Qt.Key.Key_Escape:
            self.cleared.emit()
        elif key in (Qt.Key.Key_2, Qt.Key.Key_3):
            self.flat_asked.emit(key == Qt.Key.Key_2)
        else:
            return False
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
