"""What may be asked of a canvas: which points lie where, and a picture of it at any size."""

from __future__ import annotations

import dataclasses

import numpy as np
from PySide6.QtCore import QPointF, QSize, QSizeF
from PySide6.QtGui import QImage, QPolygonF
from PySide6.QtWidgets import QWidget

from projector.arrays import FloatArray, IntArray
from projector.progress import Progress, Work, finish
from projector.render.raster import Picture, Raster
from widgets.embedding.cloud_painter import CloudPainter, Scene
from widgets.embedding.drawn import Drawn
from widgets.embedding.figure import painted_figure
from widgets.embedding.sentences import tr
from widgets.embedding.viewpoint import Viewpoint
from widgets.shared.theme import plot_colors

REACH_PX = 6.0


class Questions:
    """Answers for one canvas, about the picture that is on it now."""

    def __init__(
        self, surface: QWidget, drawn: Drawn, view: Viewpoint, painter: CloudPainter
    ) -> None:
        self._surface, self._drawn, self._view, self._painter = surface, drawn, view, painter
        self.picture: Picture | None = None
        self.picture_ratio = 1.0

    def point_at(self, at: QPointF) -> int | None:
        """The drawn point at a place in widget pixels, or the nearest within a few pixels."""
        if self.picture is None:
            return None
        ratio = self.picture_ratio
        return self.picture.point_at(at.x() * ratio, at.y() * ratio, REACH_PX * ratio)

    def pick(self, x: float, y: float) -> int | None:
        """As point_at."""
        return self.point_at(QPointF(x, y))

    def points_within(self, polygon: QPolygonF | FloatArray) -> IntArray:
        """All points that are not hidden and lie inside, also behind others: ids int64 (m,).

        polygon: in widget pixels, closed by itself; a QPolygonF or (k, 2). Even-odd where it
        crosses itself.
        """
        return finish(self.points_within_work(polygon))

    def points_within_work(self, polygon: QPolygonF | FloatArray) -> Work[IntArray]:
        """As points_within, for a job; asked of what is on the canvas now."""
        raster, size = self._painter.raster, self._surface.size()
        if raster is None or not self._drawn.is_complete:
            return _within(None, np.empty((0, 2)), self.scene(QSizeF(size), 1.0))
        if isinstance(polygon, QPolygonF):
            corners = np.array([(point.x(), point.y()) for point in polygon.toList()])
        else:
            corners = np.array(polygon, dtype=np.float64)
        return _within(raster, corners, self.scene(QSizeF(size), 1.0))

    def places_of(self, points: IntArray) -> FloatArray:
        """Where points are on the widget: float32 (m, 3), x and y in widget pixels and the depth;
        NaN where they are not in front of the camera."""
        width, height = self._surface.width(), self._surface.height()
        return self._view.camera.project(self._drawn.positions[points], width, height)

    def place_of(self, point: int) -> QPointF:
        """Where a point is on the widget; NaN where it is not in view."""
        x, y, _ = self.places_of(np.array([point]))[0].tolist()
        return QPointF(x, y)

    def points_in_view(self) -> IntArray:
        """The points with any pixel in the picture, those with the most first: int64 (m,)."""
        if self.picture is None:
            return np.empty(0, np.int64)
        counts = np.bincount(self.picture.ids.ravel() + 1)[1:]
        seen = np.flatnonzero(counts)
        return seen[np.argsort(-counts[seen], kind="stable")]

    def picture_of(self, size: QSize) -> QImage:
        """The cloud with its overlay, painted anew at another size in pixels."""
        return finish(self.picture_work(size))

    def picture_work(self, size: QSize) -> Work[QImage]:
        """As picture_of, for a job; what is shown now is what it paints."""
        ratio = max(1, size.width()) / max(1, self._surface.width())
        extent = QSizeF(size.width() / ratio, size.height() / ratio)
        scene = dataclasses.replace(
            self.scene(extent, ratio), width=size.width(), height=size.height()
        )
        raster = self._painter.raster if self._drawn.is_complete else None
        font, colors = self._surface.font(), plot_colors(self._surface.palette())
        overlay = self._drawn.overlay(self._view.camera, extent, ratio, font)
        return painted_figure(raster, scene, ratio, overlay, colors, font)

    def scene(self, size: QSizeF, ratio: float) -> Scene:
        """What to paint. size: device-independent; ratio: pixels for each."""
        ground = plot_colors(self._surface.palette()).background
        return self._drawn.scene(self._view.camera, size, ratio, ground)


def _within(raster: Raster | None, corners: np.ndarray, scene: Scene) -> Work[IntArray]:
    yield Progress(None, tr("Selecting points"))
    if raster is None:
        return np.empty(0, np.int64)
    return raster.points_within(corners, scene.camera, scene.width, scene.height, scene.style)
