"""The series of a run, made out of its sorted rows when they are first asked for: views of them."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from projector.arrays import ByteArray, IntArray, MaskArray, frozen
from projector.logs.columns import NUMBER, NUMBER_TENSOR, TENSOR
from projector.logs.grouping.groups import Groups
from projector.logs.grouping.table import TagRows
from projector.logs.series import Metadata, Payloads, Series


class Tagged(NamedTuple):
    """One tag of a run. fitting: bool (256,), the kinds of rows that are its points; None where all
    of its rows are. is_number: its points are numbers rather than payloads."""

    tag: str
    metadata: Metadata
    rows: TagRows
    fitting: MaskArray | None
    is_number: bool


class GroupedSeries:
    """Makes the series of a run. plugins: that they belong to. others: series that are not grouped.

    Reads its arrays only, so that it may be asked from several threads at once.
    """

    def __init__(
        self,
        run: str,
        paths: tuple[Path, ...],
        groups: Groups,
        tagged: list[Tagged],
        others: list[Series],
    ) -> None:
        plugins = [one.metadata.plugin for one in tagged]
        self.plugins = frozenset([*plugins, *(series.plugin for series in others)])
        self._run = run
        self._paths = paths
        self._groups = groups
        self._tagged = tagged
        self._others = others

    def make(self) -> tuple[Series, ...]:
        """By tag, then plugin."""
        series = [*self._others, *(self._series(one) for one in self._tagged)]
        series.sort(key=attrgetter("tag", "plugin"))
        return tuple(series)

    def _series(self, one: Tagged) -> Series:
        if one.rows.is_rising and one.fitting is None:
            everything = slice(one.rows.start, one.rows.stop)
            return self._points(one, everything, slice(one.rows.start_blob, one.rows.stop_blob))
        fits, blobs = self._places(one)
        kept = self._kept(fits)
        if len(kept) == len(fits):
            return self._points(one, fits, blobs)
        raw = self._points(one, fits, blobs)
        kept_blobs = blobs[kept] if len(blobs) else blobs
        return self._points(one, fits[kept], kept_blobs, raw)

    def _places(self, one: Tagged) -> tuple[IntArray, IntArray]:
        """The rows that are points of the series, and their blobs; no blobs where all are numbers.

        They are in the order of the files.
        """
        rows = one.rows
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
            frozen(rows.steps[places]),
            frozen(rows.wall_times[places]),
            one.metadata,
            frozen(rows.values[places]) if one.is_number else None,
            None if one.is_number else self._payloads(places, blobs),
            raw,
        )

    def _payloads(self, places: slice | IntArray, blobs: slice | IntArray) -> Payloads:
        rows = self._groups.rows
        fields = payload_fields(rows.kinds[places])
        n = len(fields)
        file_ids = rows.file_ids[places] if len(rows.file_ids) else np.zeros(n, np.int32)
        offsets, lengths = frozen(rows.offsets[blobs]), frozen(rows.lengths[blobs])
        return Payloads(self._paths, frozen(file_ids), offsets, lengths, frozen(fields))


def newest_of_steps(steps: IntArray) -> MaskArray:
    """Which values no later one replaces: a value takes the place of all before it that have its
    step or a higher one."""
    if len(steps) < 2:
        return np.ones(len(steps), np.bool_)
    lowest_later = np.minimum.accumulate(steps[::-1])[::-1][1:]
    newest: MaskArray = np.append(steps[:-1] < lowest_later, True)
    return newest


def payload_fields(kinds: ByteArray) -> ByteArray:
    """The fields that payloads of these kinds lie in; single numbers lie in tensors."""
    if (kinds == NUMBER_TENSOR).any():
        return np.where(kinds == NUMBER_TENSOR, np.uint8(TENSOR), kinds)
    return kinds
