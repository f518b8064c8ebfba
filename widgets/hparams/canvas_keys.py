"""What the keyboard does on parallel coordinates; all that the mouse does has a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent

from widgets.hparams.axis_menu import act_on_column

if TYPE_CHECKING:
    from widgets.hparams.canvas import ParallelCanvas

ACTS = {
    Qt.Key.Key_Return: "color",
    Qt.Key.Key_Enter: "color",
    Qt.Key.Key_I: "invert",
    Qt.Key.Key_Delete: "clear",
    Qt.Key.Key_Backspace: "clear",
}
SIDES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}


def press_key(canvas: ParallelCanvas, event: QKeyEvent) -> bool:
    """Act on a key; False where it means nothing here.

    Left, Right: another axis, moved along with Ctrl. Up, Down: the trial above or below on this
    axis. Return: color by the axis. I: invert. Delete: clear its brushes. Space: its menu.
    Escape: clear all brushes, then the selection.
    """
    key = Qt.Key(event.key())
    if key == Qt.Key.Key_Escape:
        return _escape(canvas)
    if not canvas.axes:
        return False
    column = canvas.axes[canvas.current].column
    if key in SIDES:
        _sideways(canvas, SIDES[key], event.modifiers())
    elif key in STEPS:
        _step(canvas, STEPS[key])
    elif key in ACTS:
        act_on_column(canvas.model, column, ACTS[key])
    elif key == Qt.Key.Key_Space:
        places = canvas.places
        canvas.show_menu(canvas.current, QPoint(int(places.xs[canvas.current]), int(places.top)))
    else:
        return False
    return True


def _escape(canvas: ParallelCanvas) -> bool:
    choice = canvas.model.choice
    if choice.brushes:
        canvas.model.choose(brushes=())
    elif choice.selected:
        canvas.model.choose(selected=())
    else:
        return False
    return True


def _sideways(canvas: ParallelCanvas, side: int, modifiers: Qt.KeyboardModifier) -> None:
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        column = canvas.axes[canvas.current].column
        act_on_column(canvas.model, column, "left" if side < 0 else "right")
    canvas.set_current(canvas.current + side)


def _step(canvas: ParallelCanvas, step: int) -> None:
    """Select the next trial up or down the current axis; those without a value come last."""
    model = canvas.model
    if not model.n_passing:
        return
    positions = canvas.axes[canvas.current].positions[model.passing]
    rows = model.passing[np.argsort(np.nan_to_num(positions, nan=-np.inf), kind="stable")].tolist()
    selected = [row for row in model.selected_rows().tolist() if row in set(rows)]
    at = rows.index(selected[-1]) + step if selected else (0 if step > 0 else len(rows) - 1)
    model.select_rows([rows[max(0, min(at, len(rows) - 1))]])
