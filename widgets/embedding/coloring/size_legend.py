"""Says how large the points of a few values are drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from projector.sizes import Sizes
from widgets.embedding.coloring.values import value_texts
from widgets.shared.theme import plot_colors

SHARES = (0.0625, 0.25, 1.0)
"""Of the greatest value: radii that double from one to the next."""
LARGEST_PX = 16.0
GAP = 6


class SizeLegend(QWidget):
    """Three discs as large as in the cloud, each with its value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes: Sizes | None = None
        self._radius = 3.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend of sizes"))

    def show_sizes(self, sizes: Sizes | None, radius_px: float) -> None:
        """radius_px: the common radius of points."""
        self._sizes, self._radius = sizes, radius_px
        self.setAccessibleDescription(", ".join(self.texts))
        self.updateGeometry()
        self.update()

    @property
    def texts(self) -> list[str]:
        """The values, smallest first."""
        return value_texts(self._values, are_times=False)

    @property
    def _values(self) -> list[float]:
        sizes = self._sizes
        if sizes is None:
            return []
        return [sizes.zero * (1 - share) + sizes.high * share for share in SHARES]

    def _radius_of(self, value: float) -> float:
        assert self._sizes is not None
        return min(LARGEST_PX, max(1.0, self._radius * self._sizes.factor_of(value)))

    @override
    def sizeHint(self) -> QSize:
        widest = max((self._radius_of(value) for value in self._values), default=1.0)
        return QSize(120, max(self.fontMetrics().height(), round(2 * widest)) + 4)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._sizes is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, metrics = plot_colors(self.palette()), self.fontMetrics()
        x, middle = 2.0, self.height() / 2
        for value, text in zip(self._values, self.texts, strict=True):
            radius = self._radius_of(value)
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
