"""What lies over the cloud, as values: laid out and painted elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QPainterPath, QPixmap

from projector.arrays import ByteArray, FloatArray
from projector.embeddings.pictures import SpriteSheet
from projector.render.camera import Camera

LONGEST_LABEL = 36
NEAREST_GROWTH, FARTHEST_GROWTH = 1.7, 0.6
"""How much larger and smaller than at the target's depth points are drawn, as the painter does."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How points are drawn. radius_px, sprite_px: device-independent; sprites None draws discs.

    fog: 0..1, how far the farthest points of a picture in 3D fade into the background.
    """

    radius_px: float = 3.0
    opacity: float = 1.0
    sprites: SpriteSheet | None = None
    sprite_px: float = 24.0
    fog: float = 0.55


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; color: the name of a plot color."""

    start: QPointF
    end: QPointF
    color: str
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring around a point that is drawn once more, in front of all others.

    ground: the point's color; picture: drawn in its place, null without one.
    """

    rect: QRectF
    color: str
    width: float
    ground: QColor
    picture: QPixmap | None


@dataclass(frozen=True, slots=True)
class Text:
    """A text in its rectangle. has_ground puts a quiet box under it, has_halo an edge around its
    letters. tint: a color of its own; scale: of the font."""

    rect: QRectF
    text: str
    color: str
    is_bold: bool = False
    has_ground: bool = False
    has_halo: bool = False
    tint: QColor | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Strokes:
    """Many straight lines of one color; is_smooth: with soft edges, which takes longer."""

    lines: list[QLineF]
    color: QColor
    width: float = 1.0
    is_smooth: bool = True


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of any shape."""

    path: QPainterPath
    color: QColor
    width: float = 1.2


@dataclass(frozen=True, slots=True)
class Overlay:
    """All of it in device-independent pixels, in the order of painting."""

    lines: tuple[Line, ...] = ()
    curves: tuple[Curve, ...] = ()
    strokes: tuple[Strokes, ...] = ()
    rings: tuple[Ring, ...] = ()
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """The points that stand out. selected: a row or None; neighbors: rows, nearest first."""

    selected: int | None = None
    neighbors: tuple[int, ...] = ()
    hovered: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """From where, on which surface and how points are drawn.

    size: device-independent pixels; ratio: device pixels for each. colors: uint8 (n, 4).
    sizes: float32 (n,), factors of the radius, or None.
    """

    camera: Camera
    size: QSizeF
    look: Look
    colors: ByteArray
    font: QFont
    ratio: float = 1.0
    sizes: FloatArray | None = None

    def project(self, positions: FloatArray) -> FloatArray:
        return self.camera.project(positions, int(self.size.width()), int(self.size.height()))

    def radius(self, depth: float, point: int | None = None) -> float:
        """Half the size of a point at a depth."""
        has_pictures = self.look.sprites is not None
        half = self.look.sprite_px / 2 if has_pictures else self.look.radius_px
        if self.sizes is not None and point is not None and point < len(self.sizes):
            half *= float(self.sizes[point])
        if not self.camera.has_perspective or depth <= 0:
            return half
        return half * min(NEAREST_GROWTH, max(FARTHEST_GROWTH, self.camera.distance / depth))


def shorten(text: str) -> str:
    """One line, no longer than a label may be."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1] + "…"
