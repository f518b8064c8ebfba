"""The columns of one event file: what the scan hands over, and what an index keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import IntArray
from projector.errors import Problem
from projector.logs import columns
from projector.logs.columns import Blobs, Rows, State, new_state


@dataclass(frozen=True, slots=True, eq=False)
class FileColumns:
    """All values of one file in their order.

    blobs: where the payloads lie, for each row whose kind is not NUMBER. tags: the bytes of each
    tag; metadata: those of its first SummaryMetadata, None without; metadata_rows: the row that
    brought it, or -1. start_time: the first finite wall time. read_to: the end of the last whole
    record, from where a growing file is to be followed. state: what the scan needs for that.
    has_failed: the file could not be read to its end; the last problem says why.
    """

    path: Path
    rows: Rows
    blobs: Blobs
    tags: tuple[bytes, ...]
    metadata: tuple[bytes | None, ...]
    metadata_rows: IntArray
    start_time: float | None
    read_to: int
    problems: tuple[Problem, ...]
    state: State = field(default_factory=new_state)
    has_failed: bool = False

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The same as a few one-dimensional arrays of plain numbers, for an index.

        That a file could not be read to its end is not kept.
        """
        n_bytes = [len(tag) for tag in self.tags]
        n_bytes += [-1 if text is None else len(text) for text in self.metadata]
        header = np.concatenate(
            (
                np.array([_LAYOUT, self.read_to, len(self.tags)], np.int64),
                self.state.counts,
                self.state.clock.view(np.int64),
                np.array(n_bytes, np.int64),
                self.metadata_rows,
            )
        )
        texts = b"".join((*self.tags, *(text for text in self.metadata if text)))
        blobs = np.concatenate(self.blobs)
        return {
            "header": header,
            **self.rows._asdict(),
            "blobs": blobs,
            "texts": np.frombuffer(texts, np.uint8),
        }

    @classmethod
    def from_arrays(cls, path: Path, arrays: Mapping[str, NDArray[Any]]) -> FileColumns:
        """The columns that `arrays` gave. Raises ValueError where the arrays can't be such."""
        _expect(arrays.keys() == _DTYPES.keys())
        for name, dtype in _DTYPES.items():
            _expect(arrays[name].ndim == 1 and arrays[name].dtype == dtype)
        header = _Header.of(arrays["header"])
        rows = Rows._make(arrays[name] for name in Rows._fields)
        halves = arrays["blobs"]
        _expect(len(halves) % 2 == 0)
        blobs = Blobs(halves[: len(halves) // 2], halves[len(halves) // 2 :])
        _check_rows(rows, blobs, header)
        texts = _parts(arrays["texts"].tobytes(), header.n_bytes)
        start_time = float(header.state.clock[1])
        return cls(
            path=path,
            rows=rows,
            blobs=blobs,
            tags=tuple(text or b"" for text in texts[: header.n_tags]),
            metadata=tuple(texts[header.n_tags :]),
            metadata_rows=header.metadata_rows,
            start_time=None if np.isnan(start_time) else start_time,
            read_to=header.read_to,
            problems=found_problems(path, header.state),
            state=header.state,
        )


_LAYOUT = 1
_DTYPES = {
    "header": np.dtype(np.int64),
    "tags": np.dtype(np.int32),
    "steps": np.dtype(np.int64),
    "wall_times": np.dtype(np.float64),
    "values": np.dtype(np.float64),
    "kinds": np.dtype(np.uint8),
    "blobs": np.dtype(np.int64),
    "texts": np.dtype(np.uint8),
}

_IS_KIND = np.zeros(256, np.bool_)
_IS_KIND[list(columns.KINDS)] = True
_HAS_TAG = _IS_KIND.copy()
_HAS_TAG[[columns.GRAPH, columns.META_GRAPH, columns.RESTART]] = False


def _expect(is_so: bool | np.bool_) -> None:
    if not is_so:
        raise ValueError("the arrays are not those of an event file")


@dataclass(frozen=True, slots=True, eq=False)
class _Header:
    """n_bytes: of each tag, then of the metadata of each, -1 where there is none."""

    read_to: int
    n_tags: int
    state: State
    n_bytes: list[int]
    metadata_rows: IntArray

    @classmethod
    def of(cls, header: IntArray) -> _Header:
        n_fixed = 3 + columns.N_COUNTS + 2
        _expect(len(header) >= n_fixed)
        layout, read_to, n_tags = header[:3].tolist()
        _expect(layout == _LAYOUT and read_to >= 0 and n_tags >= 0)
        _expect(len(header) == n_fixed + 3 * n_tags)
        counts = header[3 : 3 + columns.N_COUNTS].copy()
        clock = header[3 + columns.N_COUNTS : n_fixed].copy().view(np.float64)
        _check_state(counts.tolist(), clock.tolist(), read_to)
        state = new_state()._replace(counts=counts, clock=clock)
        n_bytes = header[n_fixed : n_fixed + 2 * n_tags].tolist()
        rows = header[n_fixed + 2 * n_tags :].copy()
        if n_tags:
            _expect(min(n_bytes[:n_tags]) >= 0 and min(n_bytes) >= -1)
            _expect(rows.min() >= -1 and rows.max() < counts[columns.N_BEFORE])
            has_none = [size == -1 for size in n_bytes[n_tags:]]
            _expect(has_none == (rows == -1).tolist())
        return cls(read_to, n_tags, state, n_bytes, rows)


def _check_state(counts: list[int], clock: list[float], read_to: int) -> None:
    _expect(min(counts) >= 0 and counts[columns.LOST] <= 1)
    _expect(not any(counts[place] for place in columns.PASSING))
    for n_place, first in _SENTENCES:
        _expect(counts[n_place] <= read_to and counts[first] <= read_to)
    is_finite = [abs(time) < np.inf for time in clock]  # false for NaN as well
    _expect(all(is_finite) or all(time != time for time in clock))


def _check_rows(rows: Rows, blobs: Blobs, header: _Header) -> None:
    n = len(rows.tags)
    _expect(n == header.state.counts[columns.N_BEFORE])
    _expect(all(len(column) == n for column in rows))
    _expect(len(blobs.offsets) == n - np.count_nonzero(rows.kinds == columns.NUMBER))
    if n:
        _expect(rows.tags.max() < header.n_tags and _IS_KIND[rows.kinds].all())
        _expect(((rows.tags >= 0) == _HAS_TAG[rows.kinds]).all() and rows.tags.min() >= -1)
        _expect(np.isfinite(rows.wall_times).all())
    if len(blobs.offsets):
        _expect(blobs.offsets.min() >= 0 and blobs.lengths.min() >= 0)
        _expect((blobs.lengths <= header.read_to - blobs.offsets).all())


def _parts(data: bytes, sizes: list[int]) -> list[bytes | None]:
    """The bytes cut into parts of these sizes; None for -1."""
    _expect(sum(size for size in sizes if size > 0) == len(data))
    parts: list[bytes | None] = []
    start = 0
    for size in sizes:
        parts.append(None if size < 0 else data[start : start + size])
        start += max(0, size)
    return parts


def found_problems(path: Path, state: State) -> tuple[Problem, ...]:
    """What the scan found wrong: a sentence for each kind of fault, or for each bad record."""
    found: list[Problem] = []
    if not state.counts[columns.N_CHECKSUM : columns.FIRST_LOST].any():
        return ()
    for (n_place, first), (one, many) in _SENTENCES.items():
        n = int(state.counts[n_place])
        listed = state.faults[1, state.faults[0] == n_place].tolist()
        found += [Problem(path, one, offset) for offset in listed]
        n_more = n - len(listed)
        if n_more:
            what = one if n == 1 else many.format(n=n_more)
            found.append(Problem(path, what, None if listed else int(state.counts[first])))
    return tuple(found)


_SENTENCES = {
    (columns.N_CHECKSUM, columns.FIRST_CHECKSUM): (
        "A record has a wrong checksum; its values are shown all the same.",
        "{n} records have a wrong checksum; their values are shown all the same.",
    ),
    (columns.N_SKIPPED, columns.FIRST_SKIPPED): (
        "A record is damaged and was left out.",
        "{n} records are damaged and were left out.",
    ),
    (columns.N_LOST, columns.FIRST_LOST): (
        "The bytes here are no record; reading went on at the next sound one.",
        "In {n} places the bytes are no record; reading went on at the next sound one.",
    ),
}
