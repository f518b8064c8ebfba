"""Paints the axes of parallel coordinates: line, title, ticks, missing lane, brushes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from projector.hparams.axes import Axis, Tick, brush_span
from projector.hparams.choice import Brush
from widgets.hparams.geometry import LANE_TITLE, Geometry
from widgets.shared.theme import PlotColors

BRUSH_HALF = 7.0


@dataclass(frozen=True, slots=True)
class AxisLook:
    """How one axis stands out. is_current: the keyboard acts on it. colors_lines: it gives the
    lines their colors.
    """

    is_current: bool = False
    is_lifted: bool = False
    colors_lines: bool = False


class AxisPainter:
    """Paints axes with one set of colors and one font."""

    def __init__(self, painter: QPainter, geometry: Geometry, colors: PlotColors) -> None:
        self._painter = painter
        self._geometry = geometry
        self._colors = colors
        self._metrics = QFontMetrics(painter.font())
        self._bold = QFont(painter.font())
        self._bold.setBold(True)

    def paint(self, axis: Axis, x: float, brushes: tuple[Brush, ...], look: AxisLook) -> None:
        """Everything of one axis at an x."""
        painter, geometry = self._painter, self._geometry
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(self._colors.muted, 1))
        painter.drawLine(QLineF(x, geometry.top, x, geometry.bottom))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for brush in brushes:
            self._paint_brush(axis, brush, x)
        self._paint_ticks(axis, x)
        self._paint_title(axis, x, look)
        if geometry.lane is not None:
            self._paint_lane(axis, x, geometry.lane, brushes)

    def paint_lane_title(self, right: float) -> None:
        """Name the lane at its left end and rule a line above it."""
        lane = self._geometry.lane
        if lane is None:
            return
        y = (lane + self._geometry.bottom) / 2
        pen = QPen(self._colors.grid, 1, Qt.PenStyle.DashLine)
        self._painter.setPen(pen)
        self._painter.drawLine(QLineF(8, y, right - 8, y))
        self._painter.setPen(self._colors.muted)
        box = QRectF(
            8, lane - self._geometry.line / 2, self._geometry.xs[0] - 18, self._geometry.line
        )
        text = QCoreApplication.translate("AxisPainter", LANE_TITLE)
        self._painter.drawText(
            box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text
        )

    def _paint_title(self, axis: Axis, x: float, look: AxisLook) -> None:
        painter = self._painter
        painter.save()
        painter.setFont(self._bold)
        metrics = QFontMetrics(self._bold)
        width = title_box(self._geometry, x).width() - 4
        title = metrics.elidedText(axis.column.title, Qt.TextElideMode.ElideMiddle, int(width))
        box = title_box(self._geometry, x)
        if look.is_current or look.is_lifted:
            wash = QColor(self._colors.point)
            wash.setAlpha(70 if look.is_lifted else 38)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(wash)
            painter.drawRoundedRect(box, 5, 5)
        painter.setPen(self._colors.foreground)
        upper = QRectF(box.left(), box.top() + 2, box.width(), self._geometry.line)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, title)
        painter.restore()
        painter.setPen(self._colors.muted)
        lower = upper.translated(0, self._geometry.line)
        note = self._metrics.elidedText(
            scale_note(axis, look.colors_lines), Qt.TextElideMode.ElideRight, int(width)
        )
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, note)

    def _paint_ticks(self, axis: Axis, x: float) -> None:
        geometry, painter = self._geometry, self._painter
        last_y: float | None = None
        for tick in sorted(axis.ticks, key=_by_position):
            if not -0.001 <= tick.position <= 1.001:
                continue
            y = geometry.y_of(tick.position)
            painter.setPen(QPen(self._colors.muted, 1))
            painter.drawLine(QLineF(x - 3, y, x + 3, y))
            if last_y is None or last_y - y >= geometry.line + 1:
                self._label(tick.label, x + 7, y)
                last_y = y

    def _label(self, text: str, x: float, y: float) -> None:
        """A tick's label on a patch of background, readable above the lines."""
        room = int(self._geometry.spacing - 22)
        text = self._metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        width = self._metrics.horizontalAdvance(text)
        box = QRectF(x, y - self._geometry.line / 2, width + 4, self._geometry.line)
        patch = QColor(self._colors.background)
        patch.setAlpha(205)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(patch)
        self._painter.drawRoundedRect(box, 3, 3)
        self._painter.setPen(self._colors.foreground)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_lane(self, axis: Axis, x: float, lane: float, brushes: tuple[Brush, ...]) -> None:
        is_brushed = any(brush.is_missing for brush in brushes)
        n_missing = axis.n_missing
        painter = self._painter
        accent = self._colors.point if is_brushed else self._colors.muted
        painter.setPen(QPen(accent, 2 if is_brushed else 1))
        painter.setBrush(self._colors.background)
        painter.drawEllipse(QPointF(x, lane), 4, 4)
        if n_missing:
            self._label(f"{n_missing:,}", x + 7, lane)

    def _paint_brush(self, axis: Axis, brush: Brush, x: float) -> None:
        span = brush_span(axis, brush)
        if span is None:
            return
        top, bottom = self._geometry.y_of(span[1]), self._geometry.y_of(span[0])
        box = QRectF(x - BRUSH_HALF, top, 2 * BRUSH_HALF, max(2.0, bottom - top))
        fill = QColor(self._colors.point)
        fill.setAlpha(70)
        self._painter.setBrush(fill)
        self._painter.setPen(QPen(self._colors.point, 1))
        self._painter.drawRoundedRect(box, 2, 2)
        self._painter.setPen(QPen(self._colors.point, 3))
        for y in (box.top(), box.bottom()):
            self._painter.drawLine(QLineF(box.left(), y, box.right(), y))


def title_box(geometry: Geometry, x: float) -> QRectF:
    """Where the title of an axis stands; dragging it moves the axis."""
    width = min(geometry.spacing - 4, 2 * geometry.xs[0] - 8)
    return QRectF(x - width / 2, 4, width, 2 * geometry.line + 4)


def scale_note(axis: Axis, colors_lines: bool = False) -> str:
    """What is special about an axis, in a few words."""
    words = {"log": "log", "quantile": "quantile", "linear": "", "category": ""}[axis.scale]
    if axis.scale == "category" and axis.column.kind == "number":
        words = "category"
    notes = [QCoreApplication.translate("AxisPainter", words) if words else ""]
    if axis.is_inverted:
        notes.append(QCoreApplication.translate("AxisPainter", "inverted"))
    if colors_lines:
        notes.append(QCoreApplication.translate("AxisPainter", "color"))
    return " · ".join(note for note in notes if note)


def _by_position(tick: Tick) -> float:
    return tick.position
