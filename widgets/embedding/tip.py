"""What is said of the point under the pointer: its picture, its name, what is known of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from projector.embeddings.pictures import SpriteSheet
from widgets.embedding.overlay import shorten
from widgets.embedding.pictures import point_pixmap
from widgets.shared.theme import PlotColors

MARGIN = 8.0
PICTURE_PX = 56
MOST_DETAILS = 5
NAME_PX = 110
"""The names of columns are cut at this width."""

Details = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Tip:
    """at: the pointer. details: (column, value), one a line."""

    point: int
    at: QPointF
    title: str
    subtitle: str
    details: Details
    picture: QPixmap


class TipMaker:
    """Makes and keeps the tip of one canvas. pictures: for its picture, more may come later.

    label_of: what a point is called. details_of: (column, value) of a point.
    """

    def __init__(self) -> None:
        self.tip: Tip | None = None
        self.pictures: SpriteSheet | None = None
        self.details_of: Callable[[int], Details] | None = None

    def show(self, point: int | None, at: QPointF, label: str, subtitle: str, ratio: float) -> bool:
        """Tell of another point, or from another place; whether anything is to be painted."""
        had_tip, tip = self.tip is not None, self.tip
        if point is None:
            self.tip = None
            return had_tip
        if tip is not None and tip.point == point and tip.title == label:
            self.tip = dataclasses.replace(tip, at=at)
            return True
        details = () if self.details_of is None else self.details_of(point)[:MOST_DETAILS]
        picture = point_pixmap(self.pictures, point, PICTURE_PX, ratio)
        self.tip = Tip(point, at, label, subtitle, details, picture)
        return True

    def set_pictures(self, pictures: SpriteSheet | None, ratio: float) -> None:
        self.pictures = pictures
        if self.tip is not None:
            picture = point_pixmap(pictures, self.tip.point, PICTURE_PX, ratio)
            self.tip = dataclasses.replace(self.tip, picture=picture)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the parts of a tip lie in it. names_width: of the column of names."""

    lines: list[tuple[str, str]]
    names_width: float
    text: QSizeF
    picture: QSizeF

    @property
    def left(self) -> float:
        return MARGIN + (self.picture.width() + MARGIN if self.picture.width() else 0.0)

    @property
    def size(self) -> QSizeF:
        height = max(self.picture.height(), self.text.height())
        return QSizeF(self.left + self.text.width() + MARGIN, height + 2 * MARGIN)


def paint_tip(
    painter: QPainter,
    tip: Tip,
    size: QSizeF,
    font: QFont,
    colors: PlotColors,
    floating: Sequence[QRectF] = (),
) -> None:
    """A card beside the pointer, kept inside the surface and, where it can be, from under what
    floats on it."""
    bold = QFont(font)
    bold.setBold(True)
    laid = _laid_out(tip, QFontMetricsF(bold), QFontMetricsF(font))
    rect = tip_rect(tip.at, laid.size, size, floating)
    _paint_box(painter, rect, colors)
    painter.drawPixmap(rect.topLeft() + QPointF(MARGIN, MARGIN), tip.picture)
    line = QRectF(0, 0, laid.text.width(), QFontMetricsF(bold).height())
    line.moveTo(rect.left() + laid.left, rect.center().y() - laid.text.height() / 2)
    painter.setFont(bold)
    painter.setPen(colors.foreground)
    _write(painter, line, shorten(tip.title))
    painter.setFont(font)
    painter.setPen(colors.muted)
    line.translate(0, line.height())
    _write(painter, line, shorten(tip.subtitle))
    for name, value in laid.lines:
        line.translate(0, QFontMetricsF(font).height())
        painter.setPen(colors.muted)
        _write(painter, line, name)
        painter.setPen(colors.foreground)
        _write(painter, line.adjusted(laid.names_width, 0, 0, 0), value)


def _laid_out(tip: Tip, wide: QFontMetricsF, metrics: QFontMetricsF) -> _Layout:
    cut = Qt.TextElideMode.ElideRight
    lines = [
        (metrics.elidedText(shorten(name), cut, NAME_PX), shorten(value))
        for name, value in tip.details
    ]
    names_width = max((metrics.horizontalAdvance(name) + MARGIN for name, _ in lines), default=0.0)
    width = max(
        wide.horizontalAdvance(shorten(tip.title)),
        metrics.horizontalAdvance(shorten(tip.subtitle)),
        *(names_width + metrics.horizontalAdvance(value) for _, value in lines),
    )
    height = wide.height() + metrics.height() * (1 + len(lines))
    picture = QSizeF(0, 0) if tip.picture.isNull() else tip.picture.deviceIndependentSize()
    return _Layout(lines, names_width, QSizeF(width + 2, height), picture)


def _write(painter: QPainter, rect: QRectF, text: str) -> None:
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def tip_rect(at: QPointF, size: QSizeF, surface: QSizeF, floating: Sequence[QRectF] = ()) -> QRectF:
    """Right below the pointer, else at its other side. size: of the card."""
    x, y = at.x() + 16, at.y() + 16
    if y + size.height() > surface.height() - 4:
        y = at.y() - 12 - size.height()
    y = max(4.0, y)
    ends = [
        one.left()
        for one in floating
        if one.left() > at.x() and one.top() < y + size.height() and one.bottom() > y
    ]
    if x + size.width() > min([surface.width(), *ends]) - 4:
        x = at.x() - 12 - size.width()
    return QRectF(QPointF(max(4.0, x), y), size)


def _paint_box(painter: QPainter, rect: QRectF, colors: PlotColors) -> None:
    ground = QColor(colors.background)
    ground.setAlphaF(0.95)
    painter.setPen(QPen(colors.grid, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 5, 5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
