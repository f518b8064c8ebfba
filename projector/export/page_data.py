"""What a page says of a cloud, small: positions as 16-bit steps, colors and labels by number."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, IntArray, MaskArray
from projector.colors import Legend
from projector.export.axis_scale import AxisScale
from projector.export.fair_lines import fair_pairs
from projector.export.picture_data import sheet_url
from projector.export.scene import Scene, scale_ticks
from projector.progress import Progress, Work

LONGEST_LABEL = 200
MOST_SEGMENTS = 100_000
"""Of more steps of sequences, a fair part is in the page."""

_STEPS = 65535
_MOST_COLORS = 65536
_TYPES = {"u1": np.uint8, "u2": np.uint16, "u4": np.uint32, "i4": np.int32, "f4": np.float32}
_SIZE_STEPS = 1000
_LABELS_A_YIELD = 50_000


def page_data(scene: Scene, ids: IntArray, *, has_pictures: bool) -> Work[dict[str, Any]]:
    """JSON for the page; what resources/viewer/data.js reads. ids: the rows it shows."""
    yield Progress(0.0, "Packing positions")
    points = scene.positions[ids].astype(np.float64)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    steps = np.round((points - low) / np.where(size > 0, size, 1.0) * _STEPS)
    palette, classes = palette_of(scene.colors[ids])
    yield Progress(0.2, "Packing labels")
    texts, text_ids = yield from _packed_labels(scene.labels, ids)
    yield Progress(0.6, "Packing pictures")
    pictures = _pictures(scene, ids) if has_pictures else None
    width, height = scene.size
    is_all = len(ids) == ids[-1] + 1
    return {
        "title": scene.title,
        "n": len(ids),
        "low": low.tolist(),
        "size": size.tolist(),
        "positions": packed(steps, "u2"),
        "palette": palette.tolist(),
        "classes": packed(classes, "u1" if len(palette) <= 256 else "u2"),
        "rows": None if is_all else packed(ids, "u4"),
        "labels": texts,
        "label_ids": None if text_ids is None else packed(text_ids, "u4"),
        "named": packed(_places(scene.named_ids, ids), "u4"),
        **_lines(scene, ids),
        "contours": _contours(scene),
        "legend": legend_data(scene.legend, palette),
        "axes": [name[:LONGEST_LABEL] for name in scene.axis_names],
        "camera": scene.seen_from.to_json(),
        "is_fitted": scene.camera is None,
        "aspect": width / height,
        "radius": scene.radius_px,
        "opacity": scene.opacity,
        "fog": scene.fog,
        "sizes": _sizes(scene, ids),
        "size_key": _size_key(scene),
        "emphasis": None if scene.emphasis is None else packed(scene.kinds_of(ids), "u1"),
        "words": scene.are_words,
        "is_dark": scene.is_dark,
        "rings": _rings(scene, ids),
        "label_scale": scene.label_scale,
        "scales": [scale and [scale.per_unit, scale.at_zero] for scale in _axis_scales(scene)],
        "picture_px": scene.picture_px,
        "pictures": pictures,
        "draws_pictures": scene.draws_pictures and pictures is not None,
    }


def packed(values: NDArray[Any], kind: str) -> dict[str, str]:
    """Little-endian numbers in base64."""
    dtype = np.dtype(_TYPES[kind]).newbyteorder("<")
    data = np.ascontiguousarray(values, dtype).tobytes()
    return {"type": kind, "data": base64.b64encode(data).decode("ascii")}


def palette_of(colors: ByteArray) -> tuple[ByteArray, IntArray]:
    """The different colors, uint8 (k, 3), and which of them each point has, int64 (n,).

    Of more than 65,536 colors similar ones count as one.
    """
    rgb = colors[:, :3].astype(np.int64)
    codes = rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]
    distinct, classes = np.unique(codes, return_inverse=True)
    if len(distinct) > _MOST_COLORS:
        distinct, classes = np.unique(codes & 0xF8F8F8, return_inverse=True)
    palette = np.column_stack([distinct >> 16, distinct >> 8 & 255, distinct & 255])
    return palette.astype(np.uint8), classes.astype(np.int64)


def legend_data(legend: Legend, palette: ByteArray) -> dict[str, Any]:
    """Entries whose color no point has here are left out: there is nothing to show or hide."""
    known = {tuple(color): number for number, color in enumerate(palette.tolist())}
    gradient = legend.gradient
    return {
        "title": legend.title,
        "entries": [
            {
                "label": "(none)" if entry.is_missing else entry.label[:LONGEST_LABEL],
                "count": entry.count,
                "color": list(entry.color),
                "class": known[entry.color],
            }
            for entry in legend.entries
            if entry.color in known
        ],
        "more": legend.n_more,
        "gradient": gradient
        and {
            "ticks": [[tick.share, tick.text] for tick in scale_ticks(gradient)],
            "stops": [list(stop) for stop in gradient.stops],
        },
    }


def _packed_labels(
    labels: Sequence[str] | None, ids: IntArray
) -> Work[tuple[list[str] | None, IntArray | None]]:
    """Texts and which of them each point has; where most differ, a text for each point."""
    if labels is None:
        return None, None
    texts: dict[str, int] = {}
    numbers = np.empty(len(ids), np.int64)
    found = []
    for place, row in enumerate(ids.tolist()):
        text = str(labels[row])[:LONGEST_LABEL]
        found.append(text)
        numbers[place] = texts.setdefault(text, len(texts))
        if place % _LABELS_A_YIELD == 0:
            yield Progress(0.2 + 0.4 * place / len(ids), "Packing labels")
    if len(texts) > len(ids) // 2:
        return found, None
    return list(texts), numbers


def _places(rows: IntArray, ids: IntArray) -> IntArray:
    """Where rows stand among those that are shown."""
    places = np.searchsorted(ids, rows)
    is_shown = places < len(ids)
    is_shown[is_shown] = ids[places[is_shown]] == rows[is_shown]
    return places[is_shown]


def _lines(scene: Scene, ids: IntArray) -> dict[str, Any]:
    """Lines as pairs of shown points, and how far along its line each is, 0..255."""
    if scene.sequences is None or not len(scene.sequences):
        return {"pairs": None, "shares": None, "line_colors": None}
    fair = fair_pairs(scene.sequences)
    is_shown: MaskArray = np.asarray(np.isin(fair.pairs, ids).all(axis=1))
    chosen = fair.chosen(MOST_SEGMENTS, is_shown)
    colors = scene.line_colors
    return {
        "pairs": packed(np.searchsorted(ids, fair.pairs[chosen]).ravel(), "u4"),
        "shares": packed(np.round(fair.shares[chosen] * 255), "u1"),
        "line_colors": None if colors is None else [list(color) for color in colors],
    }


def _rings(scene: Scene, ids: IntArray) -> list[list[Any]]:
    """Places among those that are shown, each with the color and the width of its ring."""
    return [
        [int(place), list(color), width]
        for row, color, width in scene.rings
        for place in _places(np.array([row], np.int64), ids)
    ]


def _contours(scene: Scene) -> list[dict[str, Any]]:
    """Of a flat picture; from another side of a solid one they would not hold."""
    if not scene.seen_from.is_flat:
        return []
    return [{"share": share, "line": packed(line.ravel(), "f4")} for share, line in scene.contours]


def _sizes(scene: Scene, ids: IntArray) -> dict[str, str] | None:
    """Factors of the radius in thousandths."""
    if scene.sizes is None:
        return None
    return packed(np.clip(np.round(scene.factors_of(ids) * _SIZE_STEPS), 0, 65535), "u2")


def _size_key(scene: Scene) -> dict[str, Any] | None:
    """Discs of a legend: the radius in pixels and the value of each."""
    key = scene.size_key
    if key is None:
        return None
    radii = [round(radius, 2) for radius in key.radii(scene.shown_radius_px)]
    texts = [text[:LONGEST_LABEL] for text in key.texts]
    return {"title": key.title[:LONGEST_LABEL], "rows": list(zip(radii, texts, strict=True))}


def _axis_scales(scene: Scene) -> list[AxisScale | None]:
    """Where a flat picture shows what places mean; JSON knows no number beyond its own."""
    if not scene.seen_from.is_flat:
        return [None, None]
    return [
        scale if scale is not None and math.isfinite(scale.per_unit) else None
        for scale in scene.axis_scales
    ]


def _pictures(scene: Scene, ids: IntArray) -> dict[str, Any] | None:
    """The sheet, and which tile each point has; None where there is none, or it is too large."""
    sheet = scene.pictures
    url = None if sheet is None else sheet_url(sheet)
    if sheet is None or url is None:
        return None
    slots = np.array([sheet.slot(int(row)) for row in ids], np.int64)
    return {"url": url, "tile": list(sheet.tile), "slots": packed(slots, "i4")}
