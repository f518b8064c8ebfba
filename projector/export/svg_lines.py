"""The lines of an SVG: sequences through points, and contours around where they crowd."""

from __future__ import annotations

import numpy as np

from projector.arrays import FloatArray, IntArray, MaskArray
from projector.colors import Rgb
from projector.export.fair_lines import fair_pairs
from projector.export.scene import Scene

MOST_SEGMENTS = 50_000
"""Of more, a fair part is drawn."""

_N_SHADES = 16
_ALPHA, _DIM_ALPHA = 0.75, 0.15


def sequence_parts(scene: Scene) -> list[str]:
    """Sequences as thin paths, colored along the way; steps to a row that is not shown are left
    out."""
    if scene.sequences is None or not len(scene.sequences):
        return []
    fair = fair_pairs(scene.sequences)
    shown = np.zeros(scene.n_points, np.bool_)
    shown[scene.placed_ids()] = True
    is_shown: MaskArray = np.asarray(shown[fair.pairs].all(axis=1))
    chosen = fair.chosen(MOST_SEGMENTS, is_shown)
    pairs = fair.pairs[chosen]
    ends = _ends(scene, pairs)
    is_seen = np.isfinite(ends).all(axis=1)
    shades = np.minimum(_N_SHADES - 1, (fair.shares[chosen] * _N_SHADES).astype(np.int64))
    if scene.line_colors is None:
        shades[:] = 0
    is_dim = scene.dim_mask(pairs.ravel()).reshape(pairs.shape).any(axis=1)
    parts = []
    for dim in (True, False):
        for shade in np.unique(shades[is_seen & (is_dim == dim)]).tolist():
            found = ends[is_seen & (is_dim == dim) & (shades == shade)].tolist()
            path = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in found)
            alpha = _DIM_ALPHA if dim else _ALPHA
            stroke = f'stroke="{_color(scene, shade)}" stroke-opacity="{alpha}"'
            parts.append(f'<path d="{path}" {stroke}/>')
    return ['<g id="sequences" fill="none">', *parts, "</g>"] if parts else []


def contour_parts(scene: Scene) -> list[str]:
    """Each line on a rim in the color of the background, the outer ones paler."""
    if not scene.contours:
        return []
    width, height = scene.size
    ground = "#{:02x}{:02x}{:02x}".format(*scene.background)
    text = "#e6e9ef" if scene.is_dark else "#1f2430"
    parts = ['<g id="contours" fill="none" stroke-linejoin="round">']
    for share, line in scene.contours:
        screen = scene.seen_from.project(line, width, height)[:, :2]
        places = screen[np.isfinite(screen).all(axis=1)].tolist()
        if not places:
            continue
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        rim = f'stroke="{ground}" stroke-opacity="0.45" stroke-width="3.6"'
        stroke = f'stroke="{text}" stroke-opacity="{1.0 - 0.6 * share:.3g}" stroke-width="1.5"'
        parts += [f'<path d="{path}" {rim}/>', f'<path d="{path}" {stroke}/>']
    return [*parts, "</g>"]


def _ends(scene: Scene, pairs: IntArray) -> FloatArray:
    """float32 (m, 4): x and y where each segment begins and ends, NaN behind the camera."""
    width, height = scene.size
    rows, places = np.unique(pairs, return_inverse=True)
    screen = scene.seen_from.project(scene.positions[rows], width, height)[:, :2]
    return np.asarray(screen[places.reshape(pairs.shape)].reshape(-1, 4), np.float32)


def _color(scene: Scene, shade: int) -> str:
    if scene.line_colors is None:
        return "#c8ced8" if scene.is_dark else "#5a6372"
    return "#{:02x}{:02x}{:02x}".format(*mixed(scene.line_colors, (shade + 0.5) / _N_SHADES))


def mixed(colors: tuple[Rgb, Rgb], share: float) -> Rgb:
    """A color between two."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(*colors, strict=True))
    return red, green, blue
