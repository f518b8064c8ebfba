"""Finds points by their metadata: a text, a pattern, or a condition."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from projector.selection import Combine, Selection
from widgets.embedding.columns import column_names
from widgets.embedding.combo import Combo
from widgets.embedding.inspecting.search_field import SearchField
from widgets.embedding.inspecting.select_button import SelectButton
from widgets.embedding.point_list import PointList, Points
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.texts import shown

TYPING_MS = 180


class SearchBox(QWidget):
    """A field, the column to search, how many rows match, a button to select them, their list."""

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
        self._field = SearchField()
        self._field.setPlaceholderText(self.tr("Find points"))
        self._field.setAccessibleName(self.tr("Find points"))
        self._field.setToolTip(
            self.tr("Points whose metadata holds this text stand out; Escape empties the field")
        )
        self._field.textChanged.connect(self._timer.start)
        self._field.returnPressed.connect(self._on_return)
        self._field.mode_chosen.connect(self._on_mode_chosen)
        self._field.list_asked.connect(self._on_list_asked)
        self._column = Combo(self.tr("Column to search"), self.tr("Where to look for the text"))
        self._column.activated.connect(self._on_column_activated)
        self._in = QLabel(self.tr("In"))
        self._in.setBuddy(self._column)
        self._count = QLabel(wordWrap=True)
        self._count.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        tip = self.tr("Select every point that was found; the arrow adds or takes away instead")
        self._select = SelectButton("", tip)
        self._select.asked.connect(self._on_select_asked)
        self._list = PointList(self.tr("Points found"), most_lines=4)
        self._list.point_chosen.connect(self._on_point_chosen)
        self._list.point_toggled.connect(self._on_point_toggled)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(MARGIN)
        row.addWidget(self._in)
        row.addWidget(self._column, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addWidget(self._field)
        column.addLayout(row)
        column.addWidget(self._count)
        column.addWidget(self._list)
        column.addWidget(self._select)
        for widget in (self._count, self._list, self._select):
            widget.hide()

    @Slot()
    def _on_typed(self) -> None:
        self._model.choose(search=self._field.text())

    @Slot(object)
    def _on_mode_chosen(self, mode: str) -> None:
        self._timer.stop()
        self._model.choose(search_mode=mode, search=self._field.text())
        self._field.setFocus()

    @Slot()
    def _on_return(self) -> None:
        """Enter takes the first match."""
        self._timer.stop()
        self._on_typed()
        if len(self._list.points.ids):
            self._on_point_chosen(int(self._list.points.ids[0]))

    @Slot()
    def _on_list_asked(self) -> None:
        """To the first that was found."""
        if len(self._list.points.ids):
            self._list.setCurrentIndex(self._list.model().index(0, 0))
            self._list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(int)
    def _on_column_activated(self, index: int) -> None:
        self._model.choose(search_in=self._column.itemData(index))

    @Slot(object)
    def _on_select_asked(self, how: Combine) -> None:
        if self._model.matches is not None:
            self._model.select(Selection(self._model.matches), how)

    @Slot(object)
    def _on_point_chosen(self, point: int) -> None:
        self._model.choose(selected=point)

    @Slot(object)
    def _on_point_toggled(self, point: int) -> None:
        self._model.select(Selection.of([point]), "toggle")

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "search" in names and self._field.text() != self._model.choice.search:
            self._field.setText(self._model.choice.search)
        if "search_in" in names:
            self._column.show_value(self._model.choice.search_in)
        if "search_mode" in names:
            self._field.show_mode(self._model.choice.search_mode)
            self._show_where()
        if "label_by" in names:
            self._on_matches_changed()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._list.set_sprites(self._model.sheet)

    @Slot()
    def _on_shown_changed(self) -> None:
        embedding = self._model.embedding
        names = () if embedding is None else column_names(embedding)
        items = [(self.tr("All columns"), None), *((shown(name), name) for name in names)]
        self._column.fill(items, self._model.choice.search_in)
        self._show_where()

    def _show_where(self) -> None:
        """A condition names its columns itself."""
        mode, embedding = self._model.choice.search_mode, self._model.embedding
        has_columns = self._column.count() > 2 and mode != "sql"
        self._column.setVisible(has_columns)
        self._in.setVisible(has_columns)
        is_bare = embedding is not None and embedding.metadata is None
        if mode == "sql":
            text = self.tr("row < 100") if is_bare else self.tr("label = '7' AND …")
        elif mode == "regex":
            text = self.tr("Pattern, such as ^ab+c$")
        else:
            text = self.tr("Find a row by its number") if is_bare else self.tr("Find points")
        self._field.setPlaceholderText(text)

    @Slot()
    def _on_matches_changed(self) -> None:
        matches, trouble = self._model.matches, self._model.search_trouble
        points = Points() if matches is None else Points(matches)
        n = len(points.ids)
        self._count.setText(trouble or self._count_text(n))
        self._count.setVisible(bool(trouble) or matches is not None)
        self._list.setVisible(n > 0)
        self._select.setVisible(n > 0)
        self._select.set_text(self.tr("Select all {count}").format(count=number_text(n)))
        self._list.set_points(points, self._model.label, self._model.sheet)

    def _count_text(self, n: int) -> str:
        if n == 0:
            return self.tr("No point matches.")
        if n == 1:
            return self.tr("1 point matches.")
        return self.tr("{count} points match.").format(count=number_text(n))
