"""The texts of an SVG: title, labels without overlap, and axes."""

from __future__ import annotations

import html
import re
import unicodedata

import numpy as np

from projector.colors import Rgb
from projector.export.axis_scale import AxisScale, round_ticks
from projector.export.scene import Scene
from projector.export.svg_points import Seen

TEXT, MUTED = ("#1f2430", "#e6e9ef"), ("#626b7b", "#9aa3b2")
FONT_PX, TITLE_PX = 12, 16
LONGEST_LABEL = 60

MARGIN = 16
_TICK_PX, _PX_A_TICK, _TICK_MARGIN = 10, 90.0, 36.0
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Rect = tuple[float, float, float, float]
Parts = tuple[list[str], list[Rect]]
"""Lines of SVG, and the rectangle that they take."""


def xml_text(text: str) -> str:
    """Text as XML may hold it: what it can't hold at all becomes a replacement sign."""
    return html.escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text), quote=True)


def text_width(text: str, font_px: float = FONT_PX) -> float:
    """About how many pixels wide: nobody knows which font will be at hand."""
    width = 0.0
    for sign in text:
        if not unicodedata.combining(sign):
            width += 1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.58
    return width * font_px


def title_parts(scene: Scene) -> Parts:
    if not scene.title:
        return [], []
    title = cut(scene.title, max(8, int(scene.size[0] * 0.6 / TITLE_PX / 0.58)))
    place = f'x="{MARGIN}" y="{MARGIN + TITLE_PX}"'
    style = f'font-size="{TITLE_PX}" font-weight="600" fill="{TEXT[scene.is_dark]}"'
    parts = _haloed(scene, "title", style, [f"<text {place}>{xml_text(title)}</text>"])
    return parts, [(MARGIN, MARGIN, text_width(title, TITLE_PX), TITLE_PX + 6.0)]


def labels_parts(scene: Scene, seen: Seen, taken: list[Rect]) -> list[str]:
    """The named points that find room, those in front first."""
    from projector.labels import place_labels

    named = np.flatnonzero(np.isin(seen.ids, scene.named_ids))[::-1]
    if not len(named):
        return []
    texts = [cut(scene.label(int(row)), LONGEST_LABEL) for row in seen.ids[named]]
    font_px = FONT_PX * scene.label_scale
    sizes = np.array([(text_width(text, font_px), font_px + 4.0) for text in texts], np.float32)
    rank = {row: place for place, row in enumerate(scene.named_ids.tolist())}
    wishes = np.array([-rank[row] for row in seen.ids[named].tolist()], np.float32)
    placed = place_labels(
        seen.ids[named],
        np.ascontiguousarray(seen.screen[named, :2]),
        sizes,
        wishes,
        (float(scene.size[0]), float(scene.size[1])),
        obstacles=np.array(taken, np.float32).reshape(-1, 4),
        away_px=scene.radius_px * 1.4 + 3,
        is_centered=scene.are_words,
    )
    parts = []
    for place, (x, y, _, height) in zip(placed.places.tolist(), placed.rects.tolist(), strict=True):
        row = int(seen.ids[named[place]])
        red, green, blue, _ = scene.colors[row].tolist()
        tint = f' fill="{hex_text((red, green, blue))}"' if scene.are_words else ""
        text = xml_text(texts[place])
        parts.append(f'<text x="{x:.1f}" y="{y + height - 4:.1f}"{tint}>{text}</text>')
    style = f'font-size="{font_px:g}" fill="{TEXT[scene.is_dark]}"'
    return _haloed(scene, "labels", style, parts)


