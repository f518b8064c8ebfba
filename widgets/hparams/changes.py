"""Whether trials that were read again are the same as before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from projector.hparams.columns import Column
from projector.hparams.trials import Trials


def are_same(before: Trials, after: Trials) -> bool:
    """Whether both would show alike."""
    if before is after:
        return True
    names = [trial.name for trial in before.trials]
    return (
        names == [trial.name for trial in after.trials]
        and _are_same(before.about, after.about)
        and _are_same(before.names, after.names)
        and _are_same(_metrics(before), _metrics(after))
    )


def _metrics(trials: Trials) -> list[Column]:
    return [column for metric in trials.metrics for column in metric.columns.values()]


def _are_same(before: Sequence[Column], after: Sequence[Column]) -> bool:
    return len(before) == len(after) and all(map(_is_same, before, after))


def _is_same(before: Column, after: Column) -> bool:
    is_number = before.kind == "number"
    return (
        _texts(before) == _texts(after)
        and np.array_equal(before.missing, after.missing)
        and np.array_equal(before.values, after.values, equal_nan=is_number)
        and (before.domain, before.interval) == (after.domain, after.interval)
    )


def _texts(column: Column) -> tuple[str, ...]:
    return column.id, column.kind, column.title, column.description
