"""SVG: a picture of the cloud that stays sharp at any size and can be edited."""

from __future__ import annotations

from pathlib import Path

from projector.export.scene import Scene
from projector.progress import Work

MOST_SHAPES = 20_000
"""More points than this are painted and embedded as PNG; texts, axes and legend stay shapes."""


def write_svg(path: Path, scene: Scene) -> Work[Path]:
    """Write the cloud as its camera sees it, with title, labels, axes and legend.

    Raises Unreadable, NothingToShow.
    """
    raise NotImplementedError
