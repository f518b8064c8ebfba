"""A part of a file as a file of its own."""

from __future__ import annotations

import io
import os
from typing import Any, BinaryIO

from typing_extensions import override


class FilePart(io.RawIOBase):
    """n_bytes of an open file from offset on, to be read and sought in; never written."""

    def __init__(self, file: BinaryIO, offset: int, n_bytes: int) -> None:
        super().__init__()
        self._file, self._offset, self._n_bytes = file, offset, n_bytes
        self._at = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._at

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._n_bytes}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        n = max(0, min(len(view), self._n_bytes - self._at))
        self._file.seek(self._offset + self._at)
        data = self._file.read(n)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
