"""SVG: a picture of the cloud that stays sharp at any size and can be edited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from projector.drafts import drafting
from projector.errors import NothingToShow
from projector.export.scene import Scene
from projector.export.svg_legend import legend_parts
from projector.export.svg_lines import contour_parts, sequence_parts
from projector.export.svg_points import circles, painted_image, ring_parts, see_points
from projector.export.svg_texts import axes_parts, labels_parts, title_parts, xml_text
from projector.progress import Progress, Work, scaled

MOST_SHAPES = 20_000
"""More points than this are painted and embedded as PNG; texts, axes and legend stay shapes."""


def write_svg(path: Path, scene: Scene) -> Work[Path]:
    """Write the cloud as its camera sees it, with title, labels, axes and legend.

    Points that are drawn as their pictures are painted and embedded, too. Raises Unreadable,
    NothingToShow.
    """
    note = "Drawing the points"
    yield Progress(0.0, note)
    seen = see_points(scene)
    yield Progress(0.2, note)
    if not len(seen.ids):
        raise NothingToShow("There is no point to be written.")
    is_painted = len(seen.ids) > MOST_SHAPES or scene.draws_pictures
    if is_painted:
        drawn = [(yield from scaled(painted_image(scene), 0.2, 0.6))]
    else:
        drawn = circles(scene, seen)
    yield Progress(0.6, "Placing the labels")
    title, title_rect = title_parts(scene)
    legend, legend_rect = legend_parts(scene)
    labels = labels_parts(scene, seen, [*title_rect, *legend_rect])
    over = [*ring_parts(scene, seen), *axes_parts(scene), *labels, *legend, *title]
    # sequences lie over the points, as on the screen
    parts = [*_head(scene), *drawn, *sequence_parts(scene), *contour_parts(scene), *over]

    def fill(file: BinaryIO) -> Iterator[Progress]:
        for number, part in enumerate(parts):
            file.write(f"{part}\n".encode())
            if number % 5000 == 0:
                yield Progress(0.7 + 0.3 * number / len(parts), f"Writing {path.name}")
        file.write(b"</svg>\n")

    yield from drafting(path, fill)
    return path


def _head(scene: Scene) -> list[str]:
    width, height = scene.size
    shown_width, shown_height = scene.shown_size or scene.size
    red, green, blue = scene.background
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shown_width}" height="{shown_height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui, Segoe UI, Noto Sans, sans-serif">',
        f"<title>{xml_text(scene.title or 'Points')}</title>",
        f'<rect width="{width}" height="{height}" fill="#{red:02x}{green:02x}{blue:02x}"/>',
    ]
