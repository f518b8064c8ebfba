"""The selected points: how many, what can be done with them, what they have in common."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from projector.embeddings.shares import Share
from projector.selection import NamedSelection, with_selection
from widgets.embedding.columns import column_names
from widgets.embedding.combo import Combo
from widgets.embedding.inspecting.named_list import NamedList, free_name
from widgets.embedding.inspecting.searcher import Searcher
from widgets.embedding.inspecting.select_button import pressed_how
from widgets.embedding.inspecting.selecting import Selecting
from widgets.embedding.inspecting.share_counter import ShareCounter
from widgets.embedding.inspecting.share_list import ShareList
from widgets.embedding.point_list import PointList, Points
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.texts import shown

N_BUTTONS_A_ROW = 3


class SelectionPanel(QWidget):
    """Count, actions, names, values with bars, and the list of the selected points."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        selecting: Selecting,
        counter: ShareCounter,
        searcher: Searcher,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._selecting = model, selecting
        self._counter, self._searcher = counter, searcher
        self._make_buttons()
        self._make_names()
        self._make_lists()
        self._lay_out()
        model.changed.connect(self._on_changed)
        model.shown_changed.connect(self._show)
        model.table_changed.connect(self._show_columns)
        model.sheet_changed.connect(self._on_sheet_changed)
        counter.counted.connect(self._show_shares)
        self._show()

    def _make_buttons(self) -> None:
        self._count = QLabel(wordWrap=True)
        self._buttons: list[QPushButton] = []
        for name, text, tip, slot in self._selecting.actions():
            button = QPushButton(text)
            button.setObjectName(name)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setMinimumWidth(0)
            button.clicked.connect(slot)
            self._buttons.append(button)

    def _make_names(self) -> None:
        self._name = QLineEdit()
        self._name.setPlaceholderText(self.tr("Name this selection"))
        self._name.setAccessibleName(self.tr("Name of the selection"))
        self._name.setToolTip(self.tr("Enter keeps the selection under this name"))
        self._name.returnPressed.connect(self._on_named)
        self._keep = QPushButton(self.tr("Keep"))
        self._keep.setToolTip(self.tr("Keep the selection under this name, to select it again"))
        self._keep.clicked.connect(self._on_named)
        self._named = NamedList(self._model)

    def _make_lists(self) -> None:
        tip = self.tr("The column whose values are counted")
        self._column = Combo(self.tr("Column of the values"), tip)
        self._column.activated.connect(self._on_column_activated)
        self._shares_label = QLabel(self.tr("Values of"))
        self._shares_label.setBuddy(self._column)
        self._shares = ShareList()
        self._shares.share_chosen.connect(self._on_share_chosen)
        self._points = PointList(self.tr("Selected points"), most_lines=4)
        self._points.point_chosen.connect(self._on_point_chosen)
        self._points.point_toggled.connect(self._on_point_toggled)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(MARGIN // 2)
        for i, button in enumerate(self._buttons):
            grid.addWidget(button, i // N_BUTTONS_A_ROW, i % N_BUTTONS_A_ROW)
        name = QHBoxLayout()
        name.setSpacing(MARGIN // 2)
        name.addWidget(self._name, 1)
        name.addWidget(self._keep)
        which = QHBoxLayout()
        which.setSpacing(MARGIN)
        which.addWidget(self._shares_label)
        which.addWidget(self._column, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addWidget(self._count)
        column.addLayout(grid)
        column.addLayout(name)
        column.addWidget(self._named)
        column.addLayout(which)
        column.addWidget(self._shares)
        column.addWidget(self._points)

    @Slot()
    def _on_named(self) -> None:
        known, rows = self._model.choice.named, self._model.selection
        name = self._name.text().strip() or free_name(known, self.tr("Selection"))
        if rows:
            self._model.choose(named=with_selection(known, NamedSelection(name, rows)))
            self._name.clear()

    @Slot(int)
    def _on_column_activated(self, index: int) -> None:
        self._counter.choose(self._column.itemData(index))

    @Slot(object)
    def _on_share_chosen(self, share: Share) -> None:
        """Leave only such points selected; with keys held, add or remove all of them."""
        how = pressed_how()
        if self._counter.shares is not None:
            column = self._counter.shares.column
            self._searcher.select_share(column, share, "intersect" if how == "replace" else how)

    @Slot(object)
    def _on_point_chosen(self, point: int) -> None:
        """Tell all about it; the selection stays."""
        self._model.choose(selected=point, selection=self._model.selection)

    @Slot(object)
    def _on_point_toggled(self, point: int) -> None:
        self._selecting.toggle(point)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"selection", "isolation", "hidden_categories", "named"}:
            self._show()
        elif "label_by" in names:
            self._points.viewport().update()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._points.set_sprites(self._model.sheet)

    @Slot()
    def _show(self) -> None:
        rows, choice = self._model.selection, self._model.choice
        n_points = 0 if self._model.embedding is None else self._model.embedding.n_points
        self._count.setText(self._count_text(len(rows), n_points))
        for button in self._buttons:
            button.setEnabled(self._selecting.can(button.objectName()))
        has_many = len(rows) > 1
        for widget in (self._name, self._keep):
            widget.setVisible(has_many)
        self._points.setVisible(has_many)
        if rows.ids is not self._points.points.ids:
            self._points.set_points(Points(rows.ids), self._model.label, self._model.sheet)
        self._named.setVisible(bool(choice.named))
        self._show_columns()
        self._show_shares()

    def _count_text(self, n: int, n_points: int) -> str:
        text = self.tr("1 point is selected.") if n == 1 else self.tr("{n} points are selected.")
        if n == 0:
            text = self.tr("Nothing is selected. Click a point, or drag around some.")
        n_shown = self._model.choice.isolation.n_shown(n_points)
        if n_shown < n_points:
            one, many = (
                self.tr("{text} 1 of {n} is shown."),
                self.tr("{text} {k} of {n} are shown."),
            )
            more = one if n_shown == 1 else many
            text = more.format(text=text, k=number_text(n_shown), n=number_text(n_points))
        return text.replace("{n}", number_text(n))

    @Slot()
    def _show_columns(self) -> None:
        embedding = self._model.embedding
        names = () if embedding is None else column_names(embedding)
        items = [(shown(name), name) for name in names]
        if items != self._column.items():
            self._column.fill(items, self._counter.column)
        else:
            self._column.show_value(self._counter.column)

    @Slot()
    def _show_shares(self) -> None:
        shares = self._counter.shares
        self._shares.set_shares(shares)
        self._column.show_value(self._counter.column)
        # where no two rows share a value, there is nothing to compare
        repeats = shares is not None and any(share.n_all > 1 for share in shares.shares)
        has_choice = repeats or (shares is not None and self._column.count() > 1)
        self._shares.setVisible(repeats)
        self._shares_label.setVisible(has_choice)
        self._column.setVisible(has_choice)
