"""What is on a canvas, as the value that drawings, pages and point clouds are written from."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from projector.arrays import IntArray
from projector.colors import Rgb
from projector.export.scene import Scene
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.drawn import Drawn


def scene_on(canvas: ScatterCanvas, size: tuple[int, int], text_scale: float = 1.0) -> Scene:
    """All of it but what only the model knows. size: of the picture in pixels; what is drawn is as
    large as on the screen, and then shown larger as a whole."""
    drawn, plot, look = canvas.drawn, canvas.drawn.plot, canvas.drawn.look
    scale = size[0] / max(1, canvas.width()) * text_scale
    names = (*drawn.axis_names[:3], "", "", "") if drawn.shows_axes else ("", "", "")
    contours = drawn.contours
    if contours is not None and not canvas.camera.is_flat and contours.camera != canvas.camera:
        contours = None  # of another side
    labels = drawn.labels
    return Scene(
        positions=drawn.positions,
        colors=drawn.colors,
        camera=canvas.camera,
        named_ids=_named(drawn),
        axis_names=(names[0], names[1], names[2]),
        axis_scales=drawn.axis_scales if drawn.shows_axes else (None, None),
        background=_rgb(plot.background),
        size=(max(1, round(size[0] / scale)), max(1, round(size[1] / scale))),
        shown_size=size,
        radius_px=look.radius_px,
        opacity=look.opacity,
        fog=look.fog,
        sizes=drawn.sizes,
        emphasis=drawn.emphasis,
        picture_px=look.sprite_px,
        draws_pictures=look.sprites is not None,
        are_words=labels is not None and labels.style.are_words,
        label_scale=1.0 if labels is None else labels.style.scale,
        line_colors=(_rgb(plot.point), _rgb(plot.neighbor)),
        rings=_rings(drawn),
        contours=() if contours is None else contours.lines,
    )


def _named(drawn: Drawn) -> IntArray:
    """The selected point and its neighbors, then all others whose labels are on the screen."""
    raised = drawn.raised
    rows = [*(() if raised.selected is None else (raised.selected,)), *raised.neighbors]
    placed = () if drawn.labels is None else drawn.labels.ids.tolist()
    found = dict.fromkeys((*rows, *placed))
    return np.array([row for row in found if 0 <= row < len(drawn.positions)], np.int64)


def _rings(drawn: Drawn) -> tuple[tuple[int, Rgb, float], ...]:
    """Of the selected point and its neighbors, as on the screen; that of the selected one last."""
    raised, plot = drawn.raised, drawn.plot
    found = [(row, _rgb(plot.neighbor), 1.6) for row in raised.neighbors]
    if raised.selected is not None:
        found.append((raised.selected, _rgb(plot.selected), 2.6))
    return tuple(found)


def _rgb(color: QColor) -> Rgb:
    return color.red(), color.green(), color.blue()
