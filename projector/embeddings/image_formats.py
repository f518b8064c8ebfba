"""The image formats that are read, told by their first bytes, with the limits of their headers.

Only Pillow's classes for these formats are used, never `Image.open`: it knows many more, and its
limits are global.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from projector.errors import TooLarge, Unreadable

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MAX_PIXELS = 128 << 20
MAX_FILE_BYTES = 1 << 30
SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff")

_MAX_WEBP_PIXELS = 32 << 20  # its decoder can be neither watched nor stopped
_TILE_WIDTH, _TILE_HEIGHT = 322, 323  # tags of TIFF

# all that Pillow's readers let out of damaged files
DAMAGE = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError,
    AttributeError, RuntimeError, AssertionError, struct.error, Warning,
)  # fmt: skip

_MARKS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"RIFF", "WebP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)


def image_kind(start: bytes) -> str | None:
    """The format that the first 12 bytes of a file are of, or None for no image we decode."""
    if start.startswith(b"RIFF") and start[8:12] != b"WEBP":
        return None
    return next((kind for mark, kind in _MARKS if start.startswith(mark)), None)


def _reader(kind: str) -> Callable[[Any], ImageFile]:
    from PIL import (
        BmpImagePlugin,
        GifImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    return {
        "PNG": PngImagePlugin.PngImageFile,
        "JPEG": JpegImagePlugin.JpegImageFile,
        "GIF": GifImagePlugin.GifImageFile,
        "BMP": BmpImagePlugin.BmpImageFile,
        "WebP": WebPImagePlugin.WebPImageFile,
        "TIFF": TiffImagePlugin.TiffImageFile,
    }[kind]


def open_image(path: Path, file: Any) -> ImageFile:
    """The picture with its header read. Raises Unreadable, TooLarge."""
    n_bytes = path.stat().st_size
    if n_bytes > MAX_FILE_BYTES:
        raise TooLarge(
            f"{path} is {n_bytes >> 20:,} MB; the limit is {MAX_FILE_BYTES >> 20:,} MB a picture."
        )
    start = file.read(12)
    file.seek(0)
    kind = image_kind(start)
    if kind is None:
        raise Unreadable(f"{path} is no picture: PNG, JPEG, GIF, BMP, WebP and TIFF are read.")
    if kind == "WebP" and _too_many_in_webp(file.read(30)):
        raise TooLarge(
            f"{path} is a WebP of more than {_MAX_WEBP_PIXELS:,} pixels; save it as PNG."
        )
    file.seek(0)
    try:
        image = _reader(kind)(file)
    except DAMAGE as error:
        raise Unreadable(f"{path} is a damaged or unknown kind of {kind}.") from error
    width, height = image.size
    if width < 1 or height < 1:
        raise Unreadable(f"{path} says that it is {width} × {height} pixels.")
    if max(width * height, _unit_pixels(image)) > MAX_PIXELS:
        raise TooLarge(
            f"{path} is {width} × {height} pixels; the limit is {MAX_PIXELS:,} pixels a picture."
        )
    return image


def _too_many_in_webp(start: bytes) -> bool:
    """Pillow unpacks a WebP as it opens it, so its header is looked at here (RFC 9649)."""
    start = start.ljust(30, b"\0")
    if start[12:16] == b"VP8X":
        width = 1 + int.from_bytes(start[24:27], "little")
        height = 1 + int.from_bytes(start[27:30], "little")
    elif start[12:16] == b"VP8L":
        bits = int.from_bytes(start[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (x & 0x3FFF for x in struct.unpack_from("<HH", start, 26))
    return width * height > _MAX_WEBP_PIXELS


def _unit_pixels(image: Any) -> int:
    """What a TIFF unpacks at a time, which its tags may make larger than the picture."""
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return 0
    try:
        return int(tags.get(_TILE_WIDTH, 0)) * int(tags.get(_TILE_HEIGHT, 0))
    except DAMAGE:
        return MAX_PIXELS + 1
