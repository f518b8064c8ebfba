"""Fingers on a touch screen: one presses and drags as a mouse does, two shift and zoom."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEventPoint, QTouchEvent
from PySide6.QtWidgets import QApplication, QWidget

NEAREST_PX = 8.0
"""Fingers closer than this say nothing about how far they spread."""
LIFTED, RESTS = QEventPoint.State.Released, QEventPoint.State.Stationary


class Fingers(QObject):
    """Tells what fingers on one widget do, in its own pixels.

    pressed, dragged, lifted: (QPointF) of the first finger, while it is the only one. dropped: it
    was no drag after all, as more fingers came or the system took over. tapped_twice, held:
    (QPointF). spread: (step QPointF, factor, center QPointF) of two fingers since the last event.
    """

    pressed = Signal(object)
    dragged = Signal(object)
    lifted = Signal(object)
    dropped = Signal()
    tapped_twice = Signal(object)
    held = Signal(object)
    spread = Signal(object, object, object)

    def __init__(self, surface: QWidget) -> None:
        super().__init__(surface)
        self._surface = surface
        self._places: dict[int, QPointF] = {}
        self._is_alone = False
        self._start = QPointF()
        self._tapped_at: QPointF | None = None
        hints = QApplication.styleHints()
        self._hold = QTimer(self, singleShot=True, interval=hints.mousePressAndHoldInterval())
        self._hold.timeout.connect(self._on_held)
        self._between = QTimer(self, singleShot=True, interval=hints.mouseDoubleClickInterval())
        self._between.timeout.connect(self._on_waited)
        surface.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def take(self, event: QTouchEvent) -> bool:
        """Whether the event is dealt with; one for a widget that lies on the surface is not."""
        if event.type() == QEvent.Type.TouchCancel:
            self._give_up()
            self._places.clear()
            return True
        now = {point.id(): self._place(point) for point in event.points()}
        if event.type() == QEvent.Type.TouchBegin:
            if any(self._surface.childAt(at.toPoint()) is not None for at in now.values()):
                event.ignore()
                return True
            self._places.clear()
        self._follow(now)
        left = {point.id() for point in event.points() if point.state() == LIFTED}
        self._places = {id_: at for id_, at in now.items() if id_ not in left}
        if not self._places and self._is_alone:
            self._lift(next(iter(now.values())))
        event.accept()
        return True

    def _place(self, point: QEventPoint) -> QPointF:
        known = self._places.get(point.id())
        if known is not None and point.state() == RESTS:  # not all systems say where it rests
            return known
        return QPointF(self._surface.mapFromGlobal(point.globalPosition()))

    def _follow(self, now: dict[int, QPointF]) -> None:
        before = self._places
        if len(now) == 1 and not before:
            self._press(next(iter(now.values())))
        elif len(now) > 1:
            self._give_up()
            both = [id_ for id_ in now if id_ in before][:2]
            if len(both) == 2:
                self._spread([before[id_] for id_ in both], [now[id_] for id_ in both])
        elif self._is_alone:
            self._drag(next(iter(now.values())))

    def _press(self, at: QPointF) -> None:
        self._is_alone, self._start = True, at
        self._hold.start()
        self.pressed.emit(at)

    def _drag(self, at: QPointF) -> None:
        if (at - self._start).manhattanLength() >= QApplication.startDragDistance():
            self._hold.stop()
            self._tapped_at = None
        self.dragged.emit(at)

    def _lift(self, at: QPointF) -> None:
        was_tap = self._hold.isActive()
        self._hold.stop()
        self._is_alone = False
        reach = 3 * QApplication.startDragDistance()
        first = self._tapped_at
        is_second = was_tap and first is not None and (at - first).manhattanLength() <= reach
        self._tapped_at = at if was_tap and not is_second else None
        if is_second:
            self.dropped.emit()
            self.tapped_twice.emit(at)
            return
        self._between.start()
        self.lifted.emit(at)

    def _give_up(self) -> None:
        """The first finger does not drag any more, also when the others have left."""
        self._hold.stop()
        self._tapped_at = None
        if self._is_alone:
            self._is_alone = False
            self.dropped.emit()

    def _spread(self, before: list[QPointF], now: list[QPointF]) -> None:
        step = (now[0] + now[1]) / 2 - (before[0] + before[1]) / 2
        apart = [
            math.hypot(ends[1].x() - ends[0].x(), ends[1].y() - ends[0].y())
            for ends in (before, now)
        ]
        factor = apart[1] / apart[0] if min(apart) >= NEAREST_PX else 1.0
        self.spread.emit(step, factor, (now[0] + now[1]) / 2)

    @Slot()
    def _on_held(self) -> None:
        """A finger that rests asks for the menu, as the right button does."""
        if self._is_alone:
            self._give_up()
            self.held.emit(self._start)

    @Slot()
    def _on_waited(self) -> None:
        self._tapped_at = None
