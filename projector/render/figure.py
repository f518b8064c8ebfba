"""A picture of a scatter frame without any window."""

from __future__ import annotations

from pathlib import Path

from projector.arrays import ByteArray
from projector.embeddings.png import write_png
from projector.errors import Unreadable
from projector.frames import ScatterFrame
from projector.render.camera import Camera, fit_camera
from projector.render.raster import Raster, Style

LIGHT, DARK = (255, 255, 255), (26, 29, 34)
FOG = 0.45


def paint_frame(
    frame: ScatterFrame,
    camera: Camera | None = None,
    width: int = 1000,
    height: int = 800,
    *,
    background: tuple[int, int, int] = LIGHT,
    sprite_px: float = 24.0,
) -> ByteArray:
    """The frame as uint8 (height, width, 4) RGBA; without a camera the whole cloud is shown."""
    camera = camera or fit_camera(frame.positions, frame.is_flat, width / height)
    style = Style(
        frame.colors,
        radius_px=frame.radius_px,
        background=background,
        fog=0.0 if frame.is_flat else FOG,
        sprites=frame.sprites,
        sprite_px=sprite_px,
    )
    return Raster(frame.positions).paint(camera, width, height, style).image


def write_figure(path: Path, image: ByteArray) -> None:
    """Write uint8 (h, w, 4) RGBA as PNG. Raises Unreadable where the file can't be written."""
    try:
        write_png(path, image)
    except OSError as error:
        raise Unreadable(f"{path} can't be written: {error.strerror}.") from error
