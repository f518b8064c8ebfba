"""How the program's controls are drawn: Qt's Fusion style, with check boxes that can be seen on a
dark list and a frame around what has the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QLineEdit,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionComplex,
    QWidget,
)
from typing_extensions import override

from widgets.shared.theme import ControlColors, control_colors

Element, State = QStyle.PrimitiveElement, QStyle.StateFlag
BOXES = frozenset({Element.PE_IndicatorCheckBox, Element.PE_IndicatorItemViewItemCheck})
FRAMES = frozenset({Element.PE_Frame, Element.PE_FrameLineEdit})
CONTROLS = frozenset({QStyle.ControlElement.CE_PushButton, QStyle.ControlElement.CE_TabBarTabShape})
COMPLEX_CONTROLS = frozenset(
    {
        QStyle.ComplexControl.CC_Slider,
        QStyle.ComplexControl.CC_ComboBox,
        QStyle.ComplexControl.CC_SpinBox,
    }
)
KEYBOARD = State.State_HasFocus | State.State_KeyboardFocusChange
FOCUS_PX = 2.0
CHECK = ((0.22, 0.53), (0.41, 0.72), (0.78, 0.29))
"""Corners of a check mark, in shares of its box."""


class ControlStyle(QProxyStyle):
    """A style sheet for the whole program would do as well, but it has every widget dressed anew
    on each change of the theme, which takes half a second."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    @override
    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element in BOXES or element == Element.PE_IndicatorRadioButton:
            self._paint_indicator(element, option, painter)
        elif element == Element.PE_FrameFocusRect:
            if option.state & State.State_KeyboardFocusChange:
                paint_focus(painter, option.rect, control_colors(option.palette))
        else:
            super().drawPrimitive(element, option, painter, widget)
            if element in FRAMES and isinstance(widget, QAbstractScrollArea | QLineEdit):
                _paint_focus_of(option, painter)

    @override
    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawControl(element, option, painter, widget)
        if element in CONTROLS:
            _paint_focus_of(option, painter)

    @override
    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawComplexControl(control, option, painter, widget)
        if control in COMPLEX_CONTROLS:
            _paint_focus_of(option, painter)

    def _paint_indicator(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter
    ) -> None:
        colors, state = control_colors(option.palette), option.state
        is_round = element == Element.PE_IndicatorRadioButton
        is_partly = bool(state & State.State_NoChange)
        is_on = is_partly or bool(state & State.State_On)
        is_lit = bool(state & (State.State_MouseOver | State.State_HasFocus))
        edge = colors.accent if is_on or is_lit else colors.outline
        ground = colors.accent if is_on else colors.fill
        if not state & State.State_Enabled:
            edge, ground = colors.disabled, colors.disabled if is_on else colors.fill
        box = _square(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(ground)
        radius = box.width() / 2 if is_round else 3.0
        painter.drawRoundedRect(box, radius, radius)
        if is_on:
            _paint_mark(painter, box, colors, is_round=is_round, is_partly=is_partly)
        painter.restore()


def _square(rect: QRect) -> QRectF:
    """The largest square in the middle, on whole pixels."""
    side = min(rect.width(), rect.height()) - 1
    left = rect.x() + (rect.width() - side) // 2
    top = rect.y() + (rect.height() - side) // 2
    return QRectF(left + 0.5, top + 0.5, side - 1, side - 1)


def _paint_mark(
    painter: QPainter, box: QRectF, colors: ControlColors, *, is_round: bool, is_partly: bool
) -> None:
    side, center = box.width(), box.center()
    if is_round:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.mark)
        painter.drawEllipse(center, side * 0.22, side * 0.22)
        return
    pen = QPen(colors.mark, side * 0.14)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    if is_partly:
        half = QPointF(side * 0.25, 0)
        painter.drawLine(center - half, center + half)
    else:
        corner = box.topLeft()
        places = [corner + QPointF(x * side, y * side) for x, y in CHECK]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(places))


def _paint_focus_of(option: QStyleOption, painter: QPainter) -> None:
    """A frame where that of the style is faint or missing."""
    if option.state & KEYBOARD == KEYBOARD:
        paint_focus(painter, option.rect, control_colors(option.palette))


def paint_focus(painter: QPainter, rect: QRect, colors: ControlColors) -> None:
    """The frame around what has the keyboard, just inside the rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colors.focus, FOCUS_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = FOCUS_PX / 2
    painter.drawRoundedRect(QRectF(rect).adjusted(half, half, -half, -half), 3, 3)
    painter.restore()
