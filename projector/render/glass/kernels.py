# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""See-through discs, blended without order: near and opaque ones weigh more."""

from __future__ import annotations

import numpy as np
from numba import njit

from projector.render.kernels import BATCH, DIM, HIDDEN, RAISED, fade, seen_at
from projector.render.lanes.kernels import TINTED, tint_pixels
from projector.render.shading.kernels import packed, share_of

DIM_WEIGHT, RAISED_WEIGHT = np.float32(0.05), np.float32(20.0)
MOST_OPAQUE = np.float32(0.998)
PLANES = 5
RED, GREEN, BLUE, WEIGHT, THROUGH = range(PLANES)
PAD = TINTED
"""Pixels to the left and right of a picture that discs may be laid over, unseen."""


@njit(cache=True, nogil=True, error_model="numpy")
def blend_discs(screen, places, rows, counts, cloud, paint, lens, opacity, top, bottom, planes):
    """One strip: planes float32 (h, PLANES, w + 2 PAD) gather weighted colors and weights, and the
    last keeps what is left of the background. cloud, paint: see shade_discs."""
    points, point_ids, scales, ranks = cloud
    colors, emphasis, ground, haze = paint
    half = np.float32(0.5)
    for batch in range(len(rows)):
        if rows[batch, 1] < top or rows[batch, 0] > bottom:
            continue
        for i in range(batch * BATCH, batch * BATCH + counts[batch]):
            x, y, depth, outer = screen[i, 0], screen[i, 1], screen[i, 2], screen[i, 3] + half
            if not (y + outer > top and y - outer < bottom):
                continue
            if len(ranks):
                _x, _y, depth, _r = seen_at(points, places[i], scales, lens)
            point = point_ids[places[i], 3]
            left = share_of(emphasis, point, depth, haze)
            kind = emphasis[point] if len(emphasis) else HIDDEN
            alpha, weight = strength_of(colors[point, 3], opacity, kind, depth, haze)
            adds = (
                weight * (ground[0] + left * (np.float32(colors[point, 0]) - ground[0])),
                weight * (ground[1] + left * (np.float32(colors[point, 1]) - ground[1])),
                weight * (ground[2] + left * (np.float32(colors[point, 2]) - ground[2])),
                weight,
            )
            blend_disc(x, y, outer, adds, alpha, top, bottom, planes)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def blend_disc(x, y, outer, adds, alpha, top, bottom, planes):
    """Lay one disc over the rows top to bottom."""
    half = np.float32(0.5)
    pitch = planes.shape[2]
    first = np.intp(max(np.float32(-PAD), x - outer + half))
    past = np.intp(min(np.float32(pitch - 2 * PAD), x + outer + half))
    y0 = np.intp(max(np.float32(top), y - outer + half))
    y1 = np.intp(min(np.float32(bottom), y + outer + half))
    for py in range(y0, y1):
        dy = np.float32(py) + half - y
        for px in range(first, past, TINTED):
            dx = np.float32(px) + half - x
            at = py * PLANES * pitch + px + PAD
            tint_pixels(planes, at, pitch, dx, dy, outer, adds, alpha)


@njit(cache=True, nogil=True, error_model="numpy")
def strength_of(own_alpha, opacity, kind, depth, haze):
    """How opaque a disc is, and how much it weighs against others."""
    nearness = np.float32(1) - fade(depth, (np.float32(1), haze[1], haze[2]))
    alpha = opacity * np.float32(own_alpha) / np.float32(255)
    weight = alpha * alpha * (np.float32(0.05) + nearness * nearness * nearness)
    if kind == DIM:
        weight *= DIM_WEIGHT
    elif kind == RAISED:
        weight *= RAISED_WEIGHT
    return min(MOST_OPAQUE, alpha), weight


@njit(cache=True, nogil=True, error_model="numpy")
def settle_blend(planes, front, point_ids, ground, image, ids, start, stop):
    """Turn rows of planes into pixels, image uint32 (h, w), and front into points, ids (h, w) or
    empty."""
    none, one = np.float32(0), np.float32(1)
    for y in range(start, stop):
        for x in range(image.shape[1]):
            at = x + PAD
            weight, left = planes[y, WEIGHT, at], planes[y, THROUGH, at]
            share = (one - left) / weight if weight > none else none
            image[y, x] = packed(
                ground[0] * left + planes[y, RED, at] * share,
                ground[1] * left + planes[y, GREEN, at] * share,
                ground[2] * left + planes[y, BLUE, at] * share,
            )
            if len(ids):
                i = front[y, x]
                ids[y, x] = point_ids[i, 3] if i >= 0 else -1
