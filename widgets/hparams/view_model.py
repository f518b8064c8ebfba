"""The trials and what the user picked of them; everything both views show follows from here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from projector.arrays import ByteArray, IntArray
from projector.colors import Legend, PointColors
from projector.hparams.axes import Axis, axis_of, passing_mask
from projector.hparams.choice import (
    Brush,
    Goal,
    HparamsChoice,
    Scale,
    columns_of,
    default_choice,
    goal_of,
    shown_columns,
)
from projector.hparams.columns import Column, sorted_order
from projector.hparams.trials import Trials
from widgets.hparams.line_colors import color_work
from widgets.shared.job import RunJob
from widgets.shared.view_model import ViewModel

ROLES = ("hparam", "metric", "about")
TRIAL = "about/trial"


class HparamsViewModel(ViewModel[HparamsChoice]):
    """Trials, their columns and axes, which trials pass and in what order.

    trials_changed: other trials were handed in. colored: rgb and legend are new. hovered: the row
    under the pointer, or None. is_followed: the trials are those of before, grown.
    """

    trials_changed = Signal()
    colored = Signal()
    hovered = Signal(object)

    def __init__(self, run_job: RunJob, parent: QObject | None = None) -> None:
        super().__init__(HparamsChoice(), parent)
        self._run_job = run_job
        self._is_dark = False
        self._colored_by: tuple[object, ...] = ()
        self._show(Trials())
        self.changed.connect(self._on_changed)

    def _show(self, trials: Trials) -> None:
        self.trials = trials
        self.rows = {trial.name: row for row, trial in enumerate(trials.trials)}
        self.hovered_row: int | None = None
        self.is_followed = False
        self.rgb: ByteArray = np.zeros((len(trials), 3), dtype=np.uint8)
        self.legend = Legend()
        self._axes: dict[tuple[object, ...], Axis] = {}
        self._follow()

    def set_trials(self, trials: Trials) -> None:
        """Other trials; the choice is kept where there were trials before, as after a reload."""
        is_first = not len(self.trials)
        # not announced as a change: what shows it hears of the trials and looks at all of it anew
        self._choice = default_choice(trials) if is_first else self._kept(trials)
        self._show(trials)
        self._colored_by = ()
        self.trials_changed.emit()
        self._color()

    def follow_trials(self, trials: Trials) -> None:
        """What the same logs hold now. Colors stay until the new ones are there, and what turned
        out to be worth a column gets one unless the user had a say."""
        if not (len(self.trials) and len(trials)):
            self.set_trials(trials)
            return
        rows, rgb, legend, hovered = self.rows, self.rgb, self.legend, self.hovered_row
        name = None if hovered is None else self.name_of(hovered)
        columns = self._columns_with_new(trials)
        self._choice = dataclasses.replace(self._kept(trials), columns=columns)
        self._show(trials)
        self.is_followed, self.legend = True, legend
        self.hovered_row = None if name is None else self.rows.get(name)
        kept = [(row, rows[name]) for name, row in self.rows.items() if name in rows]
        new, old = np.array(kept, dtype=np.int64).reshape(-1, 2).T
        self.rgb[new] = rgb[old]
        self._colored_by = ()
        self.trials_changed.emit()
        self._color()

    def _columns_with_new(self, trials: Trials) -> tuple[str, ...]:
        """The chosen columns, and those that would be shown at first now but not before."""
        before, now = default_choice(self.trials).columns, default_choice(trials).columns
        chosen = self._kept(trials).columns
        if self.choice.columns == before:
            return now
        new = [column for column in now if column not in before and column not in chosen]
        return (*chosen, *new)

    def set_dark(self, is_dark: bool) -> None:
        """The theme of the line colors."""
        self._is_dark = is_dark
        self._color()

    @property
    def n_passing(self) -> int:
        return len(self.passing)

    @property
    def n_selected(self) -> int:
        return len(self.choice.selected)

    def selected_rows(self) -> IntArray:
        """The selected trials, as rows of the columns."""
        rows = [self.rows[name] for name in self.choice.selected if name in self.rows]
        return np.array(sorted(rows), dtype=np.int64)

    def name_of(self, row: int) -> str:
        return self.trials.trials[row].name

    def best_rows(self, column: Column) -> frozenset[int]:
        """Of the trials that pass, those with the best value of a metric."""
        if column.role != "metric" or column.kind != "number" or len(self.passing) < 2:
            return frozenset()
        values = column.values[self.passing]
        if not np.isfinite(values).any():
            return frozenset()
        finite = values[np.isfinite(values)]
        best = finite.min() if goal_of(self.choice, column) == "minimize" else finite.max()
        if finite.min() == finite.max():
            return frozenset()
        return frozenset(self.passing[values == best].tolist())

    def select_rows(self, rows: Iterable[int]) -> None:
        self.choose(selected=tuple(self.name_of(row) for row in sorted(rows)))

    def hover(self, row: int | None) -> None:
        """Name the trial under the pointer."""
        if row != self.hovered_row:
            self.hovered_row = row
            self.hovered.emit(row)

    def set_brushes(self, column_id: str, brushes: Sequence[Brush]) -> None:
        """Replace the brushes of one axis."""
        others = [brush for brush in self.choice.brushes if brush.column != column_id]
        self.choose(brushes=(*others, *brushes))

    def brushes_of(self, column_id: str) -> tuple[Brush, ...]:
        return tuple(brush for brush in self.choice.brushes if brush.column == column_id)

    def set_scale(self, column_id: str, scale: Scale) -> None:
        """A number's brush means nothing on a category axis, so it goes when that changes."""
        scales = dict(self.choice.scales)
        was = scales.get(column_id)
        scales[column_id] = scale
        brushes = self.choice.brushes
        if "category" in (was, scale) and was != scale:
            brushes = tuple(brush for brush in brushes if brush.column != column_id)
        self.choose(scales=tuple(scales.items()), brushes=brushes)

    def toggle_inverted(self, column_id: str) -> None:
        inverted = set(self.choice.inverted) ^ {column_id}
        self.choose(inverted=tuple(sorted(inverted)))

    def set_goal(self, column_id: str, goal: Goal) -> None:
        goals = dict(self.choice.goals)
        goals[column_id] = goal
        self.choose(goals=tuple(goals.items()))

    def set_columns(self, shown: set[str]) -> None:
        """Show exactly these; new ones stand behind the last of their kind."""
        columns = [c for c in self.choice.columns if c in shown or c not in self.columns]
        for column_id in self.columns:
            if column_id in shown and column_id not in columns:
                columns.insert(self._place_for(column_id, columns), column_id)
        brushes = tuple(brush for brush in self.choice.brushes if brush.column in shown)
        self.choose(columns=tuple(columns), brushes=brushes)

    def move_column(self, column_id: str, before: int) -> None:
        """Put a column at a place among those that show."""
        columns = [col.id for col in self.shown]
        if column_id not in columns:
            return
        columns.remove(column_id)
        columns.insert(max(0, min(before, len(columns))), column_id)
        hidden = [c for c in self.choice.columns if c not in columns]
        self.choose(columns=(*columns, *hidden))

    def sort_by(self, column_id: str, is_added: bool) -> None:
        """Upward, then downward, then not at all; added as a further key or instead of others."""
        sort = dict(self.choice.sort) if is_added else {}
        was = dict(self.choice.sort).get(column_id)
        if was:
            sort.pop(column_id, None)
        else:
            sort[column_id] = was is False
        self.choose(sort=tuple(sort.items()))

    def _place_for(self, column_id: str, columns: list[str]) -> int:
        rank = ROLES.index(column_id.partition("/")[0])
        later = [i for i, c in enumerate(columns) if ROLES.index(c.partition("/")[0]) > rank]
        return later[0] if later else len(columns)

    def _kept(self, trials: Trials) -> HparamsChoice:
        known = columns_of(trials, self.choice.reduction)
        names = {trial.name for trial in trials.trials}
        kept = tuple(c for c in self.choice.columns if c in known)
        fresh = default_choice(trials)
        return dataclasses.replace(
            self.choice,
            columns=kept or fresh.columns,
            color_by=self.choice.color_by if self.choice.color_by in known else fresh.color_by,
            brushes=tuple(brush for brush in self.choice.brushes if brush.column in known),
            selected=tuple(name for name in self.choice.selected if name in names),
            sort=tuple(key for key in self.choice.sort if key[0] in known),
        )

    def _follow(self) -> None:
        """Work out all that follows from trials and choice."""
        choice = self.choice
        self.columns = columns_of(self.trials, choice.reduction)
        self.shown = shown_columns(choice, self.columns)
        self.axes = tuple(self._axis(col) for col in self.shown if col.id != TRIAL)
        passing = passing_mask(self.axes, choice.brushes, len(self.trials))
        if len(self.trials):
            status = self.columns["about/status"]
            passing &= np.isin(status.values.astype(str), choice.statuses)
        self.passing: IntArray = np.flatnonzero(passing)
        keys = [(self.columns[c], down) for c, down in choice.sort if c in self.columns]
        self.order = sorted_order(keys, self.passing)

    def axis_by_id(self, column_id: str) -> Axis | None:
        return self._axis(self.columns[column_id]) if column_id in self.columns else None

    def _axis(self, column: Column) -> Axis:
        scale = dict(self.choice.scales).get(column.id)
        is_inverted = column.id in self.choice.inverted
        key = (column.id, self.choice.reduction, scale, is_inverted)
        if key not in self._axes:
            self._axes[key] = axis_of(column, scale, is_inverted)
        return self._axes[key]

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names - {"selected"}:
            self._follow()
        if names & {"color_by", "reduction", "scales"}:
            self._color()

    def _color(self) -> None:
        axis = self.axis_by_id(self.choice.color_by)
        wanted = (axis, self._is_dark, len(self.trials))
        if not len(self.trials) or wanted == self._colored_by:
            return
        self._colored_by = wanted
        self._run_job(
            "hparams/colors",
            self.tr("Coloring trials"),
            color_work(axis, self._is_dark, len(self.trials)),
            on_done=self._on_colors,
        )

    def _on_colors(self, colors: PointColors) -> None:
        if len(colors.rgba) == len(self.trials):
            self.rgb = colors.rgba[:, :3]
            self.legend = colors.legend
            self.colored.emit()
