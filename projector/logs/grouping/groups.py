"""The rows of a run's files by tag: whole columns, in which every tag is one slice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, DoubleArray, IntArray, frozen
from projector.logs.columns import RESTART
from projector.logs.file_columns import FileColumns
from projector.logs.grouping.table import N_COLUMNS
from projector.progress import Progress, Work, finish

ROWS_A_STEP = 1 << 20
"""How many rows are moved between two steps of the work; takes some ten milliseconds."""

_FEW = 64
_NONE = np.empty(0, np.int64)
_NO_BYTES = np.empty(0, np.uint8)


class Sorted(NamedTuple):
    """The rows of all tags, one tag behind the other, each in the order of the files.

    fields: as in Payloads. offsets, lengths: only of rows whose kind is not NUMBER. file_ids: empty
    where there is one file.
    """

    steps: IntArray
    wall_times: DoubleArray
    values: DoubleArray
    kinds: ByteArray
    fields: ByteArray
    offsets: IntArray
    lengths: IntArray
    file_ids: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """tags: each once. metadata: the first of each tag, None without; metadata_rows: int64, the row
    that brought it. table: int64 (n_tags, 8), see table.py. dropped: 1 for rows that a restart
    made void, empty without restarts. n_events: rows that are no values.
    """

    tags: tuple[str, ...]
    metadata: tuple[bytes | None, ...]
    metadata_rows: IntArray
    table: IntArray
    rows: Sorted
    dropped: ByteArray
    n_events: int

    def file_of(self, place: int) -> int:
        """The number of the file that the row at this place of the sorted rows is from."""
        return int(self.rows.file_ids[place]) if len(self.rows.file_ids) else 0


def group(files: list[FileColumns]) -> Work[Groups]:
    """The rows of one run."""
    from projector.logs.grouping.kernels import count_rows, lay_out

    tags, numbers = _number_tags(files)
    first_rows = [0]
    for file in files:
        first_rows.append(first_rows[-1] + len(file.rows.tags))
    table = np.zeros((len(tags), N_COLUMNS), np.int64)
    n_events = 0
    for file, own, first_row in zip(files, numbers, first_rows, strict=False):
        for start, stop in _spans(len(file.rows.tags)):
            if start:
                yield Progress(None, "Counting values")
            columns = file.rows
            n_events += count_rows(columns.tags, columns.kinds, own, start, stop, first_row, table)
    lay_out(table)
    restarts = _restarts(files, first_rows) if n_events and len(files) > 1 else (_NONE, _NONE)
    n_rows, n_blobs = first_rows[-1], sum([len(file.blobs.offsets) for file in files])
    out = _room(n_rows, n_blobs, n_rows if len(files) > 1 else 0)
    dropped = np.zeros(n_rows, np.uint8) if len(restarts[0]) else _NO_BYTES
    yield from _sort(files, numbers, first_rows, restarts, table, out, dropped)
    for column in out:
        frozen(column)
    metadata, metadata_rows = _first_metadata(len(tags), files, numbers, first_rows)
    return Groups(tags, metadata, metadata_rows, table, out, dropped, n_events)


def group_at_once(files: list[FileColumns]) -> Groups:
    """The same in one go, for runs of few rows."""
    return finish(group(files))


def _sort(
    files: list[FileColumns],
    numbers: list[IntArray],
    first_rows: list[int],
    restarts: tuple[IntArray, IntArray],
    table: IntArray,
    out: Sorted,
    dropped: ByteArray,
) -> Work[None]:
    from projector.logs.grouping.kernels import sort_rows

    for i, (file, own) in enumerate(zip(files, numbers, strict=True)):
        columns = (*file.rows, *file.blobs)
        blob = 0
        for start, stop in _spans(len(file.rows.tags)):
            if start:
                yield Progress(None, "Sorting values")
            span = (start, stop, blob, first_rows[i], i)
            blob = sort_rows(columns, (own, *restarts), span, table, tuple(out), dropped)


def _spans(n: int) -> Iterator[tuple[int, int]]:
    for start in range(0, n, ROWS_A_STEP):
        yield start, min(n, start + ROWS_A_STEP)


def _room(n_rows: int, n_blobs: int, n_file_ids: int) -> Sorted:
    return Sorted(
        np.empty(n_rows, np.int64),
        np.empty(n_rows, np.float64),
        np.empty(n_rows, np.float64),
        np.empty(n_rows, np.uint8),
        np.empty(n_rows if n_blobs else 0, np.uint8),
        np.empty(n_blobs, np.int64),
        np.empty(n_blobs, np.int64),
        np.empty(n_file_ids, np.int32),
    )


def _number_tags(files: list[FileColumns]) -> tuple[tuple[str, ...], list[IntArray]]:
    """The tags of all files, and for each file the numbers of its own among them."""
    texts = [_known_texts(f.tags) if len(f.tags) <= _FEW else _texts(f.tags) for f in files]
    if len(files) == 1 and len(set(texts[0])) == len(texts[0]):
        return texts[0], [np.arange(len(texts[0]))]
    numbers: dict[str, int] = {}
    own = [[numbers.setdefault(text, len(numbers)) for text in of_file] for of_file in texts]
    return tuple(numbers), [np.array(of_file, np.int64) for of_file in own]


def _texts(tags: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple([tag.decode("utf-8", "replace") for tag in tags])


_known_texts = lru_cache(256)(_texts)
"""Thousands of runs have the same tags."""


def _first_metadata(
    n_tags: int, files: list[FileColumns], numbers: list[IntArray], first_rows: list[int]
) -> tuple[tuple[bytes | None, ...], IntArray]:
    if len(files) == 1 and len(files[0].tags) == n_tags:
        return files[0].metadata, files[0].metadata_rows
    metadata: list[bytes | None] = [None] * n_tags
    metadata_rows = np.full(n_tags, -1, np.int64)
    for file, own, first_row in zip(files, numbers, first_rows, strict=False):
        for i, data in enumerate(file.metadata):
            number = int(own[i])
            if data and metadata[number] is None:
                metadata[number] = data
                metadata_rows[number] = first_row + int(file.metadata_rows[i])
    return tuple(metadata), metadata_rows


def _restarts(files: list[FileColumns], first_rows: list[int]) -> tuple[IntArray, IntArray]:
    """The rows of restarts, and from which step on the rows before each are void.

    The first start of a run is none, nor is one in its first file.
    """
    places = [np.flatnonzero(file.rows.kinds == RESTART) for file in files]
    rows = np.concatenate([p + row for p, row in zip(places, first_rows, strict=False)])
    steps = np.concatenate([f.rows.steps[p] for f, p in zip(files, places, strict=True)])
    counts = np.arange(len(rows)) > 0
    counts &= rows >= first_rows[1]
    limits = np.minimum.accumulate(steps[counts][::-1])[::-1]
    return rows[counts], np.ascontiguousarray(limits)
