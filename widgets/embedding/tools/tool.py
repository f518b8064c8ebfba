"""The tools: what a drag with the left button does. One is in hand for all views of the cloud."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal

from projector.selection import Combine


class Tool(Enum):
    """ORBIT turns the cloud, in 2D it shifts it; RECTANGLE and LASSO select."""

    ORBIT = "orbit"
    PAN = "pan"
    RECTANGLE = "rectangle"
    LASSO = "lasso"

    @property
    def selects(self) -> bool:
        return self in (Tool.RECTANGLE, Tool.LASSO)


CURSORS = {
    Tool.ORBIT: Qt.CursorShape.ArrowCursor,
    Tool.PAN: Qt.CursorShape.OpenHandCursor,
    Tool.RECTANGLE: Qt.CursorShape.CrossCursor,
    Tool.LASSO: Qt.CursorShape.CrossCursor,
}


class ToolInHand(QObject):
    """Which tool is used. changed: the new Tool."""

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tool = Tool.ORBIT

    def take(self, tool: Tool) -> None:
        if tool is not self.tool:
            self.tool = tool
            self.changed.emit(tool)


def combine_of(modifiers: Qt.KeyboardModifier) -> Combine:
    """What a gesture does to the selection: Shift adds, Alt takes away, Ctrl does the one or the
    other for each point; two of them, Shift and Alt, leave what is in both."""
    has_shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    has_alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
    if has_shift and has_alt:
        return "intersect"
    if has_shift:
        return "union"
    if has_alt:
        return "subtract"
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return "toggle"
    return "replace"
