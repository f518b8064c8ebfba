"""Small pictures of views: PNG that came out of a file, and so is checked before it is used."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

LARGEST_BYTES = 256 << 10
LARGEST_SIDE_PX = 512
LARGEST_PIXELS_BYTES = LARGEST_SIDE_PX * (8 * LARGEST_SIDE_PX + 8)
"""Of four 16-bit channels, with what stands before each row, also where they are interlaced."""
NEEDED = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
LOWER_CASE = 0x20
"""Whoever does not know a part whose name begins with a capital letter can't read the picture."""

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
    parts = list(_parts(png))
    pixels = b"".join(data for kind, data in parts if kind == b"IDAT")
    if not (_is_plain([kind for kind, _ in parts]) and _is_small(pixels)):
        return False
    from PIL import Image

    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError, zlib.error, struct.error):
        return False
    return True


def _is_plain(kinds: list[bytes]) -> bool:
    """Whether it ends as it must, has one head, as readers would believe the last one's size, does
    not move, and has nothing that they must but may not know."""
    unknown = [kind for kind in kinds if not kind[0] & LOWER_CASE and kind not in NEEDED]
    has_one_head = kinds.count(b"IHDR") == 1
    return has_one_head and kinds[-1] == b"IEND" and b"acTL" not in kinds and not unknown


def _is_small(packed: bytes) -> bool:
    """Whether pixels unpack to no more than a small picture has; some readers unpack them all."""
    unpacking = zlib.decompressobj()
    try:
        return len(unpacking.decompress(packed, LARGEST_PIXELS_BYTES + 1)) <= LARGEST_PIXELS_BYTES
    except zlib.error:
        return False


def _parts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, data) as far as they are whole."""
    place = len(_SIGNATURE)
    while place + _CHUNK.size <= len(png):
        length, kind = _CHUNK.unpack_from(png, place)
        yield kind, png[place + _CHUNK.size : place + _CHUNK.size + length]
        place += length + _AROUND_CHUNK
