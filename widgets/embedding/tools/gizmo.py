"""Three small axes in the corner that say how the cloud is turned; their ends turn it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from projector.render.camera import Camera
from widgets.embedding.canvas import ScatterCanvas
from widgets.shared.theme import PlotColors, plot_colors

LETTERS = "XYZ"
MARGIN = 8
SIDES: dict[tuple[int, bool], tuple[float, float]] = {
    (0, True): (math.pi / 2, 0.0),
    (0, False): (-math.pi / 2, 0.0),
    (1, True): (0.0, math.pi / 2),
    (1, False): (0.0, -math.pi / 2),
    (2, True): (0.0, 0.0),
    (2, False): (math.pi, 0.0),
}
"""Yaw and pitch of a camera that looks at the cloud from the end of an axis: (axis, positive)."""


@dataclass(frozen=True, slots=True)
class End:
    """at: from the middle, of length up to 1. depth: toward the eye, -1..1."""

    axis: int
    is_positive: bool
    at: QPointF
    depth: float


def gizmo_ends(camera: Camera) -> list[End]:
    """The six ends of the axes as the camera sees them, the farthest first."""
    right, up, back = camera.basis
    ends = []
    for axis in range(3):
        for sign in (1.0, -1.0):
            at = QPointF(sign * float(right[axis]), -sign * float(up[axis]))
            ends.append(End(axis, sign > 0, at, sign * float(back[axis])))
    return sorted(ends, key=lambda end: end.depth)


class OrientationGizmo(QWidget):
    """In the corner of a canvas, in 3D. turned: (yaw, pitch) to look from; reset_asked: twice."""

    turned = Signal(object, object)
    reset_asked = Signal()

    def __init__(self, canvas: ScatterCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._hovered: tuple[int, bool] | None = None
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(self.tr("Orientation"))
        self.setAccessibleDescription(
            self.tr("The keys X, Y and Z look along an axis, with Shift from its other end.")
        )
        canvas.camera_changed.connect(self._on_camera_changed)
        canvas.resized.connect(self.place)
        canvas.painted.connect(self._on_painted)
        self.place()
        self.hide()

    @property
    def radius(self) -> float:
        """Half its side, without the discs at the ends."""
        return self.fontMetrics().height() * 1.7

    def center_of(self, axis: int, is_positive: bool) -> QPointF:
        """Where the end of an axis is on the widget."""
        ends = gizmo_ends(self._canvas.camera)
        end = next(e for e in ends if (e.axis, e.is_positive) == (axis, is_positive))
        return self._middle + end.at * self.radius

    @property
    def _disc(self) -> float:
        return self.fontMetrics().height() * 0.52

    @property
    def _middle(self) -> QPointF:
        return QRectF(self.rect()).center()

    @override
    def sizeHint(self) -> QSize:
        side = round(2 * (self.radius + self._disc) + 4)
        return QSize(side, side)

    @Slot()
    def place(self) -> None:
        """In the lower left corner."""
        size = self.sizeHint()
        top = self._canvas.height() - size.height() - MARGIN
        self.setGeometry(MARGIN, top, size.width(), size.height())

    @Slot(object)
    def _on_camera_changed(self, _camera: Camera) -> None:
        self._on_painted()
        self.update()

    @Slot()
    def _on_painted(self) -> None:
        self.setVisible(self._canvas.has_picture and not self._canvas.camera.is_flat)

    def _end_at(self, at: QPointF) -> End | None:
        """The nearest to the eye where two lie over one another."""
        reach = self._disc + 2
        for end in reversed(gizmo_ends(self._canvas.camera)):
            way = at - (self._middle + end.at * self.radius)
            if math.hypot(way.x(), way.y()) <= reach:
                return end
        return None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = plot_colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        font.setBold(True)
        painter.setFont(font)
        for end in gizmo_ends(self._canvas.camera):
            self._paint_end(painter, end, colors)
        painter.end()

    def _paint_end(self, painter: QPainter, end: End, colors: PlotColors) -> None:
        color = _faded((colors.axis_x, colors.axis_y, colors.axis_z)[end.axis], end.depth, colors)
        center = self._middle + end.at * self.radius
        is_hovered = self._hovered == (end.axis, end.is_positive)
        if end.is_positive:
            painter.setPen(QPen(color, 2.0))
            painter.drawLine(self._middle, center)
        painter.setPen(QPen(colors.foreground if is_hovered else color, 1.4))
        painter.setBrush(color if end.is_positive else colors.background)
        disc = self._disc if end.is_positive else self._disc * 0.7
        painter.drawEllipse(center, disc, disc)
        if end.is_positive or is_hovered:
            painter.setPen(colors.background if end.is_positive else colors.foreground)
            box = QRectF(0, 0, 4 * disc, 4 * disc)
            box.moveCenter(center)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, LETTERS[end.axis])

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        end = self._end_at(event.position())
        hovered = None if end is None else (end.axis, end.is_positive)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()
            text = "" if end is None else self._tip(end)
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def _tip(self, end: End) -> str:
        sign = "" if end.is_positive else "\u2212"
        return self.tr("Look from {axis}; double click for the usual view").format(
            axis=sign + LETTERS[end.axis]
        )

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        end = self._end_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and end is not None:
            self.turned.emit(*SIDES[end.axis, end.is_positive])

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_asked.emit()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()


def _faded(color: QColor, depth: float, colors: PlotColors) -> QColor:
    """Paler the farther from the eye."""
    share = 0.45 * (1 - depth) / 2
    ground = colors.background
    return QColor.fromRgbF(
        color.redF() * (1 - share) + ground.redF() * share,
        color.greenF() * (1 - share) + ground.greenF() * share,
        color.blueF() * (1 - share) + ground.blueF() * share,
    )
