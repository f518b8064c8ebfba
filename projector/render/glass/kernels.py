# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""See-through discs, blended without order: near and opaque ones weigh more."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from projector.render.kernels import BATCH, DIM, HIDDEN, RAISED, fade, seen_at
from projector.render.shading.kernels import packed, share_of

DIM_WEIGHT, RAISED_WEIGHT = np.float32(0.05), np.float32(20.0)
MOST_OPAQUE = np.float32(0.998)


@njit(cache=True, nogil=True, error_model="numpy")
def touched(center, reach, low, high):
    """First and one past the last pixel whose middle may lie within reach, cut to low..high."""
    first = max(low, math.ceil(center - reach - np.float32(0.5)))
    return first, min(high, math.floor(center + reach - np.float32(0.5)) + 1)


@njit(cache=True, nogil=True, error_model="numpy")
def blend_discs(
    screen, places, rows, counts, cloud, paint, lens, opacity, top, bottom, sums, through
):
    """One strip: sums float32 (h, w, 4) gather weighted colors and weights, through float32 (h, w)
    what is left of the background. cloud, paint: see shade_discs."""
    points, point_ids, scales, _ranks = cloud
    colors, emphasis, ground, haze = paint
    width = through.shape[1]
    one, half = np.float32(1), np.float32(0.5)
    for batch in range(len(rows)):
        if rows[batch, 1] < top or rows[batch, 0] > bottom:
            continue
        for i in range(batch * BATCH, batch * BATCH + counts[batch]):
            x, y, r = screen[i, 0], screen[i, 1], screen[i, 3]
            outer = r + half
            y0, y1 = touched(y, outer, top, bottom)
            if y0 >= y1:
                continue
            x0, x1 = touched(x, outer, 0, width)
            _x, _y, depth, _r = seen_at(points, places[i], scales, lens)
            point = point_ids[places[i], 3]
            left = share_of(emphasis, point, depth, haze)
            red = ground[0] + left * (np.float32(colors[point, 0]) - ground[0])
            green = ground[1] + left * (np.float32(colors[point, 1]) - ground[1])
            blue = ground[2] + left * (np.float32(colors[point, 2]) - ground[2])
            kind = emphasis[point] if len(emphasis) else HIDDEN
            alpha, weight = strength_of(colors[point, 3], opacity, kind, depth, haze)
            for py in range(y0, y1):
                dy = np.float32(py) + half - y
                row, clear = sums[np.uint64(py)], through[np.uint64(py)]
                for px in range(x0, x1):
                    dx = np.float32(px) + half - x
                    away = np.float32(math.sqrt(dx * dx + dy * dy))
                    cover = max(np.float32(0), min(one, outer - away))
                    at, share = np.uint64(px), cover * weight
                    row[at, 0] += share * red
                    row[at, 1] += share * green
                    row[at, 2] += share * blue
                    row[at, 3] += share
                    clear[at] *= one - cover * alpha


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
def settle_blend(sums, through, front, point_ids, ground, image, ids, start, stop):
    """Turn rows of sums into pixels, image uint32 (h, w), and front into points, ids (h, w) or
    empty."""
    none, one = np.float32(0), np.float32(1)
    for y in range(start, stop):
        for x in range(image.shape[1]):
            cell, left = sums[y, x], through[y, x]
            share = (one - left) / cell[3] if cell[3] > none else none
            image[y, x] = packed(
                ground[0] * left + cell[0] * share,
                ground[1] * left + cell[1] * share,
                ground[2] * left + cell[2] * share,
            )
            if len(ids):
                i = front[y, x]
                ids[y, x] = point_ids[i, 3] if i >= 0 else -1
