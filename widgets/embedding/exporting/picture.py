"""The cloud as an image of any size: as on the screen, with its legend, on a ground or on none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from projector.arrays import ByteArray
from projector.colors import Legend
from projector.embeddings.memory import check_fits
from projector.export.size_key import SizeKey
from projector.progress import Progress, Work, scaled
from projector.render.raster import Raster
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.cloud_painter import Scene, painted_apart
from widgets.embedding.exporting.legend_painter import SizeRows, paint_legend
from widgets.embedding.exporting.wish import ExportWish, tr
from widgets.embedding.figure import painted_figure
from widgets.embedding.overlay_painter import paint_overlay
from widgets.shared.theme import plot_colors

_BYTES_A_PIXEL = 40
_ROWS_A_PART = 256


def picture_work(
    canvas: ScatterCanvas, wish: ExportWish, legend: Legend, size_key: SizeKey | None = None
) -> Work[QImage]:
    """What is on the canvas now, painted anew. legend, size_key: left out where there is none.

    At the canvas's own size it is the canvas's own picture, pixel by pixel.
    """
    colors, font = plot_colors(canvas.palette()), QFont(canvas.font())
    ratio = wish.width / max(1, canvas.width()) * wish.text_scale
    extent = QSizeF(wish.width / ratio, wish.height / ratio)
    drawn, camera = dataclasses.replace(canvas.drawn), canvas.camera
    overlay = drawn.overlay(camera, extent, ratio, font)
    raster = canvas.raster if drawn.is_complete else None
    radius_px = drawn.look.radius_px if drawn.look.sprites is None else drawn.look.sprite_px / 2
    sizes = None if size_key is None else SizeRows(size_key, size_key.radii(radius_px))

    def scene(ground: QColor) -> Scene:
        found = drawn.scene(camera, extent, ratio, ground)
        return dataclasses.replace(found, width=wish.width, height=wish.height)

    if wish.is_transparent and raster is not None:
        work = _without_ground(raster, scene, ratio)
    else:
        ground = colors.background
        work = painted_figure(raster, scene(ground), ratio, overlay, colors, font)

    def finish_over(image: QImage) -> QImage:
        painter = QPainter(image)
        painter.setFont(font)
        if wish.is_transparent and raster is not None:
            paint_overlay(painter, overlay, colors)
        paint_legend(painter, legend, extent, colors, sizes)
        painter.end()
        return image

    return _checked(wish, work, finish_over)


def _checked(
    wish: ExportWish, work: Work[QImage], finish_over: Callable[[QImage], QImage]
) -> Work[QImage]:
    yield Progress(None, tr("Painting the points"))
    size = tr("A picture of {width} × {height} pixels")
    size = size.format(width=f"{wish.width:,}", height=f"{wish.height:,}")
    check_fits(wish.width * wish.height * _BYTES_A_PIXEL, size, tr("Ask for fewer pixels."))
    return finish_over((yield from scaled(work, 0.0, 0.8)))


def _without_ground(raster: Raster, scene: Callable[[QColor], Scene], ratio: float) -> Work[QImage]:
    """What shows through is the difference of the same picture on black and on white."""
    grounds = []
    for color in ("black", "white"):
        painted = yield from painted_apart(raster, scene(QColor(color)))
        grounds.append(painted[3].image[..., :3].copy())
    rgba = yield from transparent(*grounds)
    height, width = rgba.shape[:2]
    image = QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    return image


def transparent(on_black: ByteArray, on_white: ByteArray) -> Work[ByteArray]:
    """uint8 (h, w, 4), with the color that gives both pictures (h, w, 3) on their grounds."""
    rgba = np.zeros((*on_black.shape[:2], 4), np.uint8)
    for start in range(0, len(rgba), _ROWS_A_PART):
        part = slice(start, start + _ROWS_A_PART)
        black, white = on_black[part].astype(np.float32), on_white[part].astype(np.float32)
        alpha = np.clip(255 - (white - black).mean(axis=2), 0, 255)
        with np.errstate(divide="ignore", invalid="ignore"):
            color = np.where(alpha[..., None] > 0, black * 255 / alpha[..., None], 0)
        rgba[part, :, :3] = np.clip(np.round(color), 0, 255)
        rgba[part, :, 3] = np.round(alpha)
        yield Progress(0.5 + 0.5 * start / len(rgba), tr("Painting the points"))
    return rgba
