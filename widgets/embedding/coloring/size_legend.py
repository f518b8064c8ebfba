"""Says how large the points of a few values are drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from projector.export.size_key import SizeKey
from projector.sizes import Sizes
from widgets.embedding.coloring.values import value_texts
from widgets.shared.theme import plot_colors

SHARES = (0.0625, 0.25, 1.0)
"""Of the greatest value: radii that double from one to the next."""
GAP = 6


def size_key(sizes: Sizes) -> SizeKey:
    """What a legend says of sizes: three values, and how large their points are."""
    values = [sizes.zero * (1 - share) + sizes.high * share for share in SHARES]
    texts = value_texts(values, are_times=False)
    pairs = dict(zip(texts, map(sizes.factor_of, values), strict=True))
    return SizeKey(sizes.title, tuple(pairs), tuple(pairs.values()))


class SizeLegend(QWidget):
    """Three discs as large as in the cloud, each with its value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key: SizeKey | None = None
        self._radius = 3.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend of sizes"))

    def show_sizes(self, sizes: Sizes | None, radius_px: float) -> None:
        """radius_px: the common radius of points."""
        self._key, self._radius = None if sizes is None else size_key(sizes), radius_px
        self.setAccessibleDescription(", ".join(self.texts))
        self.updateGeometry()
        self.update()

    @property
    def texts(self) -> list[str]:
        """The values, smallest first."""
        return [] if self._key is None else list(self._key.texts)

    @property
    def _radii(self) -> tuple[float, ...]:
        return () if self._key is None else self._key.radii(self._radius)

    @override
    def sizeHint(self) -> QSize:
        widest = max(self._radii, default=1.0)
        return QSize(120, max(self.fontMetrics().height(), round(2 * widest)) + 4)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._key is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, metrics = plot_colors(self.palette()), self.fontMetrics()
        x, middle = 2.0, self.height() / 2
        for radius, text in zip(self._radii, self.texts, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.point)
            painter.drawEllipse(QPointF(x + radius, middle), radius, radius)
            x += 2 * radius + GAP
            width = metrics.horizontalAdvance(text) + 1
            painter.setPen(colors.muted)
            rect = QRectF(x, 0, width, self.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            x += width + 2 * GAP
        painter.end()
