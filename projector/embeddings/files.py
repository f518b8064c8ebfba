"""Opens a file of vectors and maps a part of it, with a sentence for all that can go wrong."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from projector.arrays import ByteArray, frozen
from projector.errors import NotFound, Unreadable


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, open to be read; trouble of the system inside the block gets a sentence, too.

    Raises NotFound, Unreadable.
    """
    if "\0" in str(path):
        raise NotFound(f"{path} can't be there: no file has such a name.")
    try:
        if path.exists() and not path.is_file():  # a pipe or a device has no end
            raise Unreadable(f"{path} can't be read: it is no plain file.")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise NotFound(f"{path} is gone; reload the folder.") from error
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror or error}.") from error


def map_bytes(path: Path, offset: int, n_bytes: int) -> ByteArray:
    """A part of a file, uint8 (n_bytes,), read-only, loaded only where it is looked at.

    Raises NotFound, Unreadable (also where the file ends before the part does).
    """
    with opened(path) as file:
        held = max(0, path.stat().st_size - offset)
        if n_bytes > held or offset < 0 or n_bytes < 0:
            raise Unreadable(
                f"{path} is cut short: {n_bytes:,} bytes were promised, {held:,} are there."
            )
        if n_bytes == 0:
            return frozen(np.empty(0, np.uint8))
        start = offset - offset % mmap.ALLOCATIONGRANULARITY
        length = offset - start + n_bytes
        mapped = mmap.mmap(file.fileno(), length, access=mmap.ACCESS_READ, offset=start)
        return frozen(np.frombuffer(mapped, np.uint8, n_bytes, offset - start))
