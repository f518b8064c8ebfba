"""The values of the selected points with bars: how many hold each, and how many of all rows do."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from projector.embeddings.shares import Share, Shares
from widgets.embedding.view_model import number_text
from widgets.shared.texts import plain_tip, shown
from widgets.shared.theme import plot_colors

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
BAR_PX = 4
MOST_LINES = 4


class ShareModel(QAbstractListModel):
    """A row for each value."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shares: Shares | None = None

    def set_shares(self, shares: Shares | None) -> None:
        self.beginResetModel()
        self.shares = shares
        self.endResetModel()

    def share(self, row: int) -> Share:
        assert self.shares is not None
        return self.shares.shares[row]

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() or self.shares is None else len(self.shares.shares)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.shares is None:
            return None
        share = self.share(index.row())
        text = self.tr("(no value)") if share.is_missing else shown(share.text)
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(text.split()) or self.tr("(empty)")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            told = self.tr("{value}: {n} of {selected} selected points, {m} of all {all}").format(
                value=text,
                n=number_text(share.n_selected),
                selected=number_text(self.shares.n_selected),
                m=number_text(share.n_all),
                all=number_text(self.shares.n_all),
            )
            return plain_tip(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None


class ShareDelegate(QStyledItemDelegate):
    """Value, count and percentage above a bar; a mark on the bar stands where the share of all
    rows is."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, option.fontMetrics.height() + BAR_PX + 8)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ShareModel)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if is_current:
            painter.fillRect(option.rect, option.palette.highlight())
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, option.palette.midlight())
        role = QPalette.ColorRole.HighlightedText if is_current else QPalette.ColorRole.Text
        painter.setPen(option.palette.color(role))
        self._paint_texts(painter, option, model, index)
        self._paint_bar(painter, option, model, index.row())
        painter.restore()

    def _paint_texts(
        self, painter: QPainter, option: QStyleOptionViewItem, model: ShareModel, index: Index
    ) -> None:
        assert model.shares is not None
        share = model.share(index.row())
        ratio = share.n_selected / max(1, model.shares.n_selected)
        percent = f"{ratio:.0%}" if ratio >= 0.005 else "<1%"
        count = f"{number_text(share.n_selected)} · {percent}"
        line = option.rect.adjusted(6, 2, -6, -BAR_PX - 4)
        painter.drawText(line, _RIGHT, count)
        space = line.adjusted(0, 0, -option.fontMetrics.horizontalAdvance(count) - 8, 0)
        text = str(model.data(index))
        elided = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, _LEFT, elided)

    def _paint_bar(
        self, painter: QPainter, option: QStyleOptionViewItem, model: ShareModel, row: int
    ) -> None:
        assert model.shares is not None
        share, shares = model.share(row), model.shares
        colors = plot_colors(option.palette)
        rect = option.rect.adjusted(6, 0, -6, 0)
        bar = QRectF(rect.left(), rect.bottom() - BAR_PX - 1, rect.width(), BAR_PX)
        painter.fillRect(bar, colors.grid)
        filled = QRectF(bar)
        filled.setWidth(bar.width() * share.n_selected / max(1, shares.n_selected))
        painter.fillRect(filled, colors.point)
        at = bar.left() + (bar.width() - 2) * share.n_all / max(1, shares.n_all)
        painter.fillRect(QRectF(at, bar.top() - 1, 2, BAR_PX + 2), colors.foreground)


class ShareList(QListView):
    """share_chosen: a Share that was clicked, or on which Enter was pressed."""

    share_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares = ShareModel(self)
        self.setModel(self._shares)
        self.setItemDelegate(ShareDelegate(self))
        self.setUniformItemSizes(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Values of the selected points"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._on_index_chosen)
        self.activated.connect(self._on_index_chosen)

    @property
    def shares(self) -> Shares | None:
        return self._shares.shares

    def set_shares(self, shares: Shares | None) -> None:
        self._shares.set_shares(shares)
        self.updateGeometry()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(100, self._height(1))

    @override
    def sizeHint(self) -> QSize:
        return QSize(180, self._height(min(MOST_LINES, max(1, self._shares.rowCount()))))

    def _height(self, n_lines: int) -> int:
        return n_lines * (self.fontMetrics().height() + BAR_PX + 8) + 4

    @Slot(QModelIndex)
    def _on_index_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.share_chosen.emit(self._shares.share(index.row()))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
