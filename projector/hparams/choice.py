"""What the user picked in the hyperparameter dashboard: plain values, kept by sessions and undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from projector.hparams.columns import Column
from projector.hparams.metrics import Reduction
from projector.hparams.trials import STATUSES, Trials

Scale = Literal["linear", "log", "quantile", "category"]
Goal = Literal["minimize", "maximize"]

SHOWN_HPARAMS = 10
SHOWN_METRICS = 5
SMALL_IS_GOOD = (
    "loss",
    "err",
    "mse",
    "mae",
    "rmse",
    "perplexity",
    "cost",
    "time",
    "seconds",
    "duration",
    "latency",
    "nll",
)


@dataclass(frozen=True, slots=True)
class Brush:
    """A range of one axis, by column id.

    low, high: the values at its ends, both inside, on number axes. labels: the categories inside,
    on category axes. is_missing: the lane of the trials that have no value.
    """

    column: str
    low: float = 0.0
    high: float = 0.0
    labels: tuple[str, ...] = ()
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class HparamsChoice:
    """columns: ids of those shown, in order. color_by: a column id, "" for one color.

    reduction: which value of a metric's series counts. statuses: those let through.
    scales, goals: only where they differ from our guess. inverted: column ids. brushes: ranges of
    one column add up, different columns narrow down. selected: names of trials. sort: column ids,
    first key first, True for downward.
    """

    columns: tuple[str, ...] = ()
    color_by: str = ""
    reduction: Reduction = "last"
    statuses: tuple[str, ...] = STATUSES
    only_differing: bool = False
    scales: tuple[tuple[str, Scale], ...] = ()
    goals: tuple[tuple[str, Goal], ...] = ()
    inverted: tuple[str, ...] = ()
    brushes: tuple[Brush, ...] = ()
    selected: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()


def default_choice(trials: Trials) -> HparamsChoice:
    """Those that differ and the declared metrics, colored by the first metric."""
    differing = [col.id for col in trials.names if col.differs]
    hparams = (differing or [col.id for col in trials.names])[:SHOWN_HPARAMS]
    declared = [m for m in trials.metrics if m.is_declared] or list(trials.metrics)
    metrics = [m.columns["last"].id for m in declared if not m.columns["last"].missing.all()]
    status = [col.id for col in trials.about if col.name == "status" and col.differs]
    color_by = (metrics or hparams or [""])[0]
    return HparamsChoice((*hparams, *metrics[:SHOWN_METRICS], *status), color_by)


def columns_of(trials: Trials, reduction: Reduction) -> dict[str, Column]:
    """Every column by id: about the trial, hyperparameters, metrics."""
    metrics = [metric.columns[reduction] for metric in trials.metrics]
    return {col.id: col for col in (*trials.about, *trials.names, *metrics)}


def shown_columns(choice: HparamsChoice, columns: Mapping[str, Column]) -> tuple[Column, ...]:
    """The columns to show, in order."""
    known = [columns[column_id] for column_id in choice.columns if column_id in columns]
    return tuple(col for col in known if col.differs or not choice.only_differing)


def goal_of(choice: HparamsChoice, column: Column) -> Goal:
    """Whether small or large values of a metric are good: as the user said, else by its name."""
    guess: Goal = "maximize"
    if any(word in column.name.casefold() for word in SMALL_IS_GOOD):
        guess = "minimize"
    return dict(choice.goals).get(column.id, guess)
