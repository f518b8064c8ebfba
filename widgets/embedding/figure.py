"""A picture of the cloud that is not that of a widget, at any size."""

from __future__ import annotations

from PySide6.QtGui import QFont, QImage, QPainter

from projector.progress import Work
from projector.render.raster import Picture, Raster
from widgets.embedding.cloud_painter import Scene, painted_apart
from widgets.embedding.overlay import Overlay
from widgets.embedding.overlay_painter import paint_overlay
from widgets.shared.theme import PlotColors


def image_on(picture: Picture) -> QImage:
    """An image on the picture's own memory, which must outlive it."""
    height, width = picture.image.shape[:2]
    return QImage(picture.image.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)


def painted_figure(
    raster: Raster | None,
    scene: Scene,
    ratio: float,
    overlay: Overlay,
    colors: PlotColors,
    font: QFont,
) -> Work[QImage]:
    """The cloud with its overlay. ratio: pixels for each of the overlay's. raster None: no points.

    Images, unlike pixmaps, may be painted on any thread.
    """
    if raster is None:
        image = QImage(scene.width, scene.height, QImage.Format.Format_RGBX8888)
        image.fill(colors.background)
    else:
        _, _, _, picture = yield from painted_apart(raster, scene)
        image = image_on(picture).copy()
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    painter.setFont(font)
    paint_overlay(painter, overlay, colors)
    painter.end()
    return image
