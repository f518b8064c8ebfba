"""The named views: gone back to by a click, named, thrown away; and what one is made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from projector.errors import InvalidChoice
from widgets.embedding.bookmarks.thumbnails import HEIGHT_PX, WIDTH_PX, thumbnail_icon
from widgets.embedding.bookmarks.views import View, Views
from widgets.embedding.section import MARGIN
from widgets.shared.texts import plain_tip

MOST_LINES = 5
ICON_LINES = 3


class ViewItem(QListWidgetItem):
    """A line of the list. Its picture is unpacked when it is first in sight, as there may be a
    thousand."""

    def __init__(self, view: View, size: QSize, ratio: float, palette: QPalette) -> None:
        super().__init__(view.name)
        self._thumbnail, self._size, self._ratio = view.thumbnail, size, ratio
        self._palette = palette
        self._icon: QIcon | None = None
        self.setFlags(self.flags() | Qt.ItemFlag.ItemIsEditable)
        self.setToolTip(plain_tip(view.name))

    @override
    def data(self, role: int) -> Any:
        if role != Qt.ItemDataRole.DecorationRole:
            return super().data(role)
        if self._icon is None:
            self._icon = thumbnail_icon(self._thumbnail, self._size, self._ratio, self._palette)
        return self._icon


class ViewPanel(QWidget):
    """said: a line for the status bar (str)."""

    said = Signal(object)

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views = views
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Views"))
        self._list.setToolTip(
            self.tr("Click a view or press Enter to go back to it; F2 names it, Delete removes it")
        )
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setUniformItemSizes(True)  # so that only those in sight are asked
        self._list.setIconSize(self._icon_size())
        self._list.itemClicked.connect(self._on_item)
        self._list.itemChanged.connect(self._on_item_changed)
        self._list.installEventFilter(self)
        self._note = QLabel(wordWrap=True)
        self._note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._note.setText(
            self.tr("A view keeps the camera, the layout, colors, selection and what is shown.")
        )
        save = self._button(self.tr("Save view"), self.save)
        save.setToolTip(self.tr("Keep what is on the screen as a view"))
        self._rename = self._button(self.tr("Rename"), self.rename)
        self._rename.setToolTip(self.tr("Give this view another name (F2)"))
        self._delete = self._button(self.tr("Delete"), self.delete)
        self._delete.setToolTip(self.tr("Throw this view away (Delete)"))
        self._lay_out((save, self._rename, self._delete))
        views.changed.connect(self._fill)
        self._fill()

    def _button(self, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(slot)
        button.setMinimumWidth(button.fontMetrics().horizontalAdvance(text) + 2 * MARGIN)
        return button

    def _lay_out(self, buttons: tuple[QPushButton, ...]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addWidget(self._list)
        column.addWidget(self._note)
        row = QHBoxLayout()
        row.setSpacing(MARGIN // 2)
        for button in buttons:
            row.addWidget(button, 1)
        column.addLayout(row)

    def _icon_size(self) -> QSize:
        """Some lines of text high, in the shape of the small pictures."""
        height = ICON_LINES * self.fontMetrics().height()
        return QSize(height * WIDTH_PX // HEIGHT_PX, height)

    def texts(self) -> list[str]:
        """The names that are listed."""
        return [self._list.item(i).text() for i in range(self._list.count())]

    @Slot()
    def save(self) -> None:
        """Keep what is on the screen, and let its name be typed."""
        self._views.save(self._views.free_name())
        self._list.setCurrentRow(self._list.count() - 1)
        if self._list.isVisible():
            self.rename()

    @Slot()
    def rename(self) -> None:
        """Edit the name in place."""
        if (item := self._list.currentItem()) is not None:
            self._list.editItem(item)

    @Slot()
    def delete(self) -> None:
        """Throw the current view away."""
        row = self._list.currentRow()
        if row >= 0:
            self._views.remove(row)

    def turn(self, by: int) -> None:
        """Go to the view so many places on, around the end."""
        n = self._list.count()
        if n:
            row = self._list.currentRow()
            row = (row + by) % n if row >= 0 else 0
            self._list.setCurrentRow(row)
            self.show_view(row)

    def show_view(self, index: int) -> None:
        """Go back to one of the views."""
        if not 0 <= index < len(self._views.all):
            return
        view: View = self._views.all[index]
        try:
            self._views.show(view)
        except InvalidChoice as error:
            self.said.emit(str(error))
            return
        self.said.emit(self.tr("View “{name}”").format(name=view.name))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._list.setIconSize(self._icon_size())
            self._fill()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and watched is self._list
        ):
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.delete()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.show_view(self._list.currentRow())
                return True
        return super().eventFilter(watched, event)

    @Slot(QListWidgetItem)
    def _on_item(self, item: QListWidgetItem) -> None:
        self.show_view(self._list.row(item))

    @Slot(QListWidgetItem)
    def _on_item_changed(self, item: QListWidgetItem) -> None:
        try:
            self._views.rename(self._list.row(item), item.text())
        except InvalidChoice as error:
            self.said.emit(str(error))
            self._fill()

    @Slot()
    def _fill(self) -> None:
        row = self._list.currentRow()
        self._list.blockSignals(True)
        self._list.clear()
        size, ratio = self._list.iconSize(), self.devicePixelRatioF()
        for view in self._views.all:
            self._list.addItem(ViewItem(view, size, ratio, self.palette()))
        self._list.setCurrentRow(min(row, self._list.count() - 1))
        self._list.blockSignals(False)
        has_views = bool(self._views.all)
        self._list.setVisible(has_views)
        self._note.setVisible(not has_views)
        for button in (self._rename, self._delete):
            button.setEnabled(has_views)
        lines = min(MOST_LINES, max(1, self._list.count()))
        height = max(self._list.sizeHintForRow(0), self.fontMetrics().height() + 4)
        self._list.setFixedHeight(lines * height + 2 * self._list.frameWidth())
        self.updateGeometry()
