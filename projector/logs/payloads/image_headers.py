"""Format and size of an encoded picture, told by its first bytes; nothing is decoded.

PNG (W3C), JPEG (T.81 annex B), GIF89a, Windows bitmaps, WebP (RIFF container).
"""

from __future__ import annotations

import struct
from typing import NamedTuple

_MOST_FRAMES = 1 << 16
_MOST_SEGMENTS = 1 << 12
# start-of-frame markers: C0 to CF without DHT (C4), JPG (C8) and DAC (CC)
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKERS_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


class ImageHeader(NamedTuple):
    """format: "PNG", "JPEG", "GIF", "BMP", "WebP", or "" where it is none of these.

    width, height: pixels, as the file says; 0 where it does not. n_frames: more than 1 only in
    animated GIFs.
    """

    format: str = ""
    width: int = 0
    height: int = 0
    n_frames: int = 1


def parse_image_header(encoded: bytes) -> ImageHeader:
    """What the first bytes of a picture say; never fails."""
    if encoded.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageHeader("PNG", *_size(">II", encoded, 16))
    if encoded.startswith(b"\xff\xd8\xff"):
        return ImageHeader("JPEG", *_jpeg_size(encoded))
    if encoded.startswith((b"GIF87a", b"GIF89a")):
        return ImageHeader("GIF", *_size("<HH", encoded, 6), _count_gif_frames(encoded))
    if encoded.startswith(b"BM"):
        return ImageHeader("BMP", *_bmp_size(encoded))
    if encoded[:4] == b"RIFF" and encoded[8:12] == b"WEBP":
        return ImageHeader("WebP", *_webp_size(encoded))
    return ImageHeader()


def _size(form: str, data: bytes, start: int) -> tuple[int, int]:
    if len(data) < start + struct.calcsize(form):
        return 0, 0
    first, second = struct.unpack_from(form, data, start)
    return int(first), int(second)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """From the first start-of-frame segment."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        if at + 4 > len(data) or data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1  # fill byte
        elif marker in _MARKERS_ALONE:
            at += 2
        elif marker in _FRAME_MARKERS:
            height, width = _size(">HH", data, at + 5)
            return width, height
        else:
            length = int.from_bytes(data[at + 2 : at + 4], "big")
            at += 2 + max(2, length)
    return 0, 0


def _bmp_size(data: bytes) -> tuple[int, int]:
    if len(data) < 18:
        return 0, 0
    if int.from_bytes(data[14:18], "little") == 12:
        return _size("<HH", data, 18)
    width, height = _size("<ii", data, 18)
    return max(0, width), abs(height)  # a negative height: rows from top to bottom


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        width, height = (int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(data) >= 30:
        width, height = _size("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _count_gif_frames(data: bytes) -> int:
    """At least 1; walks the blocks without looking into them."""
    if len(data) < 13:
        return 1
    at = 13 + _color_table(data[10])
    n = 0
    while at < len(data) and n < _MOST_FRAMES:
        if data[at] == 0x2C and at + 9 < len(data):
            n += 1
            at = _after_blocks(data, at + 11 + _color_table(data[at + 9]))
        elif data[at] == 0x21:
            at = _after_blocks(data, at + 2)
        else:
            break
    return max(1, n)


def _color_table(flags: int) -> int:
    """Bytes of the color table that the flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """Behind the chain of sub-blocks that starts here."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1
