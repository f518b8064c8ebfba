"""Points by name in a list of any length: search matches and neighbors, painted alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from projector.arrays import FloatArray, IntArray, frozen
from projector.embeddings.pictures import SpriteSheet
from widgets.embedding.pictures import point_pixmap
from widgets.shared.line_table import LineTable
from widgets.shared.texts import plain_tip
from widgets.shared.theme import plot_colors

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
NO_ROWS: IntArray = frozen(np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """ids: int64 (k,), rows in order. distances: float32 (k,), beside each, or None.

    nearest, farthest: what fills none and all of a bar.
    """

    ids: IntArray = field(default_factory=lambda: NO_ROWS)
    distances: FloatArray | None = None
    nearest: float = 0.0
    farthest: float = 1.0

    def share(self, place: int) -> float:
        """How long the bar of one of them is, 0..1."""
        if self.distances is None or not self.farthest > self.nearest:
            return 0.0
        share = (float(self.distances[place]) - self.nearest) / (self.farthest - self.nearest)
        return min(1.0, max(0.0, share))


class PointModel(QAbstractListModel):
    """One row a point; the label is asked for when it comes into view."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.points = Points()
        self.sprites: SpriteSheet | None = None
        self._label_of: Callable[[int], str] = str

    def set_points(
        self, points: Points, label_of: Callable[[int], str], sprites: SpriteSheet | None
    ) -> None:
        self.beginResetModel()
        self.points, self._label_of, self.sprites = points, label_of, sprites
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.points.ids)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        point = int(self.points.ids[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._label_of(point)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(str(self.data(index, Qt.ItemDataRole.AccessibleTextRole)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = self.tr("{label}, row {row}").format(label=self._label_of(point), row=point)
            if self.points.distances is None:
                return text
            distance = f"{self.points.distances[index.row()]:.6g}"
            return self.tr("{point}, distance {distance}").format(point=text, distance=distance)
        return None


class PointDelegate(QStyledItemDelegate):
    """Paints picture, label, row number or distance, and a bar as long as the distance."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, PointModel)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if is_selected:
            painter.fillRect(option.rect, option.palette.highlight())
        elif is_hovered:
            painter.fillRect(option.rect, option.palette.midlight())
        role = QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text
        painter.setPen(option.palette.color(role))
        rect = option.rect.adjusted(6, 2, -6, -2)
        if model.sprites is not None:
            rect = self._paint_picture(painter, model, index.row(), rect)
        self._paint_texts(painter, option, model, index.row(), rect)
        painter.restore()

    def _paint_picture(self, painter: QPainter, model: PointModel, row: int, rect: QRect) -> QRect:
        side = rect.height()
        pixmap: QPixmap = point_pixmap(
            model.sprites, int(model.points.ids[row]), side, painter.device().devicePixelRatio()
        )
        size = pixmap.deviceIndependentSize()
        left = rect.left() + (side - size.width()) / 2
        target = QRectF(left, rect.top() + (side - size.height()) / 2, size.width(), size.height())
        painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()))
        return rect.adjusted(side + 8, 0, 0, 0)

    def _paint_texts(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        model: PointModel,
        row: int,
        rect: QRect,
    ) -> None:
        distances = model.points.distances
        number = f"#{model.points.ids[row]}" if distances is None else f"{distances[row]:.4f}"
        metrics = option.fontMetrics
        line = rect if distances is None else rect.adjusted(0, 0, 0, -7)
        painter.drawText(line, _RIGHT, number)
        space = line.adjusted(0, 0, -metrics.horizontalAdvance(number) - 8, 0)
        label = " ".join(str(model.data(model.index(row))).split())
        label = metrics.elidedText(label, Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, _LEFT, label)
        if distances is not None:
            colors = plot_colors(option.palette)
            bar = QRectF(rect.left(), rect.bottom() - 4, rect.width(), 3)
            painter.fillRect(bar, colors.grid)
            bar.setWidth(rect.width() * model.points.share(row))
            painter.fillRect(bar, colors.neighbor)


class PointList(LineTable):
    """point_chosen: a row the user clicked or pressed Enter on (int). point_toggled: the same with
    the key for several held (Ctrl, on a Mac Command)."""

    point_chosen = Signal(object)
    point_toggled = Signal(object)

    def __init__(self, name: str, most_lines: int = 10, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_lines = most_lines
        self._points = PointModel(self)
        self.setModel(self._points)
        self.setItemDelegate(PointDelegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(name)
        self.clicked.connect(self._on_index_chosen)
        self.activated.connect(self._on_index_chosen)

    @property
    def points(self) -> Points:
        return self._points.points

    @property
    @override
    def line_height(self) -> int:
        """With room for a bar or a picture where there are any."""
        height = self.fontMetrics().height() + 8
        has_bars = self._points.points.distances is not None
        return height + 6 if has_bars or self._points.sprites is not None else height

    def set_points(
        self, points: Points, label_of: Callable[[int], str], sprites: SpriteSheet | None
    ) -> None:
        self._points.set_points(points, label_of, sprites)
        self.fit_lines()

    def set_sprites(self, sprites: SpriteSheet | None) -> None:
        """The same points; more of their pictures may be loaded by now."""
        had_pictures, self._points.sprites = self._points.sprites is not None, sprites
        if had_pictures != (sprites is not None):
            self.fit_lines()
        self.viewport().update()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(100, 2 * (self.fontMetrics().height() + 14))

    @override
    def sizeHint(self) -> QSize:
        """As high as its lines, up to the most that were asked for."""
        n_lines = min(self._most_lines, max(2, len(self._points.points.ids)))
        return QSize(180, n_lines * self.line_height + 2 * self.frameWidth() + 2)

    @Slot(QModelIndex)
    def _on_index_chosen(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        point = int(self._points.points.ids[index.row()])
        if QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            self.point_toggled.emit(point)
        else:
            self.point_chosen.emit(point)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
