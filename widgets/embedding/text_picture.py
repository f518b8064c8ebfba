"""Texts as small pictures that are kept: letters are laid out once instead of for each frame."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

MARGIN_PX = 2
"""Around a text's rectangle, for its halo."""
MOST_KEPT = 1024
LARGEST_RATIO = 3.0
"""Pictures for larger ones, as of an export, are not kept: they hold megabytes each."""
_HALO = [QPointF(x, y) for x in (-1.2, 0, 1.2) for y in (-1.2, 0, 1.2) if x or y]


def draw_text(
    painter: QPainter, rect: QRectF, text: str, font: QFont, color: QColor, halo: QColor | None
) -> None:
    """A text in the middle of a rectangle, with an edge of another color around its letters or
    without. It is put onto whole pixels, as letters are sharp there only. On any thread."""
    ratio = painter.device().devicePixelRatioF()
    edge = None if halo is None else halo.rgba()
    size = (rect.width(), rect.height())
    make = _kept_picture_of if ratio <= LARGEST_RATIO else _picture_of
    picture = make(text, font.toString(), size, color.rgba(), edge, ratio)
    left, top = rect.x() - MARGIN_PX, rect.y() - MARGIN_PX
    painter.drawImage(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), picture)


def _picture_of(
    text: str, font: str, size: tuple[float, float], color: int, halo: int | None, ratio: float
) -> QImage:
    """colors: as QColor.rgba tells them. ratio: pixels for each of the rectangle's."""
    width, height = (math.ceil((side + 2 * MARGIN_PX) * ratio) for side in size)
    picture = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    letters = QFont()
    letters.fromString(font)
    place = QRectF(QPointF(MARGIN_PX, MARGIN_PX), QSizeF(*size))
    painter = QPainter(picture)
    painter.setFont(letters)
    if halo is not None:
        painter.setPen(QColor.fromRgba(halo))
        for shift in _HALO:
            painter.drawText(place.translated(shift), Qt.AlignmentFlag.AlignCenter, text)
    painter.setPen(QColor.fromRgba(color))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return picture


_kept_picture_of = lru_cache(maxsize=MOST_KEPT)(_picture_of)
