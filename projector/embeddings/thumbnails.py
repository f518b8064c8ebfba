"""Small pictures of image files, upright, each in a tile of a given size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from projector.arrays import ByteArray
from projector.embeddings.files import opened
from projector.embeddings.image_files import eight_bits, has_alpha, load_what_is_there
from projector.embeddings.image_formats import DAMAGE, open_image
from projector.errors import Unreadable


def read_thumbnail(path: Path, size: tuple[int, int]) -> ByteArray:
    """A file's first picture scaled down into (width, height), upright and centered.

    RGBA uint8 (height, width, 4), clear beside the picture. A small one is not enlarged. Raises
    NotFound, Unreadable, TooLarge.
    """
    from PIL import Image, ImageOps

    with opened(path) as file:
        image = open_image(path, file)
        try:
            image.draft("RGB", (2 * size[0], 2 * size[1]))
            load_what_is_there(image)
            small: Image.Image = _shrunk(eight_bits(image), size)
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
    image = image.convert("RGBA" if has_alpha(image) else "RGB")
    image.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=2.0)
    image.info["exif"] = exif.tobytes() if len(exif) else b""
    return image
