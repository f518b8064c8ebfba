"""One event file, read block by block into columns.

The file is never mapped into memory: one that shrinks meanwhile would end the process.
"""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from projector.arrays import IntArray
from projector.errors import Problem
from projector.logs import columns
from projector.logs.columns import Blobs, Rows, Tags
from projector.logs.file_columns import FileColumns as FileColumns
from projector.logs.file_columns import found_problems

BLOCK = 1 << 21
"""Bytes taken in at once; more only where a single record is longer."""

_MOST_ROWS = 1 << 16
_MOST_LISTED = 1000


class FileScan:
    """Reads one file: `advance` until `is_done`, then `finish`.

    after: what an earlier scan of the same file found; only what is new behind it is read, and
    `finish` gives the columns of the whole file. verify: list each bad record by itself. Never
    raises: a file that can't be read has a problem and the rows before it.
    """

    def __init__(
        self, path: Path, after: FileColumns | None = None, *, verify: bool = False
    ) -> None:
        self.path = path
        self.is_done = False
        self._after = after
        self._problem: str | None = None
        self._file: io.FileIO | None = None
        self._size = 0
        self._base = 0  # where in the file the buffer begins
        self._filled = 0
        self._chunks: list[tuple[Rows, Blobs]] = []
        self._state = columns.new_state(_MOST_LISTED if verify else 0)
        try:
            self._file = path.open("rb", buffering=0)
            self._size = os.fstat(self._file.fileno()).st_size
            self._file.seek(after.read_to if after else 0)
        except OSError as error:
            self._fail(error)
        self._has_slots = True
        if after is None:
            self._tags = columns.empty_tags(64, 4096)
        else:
            self._go_on(after)
        self._make_room()

    def _go_on(self, after: FileColumns) -> None:
        """Take up the scan where the earlier one ended."""
        self._base = after.read_to
        if self._size <= after.read_to:
            self._close()
            return
        self._chunks.append((after.rows, after.blobs))
        n_faults = min(after.state.faults.shape[1], self._state.faults.shape[1])
        self._state.counts[:] = after.state.counts
        self._state.clock[:] = after.state.clock
        self._state.faults[:, :n_faults] = after.state.faults[:, :n_faults]
        self._tags = columns.known_tags(after.tags, after.metadata, after.metadata_rows)
        n_texts = sum(map(len, after.tags)) + sum(len(text) for text in after.metadata if text)
        self._state.counts[columns.N_TAGS] = len(after.tags)
        self._state.counts[columns.N_TEXT] = n_texts
        described = np.flatnonzero(after.metadata_rows >= 0)
        self._tags.described[: len(described)] = described
        self._state.counts[columns.N_METADATA] = len(described)
        self._has_slots = False

    def _make_room(self) -> None:
        n_bytes = max(0, self._size - self._base)
        n = min(_MOST_ROWS, n_bytes // 16 + 16)
        self._buffer: NDArray[np.uint8] = np.empty(min(BLOCK, n_bytes) + 16, np.uint8)
        self._rows = columns.empty_rows(n)
        self._blobs = columns.empty_blobs(n)

    @property
    def next_bytes(self) -> int:
        """How much the next `advance` will take in, roughly."""
        return min(BLOCK, self._size - self._base - self._filled)

    def advance(self) -> None:
        """Take in one more block."""
        if self._file is None:
            return
        try:
            n_read = self._read_block(self._file)
            self._scan()
        except (OSError, MemoryError) as error:
            self._fail(error)
            return
        is_at_end = n_read == 0 or self._base + self._filled >= self._size
        if is_at_end:
            self._close()

    def finish(self) -> FileColumns:
        """What was read. The scan can't be used afterwards."""
        self._close()
        if self._after is not None and not self._chunks:
            return self._unchanged(self._after)
        counts = self._state.counts
        n_tags = int(counts[columns.N_TAGS])
        read_to = self._base + int(counts[columns.POSITION])
        counts[list(columns.PASSING)] = 0
        rows, blobs = _joined(self._chunks)
        start_time = float(self._state.clock[1])
        return FileColumns(
            path=self.path,
            rows=rows,
            blobs=blobs,
            tags=tuple(_texts(self._tags, self._tags.starts, self._tags.sizes, n_tags)),
            metadata=tuple(self._metadata(n_tags)),
            metadata_rows=self._tags.metadata_rows[:n_tags].copy(),
            start_time=None if np.isnan(start_time) else start_time,
            read_to=read_to,
            problems=(*found_problems(self.path, self._state), *self._failures()),
            state=self._state,
            has_failed=self._problem is not None,
        )

    def _unchanged(self, after: FileColumns) -> FileColumns:
        if self._problem is None and not after.has_failed:
            return after
        problems = (*found_problems(self.path, after.state), *self._failures())
        return replace(after, problems=problems, has_failed=self._problem is not None)

    def _failures(self) -> list[Problem]:
        return [Problem(self.path, self._problem)] if self._problem else []

    def _read_block(self, file: io.FileIO) -> int:
        """Fill the buffer behind what is left of the last block; how many bytes came."""
        counts = self._state.counts
        start = int(counts[columns.POSITION])
        left = self._filled - start
        if start:
            self._buffer[:left] = self._buffer[start : self._filled]
        self._base, self._filled = self._base + start, left
        counts[columns.POSITION] = 0
        room = min(self._size - self._base, max(BLOCK, int(counts[columns.NEEDED])))
        if room > len(self._buffer):
            grown = np.empty(room, np.uint8)
            grown[:left] = self._buffer[:left]
            self._buffer = grown
        # a block at a time even inside a long record, so that no single step takes long
        stop = min(len(self._buffer), left + BLOCK, self._size - self._base)
        n_read = file.readinto(self._buffer[left:stop].data) or 0
        self._filled += n_read
        return int(n_read)

    def _scan(self) -> None:
        from projector.logs.kernels import fill_slots, scan

        counts = self._state.counts
        if not self._has_slots:
            fill_slots(self._tags, int(counts[columns.N_TAGS]))
            self._has_slots = True
        asked = None
        while asked != columns.ASKS_BYTES:
            asked = scan(
                self._buffer,
                self._filled,
                self._base,
                self._rows,
                self._blobs,
                self._tags,
                self._state,
            )
            if asked == columns.ASKS_ROWS:
                self._take_out(is_full=True)
            elif asked == columns.ASKS_TAGS:
                self._tags = columns.more_tags(self._tags, int(counts[columns.N_TAGS]))
            elif asked == columns.ASKS_TEXTS:
                n_bytes = max(2 * len(self._tags.texts), int(counts[columns.NEEDED]))
                self._tags = columns.more_texts(self._tags, int(counts[columns.N_TEXT]), n_bytes)
        self._take_out(is_full=False)

    def _take_out(self, *, is_full: bool) -> None:
        """Keep the rows so far and make room, more where a single record needs it."""
        counts = self._state.counts
        n_rows, n_blobs = int(counts[columns.N_ROWS]), int(counts[columns.N_BLOBS])
        if n_rows:
            rows = Rows._make(column[:n_rows].copy() for column in self._rows)
            blobs = Blobs._make(column[:n_blobs].copy() for column in self._blobs)
            self._chunks.append((rows, blobs))
        elif is_full:
            n = 2 * len(self._rows.tags)
            self._rows, self._blobs = columns.empty_rows(n), columns.empty_blobs(n)
        counts[columns.N_BEFORE] += n_rows
        counts[columns.N_ROWS] = counts[columns.N_BLOBS] = 0

    def _metadata(self, n_tags: int) -> list[bytes | None]:
        found = self._tags.metadata_rows[:n_tags] >= 0
        sizes = np.where(found, self._tags.metadata_sizes[:n_tags], 0)
        starts = np.where(found, self._tags.metadata_starts[:n_tags], 0)
        texts = _texts(self._tags, starts, sizes, n_tags)
        return [text if has else None for text, has in zip(texts, found.tolist(), strict=True)]

    def _fail(self, error: OSError | MemoryError) -> None:
        reason = "there is not enough memory"
        if isinstance(error, OSError):
            reason = error.strerror or type(error).__name__
        self._problem = f"{self.path.name} can't be read: {reason}."
        self._close()

    def _close(self) -> None:
        self.is_done = True
        if self._file is not None:
            self._file.close()
            self._file = None


def _texts(tags: Tags, starts: IntArray, sizes: IntArray, n: int) -> list[bytes]:
    pairs = zip(starts[:n].tolist(), sizes[:n].tolist(), strict=True)
    return [tags.texts[start : start + size].tobytes() for start, size in pairs]


def _joined(chunks: list[tuple[Rows, Blobs]]) -> tuple[Rows, Blobs]:
    if len(chunks) == 1:
        return chunks[0]
    if not chunks:
        return columns.empty_rows(0), columns.empty_blobs(0)
    rows = Rows._make(np.concatenate(parts) for parts in zip(*(c[0] for c in chunks), strict=True))
    blobs = Blobs._make(
        np.concatenate(parts) for parts in zip(*(c[1] for c in chunks), strict=True)
    )
    return rows, blobs
