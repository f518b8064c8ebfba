"""A page that shows the cloud in any browser: one file, no network, nothing to install."""

from __future__ import annotations

from pathlib import Path

from projector.export.scene import Scene
from projector.progress import Work

MOST_POINTS = 2_000_000


def write_html(path: Path, scene: Scene, *, has_pictures: bool = True) -> Work[Path]:
    """Write the page. has_pictures: also the label pictures, if they aren't too large.

    Raises Unreadable, NothingToShow, InvalidChoice for more than MOST_POINTS.
    """
    raise NotImplementedError
