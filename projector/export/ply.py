"""PLY, which programs for point clouds and meshes read: positions, colors and row numbers."""

from __future__ import annotations

from pathlib import Path

from projector.export.scene import Scene
from projector.progress import Work


def write_ply(path: Path, scene: Scene, *, is_text: bool = False) -> Work[Path]:
    """Write the points that are shown and have a place; returns the path.

    is_text: ASCII instead of little-endian binary. Raises Unreadable, NothingToShow.
    """
    raise NotImplementedError
