"""The series of a run, made out of its sorted rows when they are first asked for: views of them."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from projector.arrays import IntArray, MaskArray, frozen
from projector.logs.columns import NUMBER
from projector.logs.grouping.groups import Groups
from projector.logs.grouping.table import TagRows, tag_rows
from projector.logs.series import Metadata, Payloads, Series

_Scalar = TypeVar("_Scalar", bound=np.generic)
_FIRST_FILE = frozen(np.zeros(1024, np.int32))


class Tagged(NamedTuple):
    """What one tag of a run is. number: in the groups. fitting: bool (256,), the kinds of rows that
    are its points; None where all of its rows are. is_number: its points are numbers rather than
    payloads."""

    number: int
    tag: str
    metadata: Metadata
    fitting: MaskArray | None
    is_number: bool


class Layout(NamedTuple):
    """What the tags of a run are; runs of the same kind share it. left_out: number and tag of those
    with odd values (their fitting kinds) or with damaged metadata (None)."""

    tagged: tuple[Tagged, ...]
    plugins: frozenset[str]
    left_out: tuple[tuple[int, str, MaskArray | None], ...]


class GroupedSeries:
    """Makes the series of a run. plugins: that they belong to. others: series that are not grouped.

    Reads its arrays only, so that it may be asked from several threads at once.
    """

    __slots__ = ("_groups", "_layout", "_others", "_paths", "_run")

    def __init__(
        self,
        run: str,
        paths: tuple[Path, ...],
        groups: Groups,
        layout: Layout,
        others: tuple[Series, ...],
    ) -> None:
        self._run = run
        self._paths = paths
        self._groups = groups
        self._layout = layout
        self._others = others

    @property
    def plugins(self) -> frozenset[str]:
        return self._layout.plugins | {series.plugin for series in self._others}

    def make(self) -> tuple[Series, ...]:
        """By tag, then plugin."""
        places = tag_rows(self._groups.table)
        series = [
            *self._others,
            *(self._series(one, places[one.number]) for one in self._layout.tagged),
        ]
        series.sort(key=attrgetter("tag", "plugin"))
        return tuple(series)

    def _series(self, one: Tagged, rows: TagRows) -> Series:
        if rows.is_rising and one.fitting is None:
            places, blobs = slice(rows.start, rows.stop), slice(rows.start_blob, rows.stop_blob)
            return self._points(one, places, blobs)
        fits, of_fits = self._places(one, rows)
        kept = self._kept(fits)
        if len(kept) == len(fits):
            return self._points(one, fits, of_fits)
        raw = self._points(one, fits, of_fits)
        return self._points(one, fits[kept], of_fits[kept] if len(of_fits) else of_fits, raw)

    def _places(self, one: Tagged, rows: TagRows) -> tuple[IntArray, IntArray]:
        """The rows that are points of the series, and their blobs; no blobs where all are numbers.

        They are in the order of the files.
        """
        places = np.arange(rows.start, rows.stop)
        is_blob = self._groups.rows.kinds[rows.start : rows.stop] != NUMBER
        blobs = rows.start_blob + np.cumsum(is_blob) - 1
        if one.fitting is not None:
            fits = one.fitting[self._groups.rows.kinds[rows.start : rows.stop]]
            places, blobs = places[fits], blobs[fits]
        return places, blobs[:0] if one.is_number else blobs

    def _kept(self, places: IntArray) -> IntArray:
        """Which of these rows no later one replaces and no restart made void."""
        steps = self._groups.rows.steps[places]
        ids = np.arange(len(places))
        if len(self._groups.dropped):
            ids = np.flatnonzero(self._groups.dropped[places] == 0)
            steps = steps[ids]
        newest: IntArray = ids[newest_of_steps(steps)]
        return newest

    def _points(
        self,
        one: Tagged,
        places: slice | IntArray,
        blobs: slice | IntArray,
        raw: Series | None = None,
    ) -> Series:
        rows = self._groups.rows
        return Series(
            self._run,
            one.tag,
            one.metadata.plugin,
            _taken(rows.steps, places),
            _taken(rows.wall_times, places),
            one.metadata,
            _taken(rows.values, places) if one.is_number else None,
            None if one.is_number else self._payloads(places, blobs),
            raw,
        )

    def _payloads(self, places: slice | IntArray, blobs: slice | IntArray) -> Payloads:
        rows = self._groups.rows
        offsets, lengths = _taken(rows.offsets, blobs), _taken(rows.lengths, blobs)
        n = len(offsets)
        if len(rows.file_ids):
            file_ids = _taken(rows.file_ids, places)
        else:
            file_ids = _FIRST_FILE[:n] if n <= len(_FIRST_FILE) else frozen(np.zeros(n, np.int32))
        return Payloads(self._paths, file_ids, offsets, lengths, _taken(rows.fields, places))


def _taken(column: NDArray[_Scalar], places: slice | IntArray) -> NDArray[_Scalar]:
    """These rows of a read-only column, read-only too."""
    if isinstance(places, slice):
        return column[places]
    return frozen(column[places])


def newest_of_steps(steps: IntArray) -> MaskArray:
    """Which values no later one replaces: a value takes the place of all before it that have its
    step or a higher one."""
    if len(steps) < 2:
        return np.ones(len(steps), np.bool_)
    lowest_later = np.minimum.accumulate(steps[::-1])[::-1][1:]
    newest: MaskArray = np.append(steps[:-1] < lowest_later, True)
    return newest