def axes_parts(scene: Scene) -> list[str]:
    """Flat: names along the edges. Otherwise three short lines at the lower left that turn with the
    cloud."""
    if not any(scene.axis_names):
        return []
    style = f'font-size="{FONT_PX}" fill="{MUTED[scene.is_dark]}"'
    width, height = scene.size
    names = [xml_text(cut(name, LONGEST_LABEL)) for name in scene.axis_names]
    parts, texts = [], []
    if scene.seen_from.is_flat:
        x, y = width / 2, height / 2
        middle = 'text-anchor="middle"'
        away = MARGIN + (2 * _TICK_PX if any(scene.axis_scales) else 0)
        texts.append(f'<text x="{x:g}" y="{height - away + 4}" {middle}>{names[0]}</text>')
        turn = f'transform="translate({away + 4 + any(scene.axis_scales) * 24} {y:g}) rotate(-90)"'
        texts.append(f"<text {turn} {middle}>{names[1]}</text>")
        return [*_haloed(scene, "axes", style, texts), *_scale_parts(scene)]
    right, up, _ = scene.seen_from.basis
    x0, y0 = 132.0, height - 64.0
    for axis, name in enumerate(names):
        if not name:
            continue
        x, y = x0 + 36 * right[axis], y0 - 36 * up[axis]
        parts.append(
            f'<line x1="{x0:g}" y1="{y0:g}" x2="{x:.1f}" y2="{y:.1f}" '
            f'stroke="{MUTED[scene.is_dark]}" stroke-width="1.5"/>'
        )
        anchor = "end" if right[axis] < -0.3 else "start" if right[axis] > 0.3 else "middle"
        place = f'x="{x + 6 * right[axis]:.1f}" y="{y - 10 * up[axis] + 4:.1f}"'
        texts.append(f'<text {place} text-anchor="{anchor}">{name}</text>')
    return [*parts, *_haloed(scene, "axes", style, texts)]


def _scale_parts(scene: Scene) -> list[str]:
    """Short lines with numbers along the lower and the left edge of a flat picture."""
    height = scene.size[1]
    muted = MUTED[scene.is_dark]
    parts, texts = [], []
    for axis, scale in enumerate(scene.axis_scales):
        for at, text in _ticks(scene, axis, scale):
            if axis == 0:
                line = f'x1="{at:.1f}" y1="{height}" x2="{at:.1f}" y2="{height - 4}"'
                place = f'x="{at:.1f}" y="{height - 7}" text-anchor="middle"'
            else:
                line = f'x1="0" y1="{at:.1f}" x2="4" y2="{at:.1f}"'
                place = f'x="7" y="{at + 4:.1f}"'
            parts.append(f'<line {line} stroke="{muted}"/>')
            texts.append(f"<text {place}>{text}</text>")
    style = f'font-size="{_TICK_PX}" fill="{muted}"'
    return [*parts, *_haloed(scene, "ticks", style, texts)]


def _ticks(scene: Scene, axis: int, scale: AxisScale | None) -> list[tuple[float, str]]:
    """(pixels along the edge, text), but not where another edge or a name stands."""
    if scale is None:
        return []
    camera, (width, height) = scene.seen_from, scene.size
    unit, middle = camera.units_per_px(height), camera.target[axis]
    length = width if axis == 0 else height
    low, high = (scale.value(middle + side * unit * length / 2) for side in (-1, 1))
    found = []
    for value, text in round_ticks(low, high, max(2, int(length / _PX_A_TICK))):
        away = (scale.place(value) - middle) / unit
        at = width / 2 + away if axis == 0 else height / 2 - away
        if _TICK_MARGIN < at < length - _TICK_MARGIN:
            found.append((at, text))
    return found


def _haloed(scene: Scene, name: str, style: str, texts: list[str]) -> list[str]:
    """Texts in a group, and below it the same with a rim in the color of the background, so that
    they can be read over points. Not by paint-order, which some programs don't know."""
    if not texts:
        return []
    ground = hex_text(scene.background)
    rim = f'stroke="{ground}" stroke-width="3" stroke-linejoin="round"'
    rims = [re.sub(r' fill="[^"]*"', "", text, count=1) for text in texts]
    below = [f'<g id="{name}-rims" {style} {rim}>', *rims, "</g>"]
    return [*below, f'<g id="{name}" {style}>', *texts, "</g>"]


def hex_text(color: Rgb) -> str:
    red, green, blue = color
    return f"#{red:02x}{green:02x}{blue:02x}"


def cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
