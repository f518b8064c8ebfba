"""The legend of a gradient: a bar with ticks; a part of it can be marked to select its points."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from projector.colors import Gradient, Tick
from projector.selection import Combine
from widgets.shared.theme import plot_colors

STEP = 0.02
EDGE = 2
TICK_PX = 4
SMALLEST_PART = 0.005
Part = tuple[float, float]


class GradientBar(QWidget):
    """Shares of the bar run from 0 at its low end to 1.

    part_moved: (low, high), the part that is being marked, or None for none. part_picked: (low,
    high, how), select its points.
    """

    part_moved = Signal(object)
    part_picked = Signal(object, object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gradient: Gradient | None = None
        self._part: Part | None = None
        self._start: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Gradient"))
        self.setToolTip(
            self.tr(
                "Drag over a part to select the points whose values lie there; with Ctrl they are "
                "added. Keys: arrows move, Shift widens, Enter selects."
            )
        )

    @property
    def part(self) -> Part | None:
        """What is marked."""
        return self._part

    def set_gradient(self, gradient: Gradient | None) -> None:
        self._gradient = gradient
        if gradient is not None:
            texts = ", ".join(tick.text for tick in gradient.ticks)
            self.setAccessibleDescription(texts)
        self.set_part(None)
        self.update()

    def set_part(self, part: Part | None) -> None:
        """Mark a part; announces nothing."""
        if part != self._part:
            self._part = part
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, 2 * self._line_height + TICK_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        gradient = self._gradient
        if gradient is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter, gradient)
        if self._part is not None:
            self._paint_part(painter, self._part)
        self._paint_ticks(painter, gradient.ticks)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self._bar.adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3)
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._gradient is not None:
            self._start = self._share_at(event.position())
            self._move_part(None)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._start is not None:
            end = self._share_at(event.position())
            self._move_part((min(self._start, end), max(self._start, end)))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._start is None:
            return
        self._start = None
        if self._part is None or self._part[1] - self._part[0] < SMALLEST_PART:
            self._move_part(None)
            return
        self._pick(event.modifiers())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP}
        way = ways.get(Qt.Key(event.key()))
        if way is not None:
            widens = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move_part(_moved(self._part, way, widens))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._part is not None:
            self._pick(event.modifiers())
        elif event.key() == Qt.Key.Key_Escape and self._part is not None:
            self._start = None
            self._move_part(None)
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    @property
    def _line_height(self) -> int:
        return self.fontMetrics().height() + 2

    @property
    def _bar(self) -> QRectF:
        return QRectF(EDGE, EDGE, max(1, self.width() - 2 * EDGE), self._line_height - 2 * EDGE)

    def _x_of(self, share: float) -> float:
        return self._bar.left() + share * self._bar.width()

    def _share_at(self, at: QPointF) -> float:
        return min(1.0, max(0.0, (at.x() - self._bar.left()) / self._bar.width()))

    def _move_part(self, part: Part | None) -> None:
        self.set_part(part)
        self.part_moved.emit(part)

    def _pick(self, keys: Qt.KeyboardModifier) -> None:
        assert self._part is not None
        adds = keys & Qt.KeyboardModifier.ControlModifier
        how: Combine = "union" if adds else "replace"
        self.part_picked.emit(*self._part, how)

    def _paint_bar(self, painter: QPainter, gradient: Gradient) -> None:
        fill = QLinearGradient(self._bar.topLeft(), self._bar.topRight())
        last = max(1, len(gradient.stops) - 1)
        for i, stop in enumerate(gradient.stops):
            fill.setColorAt(i / last, QColor(*stop))
        painter.setBrush(fill)
        painter.setPen(QPen(plot_colors(self.palette()).grid, 1))
        painter.drawRoundedRect(self._bar, 2, 2)

    def _paint_part(self, painter: QPainter, part: Part) -> None:
        """What is not marked turns pale."""
        colors = plot_colors(self.palette())
        veil = QColor(self.palette().window().color())
        veil.setAlphaF(0.72)
        left, right = self._x_of(part[0]), self._x_of(part[1])
        bar = self._bar
        painter.fillRect(QRectF(bar.left(), bar.top(), left - bar.left(), bar.height()), veil)
        painter.fillRect(QRectF(right, bar.top(), bar.right() - right, bar.height()), veil)
        painter.setPen(QPen(colors.foreground, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left, bar.top() - 1, max(1.0, right - left), bar.height() + 2))

    def _paint_ticks(self, painter: QPainter, ticks: tuple[Tick, ...]) -> None:
        """All texts, or every second, every third ... as they fit side by side."""
        painter.setPen(plot_colors(self.palette()).muted)
        bottom = self._bar.bottom()
        for tick in ticks:
            x = self._x_of(tick.share)
            painter.drawLine(QPointF(x, bottom + 1), QPointF(x, bottom + TICK_PX - 1))
        strides = (ticks[::stride] for stride in range(1, len(ticks) + 1))
        for chosen in strides:
            rects = [self._text_rect(tick) for tick in chosen]
            if all(a.right() < b.left() for a, b in pairwise(rects)):
                for tick, rect in zip(chosen, rects, strict=True):
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, tick.text)
                return

    def _text_rect(self, tick: Tick) -> QRectF:
        """Under its tick, as far as the widget reaches."""
        width = self.fontMetrics().horizontalAdvance(tick.text) + 6
        x = self._x_of(tick.share) - width / 2
        left = min(max(-2.0, x), self.width() - width + 2.0)
        return QRectF(left, self._bar.bottom() + TICK_PX, width, self._line_height)


def _moved(part: Part | None, way: float, widens: bool) -> Part:
    """The part after an arrow key; a new one starts as a tenth at the end the key comes from."""
    if part is None:
        return (0.0, 0.1) if way > 0 else (0.9, 1.0)
    low, high = part
    if widens:
        return low, min(1.0, max(low + STEP, high + way))
    way = min(1.0 - high, max(-low, way))
    return low + way, high + way
