"""Writes PNG pictures."""

from __future__ import annotations

from pathlib import Path

from projector.arrays import ByteArray


def write_png(path: Path, pixels: ByteArray) -> None:
    """Write uint8 (height, width) gray or (height, width, 3 or 4) color."""
    from PIL import Image

    Image.fromarray(pixels).save(path, format="PNG")
