"""What becomes of the points of a category, or of a part of a gradient: the legend's wishes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QColorDialog, QMenu

from projector.arrays import IntArray
from projector.selection import NOTHING, Combine, Isolation, Selection
from widgets.embedding.coloring.coloring import MISSING_NAME, Coloring
from widgets.embedding.coloring.values import value_texts
from widgets.embedding.legend import LegendView
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.texts import button_text


class LegendActions(QObject):
    """Shows the model's colors in a legend, and does what is asked of it.

    said: a line for the status bar (str).
    """

    said = Signal(object)

    def __init__(self, model: EmbeddingViewModel, legend: LegendView) -> None:
        super().__init__(legend)
        self._model, self._legend = model, legend
        self._before_pick: Selection = NOTHING
        self._dialog: QColorDialog | None = None
        self._recolored = 0
        legend.list.picked.connect(self.pick)
        legend.list.hide_toggled.connect(self.toggle_hidden)
        legend.list.isolated.connect(self.isolate)
        legend.list.recolor_asked.connect(self.ask_color)
        legend.list.menu_asked.connect(self._on_menu_asked)
        legend.bar.part_moved.connect(self._on_part_moved)
        legend.bar.part_picked.connect(self._on_part_picked)
        model.coloring_changed.connect(self._on_coloring_changed)
        model.changed.connect(self._on_changed)

    @Slot(object, object)
    def pick(self, code: int, how: Combine) -> None:
        """Select the points of a category, or change the selection by them."""
        self._before_pick = self._model.selection
        self._model.select(self._shown_rows(code), how)

    @Slot(object)
    def toggle_hidden(self, code: int) -> None:
        """Hide the points of a category, or show them again."""
        name, hidden = self._name_of(code), self._model.choice.hidden_categories
        others = tuple(one for one in hidden if one != name)
        self._model.choose(hidden_categories=others if name in hidden else (*hidden, name))

    @Slot(object, object)
    def isolate(self, code: int, is_double_click: bool = False) -> None:
        """Show only this category, of what is shown; where it is alone already, show all."""
        rows = self._rows_of(code)
        if not len(rows):
            return
        isolation, name = self._model.choice.isolation, self._name_of(code)
        inner = rows if isolation.rows is None else isolation.rows.intersect(rows)
        wanted = Isolation(inner if len(inner) else rows)
        if wanted.rows == isolation.rows:
            wanted = Isolation()
        hidden = tuple(one for one in self._model.choice.hidden_categories if one != name)
        # the first click of a double click has selected all that is about to be shown
        selection = self._before_pick if is_double_click else self._model.selection
        self._model.choose(isolation=wanted, hidden_categories=hidden, selection=selection)

    def show_all_categories(self) -> None:
        """Show again what the legend hides."""
        self._model.choose(hidden_categories=())

    def hide_others(self, code: int) -> None:
        """Hide all categories but one."""
        coloring, kept = self._model.coloring, self._name_of(code)
        found = None if coloring is None else coloring.categories
        names = self._legend.lines.names if found is None else found.names
        self._model.choose(hidden_categories=tuple(n for n in (*names, MISSING_NAME) if n != kept))

    @Slot(object)
    def ask_color(self, code: int) -> None:
        """Let the user pick a color for a category."""
        row = self._legend.lines.row_of(code)
        if row < 0:
            return
        self._recolored = code
        line = self._legend.lines.line(row)
        self._dialog = QColorDialog(line.color, self._legend.window())
        title = self.tr("Color of {name}").format(name=self._legend.lines.title(line))
        self._dialog.setWindowTitle(title)
        self._dialog.colorSelected.connect(self._on_color_selected)
        self._dialog.finished.connect(self._dialog.deleteLater)
        self._dialog.open()

    @Slot(QColor)
    def _on_color_selected(self, color: QColor) -> None:
        self.recolor(self._recolored, color.name())

    def recolor(self, code: int, color: str | None) -> None:
        """Give a category a color "#rrggbb", with None its usual one."""
        coloring = self._model.coloring
        if coloring is None or coloring.column is None:
            return
        recolored = dict(self._model.choice.recolored)
        of_column = dict(recolored.get(coloring.column, {}))
        of_column.pop(self._name_of(code), None)
        if color is not None:
            of_column[self._name_of(code)] = color
        recolored[coloring.column] = of_column
        if not of_column:
            del recolored[coloring.column]
        self._model.choose(recolored=recolored)

    def reset_colors(self) -> None:
        """Give all categories of the column their usual colors."""
        column = self._model.choice.color_by
        recolored = {n: one for n, one in self._model.choice.recolored.items() if n != column}
        self._model.choose(recolored=recolored)

    def menu_of(self, code: int) -> QMenu:
        """All that can be done with a category."""
        menu = QMenu(self._legend)
        menu.setToolTipsVisible(True)
        name, choice = self._name_of(code), self._model.choice
        is_hidden = name in choice.hidden_categories
        hide = self.tr("Show points") if is_hidden else self.tr("Hide points")
        entries = (
            ("select", self.tr("Select points")),
            ("add", self.tr("Add to selection")),
            ("remove", self.tr("Remove from selection")),
            ("keep", self.tr("Keep only these in selection")),
            ("", ""),
            ("isolate", self.tr("Isolate")),
            ("hide", hide),
            ("others", self.tr("Hide all others")),
            ("all", self.tr("Show all")),
            ("", ""),
            ("color", self.tr("Color…")),
            ("reset", self.tr("Reset color")),
            ("", ""),
            ("copy", self.tr("Copy name")),
        )
        for key, text in entries:
            if not key:
                menu.addSeparator()
                continue
            action = menu.addAction(button_text(text))
            action.setData((key, code))
        column = choice.color_by or ""
        _enable(menu, "reset", name in choice.recolored.get(column, {}))
        _enable(menu, "all", bool(choice.hidden_categories) or not choice.isolation.shows_all)
        menu.triggered.connect(self._on_triggered)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    @Slot(object, object)
    def _on_menu_asked(self, code: int, where: QPoint) -> None:
        self.menu_of(code).popup(where)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        key, code = action.data()
        if key in _COMBINATIONS:
            self.pick(code, _COMBINATIONS[key])
        elif key == "isolate":
            self.isolate(code)
        elif key == "hide":
            self.toggle_hidden(code)
        elif key == "others":
            self.hide_others(code)
        elif key == "all":
            self._model.show_all()
        elif key == "color":
            self.ask_color(code)
        elif key == "reset":
            self.recolor(code, None)
        elif key == "copy":
            self._legend.list.copy_name(code)

    @Slot(object)
    def _on_part_moved(self, part: tuple[float, float] | None) -> None:
        coloring = self._model.coloring
        if part is None or coloring is None:
            self._legend.tell("")
            return
        self._legend.tell(self._part_text(coloring, coloring.rows_between(*part)))

    @Slot(object, object, object)
    def _on_part_picked(self, low: float, high: float, how: Combine) -> None:
        coloring = self._model.coloring
        if coloring is None:
            return
        rows = coloring.rows_between(low, high)
        isolated = self._model.choice.isolation.rows
        found = Selection(rows) if isolated is None else isolated.intersect(Selection(rows))
        self._model.select(found, how)
        # what is marked stays to be seen, and says what it selected
        self._legend.bar.set_part((low, high))
        self._legend.tell(self._part_text(coloring, rows))

    def _part_text(self, coloring: Coloring, rows: IntArray) -> str:
        """The values that were really met, and how many points have them."""
        if not len(rows) or coloring.numbers is None:
            return self.tr("No points there")
        values = coloring.numbers[rows]
        low, high = value_texts([float(values.min()), float(values.max())], coloring.are_times)
        count = number_text(len(rows))
        return self.tr("{low} – {high}: {n} points").format(low=low, high=high, n=count)

    @Slot()
    def _on_coloring_changed(self) -> None:
        if self._model.coloring is not None:
            self._legend.set_coloring(self._model.coloring)
            self._legend.set_hidden(self._model.choice.hidden_categories)
            self._count_shown()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "hidden_categories" in names:
            self._legend.set_hidden(self._model.choice.hidden_categories)
        if "isolation" in names:
            self._count_shown()
        if "selection" in names:
            self._legend.bar.set_part(None)
            self._legend.tell("")

    def _count_shown(self) -> None:
        coloring, isolation = self._model.coloring, self._model.choice.isolation
        n_lines = self._legend.lines.n_lines
        if coloring is None or isolation.rows is None or not n_lines:
            self._legend.set_counts_shown(None)
            return
        shown = isolation.mask(coloring.n_points)
        found = coloring.categories
        if found is None:
            n_missing = np.count_nonzero(shown[coloring.rows_of(0)]) if shown is not None else 0
            self._legend.set_counts_shown(np.array([n_missing]))
            return
        counts = np.bincount(found.codes[shown], minlength=len(found.names) + 1)
        self._legend.set_counts_shown(counts.astype(np.int64))

    def _rows_of(self, code: int) -> Selection:
        coloring = self._model.coloring
        return NOTHING if coloring is None else Selection(coloring.rows_of(code))

    def _shown_rows(self, code: int) -> Selection:
        rows, isolated = self._rows_of(code), self._model.choice.isolation.rows
        return rows if isolated is None else rows.intersect(isolated)

    def _name_of(self, code: int) -> str:
        names = self._legend.lines.names
        return names[code] if code < len(names) else MISSING_NAME


_COMBINATIONS: dict[str, Combine] = {
    "select": "replace",
    "add": "union",
    "remove": "subtract",
    "keep": "intersect",
}


def _enable(menu: QMenu, key: str, is_enabled: bool) -> None:
    for action in menu.actions():
        if action.data() is not None and action.data()[0] == key:
            action.setEnabled(is_enabled)
