"""The layouts that were made of what is shown: switched between, named, thrown away."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from widgets.embedding.combo import Combo
from widgets.embedding.layouts import Layout, full_title
from widgets.embedding.projecting.runner import ProjectionRunner
from widgets.embedding.projecting.switching import fields_for
from widgets.embedding.projecting.titles import DOT
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.texts import plain_tip

KEY = Qt.ItemDataRole.UserRole
MOST_LINES = 5


class ResultList(QWidget):
    """Asks for the layout to draw, and for one beside it."""

    def __init__(
        self, model: EmbeddingViewModel, runner: ProjectionRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._runner = model, runner
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Results"))
        self._list.setToolTip(
            self.tr("Pick a layout to show it; F2 names it, Delete throws it away")
        )
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.currentItemChanged.connect(self._on_current_changed)
        self._list.itemChanged.connect(self._on_item_changed)
        self._list.customContextMenuRequested.connect(self._on_menu_asked)
        self._list.installEventFilter(self)
        self._beside = Combo(
            self.tr("Beside it"),
            self.tr("Another layout to look at beside this one; also one of another embedding"),
        )
        self._beside.activated.connect(self._on_beside_picked)
        self._rename = self._button(self.tr("Rename"), self.rename)
        self._rename.setToolTip(self.tr("Give this layout another name (F2)"))
        self._delete = self._button(self.tr("Delete"), self.delete)
        self._delete.setToolTip(self.tr("Throw this layout away (Delete)"))
        self._lay_out()
        model.shown_changed.connect(self._fill)
        model.layouts_changed.connect(self._on_layouts_changed)
        model.changed.connect(self._on_changed)
        self._fill()

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(slot)
        button.setMinimumWidth(button.fontMetrics().horizontalAdvance(text) + 2 * MARGIN)
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addWidget(self._list)
        row = QHBoxLayout()
        row.setSpacing(MARGIN // 2)
        for button in (self._rename, self._delete):
            row.addWidget(button, 1)
        column.addLayout(row)
        beside = QHBoxLayout()
        beside.setSpacing(MARGIN)
        name = QLabel(self.tr("Beside it"))
        name.setBuddy(self._beside)
        beside.addWidget(name)
        beside.addWidget(self._beside, 1)
        column.addLayout(beside)

    def keys(self) -> list[str]:
        """Of the layouts that are listed; "" for the components the embedding was opened with."""
        return [self._list.item(i).data(KEY) for i in range(self._list.count())]

    def texts(self) -> list[str]:
        return [self._list.item(i).text() for i in range(self._list.count())]

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        keys = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in keys
            and watched is self._list
        ):
            self.delete()
            return True
        return super().eventFilter(watched, event)

    @Slot()
    def rename(self) -> None:
        """Edit the name in place."""
        if self._model.layout is not None and (item := self._list.currentItem()) is not None:
            self._list.editItem(item)

    @Slot()
    def delete(self) -> None:
        """Throw the layout in front away; the components always stay."""
        key = self._current_key()
        if key:
            self._model.drop_layout(key)

    def _current_key(self) -> str:
        item = self._list.currentItem()
        return "" if item is None else str(item.data(KEY))

    @Slot(int)
    def _on_beside_picked(self, index: int) -> None:
        self._model.choose(second=self._beside.itemData(index))

    @Slot()
    def _on_beside(self) -> None:
        self._model.choose(second=self._current_key())

    @Slot(QPoint)
    def _on_menu_asked(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Show beside")).triggered.connect(self._on_beside)
        for button, slot in ((self._rename, self.rename), (self._delete, self.delete)):
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(slot)
        menu.popup(self._list.mapToGlobal(at))

    @Slot(object)
    def _on_layouts_changed(self, key: str) -> None:
        """A layout that moves on keeps its line: only its figures are written anew."""
        layout = self._model.layouts.find(key)
        for i in range(self._list.count()):
            item = self._list.item(i)
            if item.data(KEY) == key and layout is not None:
                self._show_text(item, layout)
                self._fill_beside()
                return
        self._fill()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"layout", "second"}:
            self._show_current()

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_current_changed(self, item: QListWidgetItem | None, _before: object) -> None:
        if item is not None and item.data(KEY) != self._model.choice.layout:
            key = item.data(KEY)
            self._model.choose(**fields_for(self._model.layouts.find(key), self._model.choice))

    @Slot(QListWidgetItem)
    def _on_item_changed(self, item: QListWidgetItem) -> None:
        layout = self._model.layouts.find(item.data(KEY))
        if layout is None:
            return
        name = item.text().replace(figures_of(layout), "").strip()
        if name and name != layout.title:
            extra = {**layout.extra, "is_named": True}
            layout = dataclasses.replace(layout, title=name, extra=extra)
            self._model.keep_layout(layout)
        self._show_text(item, layout)

    @Slot()
    def _fill(self) -> None:
        embedding = self._model.embedding
        self._list.blockSignals(True)
        self._list.clear()
        if embedding is not None:
            item = QListWidgetItem(self.tr("PCA"))
            item.setData(KEY, "")
            item.setToolTip(self.tr("The principal components of the vectors as they came"))
            self._list.addItem(item)
            for layout in self._model.layouts.of(embedding.source):
                item = QListWidgetItem()
                item.setData(KEY, layout.key)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                self._list.addItem(item)
                self._show_text(item, layout)
        self._list.blockSignals(False)
        self._list.setFixedHeight(self._height())
        self._show_current()

    def _height(self) -> int:
        lines = min(MOST_LINES, max(2, self._list.count()))
        line = self._list.sizeHintForRow(0) if self._list.count() else self.fontMetrics().height()
        return lines * line + 2 * self._list.frameWidth()

    def _show_text(self, item: QListWidgetItem, layout: Layout) -> None:
        text = line_of(layout)
        if item.text() != text:
            self._list.blockSignals(True)
            item.setText(text)
            item.setToolTip(plain_tip(text))
            item.setSizeHint(QSize())
            self._list.blockSignals(False)
            self._list.viewport().update()

    def _show_current(self) -> None:
        choice = self._model.choice
        keys = self.keys()
        self._list.blockSignals(True)
        self._list.setCurrentRow(keys.index(choice.layout) if choice.layout in keys else 0)
        self._list.blockSignals(False)
        has_layout = bool(self._current_key())
        self._rename.setEnabled(has_layout)
        self._delete.setEnabled(has_layout)
        self._fill_beside()

    def _fill_beside(self) -> None:
        """What may be looked at beside the layout in front: every layout of as many rows."""
        embedding, model = self._model.embedding, self._model
        items: list[tuple[str, str | None]] = [(self.tr("Nothing"), None)]
        if embedding is not None:
            own = model.layouts.of(embedding.source)
            others = [one for one in model.layouts if model.fits(one) and one not in own]
            items.append((self.tr("PCA"), ""))
            items += [(line_of(one), one.key) for one in own]
            items += [(full_title(one), one.key) for one in others]
        second = model.choice.second
        if second not in {key for _, key in items}:
            second = ""  # of a layout that is gone the components are drawn
        if items != self._beside.items():
            self._beside.fill(items, second)
        else:
            self._beside.show_value(second)
        self._beside.setEnabled(embedding is not None)


def line_of(layout: Layout) -> str:
    """A layout in the list: its name and how well it fits."""
    method, dot, rest = layout.title.partition(DOT)
    return method + figures_of(layout) + dot + rest


def figures_of(layout: Layout) -> str:
    """What stands behind the method."""
    kl = layout.diagnostics.get("kl")
    text = "" if kl is None else f"{DOT}KL {kl:.2f}"
    if layout.is_running:
        return f"{text}{DOT}running"
    return f"{text}{DOT}stopped" if layout.extra.get("is_stopped") else text
