"""All that a canvas draws, whatever from: the points with their looks, and what lies over them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QPalette

from projector.arrays import ByteArray, FloatArray
from projector.emphasis import HIDDEN
from projector.render.camera import Camera
from projector.render.raster import Style
from widgets.embedding.cloud_painter import Scene
from widgets.embedding.layers.contours import Contours, contour_curves
from widgets.embedding.layers.labels import PlacedLabels, followed_labels
from widgets.embedding.layers.scale import AxisScales, scale_marks
from widgets.embedding.layers.sequences import SequenceLines, sequence_note, sequence_strokes
from widgets.embedding.overlay import Look, Overlay, Raised, View
from widgets.embedding.overlay_builder import build_overlay
from widgets.shared.theme import PlotColors, plot_colors


@dataclass(slots=True, eq=False)
class Drawn:
    """positions: float32 (n, 3); colors: uint8 (n, 4); emphasis: uint8 (n,), sizes: float32 (n,),
    or None. label_of: what a point is called. labels, sequences, contours: None where there are
    none. axis_scales: what places on x and y mean in a flat picture. floating: rectangles that lie
    on a surface of floating_on, where no text of the overlay may be."""

    positions: FloatArray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    colors: ByteArray = field(default_factory=lambda: np.zeros((0, 4), np.uint8))
    emphasis: ByteArray | None = None
    sizes: FloatArray | None = None
    look: Look = field(default_factory=Look)
    raised: Raised = field(default_factory=Raised)
    axis_names: tuple[str, ...] = ()
    label_of: Callable[[int], str] = str
    shows_axes: bool = True
    labels: PlacedLabels | None = None
    sequences: SequenceLines | None = None
    contours: Contours | None = None
    axis_scales: AxisScales = (None, None)
    floating: tuple[QRectF, ...] = ()
    floating_on: QSizeF = field(default_factory=QSizeF)
    plot: PlotColors = field(default_factory=lambda: plot_colors(QPalette()))

    @property
    def is_complete(self) -> bool:
        """Whether all that belongs to the points has arrived; it comes from several jobs."""
        given = (self.colors, self.emphasis, self.sizes)
        return all(array is None or len(array) == len(self.positions) for array in given)

    def scene(self, camera: Camera, size: QSizeF, ratio: float, ground: QColor) -> Scene:
        """What to paint. size: device-independent; ratio: pixels for each."""
        look, sprites = self.look, self.look.sprites
        if sprites is not None and sprites.slots is not None and sprites.n != len(self.positions):
            sprites = None  # those of an embedding whose points are still being placed
        style = Style(
            self.colors,
            radius_px=look.radius_px * ratio,
            background=(ground.red(), ground.green(), ground.blue()),
            opacity=look.opacity,
            fog=look.fog,
            sprites=sprites,
            sprite_px=look.sprite_px * ratio,
            emphasis=self.emphasis,
            sizes=self.sizes,
        )
        width, height = math.ceil(size.width() * ratio), math.ceil(size.height() * ratio)
        return Scene(camera, width, height, style)

    def view(self, camera: Camera, size: QSizeF, ratio: float, font: QFont) -> View:
        """From where and on which surface, for all that lies over the points."""
        look = self.look
        if self.colors.shape[0] != len(self.positions):
            look = dataclasses.replace(look, sprites=None)
        return View(camera, size, look, self.colors, font, ratio, self.sizes)

    def _raised_shown(self) -> Raised:
        """Those of the raised points that are drawn: no ring goes around nothing."""
        emphasis, raised = self.emphasis, self.raised
        if emphasis is None:
            return raised
        n = len(emphasis)

        def is_shown(point: int | None) -> bool:
            return point is not None and point < n and bool(emphasis[point] != HIDDEN)

        return Raised(
            raised.selected if is_shown(raised.selected) else None,
            tuple(point for point in raised.neighbors if is_shown(point)),
            raised.hovered if is_shown(raised.hovered) else None,
        )

    def overlay(
        self,
        camera: Camera,
        size: QSizeF,
        ratio: float,
        font: QFont,
        is_moving: bool = False,
    ) -> Overlay:
        """All that lies over the points. is_moving: quickly rather than all of it."""
        view = self.view(camera, size, ratio, font)
        names = self.axis_names if self.shows_axes else ()
        blocked = self.floating if size == self.floating_on else ()
        overlay = build_overlay(
            view, self.positions, self._raised_shown(), names, self.label_of, blocked
        )
        if (sequences := self.sequences) is not None:
            strokes = sequence_strokes(
                sequences, view, self.positions, self.emphasis, self.plot, is_moving
            )
            notes = sequence_note(sequences, view, self.positions, self.emphasis)
            texts = (*overlay.texts, *notes)
            overlay = dataclasses.replace(overlay, strokes=strokes, texts=texts)
        if self.shows_axes and any(self.axis_scales):
            taken = [*blocked, *(text.rect for text in overlay.texts)]
            lines, texts = scale_marks(view, self.axis_scales, taken)
            lines, texts = (*overlay.lines, *lines), (*overlay.texts, *texts)
            overlay = dataclasses.replace(overlay, lines=lines, texts=texts)
        if self.contours is not None:
            curves = contour_curves(self.contours, view, self.plot)
            overlay = dataclasses.replace(overlay, curves=curves)
        if self.labels is not None:
            taken = [*blocked, *(text.rect for text in overlay.texts)]
            labels = followed_labels(self.labels, view, self.positions, taken)
            overlay = dataclasses.replace(overlay, texts=(*labels, *overlay.texts))
        return overlay
