"""Decodes whole image files with Pillow; of one that is cut short, what is there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from typing_extensions import override

from projector.arrays import ByteArray, frozen
from projector.embeddings.files import opened
from projector.embeddings.image_formats import DAMAGE, MAX_PIXELS, open_image
from projector.embeddings.memory import check_fits
from projector.errors import TooLarge, Unreadable
from projector.parallel import beside
from projector.progress import Progress, Work

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_ONE_BLOCK = MAX_PIXELS * 4 + (1 << 20)


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


def image_size(path: Path) -> tuple[int, int]:
    """(width, height) of a picture by its header. Raises NotFound, Unreadable, TooLarge."""
    with opened(path) as file:
        image = open_image(path, file)
        return int(image.size[0]), int(image.size[1])


def read_image(path: Path) -> Work[Decoded]:
    """All pixels of a file's first picture, in one copy: four bytes a pixel, or one for gray.

    128 million pixels take 512 MB. Raises NotFound, Unreadable, TooLarge.
    """
    note = f"Reading {path.name}"
    yield Progress(None, note)
    with opened(path) as file:
        watched = _Watched(file)
        image = open_image(path, watched)
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
            trouble = load_what_is_there(image)
            pixels = _as_array(eight_bits(image))
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


def load_what_is_there(image: Any) -> str | None:
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


def has_alpha(image: Any) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def eight_bits(image: Any) -> Any:
    """The same picture as L, LA, RGB or RGBA."""
    if image.mode.startswith("I"):  # 16 bits: the upper eight of them
        from PIL import Image

        values = np.asarray(image)
        return Image.fromarray((np.clip(values, 0, 65535) >> 8).astype(np.uint8))
    if has_alpha(image):
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
