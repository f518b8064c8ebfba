"""The context menu of an axis, and of a column of the table: both act on the same choice."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from projector.hparams.axes import allowed_scales, axis_of
from projector.hparams.choice import goal_of
from projector.hparams.columns import Column
from widgets.hparams.view_model import TRIAL, HparamsViewModel


class ColumnMenu(QMenu):
    """What can be done with one column. A chosen action names itself by its data."""

    def __init__(self, model: HparamsViewModel, column: Column, parent: QWidget) -> None:
        super().__init__(column.title, parent)
        self._model = model
        self._column = column
        self.setAccessibleName(self.tr("Column %1").replace("%1", column.title))
        if column.id != TRIAL:
            self._add_scales()
            self._add(self.tr("Invert axis"), "invert", column.id in model.choice.inverted)
            self.addSeparator()
            self._add(self.tr("Color lines by this"), "color", model.choice.color_by == column.id)
        if column.role == "metric":
            self._add_goals()
        self.addSeparator()
        self._add(self.tr("Sort table by this"), "sort")
        if column.id != TRIAL:
            self._add(self.tr("Move left"), "left")
            self._add(self.tr("Move right"), "right")
            self._add(self.tr("Hide"), "hide")
            clear = self._add(self.tr("Clear brushes of this axis"), "clear")
            clear.setEnabled(bool(model.brushes_of(column.id)))
        self.triggered.connect(self._on_triggered)

    def _add(
        self, text: str, what: str, is_checked: bool | None = None, menu: QMenu | None = None
    ) -> QAction:
        action = QAction(text, self)
        action.setData(what)
        if is_checked is not None:
            action.setCheckable(True)
            action.setChecked(is_checked)
        (menu or self).addAction(action)
        return action

    def _add_scales(self) -> None:
        names = {
            "linear": self.tr("Linear"),
            "log": self.tr("Logarithmic"),
            "quantile": self.tr("Quantile"),
            "category": self.tr("Categories"),
        }
        allowed = allowed_scales(self._column)
        scale = dict(self._model.choice.scales).get(self._column.id)
        now = axis_of(self._column, scale).scale
        group = QActionGroup(self)
        for name, text in names.items():
            action = self._add(text, name, name == now)
            action.setEnabled(name in allowed)
            group.addAction(action)
        self.addSeparator()

    def _add_goals(self) -> None:
        self.addSeparator()
        goal = goal_of(self._model.choice, self._column)
        group = QActionGroup(self)
        for name, text in (
            ("maximize", self.tr("Large is best")),
            ("minimize", self.tr("Small is best")),
        ):
            group.addAction(self._add(text, name, goal == name))

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        act_on_column(self._model, self._column, str(action.data()))


def act_on_column(model: HparamsViewModel, column: Column, what: str) -> None:
    """Do what a menu or a key asks of one column."""
    shown = [col.id for col in model.shown]
    place = shown.index(column.id) if column.id in shown else 0
    if what in ("linear", "log", "quantile", "category"):
        model.set_scale(column.id, what)  # type: ignore[arg-type]
    elif what in ("minimize", "maximize"):
        model.set_goal(column.id, what)  # type: ignore[arg-type]
    elif what == "invert":
        model.toggle_inverted(column.id)
    elif what == "color":
        model.choose(color_by=column.id)
    elif what == "sort":
        model.sort_by(column.id, is_added=False)
    elif what in ("left", "right"):
        model.move_column(column.id, place + (1 if what == "right" else -1))
    elif what == "hide":
        model.set_columns(set(model.choice.columns) - {column.id})
    elif what == "clear":
        model.set_brushes(column.id, ())
