"""Fits the rows of a table to the points: which lines count, and what is done when they don't fit.

Rows are told apart by three things only: which are blank, whether the first that is not is a
header, and how many points there are. So all ways to repair a table can be offered without reading
it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from projector.arrays import IntArray, MaskArray


class Repair(Enum):
    """What is done about rows that are not as many as the points; the value is its title."""

    KEEP_BLANK = "Keep blank lines as rows"
    HEADER_AS_DATA = "Take the header for the first row"
    DATA_AS_HEADER = "Take the first row for a header"
    READ_QUOTES = "Read quoted cells that span lines"
    PAD = "Leave the last points without metadata"
    CUT = "Leave the last rows out"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The rows, read plainly, are not as many as the points.

    repairs: all that make sense, those that fit exactly first. chosen: the one that was used.
    """

    n_rows: int
    n_points: int
    repairs: tuple[Repair, ...]
    chosen: Repair


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """rows: ids int64 of the rows for the points, at most as many. header: the id of the row with
    the names, or None. n_plain: rows before any repair."""

    rows: IntArray
    header: int | None
    n_plain: int
    mismatch: Mismatch | None = None
    keeps_blank: bool = False


def fit_rows(
    is_blank: MaskArray,
    n_points: int,
    *,
    has_header: bool,
    is_sure: bool = False,
    repair: Repair | None = None,
    more: tuple[Repair, ...] = (),
) -> Fit:
    """Which rows belong to the points.

    is_blank: for each row of the file. has_header: whether the first row that is not blank is one;
    is_sure: and must not be taken for data unless that is asked for. repair: what to do, None for
    what fits best. more: further repairs that the caller can do.
    """
    there = np.flatnonzero(~is_blank)
    header = int(there[0]) if has_header and len(there) else None
    rows = there[1:] if header is not None else there
    if len(rows) == n_points or not len(there):
        return Fit(rows, header, len(rows))
    ways = _ways(is_blank, there, header, n_points)
    fitting = [way for way, found in ways.items() if len(found.rows) == n_points]
    last = Repair.PAD if len(rows) < n_points else Repair.CUT
    offered = (*fitting, *more, *[way for way in ways if way not in fitting], last)
    offered = tuple(dict.fromkeys(offered))
    usual = [way for way in fitting if way is not Repair.HEADER_AS_DATA or not is_sure]
    chosen = repair if repair in offered else (usual[0] if usual else last)
    assert chosen is not None
    mismatch = Mismatch(len(rows), n_points, offered, chosen)
    found = ways.get(chosen, Fit(rows, header, len(rows)))
    return Fit(found.rows[:n_points], found.header, len(rows), mismatch, found.keeps_blank)


def _ways(
    is_blank: MaskArray, there: IntArray, header: int | None, n_points: int
) -> dict[Repair, Fit]:
    """What each repair would make of the rows; blank lines are kept where only that fits."""
    ways: dict[Repair, Fit] = {}
    n = len(there) - (header is not None)
    start = 0 if header is None else header + 1
    lines = _lines_from(is_blank, start, n_points)
    if len(lines) > n:
        ways[Repair.KEEP_BLANK] = Fit(lines, header, n, None, True)
    if header is not None:
        found = Fit(there, None, n)
        everything = _lines_from(is_blank, 0, n_points)
        if len(there) != n_points == len(everything):
            found = Fit(everything, None, n, None, True)
        ways[Repair.HEADER_AS_DATA] = found
    elif len(there) > 1:
        first = int(there[0])
        found = Fit(there[1:], first, n)
        below = _lines_from(is_blank, first + 1, n_points)
        if len(there) - 1 != n_points == len(below):
            found = Fit(below, first, n, None, True)
        ways[Repair.DATA_AS_HEADER] = found
    return ways


def _lines_from(is_blank: MaskArray, start: int, n_points: int) -> IntArray:
    """All lines, blank or not; without blank ones at the start and end that are too many."""
    there = start + np.flatnonzero(~is_blank[start:])
    stop = len(is_blank)
    if len(there):
        start += min(int(there[0]) - start, max(0, stop - start - n_points))
        stop -= min(stop - int(there[-1]) - 1, max(0, stop - start - n_points))
    return np.arange(start, stop)


def describe(fit: Fit, first: str) -> str:
    """What was done, as a sentence. first: the header or first row, for people."""
    mismatch = fit.mismatch
    assert mismatch is not None
    n_rows, n = mismatch.n_rows, mismatch.n_points
    rows = "1 row" if n_rows == 1 else f"{n_rows:,} rows"
    counts = f"{rows} for {'1 point' if n == 1 else f'{n:,} points'}"
    if mismatch.chosen is Repair.KEEP_BLANK:
        return f"{counts}: blank lines were kept as rows without any value." + _rest(fit, n)
    if mismatch.chosen is Repair.HEADER_AS_DATA:
        return f"{counts}: the header, {first}, was taken for the first row." + _rest(fit, n)
    if mismatch.chosen is Repair.DATA_AS_HEADER:
        return f"{counts}: the first row, {first}, was taken for a header." + _rest(fit, n)
    if mismatch.chosen is Repair.READ_QUOTES:
        return f"{counts}: cells in double quotes may span lines here." + _rest(fit, n)
    if n_rows == 0:
        return "The file has a header line and no rows."
    if n_rows > n:
        return f"{counts}: the last {n_rows - n:,} were left out."
    return f"{counts}: the last {n - n_rows:,} points have no metadata."


def _rest(fit: Fit, n: int) -> str:
    n_bare = n - len(fit.rows)
    return f" The last {n_bare:,} points have no metadata." if n_bare > 0 else ""
