"""The columns of a run's files become its series: metadata, older kinds of values, odd values.

A tag belongs to one plugin, the one its first value or else its first metadata names. All that is
wrong is found here; the series themselves are made when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError

from projector.arrays import MaskArray
from projector.errors import Problem
from projector.logs.columns import (
    NO_VALUE,
    NUMBER,
    NUMBER_TENSOR,
    OBSOLETE,
    OLD_AUDIO,
    OLD_HISTOGRAM,
    OLD_IMAGE,
    TENSOR,
)
from projector.logs.file_columns import FileColumns
from projector.logs.grouping.events import event_series
from projector.logs.grouping.groups import ROWS_A_STEP, Groups, group, group_at_once
from projector.logs.grouping.series import GroupedSeries, Layout, Tagged
from projector.logs.grouping.table import FIRST_KIND, FIRST_ROW, KINDS, TagRows, tag_rows
from projector.logs.messages import summary_pb2
from projector.logs.series import Metadata, Run
from projector.parallel import for_each_part
from projector.progress import Progress, Work

_RUNS_A_STEP = 250
_ROWS_WORTH_A_THREAD = 1 << 13
_FEW_TAGS = 64
_FEW_BYTES = 1 << 10
_SCALAR_CLASS = 1

_OLD_STYLE = {
    NUMBER: Metadata("scalars"),
    OLD_IMAGE: Metadata("images"),
    OLD_HISTOGRAM: Metadata("histograms"),
    OLD_AUDIO: Metadata("audio"),
}
_UNKNOWN = Metadata()


def _bits(*kinds: int) -> int:
    return sum(1 << kind for kind in kinds)


_FITTING = {
    "scalars": _bits(NUMBER, NUMBER_TENSOR),
    "images": _bits(TENSOR, OLD_IMAGE),
    "histograms": _bits(TENSOR, NUMBER_TENSOR, OLD_HISTOGRAM),
    "audio": _bits(TENSOR, OLD_AUDIO),
}
_FITTING_OTHERS = _bits(TENSOR, NUMBER_TENSOR, NO_VALUE)
_NOTHING = _bits(NO_VALUE, OBSOLETE)

NamedFiles = tuple[str, list[FileColumns]]
"""The name of a run and what was read from its files, in their order."""

Built = tuple[Run, list[Problem]]
"""A run, and what was wrong with its files."""


def build_run(name: str, files: list[FileColumns]) -> Work[Built]:
    """The run these files make up, and what was wrong with them."""
    groups = yield from group(files)
    return _run(name, files, groups)


def build_runs(named: Sequence[NamedFiles]) -> Work[list[Built]]:
    """The same for many runs: small ones in batches, those with many rows on all cores."""
    built: list[Built] = []
    batch: list[NamedFiles] = []
    n_rows = 0
    for name, files in named:
        n = sum(len(file.rows.tags) for file in files)
        if batch and (n_rows + n > ROWS_A_STEP or len(batch) == _RUNS_A_STEP):
            built += _build_batch(batch, n_rows)
            batch, n_rows = [], 0
            yield Progress(len(built) / len(named), "Sorting values by tag")
        if n > ROWS_A_STEP:
            built.append((yield from build_run(name, files)))
        else:
            batch.append((name, files))
            n_rows += n
    return built + _build_batch(batch, n_rows)


def _build_batch(batch: list[NamedFiles], n_rows: int) -> list[Built]:
    groups: list[Groups | None] = [None] * len(batch)

    def group_part(start: int, stop: int) -> None:
        for i in range(start, stop):
            groups[i] = group_at_once(batch[i][1])

    # threads that hand the interpreter to each other for a few values lose more than they gain
    smallest = max(1, _ROWS_WORTH_A_THREAD * len(batch) // max(1, n_rows))
    if n_rows // max(1, len(batch)) < _ROWS_WORTH_A_THREAD:
        smallest = len(batch)
    for_each_part(len(batch), group_part, smallest)
    pairs = zip(batch, groups, strict=True)
    return [_run(name, files, made) for (name, files), made in pairs if made is not None]


def _run(name: str, files: list[FileColumns], groups: Groups) -> Built:
    paths = tuple([file.path for file in files])
    layout = _layout_of(groups)
    problems = [problem for file in files for problem in file.problems]
    if layout.left_out:
        places = tag_rows(groups.table)
        for number, tag, fitting in layout.left_out:
            problems.append(_left_out(tag, places[number], fitting, groups, paths))
    others = tuple(event_series(name, paths, files)) if groups.n_events else ()
    start_time = next((file.start_time for file in files if file.start_time is not None), None)
    return Run(
        name, paths, GroupedSeries(name, paths, groups, layout, others), start_time
    ), problems


def _left_out(
    tag: str, rows: TagRows, fitting: MaskArray | None, groups: Groups, paths: tuple[Path, ...]
) -> Problem:
    if fitting is None:
        what = f"The metadata of {tag} is damaged; its values are left out."
        return Problem(paths[groups.file_of(rows.start)], what, _offset(rows, 0, groups))
    odd = np.flatnonzero(~fitting[groups.rows.kinds[rows.start : rows.stop]])
    what = f"{len(odd):,} values of {tag} are not of its kind and were left out."
    if len(odd) == 1:
        what = f"A value of {tag} is not of its kind and was left out."
    place = int(odd[0])
    return Problem(paths[groups.file_of(rows.start + place)], what, _offset(rows, place, groups))


def _offset(rows: TagRows, place: int, groups: Groups) -> int | None:
    """Where in its file the payload of one of the tag's rows lies; plain numbers have none."""
    kinds = groups.rows.kinds[rows.start : rows.start + place + 1]
    if kinds[-1] == NUMBER:
        return None
    n_before = int(np.count_nonzero(kinds != NUMBER)) - 1
    return int(groups.rows.offsets[rows.start_blob + n_before])


