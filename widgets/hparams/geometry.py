"""Where things stand in the picture of parallel coordinates, in device-independent pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QFontMetrics

MOST_AXES = 200
LANE_TITLE = "missing"


@dataclass(frozen=True, slots=True)
class Geometry:
    """xs: of the axes, rising. top, bottom: of the axes. lane: y of the missing lane, or None.

    line: the height of a line of text. spacing: between axes.
    """

    xs: tuple[float, ...]
    top: float
    bottom: float
    lane: float | None
    line: int
    spacing: float

    def y_of(self, position: float) -> float:
        return self.bottom - position * (self.bottom - self.top)

    def position_of(self, y: float) -> float:
        return (self.bottom - y) / max(1.0, self.bottom - self.top)

    def axis_at(self, x: float, reach: float) -> int | None:
        """The axis within reach of an x, or None."""
        if not self.xs:
            return None
        distances = np.abs(np.array(self.xs) - x)
        nearest = int(np.argmin(distances))
        return nearest if distances[nearest] <= reach else None

    def slot_at(self, x: float) -> int:
        """The axis whose place is nearest to an x."""
        return int(np.argmin(np.abs(np.array(self.xs) - x))) if self.xs else 0


def geometry_for(
    width: int, height: int, n_axes: int, has_lane: bool, right: float, metrics: QFontMetrics
) -> Geometry:
    """Axes spread over the width, never closer than a title needs. right: room after the last."""
    line = metrics.height()
    spacing_least = least_spacing(metrics)
    left = _left_room(metrics)
    gaps = max(1, n_axes - 1)
    spacing = max(float(spacing_least), (width - left - right) / gaps)
    xs = tuple(round(left + i * spacing) + 0.5 for i in range(n_axes))
    top = line * 2 + 22
    bottom = height - (line * 2 + 14 if has_lane else line // 2 + 12)
    bottom = max(bottom, top + 2 * line)
    lane = bottom + line + 8.0 if has_lane else None
    return Geometry(xs, float(top), float(bottom), lane, line, spacing)


def least_spacing(metrics: QFontMetrics) -> int:
    """The least distance between axes: a title of about fifteen letters."""
    return metrics.averageCharWidth() * 17


def least_width(n_axes: int, right: float, metrics: QFontMetrics) -> int:
    """The width below which the picture scrolls sideways."""
    return int(_left_room(metrics) + least_spacing(metrics) * max(1, n_axes - 1) + right)


def right_room(labels: Sequence[str], metrics: QFontMetrics) -> float:
    """The room that the labels of the last axis need."""
    widest = max((metrics.horizontalAdvance(label) for label in labels), default=0)
    return max(least_spacing(metrics) * 0.62, min(widest, least_spacing(metrics)) + 20.0)


def _left_room(metrics: QFontMetrics) -> float:
    return max(least_spacing(metrics) * 0.5, metrics.horizontalAdvance(LANE_TITLE) + 30.0)


def least_height(metrics: QFontMetrics) -> int:
    return metrics.height() * 12
