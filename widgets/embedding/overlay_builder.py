"""Lays out what lies over the cloud: axes, rings, and labels without overlap."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from projector.arrays import FloatArray
from widgets.embedding.overlay import Line, Overlay, Raised, Ring, Text, View, shorten
from widgets.embedding.pictures import point_pixmap

AXIS_LENGTH = 1.0
LABEL_GAP_PX = 5
MOST_LABELS = 40
Places = dict[int | None, tuple[QPointF, float]]
"""Center and radius of points on the surface."""


@dataclass(slots=True)
class _Room:
    """Rectangles already taken by texts."""

    bounds: QRectF
    taken: list[QRectF] = field(default_factory=list)

    def find(self, options: Iterable[QRectF]) -> QRectF | None:
        for rect in options:
            if self.bounds.contains(rect) and not any(rect.intersects(t) for t in self.taken):
                self.taken.append(rect)
                return rect
        return None


def build_overlay(
    view: View,
    positions: FloatArray,
    raised: Raised,
    axis_names: Sequence[str],
    label_of: Callable[[int], str],
    blocked: Sequence[QRectF] = (),
) -> Overlay:
    """The overlay of one view. positions: float32 (n, 3) of all points. blocked: where something
    else lies on it, so that no text is put there."""
    axes, axis_texts = _axes(view, axis_names, blocked)
    places = _places(view, positions, raised)
    rings = _rings(view, places, raised)
    taken = [ring.rect for ring in rings if ring.picture is not None]
    taken += [text.rect for text in axis_texts]
    labels = _labels(view, places, raised, label_of, [*taken, *blocked])
    return Overlay(lines=axes, rings=rings, texts=(*axis_texts, *labels))


def _axes(
    view: View, names: Sequence[str], blocked: Sequence[QRectF]
) -> tuple[tuple[Line, ...], tuple[Text, ...]]:
    metrics = QFontMetricsF(view.font)
    lines, texts = [], []
    for axis, name in enumerate(names):
        ends = np.zeros((2, 3), dtype=np.float32)
        ends[:, axis] = -AXIS_LENGTH, AXIS_LENGTH
        screen = view.project(ends)
        if not np.isfinite(screen).all():
            continue
        start, end = (QPointF(float(x), float(y)) for x, y, _ in screen)
        lines.append(Line(start, end, "muted"))
        rect = QRectF(0, 0, metrics.horizontalAdvance(name) + 6, metrics.height())
        rect.moveCenter(_beyond(start, end, rect))
        rect = _below_caption(_beside_end(rect, end, view.size), view.size)
        rect = _beside_all(rect, blocked, view.size)
        texts.append(Text(rect, name, "muted", has_ground=True))
    return tuple(lines), tuple(texts)


def _beyond(start: QPointF, end: QPointF, rect: QRectF) -> QPointF:
    """The center of a label just behind the end of an axis."""
    along = end - start
    length = max(1.0, float(np.hypot(along.x(), along.y())))
    way = along / length
    return QPointF(
        end.x() + way.x() * (rect.width() / 2 + LABEL_GAP_PX),
        end.y() + way.y() * (rect.height() / 2 + LABEL_GAP_PX),
    )


def _beside_end(rect: QRectF, end: QPointF, size: QSizeF) -> QRectF:
    """Inside the surface; where that moves it onto the end of its axis, below it, or above: there
    are the points that lie farthest out."""
    inside = _inside(rect, size)
    if not inside.contains(end):
        return inside
    away = inside.height() / 2 + LABEL_GAP_PX
    below = QRectF(QPointF(inside.x(), end.y() + LABEL_GAP_PX), inside.size())
    if below.bottom() + LABEL_GAP_PX <= size.height():
        return below
    return inside.translated(0, end.y() - inside.center().y() - away)


def _below_caption(rect: QRectF, size: QSizeF) -> QRectF:
    """In the upper left corner the counts stand in the first line."""
    first_line = 1.9 * rect.height()
    if rect.x() < size.width() / 2 and rect.y() < first_line:
        rect.moveTop(first_line)
    return rect


def _inside(rect: QRectF, size: QSizeF) -> QRectF:
    """The rectangle moved as little as needed to lie on the surface."""
    x = min(max(rect.x(), 4.0), max(4.0, size.width() - rect.width() - 4))
    y = min(max(rect.y(), 4.0), max(4.0, size.height() - rect.height() - 4))
    return QRectF(QPointF(x, y), rect.size())


def _beside_all(rect: QRectF, blocked: Sequence[QRectF], size: QSizeF) -> QRectF:
    """The rectangle moved as little as needed to lie clear of what floats on the surface; as it is
    where there is no room."""
    surface = QRectF(QPointF(0, 0), size)
    for other in blocked:
        if not rect.intersects(other):
            continue
        ways = (
            QPointF(other.left() - rect.right() - LABEL_GAP_PX, 0),
            QPointF(other.right() - rect.left() + LABEL_GAP_PX, 0),
            QPointF(0, other.top() - rect.bottom() - LABEL_GAP_PX),
            QPointF(0, other.bottom() - rect.top() + LABEL_GAP_PX),
        )
        inside = [way for way in ways if surface.contains(rect.translated(way))]
        if inside:
            rect = rect.translated(min(inside, key=QPointF.manhattanLength))
    return rect


def _places(view: View, positions: FloatArray, raised: Raised) -> Places:
    """Center and radius on the surface of each raised point that is in front of the camera."""
    wanted = [raised.selected, *raised.neighbors, raised.hovered]
    ids = [point for point in wanted if point is not None and 0 <= point < len(positions)]
    screen = view.project(positions[ids]).tolist() if ids else []
    return {
        point: (QPointF(x, y), view.radius(depth, point))
        for point, (x, y, depth) in zip(ids, screen, strict=True)
        if math.isfinite(x) and math.isfinite(y)
    }


def _rings(view: View, places: Places, raised: Raised) -> tuple[Ring, ...]:
    styles: list[tuple[int | None, str, float]]
    styles = [(point, "neighbor", 1.6) for point in raised.neighbors]
    styles.append((raised.hovered, "hovered", 1.6))
    styles.append((raised.selected, "selected", 2.6))
    return tuple(
        _ring(view, point, *places[point], color, width)
        for point, color, width in styles
        if point is not None and point in places
    )


def _ring(view: View, point: int, center: QPointF, radius: float, color: str, width: float) -> Ring:
    sprites, picture = view.look.sprites, None
    if sprites is not None:
        picture = point_pixmap(sprites, point, max(1, round(2 * radius)), view.ratio)
    ground = QColor(*view.colors[point].tolist()) if point < len(view.colors) else QColor()
    return Ring(_square(center, radius), color, width, ground, picture)


def _square(center: QPointF, radius: float) -> QRectF:
    half = radius + 2.5
    return QRectF(center.x() - half, center.y() - half, 2 * half, 2 * half)


def _labels(
    view: View,
    places: Places,
    raised: Raised,
    label_of: Callable[[int], str],
    taken: Sequence[QRectF],
) -> tuple[Text, ...]:
    """The selected point's label first, then the neighbors' as far as there is room.

    taken: where no label may lie.
    """
    bold = QFont(view.font)
    bold.setBold(True)
    room = _Room(QRectF(QPointF(0, 0), view.size).adjusted(2, 2, -2, -2), list(taken))
    texts = []
    order = () if raised.selected is None else (raised.selected, *raised.neighbors[:MOST_LABELS])
    for point in order:
        if point not in places:
            continue
        is_selected = point == raised.selected
        text = shorten(label_of(point))
        metrics = QFontMetricsF(bold if is_selected else view.font)
        size = QSizeF(metrics.horizontalAdvance(text) + 8, metrics.height() + 2)
        options = list(_around(*places[point], size))
        rect = room.find(options)
        if rect is None and is_selected:
            rect = _beside_all(_inside(options[0], view.size), taken, view.size)
            room.taken.append(rect)
        if rect is not None:
            texts.append(Text(rect, text, "foreground", is_selected, has_ground=True))
    return tuple(texts)


def _around(center: QPointF, radius: float, size: QSizeF) -> Iterable[QRectF]:
    """Places for a label: right, left, above, below."""
    gap = radius + LABEL_GAP_PX
    half = QPointF(size.width() / 2, size.height() / 2)
    yield QRectF(center + QPointF(gap, -half.y()), size)
    yield QRectF(center + QPointF(-gap - size.width(), -half.y()), size)
    yield QRectF(center + QPointF(-half.x(), -gap - size.height()), size)
    yield QRectF(center + QPointF(-half.x(), gap), size)
