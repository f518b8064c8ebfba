"""One plot of precision against recall: paints a frame, reports the pointer, decides nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from projector.curve_frames import F1_LEVELS, CardFrame, CurveLine, Reading, f1_line
from widgets.shared.theme import plot_colors

RANGE = (-0.02, 1.02)
CLICK_RADIUS_PX = 4
MAX_LARGE_RINGS = 6


class CurvePlot(QWidget):
    """Drag zooms into a box, Shift and drag moves, Ctrl and wheel zooms, a double click resets.

    hovered: the pointer's (recall, precision), None when it leaves. clicked: the same, at a click.
    """

    hovered = Signal(object)
    clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        import pyqtgraph as pg  # not at the top: it is loaded once there is something to plot

        self._pg = pg
        self._view = pg.PlotWidget(self)
        self._box = self._view.getPlotItem().getViewBox()
        self._lines: list[Any] = []
        self._bases: list[Any] = []
        self._frame: CardFrame | None = None
        self._readings: tuple[Reading, ...] = ()
        self._shows_base_rate = self._shows_f1_lines = True
        self._pressed_at: QPoint | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self.setFocusProxy(self._view)
        self._prepare_view()
        self._f1_items = [self._f1_item(level) for level in F1_LEVELS]
        self._rings = pg.ScatterPlotItem(pxMode=True, size=9)
        self._rings.setZValue(20)
        self._box.addItem(self._rings, ignoreBounds=True)
        self._note = self._note_item()
        self._cross = [pg.InfiniteLine(angle=angle, movable=False) for angle in (90, 0)]
        for line in self._cross:
            line.setVisible(False)
            self._box.addItem(line, ignoreBounds=True)
        self._recolor()

    @property
    def frame(self) -> CardFrame | None:
        return self._frame

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The points that are ringed."""
        return self._readings

    @property
    def range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """What is seen: lowest and highest recall, lowest and highest precision."""
        (left, right), (bottom, top) = self._box.viewRange()
        return (float(left), float(right)), (float(bottom), float(top))

    @property
    def scale(self) -> tuple[float, float]:
        """How many pixels one unit of recall and one of precision take."""
        (left, right), (bottom, top) = self.range
        return self._box.width() / (right - left), self._box.height() / (top - bottom)

    def set_frame(self, frame: CardFrame) -> None:
        """Draw these lines."""
        self._frame = frame
        self._show_lines(self._lines, len(frame.lines))
        for item, line in zip(self._lines, frame.lines, strict=False):
            self._draw_line(item, line)
        self._note.setVisible(not _has_positives(frame))
        self._show_base_rates()

    def set_guides(self, *, shows_base_rate: bool, shows_f1_lines: bool) -> None:
        """Draw or leave out the dashed base rates and the lines of equal F1."""
        self._shows_base_rate = shows_base_rate
        for curve, label in self._f1_items:
            curve.setVisible(shows_f1_lines)
            label.setVisible(shows_f1_lines)
        self._show_base_rates()

    def set_readings(self, readings: Sequence[Reading], *, has_cross: bool) -> None:
        """Ring these points; the first is where the cross stands, if there is one."""
        self._readings = tuple(readings)
        seen = [r for r in readings if not math.isnan(r.point.precision + r.point.recall)]
        is_crowded = len(seen) > MAX_LARGE_RINGS
        width, size = (1.0, 6) if is_crowded else (2.0, 9)
        self._rings.setData(
            size=size,
            x=[r.point.recall for r in seen],
            y=[r.point.precision for r in seen],
            brush=[self._pg.mkBrush(QColor(*r.color)) for r in seen],
            pen=self._pg.mkPen(plot_colors(self.palette()).background, width=width),
        )
        for line in self._cross:
            line.setVisible(has_cross and bool(seen))
        if has_cross and seen:
            self._cross[0].setValue(seen[0].point.recall)
            self._cross[1].setValue(seen[0].point.precision)

    def reset_range(self) -> None:
        """Show all of 0 to 1 on both axes."""
        self._box.setRange(xRange=RANGE, yRange=RANGE, padding=0)

    def position_of(self, recall: float, precision: float) -> QPoint:
        """Where that point lies, in this widget's pixels."""
        scene = self._box.mapViewToScene(QPointF(recall, precision))
        on_view = self._view.viewport().mapTo(self, self._view.mapFromScene(scene))
        return QPoint(on_view)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent):
            has_key = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if not has_key:
                event.ignore()  # the page scrolls
                return True
        if watched is self._view.viewport():
            return self._on_viewport_event(event)
        if isinstance(event, QKeyEvent):
            # pyqtgraph would scroll the scene; the keys belong to the card.
            event.ignore()
            return event.type() == QEvent.Type.KeyPress
        return super().eventFilter(watched, event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolor()

    def _on_viewport_event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Leave:
            self.hovered.emit(None)
        if not isinstance(event, QMouseEvent):
            return False
        is_left = event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonDblClick and is_left:
            self._pressed_at = None
            self.reset_range()
            return True
        if kind == QEvent.Type.MouseButtonPress and is_left:
            self._pressed_at = event.position().toPoint()
            is_moving = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._box.setMouseMode(self._box.PanMode if is_moving else self._box.RectMode)
        elif kind == QEvent.Type.MouseButtonRelease and is_left:
            self._release(event)
        elif kind == QEvent.Type.MouseMove and not event.buttons():
            self.hovered.emit(self._place(event))
        return False

    def _release(self, event: QMouseEvent) -> None:
        pressed, self._pressed_at = self._pressed_at, None
        if pressed is None:
            return
        moved = (event.position().toPoint() - pressed).manhattanLength()
        if moved <= CLICK_RADIUS_PX:
            self.clicked.emit(self._place(event))

    def _place(self, event: QMouseEvent) -> tuple[float, float] | None:
        """The pointer as (recall, precision), None outside of the axes."""
        scene = self._view.mapToScene(event.position().toPoint())
        if not self._box.sceneBoundingRect().contains(scene):
            return None
        point = self._box.mapSceneToView(scene)
        return float(point.x()), float(point.y())

    def _prepare_view(self) -> None:
        item = self._view.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setContentsMargins(0, 4, 8, 0)
        self._box.disableAutoRange()
        self._box.setMouseMode(self._box.RectMode)
        low, high = RANGE
        self._box.setLimits(
            xMin=low, xMax=high, yMin=low, yMax=high, minXRange=1e-4, minYRange=1e-4
        )
        self.reset_range()
        for side in ("bottom", "left"):
            axis = item.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=-4, maxTickLevel=0, hideOverlappingLabels=False)
        self._view.setAccessibleName(self.tr("Precision against recall"))
        self._view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._view.installEventFilter(self)
        self._view.viewport().installEventFilter(self)
        self._view.viewport().setMouseTracking(True)

    def _f1_item(self, level: float) -> tuple[Any, Any]:
        recall, precision = f1_line(level)
        curve = self._pg.PlotCurveItem(recall, precision, antialias=True)
        label = self._pg.TextItem(self.tr("F1 {level}").format(level=level), anchor=(1, 1))
        label.setPos(1.0, float(precision[-1]))
        font = self.font()
        font.setPointSizeF(max(font.pointSizeF() * 0.8, 6))
        label.setFont(font)
        for item in (curve, label):
            item.setZValue(-10)
            self._box.addItem(item, ignoreBounds=True)
        return curve, label

    def _note_item(self) -> Any:
        note = self._pg.TextItem(self.tr("No positive examples, so no recall"), anchor=(0.5, 0.5))
        note.setPos(0.5, 0.5)
        note.setVisible(False)
        self._box.addItem(note, ignoreBounds=True)
        return note

    def _show_lines(self, items: list[Any], n_wanted: int) -> None:
        """Have at least that many line items; those beyond are hidden, to be used again."""
        while len(items) < n_wanted:
            item = self._pg.PlotCurveItem(antialias=True)
            self._box.addItem(item, ignoreBounds=True)
            items.append(item)
        for i, item in enumerate(items):
            item.setVisible(i < n_wanted)

    def _draw_line(self, item: Any, line: CurveLine) -> None:
        item.setPen(self._pg.mkPen(QColor(*line.color), width=1.8))
        is_point = int(np.isfinite(line.recall + line.precision).sum()) == 1
        if is_point:  # a line of one point would not be seen
            recall, precision = (row[np.isfinite(row)][:1] for row in (line.recall, line.precision))
            angle = np.linspace(0, 2 * np.pi, 24)
            item.setData(recall + 0.006 * np.cos(angle), precision + 0.006 * np.sin(angle))
            return
        item.setData(line.recall, line.precision, connect="finite")

    def _show_base_rates(self) -> None:
        rates = self._frame.base_rates if self._frame and self._shows_base_rate else ()
        self._show_lines(self._bases, len(rates))
        color = plot_colors(self.palette()).muted
        pen = self._pg.mkPen(color, width=1, style=Qt.PenStyle.CustomDashLine, dash=[5, 4])
        for item, rate in zip(self._bases, rates, strict=False):
            item.setZValue(-5)
            item.setPen(pen)
            item.setData([0.0, 1.0], [rate, rate])

    def _recolor(self) -> None:
        colors = plot_colors(self.palette())
        self._view.setBackground(colors.background)
        for side, text in (("bottom", self.tr("Recall")), ("left", self.tr("Precision"))):
            axis = self._view.getPlotItem().getAxis(side)
            axis.setPen(self._pg.mkPen(colors.faded))
            axis.setTextPen(self._pg.mkPen(colors.muted))
            axis.setLabel(text, color=colors.muted.name())
        for curve, label in self._f1_items:
            curve.setPen(self._pg.mkPen(colors.grid, width=1))
            label.setColor(colors.faded)
        self._note.setColor(colors.muted)
        for line in self._cross:
            pen = QPen(colors.muted)
            pen.setCosmetic(True)
            pen.setStyle(Qt.PenStyle.DotLine)
            line.setPen(pen)
        box = QColor(colors.point)
        self._box.rbScaleBox.setPen(self._pg.mkPen(box, width=1))
        box.setAlpha(40)
        self._box.rbScaleBox.setBrush(self._pg.mkBrush(box))
        self._show_base_rates()


def _has_positives(frame: CardFrame) -> bool:
    """Whether some run has a recall; True too while no curve is there yet."""
    curves = [line.curve for line in frame.lines if line.curve is not None]
    return not curves or any(np.isfinite(curve.recall).any() for curve in curves)
