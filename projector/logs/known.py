"""What is known of a file from when it was read, and whether that still holds."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from projector.logs.scan import FileColumns
from projector.logs.watch import YOUNG_NS

_MARK_BYTES = 4096


class Stamp(NamedTuple):
    """As long as these are the same, so is the file. size: bytes. mtime_ns: its time."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> Stamp:
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


class Change(Enum):
    """How a file differs from what was read: not at all, at its end at most, or altogether."""

    NONE = "none"
    AT_END = "at the end"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, eq=False)
class KnownFile:
    """The columns of a file and what it looked like when they were read.

    stamp: from before it was read; None where it is to be read again. is_young: the stamp was so
    fresh that the file may have changed without changing it. mark: a checksum of the first and of
    the last bytes that were read, None where it could not be taken.
    """

    columns: FileColumns
    stamp: Stamp | None
    is_young: bool
    mark: int | None

    def change(self, path: str, now: Stamp) -> Change:
        """What has become of the file. Opens it only where the stamps leave a doubt."""
        if self.stamp is None or self.mark is None:
            return Change.WHOLE
        if now == self.stamp and not self.is_young:
            return Change.NONE
        if now.size < self.columns.read_to:
            return Change.WHOLE
        has_tail = now.size > self.columns.read_to
        may_have_grown = now == self.stamp or now.size > self.stamp.size or has_tail
        if not may_have_grown or read_mark(path, self.columns.read_to) != self.mark:
            return Change.WHOLE
        return Change.AT_END if has_tail else Change.NONE


def is_young(stamp: Stamp, now_ns: int) -> bool:
    """Whether a file may change after `now_ns` (unix nanoseconds) and keep the stamp."""
    return stamp.mtime_ns > now_ns - YOUNG_NS


def read_mark(path: str, read_to: int, inode: int | None = None) -> int | None:
    """A checksum of the first and last bytes up to `read_to`: a file that was replaced has others.

    None where they can't be read, or where the file is no longer that of the inode given.
    """
    n = min(_MARK_BYTES, read_to)
    try:
        with open(path, "rb", buffering=0) as file:
            if inode is not None and os.fstat(file.fileno()).st_ino != inode:
                return None
            head = file.read(n)
            file.seek(read_to - n)
            tail = file.read(n)
    except OSError:
        return None
    if len(head) < n or len(tail) < n:
        return None
    return zlib.crc32(tail, zlib.crc32(head))


def are_same(old: FileColumns, new: FileColumns) -> bool:
    """Whether both hold the same values."""
    if old is new:
        return True
    if old.read_to != new.read_to or old.problems != new.problems:
        return False
    theirs = new.arrays()
    return all(
        array.dtype == theirs[name].dtype and array.tobytes() == theirs[name].tobytes()
        for name, array in old.arrays().items()
    )
