"""A list of what was found, of any length: a name, a figure and a bar in each line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from projector.embeddings.pictures import SpriteSheet
from projector.selection import Combine
from widgets.embedding.pictures import point_pixmap
from widgets.shared.line_table import LineTable
from widgets.shared.texts import plain_tip
from widgets.shared.theme import plot_colors

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
PAD = 6
BAR = 3


def _nothing(_: int) -> str:
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """n lines, each asked about when it comes into view: name and figure, how long its bar is
    (0..1), a color in front (None for none), a point whose picture stands there, and a sentence.
    """

    n: int = 0
    name: Callable[[int], str] = _nothing
    figure: Callable[[int], str] = _nothing
    share: Callable[[int], float] | None = None
    color: Callable[[int], QColor | None] | None = None
    point: Callable[[int], int] | None = None
    told: Callable[[int], str] | None = None

    def sentence(self, line: int) -> str:
        if self.told is not None:
            return self.told(line)
        return f"{self.name(line)}, {self.figure(line)}"


class EntryModel(QAbstractListModel):
    """One row a line."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries = Entries()
        self.sprites: SpriteSheet | None = None

    def set_entries(self, entries: Entries) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else self.entries.n

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.entries.name(index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.entries.sentence(index.row()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.entries.sentence(index.row())
        return None


class EntryDelegate(QStyledItemDelegate):
    """Paints picture or color, name, figure, and the bar below them."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, line = index.model(), index.row()
        assert isinstance(model, EntryModel)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if is_selected:
            painter.fillRect(option.rect, option.palette.highlight())
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, option.palette.midlight())
        role = QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text
        painter.setPen(option.palette.color(role))
        rect = _paint_front(painter, model, line, option.rect.adjusted(PAD, 2, -PAD, -2))
        if model.entries.share is not None:
            share = min(1.0, max(0.0, model.entries.share(line)))
            _paint_bar(painter, option.palette, rect, share)
            rect = rect.adjusted(0, 0, 0, -BAR - 4)
        _paint_texts(painter, option, model.entries, line, rect)
        painter.restore()


def _has_pictures(model: EntryModel) -> bool:
    return model.sprites is not None and model.entries.point is not None


def _paint_front(painter: QPainter, model: EntryModel, line: int, rect: QRect) -> QRect:
    """The picture or the color; returns the room beside it."""
    side, entries = rect.height(), model.entries
    if model.sprites is not None and entries.point is not None:
        ratio = painter.device().devicePixelRatio()
        pixmap = point_pixmap(model.sprites, entries.point(line), side, ratio)
        size = pixmap.deviceIndependentSize()
        left = rect.left() + (side - size.width()) / 2
        top = rect.top() + (side - size.height()) / 2
        target = QRectF(left, top, size.width(), size.height())
        painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()))
        return rect.adjusted(side + 8, 0, 0, 0)
    color = None if entries.color is None else entries.color(line)
    if entries.color is None:
        return rect
    if color is not None:
        side = painter.fontMetrics().ascent()
        top = rect.top() + (rect.height() - side) / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QRectF(rect.left(), top, side, side))
        painter.setPen(pen)
    return rect.adjusted(painter.fontMetrics().ascent() + 8, 0, 0, 0)


def _paint_bar(painter: QPainter, palette: QPalette, rect: QRect, share: float) -> None:
    colors = plot_colors(palette)
    bar = QRectF(rect.left(), rect.bottom() - BAR, rect.width(), BAR)
    painter.fillRect(bar, colors.grid)
    bar.setWidth(rect.width() * share)
    painter.fillRect(bar, colors.point)


def _paint_texts(
    painter: QPainter, option: QStyleOptionViewItem, entries: Entries, line: int, rect: QRect
) -> None:
    figure, metrics = entries.figure(line), option.fontMetrics
    painter.drawText(rect, _RIGHT, figure)
    space = rect.adjusted(0, 0, -metrics.horizontalAdvance(figure) - 8, 0)
    name = " ".join(entries.name(line).split())
    name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, space.width())
    painter.drawText(space, _LEFT, name)


class EntryList(LineTable):
    """chosen: a line was clicked, or Enter pressed on it, and how what it stands for joins the
    selection (int, Combine): Ctrl (on a Mac Command) changes it, Shift adds."""

    chosen = Signal(object, object)

    def __init__(self, name: str, most_lines: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_lines = most_lines
        self._entries = EntryModel(self)
        self.setModel(self._entries)
        self.setItemDelegate(EntryDelegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setAccessibleName(name)
        self.clicked.connect(self._on_index_chosen)
        self.activated.connect(self._on_index_chosen)

    @property
    def entries(self) -> Entries:
        return self._entries.entries

    @property
    @override
    def line_height(self) -> int:
        """With room for a bar or a picture where there are any."""
        has_more = self.entries.share is not None or _has_pictures(self._entries)
        return self.fontMetrics().height() + (14 if has_more else 8)

    def set_entries(self, entries: Entries, sprites: SpriteSheet | None = None) -> None:
        self._entries.sprites = sprites
        self._entries.set_entries(entries)
        self.setVisible(entries.n > 0)
        self.fit_lines()

    def set_sprites(self, sprites: SpriteSheet | None) -> None:
        """More pictures may be loaded by now."""
        had_pictures, self._entries.sprites = self._entries.sprites is not None, sprites
        if had_pictures != (sprites is not None):
            self.fit_lines()
        self.viewport().update()

    @Slot(QModelIndex)
    def _on_index_chosen(self, index: QModelIndex) -> None:
        keys = QGuiApplication.keyboardModifiers()
        how: Combine = "replace"
        if keys & Qt.KeyboardModifier.ControlModifier:
            how = "toggle"
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            how = "union"
        self.chosen.emit(index.row(), how)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(100, 2 * (self.fontMetrics().height() + 14))

    @override
    def sizeHint(self) -> QSize:
        """As high as its lines, up to the most that were asked for."""
        n_lines = min(self._most_lines, max(1, self.entries.n))
        return QSize(180, n_lines * self.line_height + 2 * self.frameWidth())
