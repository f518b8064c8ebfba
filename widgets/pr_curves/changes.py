"""What became of curves when the logs were read again: which are the same as before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from projector.arrays import IntArray
from projector.logs.series import Payloads
from projector.pr_curves import CurveSeries


def are_same(before: Sequence[CurveSeries], after: Sequence[CurveSeries]) -> bool:
    """Whether both hold the same curves in the same order."""
    return len(before) == len(after) and all(map(_is_same, before, after))


def is_same_curve(before: CurveSeries, after: CurveSeries, i: int) -> bool:
    """Whether the curve of place i is still the one it was: step and place in a file."""
    if before.series is after.series:
        return i < len(after)
    old, new = before.series.payloads, after.series.payloads
    if i >= min(len(before), len(after)) or old is None or new is None:
        return False
    return _place(old, i) == _place(new, i) and bool(before.steps[i] == after.steps[i])


def _is_same(before: CurveSeries, after: CurveSeries) -> bool:
    if before is after or before.series is after.series:
        return True
    if _texts(before) != _texts(after) or not np.array_equal(before.steps, after.steps):
        return False
    old, new = before.series.payloads, after.series.payloads
    if old is None or new is None:
        return old is new
    return (
        np.array_equal(old.offsets, new.offsets)
        and np.array_equal(old.lengths, new.lengths)
        and _files(old) == _files(new)
    )


def _texts(series: CurveSeries) -> tuple[str, ...]:
    return series.run, series.tag, series.title, series.description


def _place(payloads: Payloads, i: int) -> tuple[str, int, int]:
    file = payloads.files[int(payloads.file_ids[i])]
    return str(file), int(payloads.offsets[i]), int(payloads.lengths[i])


def _files(payloads: Payloads) -> tuple[list[str], list[int]]:
    """The files that are used, and where among the points each begins to be."""
    ids: IntArray = payloads.file_ids.astype(np.int64)
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    return [str(payloads.files[int(ids[i])]) for i in starts], starts.tolist()