def _layout_of(groups: Groups) -> Layout:
    table = groups.table
    flags = np.empty((len(table), 3), np.int64)
    flags[:, :2] = table[:, FIRST_KIND : KINDS + 1]
    flags[:, 2] = groups.metadata_rows == table[:, FIRST_ROW]
    of_layout = groups.tags, groups.metadata, flags.tobytes()
    n_bytes = sum([len(data) for data in groups.metadata if data])
    is_small = len(table) <= _FEW_TAGS and n_bytes <= _FEW_BYTES
    return _known_layout(*of_layout) if is_small else _layout(*of_layout)


def _layout(tags: tuple[str, ...], metadata: tuple[bytes | None, ...], flags: bytes) -> Layout:
    """flags: int64 (n_tags, 3): kind of the first value, all kinds, whether that value brought the
    metadata."""
    tagged: list[Tagged] = []
    left_out: list[tuple[int, str, MaskArray | None]] = []
    lines = np.frombuffer(flags, np.int64).reshape(len(tags), 3).tolist()
    for number, (first_kind, kinds, is_first) in enumerate(lines):
        if not kinds:  # only events without values have this tag
            continue
        data, tag = metadata[number] or b"", tags[number]
        describe = _known_tag if len(data) <= _FEW_BYTES else _describe
        try:
            one = describe(number, tag, data, first_kind, kinds, is_first)
        except DecodeError:
            left_out.append((number, tag, None))
            continue
        if one is None:
            continue
        if one.fitting is not None:
            left_out.append((number, tag, one.fitting))
        tagged.append(one)
    plugins = frozenset([one.metadata.plugin for one in tagged])
    return Layout(tuple(tagged), plugins, tuple(left_out))


_known_layout = lru_cache(256)(_layout)
"""Thousands of runs have the same tags that mean the same."""


def _describe(
    number: int, tag: str, data: bytes, first_kind: int, kinds: int, is_first: int
) -> Tagged | None:
    """None where there is nothing of a tag but empty values. Raises DecodeError."""
    metadata = _metadata(data, first_kind, is_first)
    if not metadata.plugin and not kinds & ~_NOTHING:
        return None
    is_number = metadata.plugin == "scalars" or metadata.data_class == _SCALAR_CLASS
    fitting = _FITTING.get("scalars" if is_number else metadata.plugin, _FITTING_OTHERS)
    mask = _mask(fitting) if kinds & ~fitting else None
    return Tagged(number, tag, metadata, mask, is_number)


_known_tag = lru_cache(1024)(_describe)
"""Even runs that differ in some tags share others."""


@lru_cache
def _mask(kinds: int) -> MaskArray:
    """bool (256,): whether a kind is among these bits; indexing it is quicker than numpy's isin."""
    return np.array([kind < 64 and bool(kinds >> kind & 1) for kind in range(256)])


def _metadata(data: bytes, first_kind: int, is_first: int) -> Metadata:
    """The metadata of a tag; made up where its first value is of an older kind.

    Raises DecodeError where it is damaged.
    """
    old_style = _OLD_STYLE.get(first_kind)
    if not data:
        return old_style or _UNKNOWN
    metadata = _parse(data)
    if old_style is None or (metadata.plugin and is_first):
        return metadata
    if metadata.plugin in ("", old_style.plugin):
        return replace(metadata, plugin=old_style.plugin)
    return old_style


def _parse(data: bytes) -> Metadata:
    message = summary_pb2.SummaryMetadata.FromString(data)
    plugin = message.plugin_data
    return Metadata(
        plugin.plugin_name,
        plugin.content,
        message.display_name,
        message.summary_description,
        message.data_class,
    )
