"""Bytes at a place in a file, read piece by piece, with their checksum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import google_crc32c

from projector.errors import NotFound, Unreadable

PIECE = 1 << 20
"""How many bytes are read between two yields."""


@dataclass(frozen=True, slots=True)
class Stored:
    """size bytes from `offset` on. crc: masked CRC-32C over them."""

    path: Path
    offset: int
    size: int
    crc: int


class Checksum:
    """The masked CRC-32C of bytes that come in pieces."""

    def __init__(self) -> None:
        self._crc = 0

    def add(self, data: bytes) -> None:
        self._crc = int(google_crc32c.extend(self._crc, data))

    @property
    def masked(self) -> int:
        crc = self._crc
        return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def file_size(path: Path) -> int:
    """In bytes. Raises NotFound, and Unreadable for what is no plain file."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device has no end
            raise Unreadable(f"{path} can't be read: it is no plain file.")
        return path.stat().st_size
    except FileNotFoundError as error:
        raise NotFound(f"{path} is gone; reload the folder.") from error
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} can't be read: {_reason(error)}.") from error


def read_pieces(path: Path, offset: int, size: int, piece: int = PIECE) -> Iterator[bytes]:
    """The bytes in order, each piece that long but for the last. Raises NotFound, Unreadable."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            while size:
                data = file.read(min(piece, size))
                if len(data) < min(piece, size):
                    raise Unreadable(f"{path} became shorter while it was read; reload it.")
                size -= len(data)
                yield data
    except FileNotFoundError as error:
        raise NotFound(f"{path} is gone; reload the folder.") from error
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {_reason(error)}.") from error


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
