"""The trials of a hyperparameter sweep, as one table over everything that was logged.

All experiment records are united, and what no record declares is found in the trials
themselves; so no column depends on the order in which files are met.
"""

from __future__ import annotations

from dataclasses import dataclass

from projector.errors import Problem
from projector.hparams.columns import Column, Value, column
from projector.hparams.metrics import Metric, find_metrics
from projector.hparams.names import trial_titles
from projector.hparams.records import End, HparamInfo, Records, Start, read_records
from projector.logs.series import Logs

STATUSES = ("success", "failure", "running", "unknown")


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One run that says which hyperparameters it was started with.

    name: the run. title: the short form for the screen. status: one of STATUSES. group: repeats
    of one setting share it. hparams: by name, None where not logged. metrics: last values by
    Metric.key, None where not logged. start_time, end_time: unix seconds, None where unknown.
    metric_steps: by Metric.key, where there is a value.
    """

    name: str
    title: str
    status: str
    group: str
    hparams: dict[str, Value]
    metrics: dict[str, float | None]
    start_time: float | None = None
    end_time: float | None = None
    metric_steps: dict[str, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """names: the hyperparameters, those that differ first.

    metrics: the declared ones first. trials: by name. about: what is known of each besides.
    """

    names: tuple[Column, ...] = ()
    metrics: tuple[Metric, ...] = ()
    trials: tuple[Trial, ...] = ()
    about: tuple[Column, ...] = ()

    def __len__(self) -> int:
        return len(self.trials)


def find_trials(logs: Logs) -> tuple[Trials, tuple[Problem, ...]]:
    """All trials with every hyperparameter and metric that any of them has, and the records
    that were skipped.
    """
    records = read_records(logs)
    sessions = tuple(sorted(records.starts))
    metrics = find_metrics(logs, sessions, records.metrics) if sessions else ()
    names = _hparam_columns(records, sessions)
    titles = trial_titles(sessions)
    trials = tuple(
        _trial(i, session, titles[i], records, names, metrics) for i, session in enumerate(sessions)
    )
    return Trials(names, metrics, trials, _about(trials)), tuple(records.problems)


def _about(trials: tuple[Trial, ...]) -> tuple[Column, ...]:
    """What is known of each trial besides its values."""
    return (
        column("trial", [trial.title for trial in trials], "about", title="Trial"),
        column("status", [trial.status for trial in trials], "about", title="Status"),
        column("group", [trial.group for trial in trials], "about", title="Group"),
    )


def _hparam_columns(records: Records, sessions: tuple[str, ...]) -> tuple[Column, ...]:
    starts = [records.starts[session] for session in sessions]
    seen = {name for start in starts for name, value in start.hparams.items() if value is not None}
    columns = [_hparam(n, records.hparams.get(n), starts) for n in {*seen, *records.hparams}]
    return tuple(sorted(columns, key=_differing_first))


def _hparam(name: str, info: HparamInfo | None, starts: list[Start]) -> Column:
    info = info or HparamInfo()
    return column(
        name,
        [start.hparams.get(name) for start in starts],
        "hparam",
        title=info.title,
        description=info.description,
        declared=tuple(info.values),
        interval=info.interval,
    )


def _differing_first(col: Column) -> tuple[bool, str]:
    return not col.differs, col.name


def _trial(
    i: int,
    session: str,
    title: str,
    records: Records,
    names: tuple[Column, ...],
    metrics: tuple[Metric, ...],
) -> Trial:
    start = records.starts[session]
    end = records.ends.get(session, End("unknown", 0.0))
    last = {metric.key: metric.columns["last"].value(i) for metric in metrics}
    steps = {metric.key: int(metric.steps["last"][i]) for metric in metrics}
    return Trial(
        session,
        title,
        end.status,
        start.group or session,
        {col.name: col.value(i) for col in names},
        {key: None if value is None else float(value) for key, value in last.items()},
        start.time or None,
        end.time or None,
        {key: step for key, step in steps.items() if last[key] is not None},
    )
