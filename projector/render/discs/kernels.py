# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Opaque discs: which one is in front of each pixel, the nearest that its middle lies in."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from projector.render.kernels import BATCH, LEAST_RADIUS, SMALL
from projector.render.lanes.kernels import cover_eight, cover_four

PAD = 16
"""Pixels to the left and right of a picture that small discs may write to, unseen."""


@njit(cache=True, nogil=True, error_model="numpy")
def splat_discs(screen, screen_bits, places, rows, counts, top, bottom, keys):
    """One strip: the least (depth << 32 | place) of the discs that hold a pixel's middle.

    screen, places, rows, counts: see place_points. keys int64 (h, w + 2 PAD).
    """
    half = np.float32(0.5)
    for batch in range(len(rows)):
        if rows[batch, 1] < top or rows[batch, 0] > bottom:
            continue
        for i in range(batch * BATCH, batch * BATCH + counts[batch]):
            y = screen[i, 1]
            r = max(LEAST_RADIUS, screen[i, 3])
            if y + r < top or y - r > bottom:
                continue
            x = screen[i, 0]
            x0 = math.ceil(x - r - half)
            y0 = math.ceil(y - r - half)
            key = (np.int64(screen_bits[i, 2]) << np.int64(32)) | np.int64(places[i])
            if r < SMALL:
                dx = np.float32(x0) + half - x
                dy = np.float32(y0) + half - y
                if y0 >= top and y0 + 4 <= bottom:
                    for k in range(4):
                        side = dy + np.float32(k)
                        cover_four(keys, y0 + k, x0 + PAD, dx, r * r - side * side, key)
                else:
                    for k in range(max(0, top - y0), min(4, bottom - y0)):
                        side = dy + np.float32(k)
                        cover_four(keys, y0 + k, x0 + PAD, dx, r * r - side * side, key)
            else:
                splat_wide(keys, key, x, y, r, top, bottom)


@njit(cache=True, nogil=True, error_model="numpy")
def splat_wide(keys, key, x, y, r, top, bottom):
    """A disc wider than four pixels, eight of a row at once."""
    half = np.float32(0.5)
    x0 = max(-8, math.ceil(x - r - half))
    x1 = min(keys.shape[1] - 2 * PAD, math.floor(x + r - half) + 1)
    for py in range(max(top, math.ceil(y - r - half)), min(bottom, math.floor(y + r - half) + 1)):
        dy = np.float32(py) + half - y
        rest = r * r - dy * dy
        for px in range(x0, x1, 8):
            cover_eight(keys, py, px + PAD, np.float32(px) + half - x, rest, key)
