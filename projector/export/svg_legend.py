"""The legend of an SVG: what colors and sizes mean, in a box at the top right."""

from __future__ import annotations

from projector.colors import Gradient, Rgb
from projector.export.scene import Scene, scale_ticks
from projector.export.svg_texts import (
    FONT_PX,
    MARGIN,
    MUTED,
    TEXT,
    Parts,
    cut,
    hex_text,
    text_width,
    xml_text,
)

LONGEST_ENTRY = 24

_LINE, _LEGEND_WIDTH = 20, 200


def legend_parts(scene: Scene) -> Parts:
    """A box at the top right, as far as there is anything to explain."""
    left, top = scene.size[0] - MARGIN - _LEGEND_WIDTH, MARGIN + 8
    colors, colors_height = _color_parts(scene, left, top)
    sizes, sizes_height = _size_parts(scene, left, top + colors_height)
    if not colors and not sizes:
        return [], []
    height = colors_height + sizes_height + 16
    muted = MUTED[scene.is_dark]
    head = [
        f'<g id="legend" font-size="{FONT_PX}" fill="{TEXT[scene.is_dark]}">',
        f'<rect x="{left}" y="{MARGIN}" width="{_LEGEND_WIDTH}" height="{height:g}" rx="6" '
        f'fill="{hex_text(scene.background)}" fill-opacity="0.85" stroke="{muted}" '
        'stroke-opacity="0.4"/>',
    ]
    return [*head, *colors, *sizes, "</g>"], [(left, MARGIN, _LEGEND_WIDTH, height)]


def _color_parts(scene: Scene, left: float, top: float) -> tuple[list[str], float]:
    """What colors mean, and how high it is."""
    legend, muted = scene.legend, MUTED[scene.is_dark]
    rows = [(cut(e.label or "(none)", LONGEST_ENTRY), e.count, e.color) for e in legend.entries]
    if not rows and legend.gradient is None:
        return [], 0.0
    parts, y = [], top + 14
    if legend.title:
        parts.append(_title(legend.title, left, y))
        y += _LINE
    if legend.gradient is not None:
        parts += _gradient_parts(legend.gradient, left, y)
        y += 2 * _LINE
    for text, count, color in rows:
        parts += _entry_parts(scene, (text, f"{count:,}", color), left, y)
        y += _LINE
    if legend.n_more:
        more = f"and {legend.n_more:,} more"
        parts.append(f'<text x="{left + 12}" y="{y:g}" fill="{muted}">{more}</text>')
        y += _LINE
    return parts, y - top - 14


def _title(title: str, left: float, y: float) -> str:
    text = xml_text(cut(title, LONGEST_ENTRY))
    return f'<text x="{left + 12}" y="{y:g}" font-weight="600">{text}</text>'


def _entry_parts(scene: Scene, entry: tuple[str, str, Rgb], left: float, y: float) -> list[str]:
    text, count, color = entry
    right = left + _LEGEND_WIDTH - 12
    return [
        f'<circle cx="{left + 18}" cy="{y - 4}" r="5" fill="{hex_text(color)}"/>',
        f'<text x="{left + 32}" y="{y}">{xml_text(text)}</text>',
        f'<text x="{right}" y="{y}" text-anchor="end" fill="{MUTED[scene.is_dark]}">{count}</text>',
    ]


def _size_parts(scene: Scene, left: float, top: float) -> tuple[list[str], float]:
    """What sizes mean, below the colors, and how high it is: a disc and its value a line."""
    key = scene.size_key
    if key is None:
        return [], 0.0
    parts = [_title(key.title, left, top + 14)] if key.title else []
    radii, y = key.radii(scene.shown_radius_px), top + _LINE * bool(key.title)
    widest = max(6.0, *radii)
    for radius, text in zip(radii, key.texts, strict=True):
        high = max(_LINE, 2 * radius + 4)
        middle = f'cx="{left + 12 + widest:g}" cy="{y + high / 2:.6g}"'
        style = f'r="{radius:.4g}" fill="{MUTED[scene.is_dark]}"'
        parts.append(f'<circle class="size" {middle} {style}/>')
        place = f'x="{left + 20 + 2 * widest:g}" y="{y + high / 2 + 4:.6g}"'
        parts.append(f"<text {place}>{xml_text(text)}</text>")
        y += high
    return parts, y - top


def _gradient_parts(gradient: Gradient, left: float, y: float) -> list[str]:
    last = max(1, len(gradient.stops) - 1)
    stops = "".join(
        f'<stop offset="{i / last:.4g}" stop-color="{hex_text(stop)}"/>'
        for i, stop in enumerate(gradient.stops)
    )
    wide, right = _LEGEND_WIDTH - 24, left + _LEGEND_WIDTH - 12
    return [
        f'<defs><linearGradient id="scale">{stops}</linearGradient></defs>',
        f'<rect x="{left + 12}" y="{y - 12}" width="{wide}" height="12" rx="3" '
        'fill="url(#scale)"/>',
        *_tick_parts(gradient, left + 12, right, y + _LINE - 4),
    ]


def _tick_parts(gradient: Gradient, left: float, right: float, y: float) -> list[str]:
    """Values below the scale, from the left, each that finds room."""
    parts, free = [], left
    for tick in scale_ticks(gradient):
        width = text_width(tick.text)
        x = left + tick.share * (right - left) - width / 2
        x = max(left, min(right - width, x))
        if x >= free:
            parts.append(f'<text x="{x:.1f}" y="{y}">{xml_text(tick.text)}</text>')
            free = x + width + 6
    return parts
