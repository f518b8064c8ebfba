"""Finds the metrics of trials: what experiment records declare, and every scalar at or below a
trial's run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from projector.arrays import IntArray, frozen
from projector.hparams.columns import Column, Value, column
from projector.hparams.names import is_stamped, parent_of
from projector.hparams.records import MetricInfo
from projector.logs.series import Logs, Series

Reduction = Literal["last", "min", "max"]
REDUCTIONS: tuple[Reduction, ...] = ("last", "min", "max")

_Point = tuple[Value, int]


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One metric over all trials.

    group: the path below the trial's run, "" for the run itself. dataset: "", "training" or
    "validation". is_declared: named by an experiment record rather than found. columns: one a
    reduction; NaN is a value, a trial without the series is missing. steps: int64 (n,), the
    step each value was logged at, -1 where missing.
    """

    group: str
    tag: str
    dataset: str
    is_declared: bool
    columns: Mapping[Reduction, Column]
    steps: Mapping[Reduction, IntArray]

    @property
    def key(self) -> str:
        """Unique among the metrics; Trial.metrics is keyed by it."""
        return self.columns["last"].name

    @property
    def title(self) -> str:
        return self.columns["last"].title


def find_metrics(
    logs: Logs, sessions: tuple[str, ...], declared: Mapping[tuple[str, str], MetricInfo]
) -> tuple[Metric, ...]:
    """The declared metrics by title, then the other scalars by tag and group.

    sessions: the trials' runs.
    """
    scalars = {(s.run, s.tag): s for s in logs.series("scalars") if s.values is not None and len(s)}
    homes = _homes(sessions, set(sessions))
    found = _found(scalars, sessions, homes)
    names = [*sorted(declared), *sorted(found - declared.keys(), key=_by_tag)]
    keys = _unique_keys(names)
    titles = _titles(names, keys, declared)
    places = [homes[session] for session in sessions]
    return tuple(
        _metric(name, keys[name], titles[name], declared.get(name), scalars, places)
        for name in names
    )


def join_run(session: str, group: str) -> str:
    """The run of a metric's group: "." joins to nothing on either side."""
    if group in ("", "."):
        return session
    return group if session == "." else f"{session}/{group}"


def _homes(sessions: tuple[str, ...], known: set[str]) -> dict[str, tuple[str, ...]]:
    """The runs a trial's scalars may lie in: its own, and its parent where it is that run's
    only stamped child.
    """
    n_children: dict[str, int] = {}
    for session in sessions:
        if is_stamped(session):
            n_children[parent_of(session)] = n_children.get(parent_of(session), 0) + 1
    homes: dict[str, tuple[str, ...]] = {}
    for session in sessions:
        parent = parent_of(session)
        is_folded = is_stamped(session) and parent not in known and n_children[parent] == 1
        homes[session] = (session, parent) if is_folded else (session,)
    return homes


def _found(
    scalars: Iterable[tuple[str, str]],
    sessions: tuple[str, ...],
    homes: Mapping[str, tuple[str, ...]],
) -> set[tuple[str, str]]:
    owners = {home for session in sessions for home in homes[session]}
    found = set()
    for run, tag in scalars:
        owner = _closest(run, owners)
        if owner is not None:
            group = "" if run == owner else run if owner == "." else run[len(owner) + 1 :]
            found.add((group, tag))
    return found


def _closest(run: str, owners: set[str]) -> str | None:
    """The run itself or the nearest folder above it that is a trial; the root is above all."""
    while run not in owners:
        if "/" not in run:
            return "." if "." in owners else None
        run = parent_of(run)
    return run


def _by_tag(name: tuple[str, str]) -> tuple[str, str]:
    return name[1], name[0]


def _unique_keys(names: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    keys: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for group, tag in names:
        key = f"{group}.{tag}" if group else tag
        while key in taken:
            key += "′"
        taken.add(key)
        keys[group, tag] = key
    return keys


def _titles(
    names: list[tuple[str, str]],
    keys: Mapping[tuple[str, str], str],
    declared: Mapping[tuple[str, str], MetricInfo],
) -> dict[tuple[str, str], str]:
    wished = {n: (declared[n].title if n in declared else "") or keys[n] for n in names}
    used = list(wished.values())
    return {n: t if used.count(t) == 1 else f"{t} ({keys[n]})" for n, t in wished.items()}


def _metric(
    name: tuple[str, str],
    key: str,
    title: str,
    info: MetricInfo | None,
    scalars: Mapping[tuple[str, str], Series],
    places: list[tuple[str, ...]],
) -> Metric:
    group, tag = name
    series = [_series(scalars, homes, group, tag) for homes in places]
    description = info.description if info else ""
    columns, steps = {}, {}
    for how in REDUCTIONS:
        points = [(None, -1) if one is None else _reduce(one, how) for one in series]
        values = [value for value, _ in points]
        columns[how] = column(key, values, "metric", title=title, description=description)
        steps[how] = frozen(np.array([step for _, step in points], dtype=np.int64))
    return Metric(group, tag, info.dataset if info else "", info is not None, columns, steps)


def _series(
    scalars: Mapping[tuple[str, str], Series], homes: tuple[str, ...], group: str, tag: str
) -> Series | None:
    for home in homes:
        series = scalars.get((join_run(home, group), tag))
        if series is not None:
            return series
    return None


def _reduce(series: Series, how: Reduction) -> _Point:
    values = series.values
    assert values is not None
    at = len(values) - 1
    if how != "last":
        best = int(values.argmin() if how == "min" else values.argmax())
        if values[best] == values[best]:
            at = best
        elif not np.isnan(values).all():  # argmin and argmax stop at NaN
            at = int(np.nanargmin(values) if how == "min" else np.nanargmax(values))
    return float(values[at]), int(series.steps[at])
