"""A record with large payloads, of which only the rest is read: keys, tags, metadata."""

from __future__ import annotations

import io

import numpy as np
from numpy import empty

from projector.arrays import ByteArray
from projector.logs.columns import AT_END, ENDS, LEVEL, N_WALK, PADDING, WANTED_START, WANTED_STOP

_HEAD_BYTES = 1 << 9
_MOST_BYTES = 1 << 18


class LongRecord:
    """Reads the parts of one record that the scan looks at: `read_on` until `is_read`.

    buffer: as long as the record, but what was not read is not there, nor does it use memory.
    start: the offset in the file. end: where in the buffer the payload stops.
    """

    def __init__(self, start: int, length: int, head: ByteArray) -> None:
        """length: bytes of the payload. head: the first bytes, 12 or more; more than needed is
        fine."""
        self.start = start
        self.end = 12 + length
        self.is_read = False
        self.buffer = empty(self.end + 4 + PADDING, np.uint8)
        self._n = min(len(head), self.end)
        self.buffer[: self._n] = head[: self._n]
        self._walk = np.zeros(N_WALK, np.int64)
        self._walk[[WANTED_START, ENDS]] = 12, self.end
        self._n_next = _HEAD_BYTES

    def read_on(self, file: io.FileIO) -> int:
        """Read the next part that is looked at; how many bytes came. 0 when all is there, or when
        the file has shrunk meanwhile: then is_read is still False."""
        from projector.logs.kernels import walk_on

        walk_on(self.buffer, self._n, self._walk)
        if self._walk[LEVEL] == AT_END:
            self.is_read = True
            return 0
        start = max(self._n, int(self._walk[WANTED_START]))
        # few bytes after each payload that was skipped, more and more where none are
        self._n_next = _HEAD_BYTES if start > self._n else min(2 * self._n_next, _MOST_BYTES)
        stop = max(int(self._walk[WANTED_STOP]), start + self._n_next)
        stop = min(stop, start + _MOST_BYTES, self.end)
        file.seek(self.start + start)
        n_read = file.readinto(self.buffer[start:stop].data) or 0
        self._n = start + n_read
        return n_read
