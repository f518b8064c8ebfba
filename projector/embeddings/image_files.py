"""Decodes image files with Pillow: PNG, JPEG, GIF, BMP, WebP and TIFF, and no other.

The size a header states is checked before anything is unpacked. Only Pillow's classes for these
formats are used, never `Image.open`, whose limits and truncation rules are global.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from typing_extensions import override

from projector.arrays import ByteArray, frozen
from projector.embeddings.files import opened
from projector.embeddings.memory import check_fits
from projector.errors import TooLarge, Unreadable
from projector.parallel import beside
from projector.progress import Progress, Work

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MAX_PIXELS = 128 << 20
MAX_FILE_BYTES = 1 << 30
SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff")

_MAX_WEBP_PIXELS = 32 << 20  # its decoder can be neither watched nor stopped
_ONE_BLOCK = MAX_PIXELS * 4 + (1 << 20)
_TILE_WIDTH, _TILE_HEIGHT = 322, 323  # tags of TIFF

# all that Pillow's readers let out of damaged files
DAMAGE = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError,
    AttributeError, RuntimeError, AssertionError, struct.error, Warning,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """pixels: uint8 (height, width, 4) RGBA, or (height, width, 1) gray; read-only.

    n_rows: rows that were there; where the file is cut short the rest is clear. is_whole: False
    where the file was cut short or damaged.
    """

    pixels: ByteArray
    n_rows: int
    is_whole: bool = True


class _Stopped(Exception):
    """Nobody waits for the picture any more."""


class _Watched(io.BufferedIOBase):
    """A file whose reader can be stopped, and whose place tells how far it is."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.is_stopped = False
        self.at = 0

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        if self.is_stopped:
            raise _Stopped
        content: bytes = self.file.read(-1 if size is None else size)
        self.at = self.file.tell()
        return content

    @override
    def seek(self, offset: int, whence: int = 0, /) -> int:
        return int(self.file.seek(offset, whence))

    @override
    def tell(self) -> int:
        return int(self.file.tell())

    @override
    def seekable(self) -> bool:
        return True

    @override
    def readable(self) -> bool:
        return True


def image_kind(start: bytes) -> str | None:
    """The format that the first 12 bytes of a file are of, or None for no image we decode."""
    if start.startswith(b"RIFF") and start[8:12] != b"WEBP":
        return None
    return next((kind for mark, kind in _MARKS if start.startswith(mark)), None)


def image_size(path: Path) -> tuple[int, int]:
    """(width, height) of a picture by its header. Raises NotFound, Unreadable, TooLarge."""
    with opened(path) as file:
        image = _open(path, file)
        return int(image.size[0]), int(image.size[1])


def read_image(path: Path) -> Work[Decoded]:
    """All pixels of a file's first picture, in one copy: four bytes a pixel, or one for gray.

    128 million pixels take 512 MB. Raises NotFound, Unreadable, TooLarge.
    """
    note = f"Reading {path.name}"
    yield Progress(None, note)
    with opened(path) as file:
        watched = _Watched(file)
        image = _open(path, watched)
        n_bytes = max(1, path.stat().st_size)
        width, height = image.size
        check_fits(width * height * _bytes_per_pixel(image), f"{path} ({width} × {height} pixels)")
        try:
            loading = beside(
                lambda: _pixels(path, image),
                lambda: Progress(min(1.0, watched.at / n_bytes), note),
            )
            return (yield from loading)
        finally:
            watched.is_stopped = True


def read_thumbnail(path: Path, size: tuple[int, int]) -> ByteArray:
    """A file's first picture scaled down into (width, height), upright and centered.

    RGBA uint8 (height, width, 4), clear beside the picture. A small one is not enlarged. Raises
    NotFound, Unreadable, TooLarge.
    """
    from PIL import Image, ImageOps

    with opened(path) as file:
        image = _open(path, file)
        try:
            image.draft("RGB", (2 * size[0], 2 * size[1]))
            _load_what_is_there(image)
            small: Image.Image = _shrunk(_eight_bits(image), size)
            small = ImageOps.exif_transpose(small)
            small.thumbnail(size, Image.Resampling.BOX)
            pixels = np.asarray(small.convert("RGBA"))
        except DAMAGE as error:
            raise Unreadable(f"{path} is damaged, so it shows no picture.") from error
    tile = np.zeros((size[1], size[0], 4), np.uint8)
    height, width = pixels.shape[:2]
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    tile[top : top + height, left : left + width] = pixels
    return tile


