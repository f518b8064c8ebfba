"""A page that shows the cloud in any browser: one file, no network, nothing to install.

Its parts lie in resources/viewer. Everything that comes from data is JSON without a "<", put into
the page as text; beside it, the page allows no script and no style but its own two, by their
hashes, and no address at all.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from projector.drafts import drafting
from projector.embeddings.memory import check_fits
from projector.errors import InvalidChoice, NothingToShow
from projector.export.page_data import page_data
from projector.export.scene import Scene
from projector.progress import Progress, Work, scaled
from resources import FOLDER

MOST_POINTS = 2_000_000
SCRIPTS = (
    "data.js", "camera.js", "pictures.js", "paint_gl.js", "paint_canvas.js", "overlay.js",
    "controls.js", "panels.js", "viewer.js", "start.js",
)  # fmt: skip
VIEWER = FOLDER / "viewer"

_BYTES_A_POINT = 600
_PART = 1 << 20


def write_html(path: Path, scene: Scene, *, has_pictures: bool = True) -> Work[Path]:
    """Write the page. has_pictures: also the label pictures, if they aren't too large.

    Raises Unreadable, NothingToShow, InvalidChoice for more than MOST_POINTS.
    """
    ids = scene.placed_ids()
    if not len(ids):
        raise NothingToShow("There is no point to be written.")
    if len(ids) > MOST_POINTS:
        raise InvalidChoice(
            f"A page holds {MOST_POINTS:,} points at most, got {len(ids):,}; isolate some first."
        )
    check_fits(_BYTES_A_POINT * len(ids), f"A page of {len(ids):,} points")
    data = yield from scaled(page_data(scene, ids, has_pictures=has_pictures), 0.0, 0.8)
    yield Progress(0.8, f"Writing {path.name}")
    page = _page(scene.title or "Points", data)

    def fill(file: BinaryIO) -> Iterator[Progress]:
        for start in range(0, len(page), _PART):
            file.write(page[start : start + _PART])
            yield Progress(0.8 + 0.2 * start / len(page), f"Writing {path.name}")

    yield from drafting(path, fill)
    return path


def viewer_script() -> str:
    """All of the page's own JavaScript."""
    parts = [(VIEWER / name).read_text("utf-8") for name in SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def _page(title: str, data: dict[str, Any]) -> bytes:
    script, style = viewer_script(), (VIEWER / "style.css").read_text("utf-8")
    filled = {
        "title": html.escape(title),
        "style": style,
        "script": script,
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "data": _harmless_json(data),
    }
    template = (VIEWER / "page.html").read_text("utf-8")
    # in one pass, as a title may hold the name of another place
    page = re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found[1]], template)
    return page.encode("utf-8", "replace")


def _harmless_json(data: dict[str, Any]) -> str:
    """JSON that can't end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
