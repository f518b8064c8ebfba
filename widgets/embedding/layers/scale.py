"""What places in a flat picture mean: short lines with round numbers along two edges."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF

from projector.export.axis_scale import AxisScale, round_ticks
from widgets.embedding.overlay import Line, Text, View

TICK_PX, GAP_PX = 4.0, 3.0
TEXT_SCALE = 0.85
PX_A_TICK = 84.0
CORNER_LINES = 2.4
"""So many lines of text the corners stay free, for counts and for the other axis."""

AxisScales = tuple[AxisScale | None, AxisScale | None]


def scale_marks(
    view: View, scales: AxisScales, taken: Sequence[QRectF]
) -> tuple[tuple[Line, ...], tuple[Text, ...]]:
    """Numbers along the lower and the left edge; taken: what they must not cover."""
    font = QFont(view.font)
    font.setPointSizeF(font.pointSizeF() * TEXT_SCALE)
    metrics = QFontMetricsF(font)
    lines: list[Line] = []
    texts: list[Text] = []
    for axis, scale in enumerate(scales):
        for at, text in _ticks(view, axis, scale, metrics.height()):
            size = QSizeF(metrics.horizontalAdvance(text) + 4, metrics.height())
            line, rect = _mark(view, axis, at, size)
            if not any(rect.intersects(one) for one in (*taken, *(text.rect for text in texts))):
                lines.append(line)
                texts.append(Text(rect, text, "muted", has_ground=True, scale=TEXT_SCALE))
    return tuple(lines), tuple(texts)


def _mark(view: View, axis: int, at: float, size: QSizeF) -> tuple[Line, QRectF]:
    away, height = TICK_PX + GAP_PX, view.size.height()
    if axis == 0:
        line = Line(QPointF(at, height - TICK_PX), QPointF(at, height), "muted")
        corner = QPointF(at - size.width() / 2, height - away - size.height())
    else:
        line = Line(QPointF(0, at), QPointF(TICK_PX, at), "muted")
        corner = QPointF(away, at - size.height() / 2)
    return line, QRectF(corner, size)


def _ticks(view: View, axis: int, scale: AxisScale | None, line: float) -> list[tuple[float, str]]:
    """(pixels along the edge, text); line: the height of a text."""
    if scale is None or not view.camera.is_flat:
        return []
    camera, width, height = view.camera, view.size.width(), view.size.height()
    unit, middle = camera.units_per_px(int(height)), camera.target[axis]
    length = width if axis == 0 else height
    low, high = (scale.value(middle + side * unit * length / 2) for side in (-1, 1))
    found = []
    for value, text in round_ticks(low, high, max(2, int(length / PX_A_TICK))):
        away = (scale.place(value) - middle) / unit
        at = width / 2 + away if axis == 0 else height / 2 - away
        if CORNER_LINES * line < at < length - CORNER_LINES * line:
            found.append((at, text))
    return found
