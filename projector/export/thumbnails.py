"""Small pictures of views: PNG that came out of a file, and so is checked before it is used."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

LARGEST_BYTES = 256 << 10
LARGEST_SIDE_PX = 512

_HEAD = struct.Struct(">8s4s4sII")
_CHUNK = struct.Struct(">I4s")
_AROUND_CHUNK = 12
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def is_sound(png: bytes) -> bool:
    """Whether these bytes are a whole PNG of a size that a small picture may have."""
    if len(png) < _HEAD.size or len(png) > LARGEST_BYTES:
        return False
    signature, _, kind, width, height = _HEAD.unpack_from(png)
    if signature != _SIGNATURE or kind != b"IHDR":
        return False
    if not (0 < width <= LARGEST_SIDE_PX and 0 < height <= LARGEST_SIDE_PX):
        return False
    if list(_kinds(png)).count(b"IHDR") != 1:  # readers would believe the last one's size
        return False
    from PIL import Image

    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError, zlib.error, struct.error):
        return False
    return True


def _kinds(png: bytes) -> Iterator[bytes]:
    """Of the parts, as far as they go."""
    place = len(_SIGNATURE)
    while place + _CHUNK.size <= len(png):
        length, kind = _CHUNK.unpack_from(png, place)
        yield kind
        place += length + _AROUND_CHUNK
