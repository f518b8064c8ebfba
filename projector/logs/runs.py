"""The columns of a run's files become its series: metadata, older kinds of values, repeated steps.

A tag belongs to one plugin, the one its first value names; the newest value of a step wins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from projector.arrays import IntArray, MaskArray, frozen
from projector.errors import Problem
from projector.logs.columns import (
    GRAPH,
    META_GRAPH,
    NO_VALUE,
    NUMBER,
    NUMBER_TENSOR,
    OBSOLETE,
    OLD_AUDIO,
    OLD_HISTOGRAM,
    OLD_IMAGE,
    RESTART,
    RUN_METADATA,
    TENSOR,
    Rows,
)
from projector.logs.messages import summary_pb2
from projector.logs.scan import FileColumns
from projector.logs.series import Metadata, Payloads, Run, Series
from projector.progress import Progress, Work

_SERIES_A_STEP = 100

_OLD_STYLE = {
    NUMBER: "scalars",
    OLD_IMAGE: "images",
    OLD_HISTOGRAM: "histograms",
    OLD_AUDIO: "audio",
}


def _mask(*kinds: int) -> MaskArray:
    """Whether a kind, 0..255, is one of these; indexing it is far quicker than numpy's isin."""
    mask = np.zeros(256, np.bool_)
    mask[list(kinds)] = True
    return mask


_FITTING = {
    "scalars": _mask(NUMBER, NUMBER_TENSOR),
    "images": _mask(TENSOR, OLD_IMAGE),
    "histograms": _mask(TENSOR, NUMBER_TENSOR, OLD_HISTOGRAM),
    "audio": _mask(TENSOR, OLD_AUDIO),
}
_FITTING_OTHERS = _mask(TENSOR, NUMBER_TENSOR, NO_VALUE)
_NOTHING = _mask(NO_VALUE, OBSOLETE)


