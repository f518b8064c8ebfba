"""Contours around the regions of the screen where points crowd."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QColor, QPainterPath

from projector.arrays import ByteArray, FloatArray
from projector.density import density_contours
from projector.errors import NothingToShow
from projector.progress import Progress, Work
from projector.render.camera import Camera
from widgets.embedding.overlay import Curve, View
from widgets.shared.theme import PlotColors

MOST_COUNTED = 300_000
"""More points are counted by a fair sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Contours:
    """camera: from where they were found. lines: (share of the points inside, float32 (k, 3) in
    the world, in the plane through the camera's target)."""

    camera: Camera
    lines: tuple[tuple[float, FloatArray], ...]


def find_contours(
    positions: FloatArray, emphasis: ByteArray | None, camera: Camera, width: int, height: int
) -> Work[Contours | None]:
    """Where the points that are shown crowd on a picture; None for fewer than three of them."""
    yield Progress(None, QCoreApplication.translate("Layers", "Finding dense regions"))
    shown = np.arange(len(positions)) if emphasis is None else np.flatnonzero(emphasis)
    if len(shown) > MOST_COUNTED:
        shown = shown[:: len(shown) // MOST_COUNTED + 1]
    screen = camera.project(positions[shown], width, height)[:, :2]
    inside = (screen > -0.5 * max(width, height)).all(axis=1)
    inside &= (screen < 1.5 * max(width, height)).all(axis=1)
    try:
        found = yield from density_contours(screen[inside])
    except NothingToShow:
        return None
    lines = tuple(
        (contour.share, _in_world(line, camera, width, height))
        for contour in found
        for line in contour.lines
    )
    return Contours(camera, lines)


def _in_world(line: FloatArray, camera: Camera, width: int, height: int) -> FloatArray:
    """From pixels to the plane through the target."""
    unit = camera.units_per_px(height)
    right, up, _ = camera.basis
    across, upward = (line[:, 0] - width / 2) * unit, (height / 2 - line[:, 1]) * unit
    places = np.asarray(camera.target) + np.outer(across, right) + np.outer(upward, up)
    return places.astype(np.float32)


def contour_curves(contours: Contours, view: View, plot: PlotColors) -> tuple[Curve, ...]:
    """The lines where they are now. In 3D they hold for one side only: none from another."""
    made, now = contours.camera, view.camera
    if made.is_flat != now.is_flat:
        return ()
    if not now.is_flat and made != now:
        return ()
    curves = []
    for share, line in contours.lines:
        path = _path(view.project(line))
        ground, color = QColor(plot.background), QColor(plot.foreground)
        ground.setAlphaF(0.45)
        color.setAlphaF(1.0 - 0.6 * share)
        curves += [Curve(path, ground, 3.6), Curve(path, color, 1.5)]
    return tuple(curves)


def _path(screen: FloatArray) -> QPainterPath:
    path = QPainterPath()
    places = [QPointF(x, y) for x, y, _ in screen[np.isfinite(screen).all(axis=1)].tolist()]
    if places:
        path.moveTo(places[0])
    for place in places[1:]:
        path.lineTo(place)
    return path
