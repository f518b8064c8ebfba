"""Pictures inside other files: PNG as an address that holds its own data."""

from __future__ import annotations

import base64
from io import BytesIO

from projector.arrays import ByteArray
from projector.embeddings.pictures import SpriteSheet

MOST_SIDE_PX = 4096
"""Browsers on small devices take no larger texture."""

MOST_BYTES = 8 << 20


def png_url(pixels: ByteArray) -> str:
    """uint8 (height, width, 3 or 4) or (height, width, 1) as data:image/png."""
    from PIL import Image

    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    file = BytesIO()
    image.save(file, format="PNG", compress_level=6)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def sheet_url(sheet: SpriteSheet) -> str | None:
    """The whole sheet, None where it is too large for a page."""
    if max(sheet.size) > MOST_SIDE_PX:
        return None
    url = png_url(sheet.pixels)
    return url if len(url) <= MOST_BYTES else None
