"""One axis of one's own: what kind its ends are, and the two ends."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from projector.embeddings.embedding import Embedding
from projector.selection import NamedSelection, Selection
from widgets.embedding.columns import column_names
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.projecting.axis_wishes import ARROW, AxisWish, Rows
from widgets.embedding.projecting.inputs import TextField
from widgets.embedding.section import MARGIN

MOST_CLASSES = 500
MOST_ROWS = 200_000
CURRENT = "\0current"


class EndCombo(Combo):
    """Classes of a column, where any text may be typed as well."""

    text_chosen = Signal(object)

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(name, tip, parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._shown = ""
        edit = self.lineEdit()
        assert edit is not None
        edit.editingFinished.connect(self._on_left)
        self.activated.connect(self._on_left)

    def show_text(self, text: str) -> None:
        """Announces nothing."""
        self._shown = text
        self.blockSignals(True)
        self.setEditText(text)
        self.blockSignals(False)

    @Slot()
    def _on_left(self) -> None:
        if self.currentText() != self._shown:
            self._shown = self.currentText()
            self.text_chosen.emit(self._shown)


class AxisEditor(QWidget):
    """wished: the AxisWish, changed by the user. removed: it is not wanted any more."""

    wished = Signal(object)
    removed = Signal()

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wish = AxisWish()
        self._number = number
        self._selections: dict[str, Selection] = {}
        self._of_column: tuple[int, str] = (0, "")
        self._make_controls()
        self._lay_out()

    def _named(self, text: str) -> str:
        return self.tr("{what} of axis {n}").format(what=text, n=self._number)

    def _make_controls(self) -> None:
        tip = self.tr("What the two ends of the axis are")
        self._kind = Combo(self._named(self.tr("Kind")), tip)
        items = [
            (self.tr("Two classes"), "classes"),
            (self.tr("Two searches"), "search"),
            (self.tr("Two patterns"), "regex"),
            (self.tr("Two selections"), "selections"),
        ]
        self._kind.fill(items, "classes")
        self._kind.activated.connect(self._on_kind)
        self._column = Combo(
            self._named(self.tr("Column")), self.tr("The column that tells the ends apart")
        )
        self._column.activated.connect(self._on_column)
        self._name = TextField(
            self._named(self.tr("Name")), self.tr("What the axis is called; by default both ends")
        )
        self._name.text_chosen.connect(self._on_name)
        start, end = self.tr("Start"), self.tr("End")
        self._start_class, self._end_class = self._classes(start), self._classes(end)
        self._start_text, self._end_text = self._text(start), self._text(end)
        self._start_rows, self._end_rows = self._rows(start), self._rows(end)
        for control, slot in (
            (self._start_class.text_chosen, self._on_start),
            (self._start_text.text_chosen, self._on_start),
            (self._end_class.text_chosen, self._on_end),
            (self._end_text.text_chosen, self._on_end),
            (self._start_rows.activated, self._on_start_rows),
            (self._end_rows.activated, self._on_end_rows),
        ):
            control.connect(slot)

    def _classes(self, what: str) -> EndCombo:
        tip = self.tr("The value that points at this end have in the column")
        return EndCombo(self._named(what), tip)

    def _text(self, what: str) -> TextField:
        tip = self.tr("Points whose cell holds this are at this end")
        return TextField(self._named(what), tip)

    def _rows(self, what: str) -> Combo:
        return Combo(self._named(what), self.tr("The selected points that are at this end"))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        head = QHBoxLayout()
        head.setContentsMargins(MARGIN, 0, MARGIN, 0)
        title = QLabel(self.tr("Axis {n}").format(n=self._number))
        title.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        head.addWidget(title, 1)
        self._remove = QToolButton()
        self._remove.setText("\N{MULTIPLICATION SIGN}")
        self._remove.setAutoRaise(True)
        self._remove.setToolTip(self.tr("Do without this axis"))
        self._remove.setAccessibleName(self._named(self.tr("Removal")))
        self._remove.clicked.connect(self.removed)
        head.addWidget(self._remove)
        column.addLayout(head)
        self._form = panel_form()
        self._form.addRow(self.tr("Ends"), self._kind)
        self._form.addRow(self.tr("Column"), self._column)
        for text, widgets in (
            (self.tr("From"), (self._start_class, self._start_text, self._start_rows)),
            (self.tr("To"), (self._end_class, self._end_text, self._end_rows)),
        ):
            for widget in widgets:
                self._form.addRow(text, widget)
        self._form.addRow(self.tr("Name"), self._name)
        column.addLayout(self._form)

    def show_wish(
        self,
        wish: AxisWish,
        embedding: Embedding | None,
        selection: Selection,
        named: tuple[NamedSelection, ...],
        *,
        is_only: bool,
    ) -> None:
        """Show one axis. is_only: it is the first and can't be removed."""
        self._wish = wish
        names = () if embedding is None else column_names(embedding)
        self._kind.show_value(wish.kind)
        self._column.fill([(name, name) for name in names], wish.column)
        self._fill_classes(embedding)
        self._fill_rows(selection, named)
        for widget, end in ((self._start_class, wish.start), (self._end_class, wish.end)):
            widget.show_text(end if isinstance(end, str) else "")
        for field, end in ((self._start_text, wish.start), (self._end_text, wish.end)):
            field.show_text(end if isinstance(end, str) else "")
        self._name.show_text(wish.name)
        self._name.setPlaceholderText(wish.title if wish.is_whole else f"A {ARROW} B")
        self._remove.setVisible(not is_only)
        kind = wish.kind
        rows = {
            "classes": (self._start_class, self._end_class),
            "search": (self._start_text, self._end_text),
            "regex": (self._start_text, self._end_text),
            "selections": (self._start_rows, self._end_rows),
        }
        for pair in rows.values():
            for each in pair:
                self._form.setRowVisible(each, each in rows[kind])
        self._form.setRowVisible(self._column, kind != "selections")

    def _fill_classes(self, embedding: Embedding | None) -> None:
        of_column = (id(embedding), self._wish.column)
        if of_column == self._of_column:
            return
        self._of_column = of_column
        items = [(text, text) for text in class_texts(embedding, self._wish.column)]
        for combo in (self._start_class, self._end_class):
            combo.fill(items, None)

    def _fill_rows(self, selection: Selection, named: tuple[NamedSelection, ...]) -> None:
        self._selections = {one.name: one.selection for one in named}
        offered: list[tuple[str, Any]] = [(one.name, one.name) for one in named]
        if len(selection):
            self._selections[CURRENT] = selection
            text = self.tr("Selected now ({n} points)").format(n=f"{len(selection):,}")
            offered.append((text, CURRENT))
        for combo, end in (
            (self._start_rows, self._wish.start),
            (self._end_rows, self._wish.end),
        ):
            items = list(offered)
            if isinstance(end, Rows) and all(value != end.name for _, value in items):
                items.insert(0, (end.name, end.name))
            combo.fill(items, end.name if isinstance(end, Rows) else None)
            combo.setPlaceholderText(self.tr("Select points first") if not items else "")

    @Slot(int)
    def _on_kind(self, index: int) -> None:
        kind = self._kind.itemData(index)
        is_other = (kind == "selections") != (self._wish.kind == "selections")
        ends = {"start": "", "end": ""} if is_other else {}
        self._change(kind=kind, **ends)

    @Slot(int)
    def _on_column(self, index: int) -> None:
        self._change(column=self._column.itemData(index), start="", end="")

    @Slot(object)
    def _on_start(self, text: str) -> None:
        self._change(start=text)

    @Slot(object)
    def _on_end(self, text: str) -> None:
        self._change(end=text)

    @Slot(int)
    def _on_start_rows(self, index: int) -> None:
        self._change(start=self._rows_at(self._start_rows, index, self._wish.start))

    @Slot(int)
    def _on_end_rows(self, index: int) -> None:
        self._change(end=self._rows_at(self._end_rows, index, self._wish.end))

    def _rows_at(self, combo: Combo, index: int, before: str | Rows) -> str | Rows:
        name = combo.itemData(index)
        if name not in self._selections:
            return before
        selection = self._selections[name]
        if name == CURRENT:
            name = self.tr("{n} points").format(n=f"{len(selection):,}")
        return Rows.of(name, selection)

    @Slot(object)
    def _on_name(self, text: str) -> None:
        self._change(name=text.strip())

    def _change(self, **fields: Any) -> None:
        self._wish = dataclasses.replace(self._wish, **fields)
        self.wished.emit(self._wish)


def class_texts(embedding: Embedding | None, column: str) -> list[str]:
    """A column's values to choose from, sorted; none where there are too many to be classes."""
    table = None if embedding is None else embedding.metadata
    if table is None or column not in table.columns or len(table) > MOST_ROWS:
        return []
    values = table[column].drop_nulls().unique()
    if len(values) > MOST_CLASSES or values.dtype.is_nested():
        return []
    return [str(value) for value in values.sort().to_list()]
