"""The legend in a picture: what colors and sizes mean, in a box at the top right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter, QPen

from projector.colors import Gradient, Legend
from projector.export.scene import scale_ticks
from projector.export.size_key import SizeKey
from widgets.embedding.overlay import shorten
from widgets.embedding.view_model import number_text
from widgets.shared.theme import PlotColors

MARGIN, PADDING, SWATCH = 10.0, 8.0, 10.0
NARROWEST = 96.0
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class SizeRows:
    """What sizes mean, with the radii of its discs in the pixels that the painter has."""

    key: SizeKey
    radii: tuple[float, ...]

    @property
    def disc_width(self) -> float:
        return max(SWATCH, *(2 * radius for radius in self.radii))

    def row_height(self, radius: float, line: float) -> float:
        return max(line, 2 * radius + 4)

    def height(self, line: float) -> float:
        head = line if self.key.title else 0.0
        return head + sum(self.row_height(radius, line) for radius in self.radii)

    def width(self, font: QFont) -> float:
        bold = QFont(font)
        bold.setBold(True)
        texts = [QFontMetricsF(font).horizontalAdvance(shorten(text)) for text in self.key.texts]
        title = QFontMetricsF(bold).horizontalAdvance(shorten(self.key.title))
        return max(title, self.disc_width + 8 + max(texts, default=0.0))


def paint_legend(
    painter: QPainter,
    legend: Legend,
    size: QSizeF,
    colors: PlotColors,
    sizes: SizeRows | None = None,
) -> None:
    """As many entries as there is room for; the rest are counted. size: of the picture."""
    has_colors = bool(legend.entries) or legend.gradient is not None
    if not has_colors and sizes is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    metrics = QFontMetricsF(painter.font())
    line = metrics.height() + 3
    below = 0.0 if sizes is None else sizes.height(line)
    n_head = (legend.title != "" and has_colors) + 2 * (legend.gradient is not None)
    n_room = int((size.height() - 2 * MARGIN - 2 * PADDING - below) / line) - n_head - 1
    entries = legend.entries[: max(0, n_room)]
    n_more = legend.n_more + len(legend.entries) - len(entries)
    rows = [
        (shorten(one.label) if not one.is_missing else tr("(none)"), one.count, one.color)
        for one in entries
    ]
    width = _width(legend, rows, metrics, painter.font())
    if sizes is not None:
        width = max(width, sizes.width(painter.font()) + 2 * PADDING + 2)
    height = (n_head + len(rows) + (n_more > 0)) * line + below + 2 * PADDING
    box = QRectF(size.width() - MARGIN - width, MARGIN, width, height)
    _paint_box(painter, box, colors)
    inside = box.adjusted(PADDING, PADDING, -PADDING, -PADDING)
    y = inside.top()
    if legend.title and has_colors:
        _paint_title(painter, legend.title, QRectF(inside.left(), y, inside.width(), line), colors)
        y += line
    if legend.gradient is not None:
        place = QRectF(inside.left(), y, inside.width(), 2 * line)
        _paint_gradient(painter, legend.gradient, place, colors)
        y += 2 * line
    for text, count, color in rows:
        row = QRectF(inside.left(), y, inside.width(), line)
        _paint_row(painter, (text, count, QColor(*color)), row, colors)
        y += line
    if n_more:
        painter.setPen(colors.muted)
        text = tr("and {n} more").format(n=number_text(n_more))
        painter.drawText(QRectF(inside.left(), y, inside.width(), line), LEFT, text)
    if sizes is not None:
        place = QRectF(inside.left(), inside.bottom() - below, inside.width(), below)
        _paint_sizes(painter, sizes, place, colors)


def _paint_sizes(painter: QPainter, sizes: SizeRows, place: QRectF, colors: PlotColors) -> None:
    """A title, then a disc and its value a line."""
    line = QFontMetricsF(painter.font()).height() + 3
    y = place.top()
    if sizes.key.title:
        _paint_title(painter, sizes.key.title, QRectF(place.left(), y, place.width(), line), colors)
        y += line
    for radius, text in zip(sizes.radii, sizes.key.texts, strict=True):
        row = QRectF(place.left(), y, place.width(), sizes.row_height(radius, line))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.muted)
        middle = QPointF(row.left() + sizes.disc_width / 2, row.center().y())
        painter.drawEllipse(middle, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(colors.foreground)
        painter.drawText(row.adjusted(sizes.disc_width + 8, 0, 0, 0), LEFT, shorten(text))
        y += row.height()


def _width(
    legend: Legend,
    rows: list[tuple[str, int, tuple[int, int, int]]],
    metrics: QFontMetricsF,
    font: QFont,
) -> float:
    bold = QFont(font)
    bold.setBold(True)
    widths = [NARROWEST, QFontMetricsF(bold).horizontalAdvance(shorten(legend.title))]
    for text, count, _ in rows:
        numbers = metrics.horizontalAdvance(number_text(count))
        widths.append(SWATCH + 8 + metrics.horizontalAdvance(text) + 16 + numbers)
    if legend.gradient is not None:
        ticks = scale_ticks(legend.gradient)
        widths.append(sum(metrics.horizontalAdvance(tick.text) + 12 for tick in ticks))
    return max(widths) + 2 * PADDING + 2


def _paint_box(painter: QPainter, box: QRectF, colors: PlotColors) -> None:
    ground = QColor(colors.background)
    ground.setAlphaF(0.88)
    painter.setPen(QPen(colors.grid, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 5, 5)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_title(painter: QPainter, title: str, place: QRectF, colors: PlotColors) -> None:
    painter.save()
    font = QFont(painter.font())
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(colors.foreground)
    painter.drawText(place, LEFT, shorten(title))
    painter.restore()


def _paint_row(
    painter: QPainter, row: tuple[str, int, QColor], place: QRectF, colors: PlotColors
) -> None:
    text, count, color = row
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    swatch = QRectF(0, 0, SWATCH, SWATCH)
    swatch.moveCenter(QPointF(place.left() + SWATCH / 2, place.center().y()))
    painter.drawEllipse(swatch)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(colors.foreground)
    painter.drawText(place.adjusted(SWATCH + 8, 0, 0, 0), LEFT, text)
    painter.setPen(colors.muted)
    painter.drawText(place, RIGHT, number_text(count))


def _paint_gradient(
    painter: QPainter, gradient: Gradient, place: QRectF, colors: PlotColors
) -> None:
    bar = QRectF(place.left(), place.top() + 3, place.width(), place.height() / 2 - 6)
    ramp = QLinearGradient(bar.topLeft(), bar.topRight())
    last = max(1, len(gradient.stops) - 1)
    for i, stop in enumerate(gradient.stops):
        ramp.setColorAt(i / last, QColor(*stop))
    painter.fillRect(bar, ramp)
    painter.setPen(colors.muted)
    metrics, free = QFontMetricsF(painter.font()), place.left()
    for tick in scale_ticks(gradient):
        width = metrics.horizontalAdvance(tick.text) + 1
        x = place.left() + tick.share * place.width() - width / 2
        x = max(place.left(), min(place.right() - width, x))
        if x >= free:
            below = QRectF(x, place.center().y(), width, place.height() / 2)
            painter.drawText(below, LEFT, tick.text)
            free = x + width + 6


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("Export", text)