def _shrunk(image: Any, size: tuple[int, int]) -> Any:
    """Scaled so that both sides fit the longer one of a size, whichever way it will be turned."""
    from PIL import Image

    side = max(size)
    exif = image.getexif()
    image = image.convert("RGBA" if _has_alpha(image) else "RGB")
    image.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=2.0)
    image.info["exif"] = exif.tobytes() if len(exif) else b""
    return image


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


def _open(path: Path, file: Any) -> ImageFile:
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


def _bytes_per_pixel(image: Any) -> int:
    """At the peak of decoding."""
    if image.mode in ("L", "1"):
        return 5 if "transparency" in image.info else 1
    if image.mode in ("RGB", "RGBA", "LA"):
        return 8 if image.mode == "RGB" and "transparency" in image.info else 4
    return 9


def _pixels(path: Path, image: ImageFile) -> Decoded:
    with _in_one_block():
        try:
            trouble = _load_what_is_there(image)
            pixels = _as_array(_eight_bits(image))
        except DAMAGE as error:
            raise Unreadable(f"{path} is damaged, so it shows no picture.") from error
        except MemoryError as error:
            raise TooLarge(f"{path} does not fit into memory.") from error
    if trouble is None:
        return Decoded(frozen(pixels), len(pixels))
    n_rows = _rows_there(pixels)
    if n_rows == 0:
        raise Unreadable(f"{path} is damaged: it holds no row of the picture ({trouble}).")
    return Decoded(frozen(_cleared_below(pixels, n_rows)), n_rows, is_whole=False)


def _load_what_is_there(image: Any) -> str | None:
    """Decode; what is wrong with a file that ends too early or goes bad, None where all is well.

    Pillow keeps what it has decoded in the picture it complains of.
    """
    try:
        image.load()
    except _Stopped:
        raise
    except DAMAGE as error:
        if image._im is None:
            raise
        image.tile = []
        return str(error)
    return None


@contextmanager
def _in_one_block() -> Iterator[None]:
    """Pillow lays a picture out in one piece, so that it can be seen as an array uncopied."""
    from PIL import Image

    blocks: Any = vars(Image)["core"]
    before = blocks.get_block_size()
    blocks.set_block_size(_ONE_BLOCK // 4096 * 4096)
    try:
        yield
    finally:
        blocks.set_block_size(min(before, 1 << 24))


def _has_alpha(image: Any) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def _eight_bits(image: Any) -> Any:
    """The same picture as L, LA, RGB or RGBA."""
    if image.mode.startswith("I"):  # 16 bits: the upper eight of them
        from PIL import Image

        values = np.asarray(image)
        return Image.fromarray((np.clip(values, 0, 65535) >> 8).astype(np.uint8))
    if _has_alpha(image):
        return image if image.mode in ("RGBA", "LA") else image.convert("RGBA")
    if image.mode in ("L", "RGB"):
        return image
    return image.convert("L" if image.mode in ("1", "F") else "RGB")


def _as_array(image: Any) -> ByteArray:
    """Uint8 (height, width, 4 or 1) without a copy, as Pillow holds RGB in four bytes, too."""
    import polars as pl

    width, height = image.size
    try:
        flat = pl.Series(image).to_numpy(allow_copy=False)
    except (ValueError, RuntimeError, TypeError):  # in several blocks after all
        flat = np.asarray(image if image.mode == "L" else image.convert("RGBA"))
    return flat.reshape(height, width, -1)


def _rows_there(pixels: ByteArray) -> int:
    """One past the last row with anything in it; rows that were not decoded hold zeros."""
    for bottom in range(len(pixels), 0, -1):
        if pixels[bottom - 1].any():
            return bottom
    return 0


def _cleared_below(pixels: ByteArray, n_rows: int) -> ByteArray:
    """Rows that were not there are see-through, also in a gray picture."""
    if pixels.shape[2] == 4:
        return pixels
    clear = np.zeros((*pixels.shape[:2], 4), np.uint8)
    clear[:n_rows, :, :3] = pixels[:n_rows]
    clear[:n_rows, :, 3] = 255
    return clear
