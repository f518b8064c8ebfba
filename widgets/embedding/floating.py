"""What floats over a picture: its tools, its gizmo and its messages."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtWidgets import QWidget


def floating_rects(surface: QWidget) -> tuple[QRectF, ...]:
    """Where other widgets lie on a surface, in its own pixels."""
    children = surface.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return tuple(QRectF(child.geometry()) for child in children if child.isVisibleTo(surface))


def first_line(surface: QWidget, height: float) -> QRect:
    """The surface as far as a line of this height reaches from the left until something floats."""
    rects = floating_rects(surface)
    lefts = [one.left() for one in rects if one.top() < height and one.left() > 0]
    return QRect(0, 0, round(min([surface.width(), *lefts])), surface.height())
