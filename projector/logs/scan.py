"""One event file, read piece by piece into columns.

The file is never mapped into memory: one that shrinks meanwhile would end the process.
"""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from projector.arrays import ByteArray
from projector.errors import Problem
from projector.logs import columns
from projector.logs.columns import Blobs, Rows
from projector.logs.file_columns import FileColumns as FileColumns
from projector.logs.file_columns import found_problems
from projector.logs.long_record import LongRecord

BLOCK = 1 << 21
"""Bytes taken in by one `advance`, roughly; a few milliseconds of work."""

LONG = 1 << 14
"""Payloads of records beyond this stay in the file, and their checksums are not looked at."""

PIECE = 1 << 18
"""Bytes read at once: few enough to stay in the processor's cache."""

_SMALL_PIECE = 1 << 12
_COST_OF_READING = 1 << 14  # a read of few bytes takes as long as taking in about this many
_MOST_ROWS = 1 << 18
_MOST_LISTED = 1000
_NEVER = 1 << 62


class FileScan:
    """Reads one file: `advance` until `is_done`, then `finish`.

    after: what an earlier scan of the same file found; only what is new behind it is read, and
    `finish` gives the columns of the whole file. verify: read all payloads, check their checksums
    and list each bad record by itself. Never raises: a file that can't be read has a problem and
    the rows before it.
    """

    def __init__(
        self, path: Path, after: FileColumns | None = None, *, verify: bool = False
    ) -> None:
        self.path = path
        self.is_done = False
        self._after = after
        self._longest = _NEVER if verify else LONG
        self._problem: str | None = None
        self._file: io.FileIO | None = None
        self._size = 0
        self._base = after.read_to if after else 0  # where in the file the buffer begins
        self._filled = 0
        self._piece = PIECE
        self._record: LongRecord | None = None
        self._chunks: list[tuple[Rows, Blobs]] = []
        self._state = columns.new_state(_MOST_LISTED if verify else 0)
        try:
            self._file = path.open("rb", buffering=0)
            self._size = os.fstat(self._file.fileno()).st_size
            self._file.seek(self._base)
        except OSError as error:
            self._fail(error)
        if self._size <= self._base:
            self._close()
        if self._file or after is None:
            self._make_room(after)

    def _make_room(self, after: FileColumns | None) -> None:
        n_bytes = max(0, self._size - self._base)
        self._n_rows = min(_MOST_ROWS, n_bytes // 40 + 16)
        self._rows = columns.empty_rows(self._n_rows)
        self._blobs = columns.empty_blobs(self._n_rows)
        self._buffer: ByteArray = np.empty(min(PIECE, n_bytes) + columns.PADDING, np.uint8)
        self._tags = columns.empty_tags(64, 4096)
        self._has_slots = False
        if after:
            self._go_on(after)
        self._state.counts[columns.NEEDED] = 12

    def _go_on(self, after: FileColumns) -> None:
        """Take up the scan where the earlier one ended."""
        self._chunks.append((after.rows, after.blobs))
        n_faults = min(after.state.faults.shape[1], self._state.faults.shape[1])
        counts = self._state.counts
        counts[:] = after.state.counts
        self._state.clock[:] = after.state.clock
        self._state.faults[:, :n_faults] = after.state.faults[:, :n_faults]
        self._tags = columns.known_tags(after.tags, after.metadata, after.metadata_rows)
        counts[columns.N_TAGS] = len(after.tags)
        counts[columns.N_TEXT] = sum(len(text) for text in (*after.tags, *after.metadata) if text)
        counts[columns.N_METADATA] = sum(text is not None for text in after.metadata)

    @property
    def next_bytes(self) -> int:
        """How much the next `advance` will take in, roughly."""
        return max(0, min(BLOCK, self._size - self._base - self._filled))

    def advance(self) -> None:
        """Take in some more: a few milliseconds of work."""
        cost = 0
        try:
            while self._file is not None and cost < BLOCK:
                part = self._read_part if self._record else self._read_piece
                cost += _COST_OF_READING + part(self._file)
        except (OSError, MemoryError) as error:
            self._fail(error)

    def finish(self) -> FileColumns:
        """What was read. The scan can't be used afterwards."""
        self._close()
        if self._after is not None and not self._chunks:
            return self._unchanged(self._after)
        counts = self._state.counts
        n_tags, read_to = int(counts[columns.N_TAGS]), self._base + int(counts[columns.POSITION])
        self._keep_rows()
        counts[list(columns.PASSING)] = 0
        rows, blobs = columns.joined(self._chunks)
        tags, metadata = columns.texts_of(self._tags, n_tags)
        start_time = float(self._state.clock[1])
        return FileColumns(
            path=self.path,
            rows=rows,
            blobs=blobs,
            tags=tags,
            metadata=metadata,
            metadata_rows=self._tags.table[:n_tags, columns.T_METADATA_ROW].copy(),
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

    def _read_piece(self, file: io.FileIO) -> int:
        """Take in what comes next; how many bytes were read."""
        counts = self._state.counts
        is_short = self._drop_used(file) < counts[columns.NEEDED]
        n_read = self._fill(file) if is_short else 0
        asked = self._scan()
        start = self._base + int(counts[columns.POSITION])
        n_needed = int(counts[columns.NEEDED])
        if start + n_needed > self._size or (is_short and n_read == 0):
            self._close()  # a partial tail, or a file that has shrunk
        elif asked == columns.ASKS_RECORD:
            head = self._buffer[counts[columns.POSITION] : self._filled]
            self._record = LongRecord(start, n_needed - 16, head)
        return n_read

    def _read_part(self, file: io.FileIO) -> int:
        """Read on in a long record, and take it in once all is there that is looked at."""
        assert self._record is not None
        n_read = self._record.read_on(file)
        if self._record.is_read:
            self._take_record(self._record)
            self._go_behind(self._record)
            self._record = None
        elif n_read == 0:
            self._close()
        return n_read

    def _go_behind(self, record: LongRecord) -> None:
        counts = self._state.counts
        counts[columns.LOST] = 0
        counts[columns.NEEDED] = 12
        counts[columns.POSITION] = record.start + record.end + 4 - self._base

    def _drop_used(self, file: io.FileIO) -> int:
        """Move to the front what is not yet taken in; how many bytes that is."""
        counts = self._state.counts
        start = int(counts[columns.POSITION])
        left = max(0, self._filled - start)
        if left and start:
            self._buffer[:left] = self._buffer[start : self._filled]
        if start > self._filled:  # behind a long record; the next may be long as well
            file.seek(self._base + start)
            self._piece = _SMALL_PIECE
        self._base, self._filled = self._base + start, left
        counts[columns.POSITION] = 0
        return left

    def _fill(self, file: io.FileIO) -> int:
        """Read a piece behind what is left of the last one."""
        n_ahead = self._size - self._base
        room = min(n_ahead, max(int(self._state.counts[columns.NEEDED]), self._piece))
        if room + columns.PADDING > len(self._buffer):
            grown = np.empty(room + columns.PADDING, np.uint8)
            grown[: self._filled] = self._buffer[: self._filled]
            self._buffer = grown
        # a piece at a time even inside a long record, so that no single step takes long
        stop = min(len(self._buffer) - columns.PADDING, self._filled + self._piece, n_ahead)
        n_read = file.readinto(self._buffer[self._filled : stop].data) or 0
        self._filled += n_read
        self._piece = min(4 * self._piece, PIECE)
        return n_read

    def _scan(self) -> int:
        """Take in the whole records of the buffer; what the scan asks for then."""
        from projector.logs.kernels import scan

        if not self._has_slots:
            self._fill_slots()
        while True:
            asked = scan(
                self._buffer,
                self._filled,
                self._base,
                self._size,
                self._longest,
                self._rows,
                self._blobs,
                self._tags,
                self._state,
            )
            if asked in (columns.ASKS_BYTES, columns.ASKS_RECORD):
                return int(asked)
            self._give(asked)

    def _take_record(self, record: LongRecord) -> None:
        from projector.logs.kernels import take_record

        while True:
            asked = take_record(
                record.buffer,
                0,
                record.end,
                record.start,
                self._rows,
                self._blobs,
                self._tags,
                self._state,
            )
            if asked <= columns.DONE:
                return
            self._give(asked)

    def _give(self, asked: int) -> None:
        """Make the room that the scan asks for."""
        counts = self._state.counts
        if asked == columns.ASKS_ROWS:
            # more than before only where a single record needs it
            self._n_rows *= 1 if counts[columns.N_ROWS] else 2
            self._keep_rows()
            self._rows = columns.empty_rows(self._n_rows)
            self._blobs = columns.empty_blobs(self._n_rows)
        elif asked == columns.ASKS_TAGS:
            self._tags = columns.more_tags(self._tags, int(counts[columns.N_TAGS]))
            self._fill_slots()
        elif asked == columns.ASKS_TEXTS:
            n_bytes = max(2 * len(self._tags.texts), int(counts[columns.NEEDED]))
            self._tags = columns.more_texts(self._tags, int(counts[columns.N_TEXT]), n_bytes)

    def _fill_slots(self) -> None:
        from projector.logs.tags.kernels import fill_slots

        fill_slots(self._tags, int(self._state.counts[columns.N_TAGS]))
        self._has_slots = True

    def _keep_rows(self) -> None:
        counts = self._state.counts
        n_rows, n_blobs = int(counts[columns.N_ROWS]), int(counts[columns.N_BLOBS])
        if n_rows:
            rows = Rows._make(columns.cut(column, n_rows) for column in self._rows)
            blobs = Blobs._make(columns.cut(column, n_blobs) for column in self._blobs)
            self._chunks.append((rows, blobs))
        counts[columns.N_BEFORE] += n_rows
        counts[columns.N_ROWS] = counts[columns.N_BLOBS] = 0

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
