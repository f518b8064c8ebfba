"""Finds points by a text in their metadata."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from widgets.embedding.columns import column_names
from widgets.embedding.combo import Combo
from widgets.embedding.point_list import PointList, Points
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel, number_text

TYPING_MS = 180


class SearchField(QLineEdit):
    """Escape empties it."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


class SearchBox(QWidget):
    """A field, the column to search, how many rows match, and the list of them."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_MS)
        self._timer.timeout.connect(self._on_typed)
        self._make_controls()
        self._lay_out()
        model.shown_changed.connect(self._on_shown_changed)
        model.table_changed.connect(self._on_shown_changed)
        model.sheet_changed.connect(self._on_sheet_changed)
        model.matches_changed.connect(self._on_matches_changed)
        model.changed.connect(self._on_changed)

    @property
    def field(self) -> QLineEdit:
        return self._field

    def _make_controls(self) -> None:
        self._field = SearchField(clearButtonEnabled=True)
        self._field.setPlaceholderText(self.tr("Find points"))
        self._field.setAccessibleName(self.tr("Find points"))
        self._field.setToolTip(
            self.tr("Points whose metadata holds this text stand out; Escape empties the field")
        )
        self._field.textChanged.connect(self._timer.start)
        self._field.returnPressed.connect(self._on_return)
        self._column = Combo(self.tr("Column to search"), self.tr("Where to look for the text"))
        self._column.activated.connect(self._on_column_activated)
        self._count = QLabel(wordWrap=True)
        self._count.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._list = PointList(self.tr("Points found"), most_lines=6)
        self._list.point_chosen.connect(self._on_point_chosen)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(MARGIN // 2)
        row.addWidget(self._field, 3)
        row.addWidget(self._column, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addLayout(row)
        column.addWidget(self._count)
        column.addWidget(self._list)
        self._count.hide()
        self._list.hide()

    @Slot()
    def _on_typed(self) -> None:
        self._model.choose(search=self._field.text())

    @Slot()
    def _on_return(self) -> None:
        """Enter takes the first match."""
        self._timer.stop()
        self._on_typed()
        if self._list.points.ids:
            self._on_point_chosen(self._list.points.ids[0])

    @Slot(int)
    def _on_column_activated(self, index: int) -> None:
        self._model.choose(search_in=self._column.itemData(index))

    @Slot(object)
    def _on_point_chosen(self, point: int) -> None:
        self._model.choose(selected=point)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "search" in names and self._field.text() != self._model.choice.search:
            self._field.setText(self._model.choice.search)
        if "search_in" in names:
            self._column.show_value(self._model.choice.search_in)
        if "label_by" in names:
            self._on_matches_changed()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._list.set_sprites(self._model.sheet)

    @Slot()
    def _on_shown_changed(self) -> None:
        embedding = self._model.embedding
        names = () if embedding is None else column_names(embedding)
        items = [(self.tr("All columns"), None), *((name, name) for name in names)]
        self._column.fill(items, self._model.choice.search_in)
        self._column.setVisible(len(names) > 1)
        is_bare = embedding is not None and embedding.metadata is None
        text = self.tr("Find a row by its number") if is_bare else self.tr("Find points")
        self._field.setPlaceholderText(text)

    @Slot()
    def _on_matches_changed(self) -> None:
        matches, embedding = self._model.matches, self._model.embedding
        is_on = matches is not None and embedding is not None
        ids = tuple(matches.tolist()) if matches is not None else ()
        self._count.setVisible(is_on)
        self._list.setVisible(bool(ids) and is_on)
        self._count.setText(self._count_text(len(ids)))
        self._list.set_points(Points(ids), self._model.label, self._model.sheet)

    def _count_text(self, n: int) -> str:
        if n == 0:
            return self.tr("No point matches.")
        if n == 1:
            return self.tr("1 point matches.")
        return self.tr("{count} points match.").format(count=number_text(n))
