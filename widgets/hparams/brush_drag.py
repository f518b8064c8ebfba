"""A brush while the mouse draws, moves or stretches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from projector.hparams.axes import Axis, brush_between, brush_span
from projector.hparams.choice import Brush

Grip = Literal["new", "move", "low", "high"]


@dataclass(frozen=True, slots=True)
class BrushDrag:
    """others: the axis' brushes that stay as they are. start: the position where the mouse went
    down. span: of the brush at that moment; None for a new one.
    """

    axis_id: str
    grip: Grip
    start: float
    others: tuple[Brush, ...] = ()
    span: tuple[float, float] | None = None


def grip_at(
    axis: Axis, brushes: tuple[Brush, ...], position: float, reach: float, is_added: bool
) -> BrushDrag:
    """What pressing at a position takes hold of: an end, the middle, or nothing yet.

    reach: of the ends, in positions. is_added: a new brush joins the others of the axis.
    """
    for brush in brushes:
        span = brush_span(axis, brush)
        if span is None or not span[0] - reach <= position <= span[1] + reach:
            continue
        grip: Grip = "move"
        if abs(position - span[1]) <= reach:
            grip = "high"
        elif abs(position - span[0]) <= reach:
            grip = "low"
        others = tuple(other for other in brushes if other != brush)
        return BrushDrag(axis.column.id, grip, position, others, span)
    return BrushDrag(axis.column.id, "new", position, brushes if is_added else ())


def dragged(axis: Axis, drag: BrushDrag, position: float) -> tuple[Brush, ...]:
    """All brushes of the axis now that the mouse is at a position."""
    if drag.span is None:
        return (*drag.others, brush_between(axis, drag.start, position))
    low, high = drag.span
    if drag.grip == "low":
        return (*drag.others, brush_between(axis, position, high))
    if drag.grip == "high":
        return (*drag.others, brush_between(axis, low, position))
    shift = min(1 - high, max(-low, position - drag.start))
    # on a category axis the brush jumps from cell to cell, so it is laid from middle to middle
    inset = 0.5 / len(axis.labels) if axis.scale == "category" and axis.labels else 0.0
    return (*drag.others, brush_between(axis, low + shift + inset, high + shift - inset))