def build_run(name: str, files: list[FileColumns]) -> Work[tuple[Run, list[Problem]]]:
    """The run these files make up, and what was wrong with them."""
    table = _Table.of(files)
    problems = [problem for file in files for problem in file.problems]
    series = list(table.event_series(name))
    for n, (tag, rows) in enumerate(table.rows_by_tag()):
        if n % _SERIES_A_STEP == 0:
            yield Progress(None, f"Sorting the values of {name}")
        try:
            metadata = table.metadata(tag, rows)
        except DecodeError:
            what = f"The metadata of {table.tags[tag]} is damaged; its values are left out."
            problems.append(Problem(table.file_of(rows[0]), what))
            continue
        made, problem = table.series(name, tag, rows, metadata)
        series += [made] if made else []
        problems += [problem] if problem else []
    series.sort(key=lambda one: (one.tag, one.plugin))
    start_time = next((file.start_time for file in files if file.start_time is not None), None)
    paths = tuple(file.path for file in files)
    return Run(name, paths, tuple(series), start_time), problems


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The rows of all files of a run, in order. tags: by the number in rows.tags.

    first_rows: int64 (n_files + 1,), where the rows of each file begin. blob_ids: int64 (n,),
    which of the blobs belongs to a row, for rows that have one. is_dropped: rows that a restart
    has made void.
    """

    files: list[FileColumns]
    tags: list[str]
    rows: Rows
    first_rows: IntArray
    blob_ids: IntArray
    offsets: IntArray
    lengths: IntArray
    is_dropped: MaskArray
    tag_metadata: dict[int, tuple[bytes, int]]

    @classmethod
    def of(cls, files: list[FileColumns]) -> _Table:
        numbers: dict[str, int] = {}
        tag_columns = []
        tag_metadata: dict[int, tuple[bytes, int]] = {}
        sizes = [len(file.rows.tags) for file in files]
        first_rows = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        for file, first_row in zip(files, first_rows.tolist(), strict=False):
            texts = [tag.decode("utf-8", "replace") for tag in file.tags]
            own = [numbers.setdefault(text, len(numbers)) for text in texts]
            tag_columns.append(np.array([*own, -1], np.int32)[file.rows.tags])
            rows = file.metadata_rows.tolist()
            for number, metadata, row in zip(own, file.metadata, rows, strict=True):
                if metadata is not None:
                    tag_metadata.setdefault(number, (metadata, first_row + row))
        columns = zip(*(file.rows for file in files), strict=True)
        _, steps, walls, values, kinds = (np.concatenate(parts) for parts in columns)
        rows = Rows(np.concatenate(tag_columns), steps, walls, values, kinds)
        return cls(
            files,
            list(numbers),
            rows,
            first_rows,
            np.cumsum(rows.kinds != NUMBER) - 1,
            np.concatenate([file.blobs.offsets for file in files]),
            np.concatenate([file.blobs.lengths for file in files]),
            _dropped_by_restart(rows, first_rows),
            tag_metadata,
        )

    def file_of(self, row: int) -> Path:
        return self.files[int(self._file_ids(np.array([row]))[0])].path

    def _file_ids(self, rows: IntArray) -> NDArray[np.int32]:
        return (np.searchsorted(self.first_rows, rows, side="right") - 1).astype(np.int32)

    def rows_by_tag(self) -> list[tuple[int, IntArray]]:
        """The rows of the summary values of each tag, in order."""
        return _grouped(self.rows.tags, np.flatnonzero(self.rows.kinds < 100), len(self.tags))

    def event_series(self, run: str) -> list[Series]:
        """Graphs and run metadata, which events carry outside of summaries."""
        kinds = self.rows.kinds
        made = []
        graphs = np.flatnonzero(kinds == GRAPH)
        if not len(graphs):
            graphs = np.flatnonzero(kinds == META_GRAPH)
        if len(graphs):
            made.append(self._with_payloads(run, "__run_graph__", graphs, Metadata("graphs")))
        of_metadata = np.flatnonzero(kinds == RUN_METADATA)
        for tag, rows in _grouped(self.rows.tags, of_metadata, len(self.tags)):
            metadata = Metadata("graph_tagged_run_metadata")
            made.append(self._with_payloads(run, self.tags[tag], rows, metadata))
        return [series for series in made if len(series)]

    def metadata(self, tag: int, rows: IntArray) -> Metadata:
        """The first metadata of the tag; made up where an older value came first.

        Raises DecodeError where it is damaged.
        """
        data, row = self.tag_metadata.get(tag, (b"", -1))
        message = summary_pb2.SummaryMetadata.FromString(data)
        metadata = Metadata(
            message.plugin_data.plugin_name,
            message.plugin_data.content,
            message.display_name,
            message.summary_description,
            message.data_class,
        )
        old_style = _OLD_STYLE.get(int(self.rows.kinds[rows[0]]))
        if old_style and row != rows[0]:
            return Metadata(old_style)
        if old_style and not metadata.plugin:
            return replace(metadata, plugin=old_style)
        return metadata

    def series(
        self, run: str, tag: int, rows: IntArray, metadata: Metadata
    ) -> tuple[Series | None, Problem | None]:
        """The values of one tag that fit its plugin, and a problem if others had to be left out."""
        kinds = self.rows.kinds[rows]
        fits = _FITTING.get(metadata.plugin, _FITTING_OTHERS)[kinds]
        if not metadata.plugin and _NOTHING[kinds].all():
            return None, None
        problem = None
        if not fits.all():
            n = len(rows) - int(fits.sum())
            what = f"{n} values of {self.tags[tag]} are not of its kind and were left out."
            if n == 1:
                what = f"A value of {self.tags[tag]} is not of its kind and was left out."
            problem = Problem(self.file_of(rows[~fits][0]), what)
        rows = rows[fits]
        if metadata.plugin == "scalars":
            series = self._with_values(run, self.tags[tag], rows, metadata)
        else:
            series = self._with_payloads(run, self.tags[tag], rows, metadata)
        return (series if len(series) else None), problem

    def _with_values(self, run: str, tag: str, rows: IntArray, metadata: Metadata) -> Series:
        rows = self._newest(rows)
        return Series(
            run,
            tag,
            metadata.plugin,
            frozen(self.rows.steps[rows]),
            frozen(self.rows.wall_times[rows]),
            metadata,
            values=frozen(self.rows.values[rows]),
        )

    def _with_payloads(self, run: str, tag: str, rows: IntArray, metadata: Metadata) -> Series:
        rows = self._newest(rows)
        blobs = self.blob_ids[rows]
        kinds = self.rows.kinds[rows]
        payloads = Payloads(
            tuple(file.path for file in self.files),
            frozen(self._file_ids(rows)),
            frozen(self.offsets[blobs]),
            frozen(self.lengths[blobs]),
            frozen(np.where(kinds == NUMBER_TENSOR, np.uint8(TENSOR), kinds)),
        )
        return Series(
            run,
            tag,
            metadata.plugin,
            frozen(self.rows.steps[rows]),
            frozen(self.rows.wall_times[rows]),
            metadata,
            payloads=payloads,
        )

    def _newest(self, rows: IntArray) -> IntArray:
        """Those rows that no later one replaces.

        A value takes the place of all before it that have its step or a higher one.
        """
        rows = rows[~self.is_dropped[rows]]
        if not len(rows):
            return rows
        steps = self.rows.steps[rows]
        if (steps[:-1] < steps[1:]).all():
            return rows
        lowest_later = np.minimum.accumulate(steps[::-1])[::-1][1:]
        is_newest = np.append(steps[:-1] < lowest_later, True)
        newest: IntArray = rows[is_newest]
        return newest


def _dropped_by_restart(rows: Rows, first_rows: IntArray) -> MaskArray:
    """Values that a restart makes void: those before it from its step on.

    The first start of a run is none, nor is one in its first file.
    """
    restarts = np.flatnonzero(rows.kinds == RESTART)[1:]
    restarts = restarts[restarts >= first_rows[1]]
    dropped = np.zeros(len(rows.tags), np.bool_)
    if not len(restarts):
        return dropped
    lowest_later = np.minimum.accumulate(rows.steps[restarts][::-1])[::-1]
    places = np.arange(restarts[-1])
    following = np.searchsorted(restarts, places, side="right")
    dropped[: restarts[-1]] = rows.steps[: restarts[-1]] >= lowest_later[following]
    return dropped


def _grouped(tags: NDArray[np.int32], rows: IntArray, n_tags: int) -> list[tuple[int, IntArray]]:
    """The rows by their tag, each group in order."""
    if not len(rows):
        return []
    # numpy sorts 16-bit keys in linear time
    keys = tags[rows].astype(np.uint16) if n_tags < 1 << 16 else tags[rows]
    rows = rows[np.argsort(keys, kind="stable")]
    edges = np.flatnonzero(np.diff(tags[rows])) + 1
    return [(int(tags[group[0]]), group) for group in np.split(rows, edges)]
