"""The inner loop of parallel coordinates: lines added up pixel column by pixel column."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _deposit(column: Any, at: float, weight: float, red: float, green: float, blue: float) -> None:
    """Start (or, with a negative weight, end) a box at a fraction of a pixel."""
    i = int(at)
    after = at - i
    before = (1.0 - after) * weight
    after *= weight
    column[i, 0] += before * red
    column[i, 1] += before * green
    column[i, 2] += before * blue
    column[i, 3] += before
    column[i + 1, 0] += after * red
    column[i + 1, 1] += after * green
    column[i + 1, 2] += after * blue
    column[i + 1, 3] += after


@njit(cache=True, nogil=True)
def add_lines(
    first: int, last: int, xs: Any, ys: Any, rgb: Any, rows: Any, thickness: float, sums: Any
) -> None:
    """Add lines to the pixel columns first..last-1 of sums, float32 (width, height + 2, 4).

    Each pixel column holds differences along y: running sums give color times coverage, and
    coverage. xs: float32 (k,) rising, ys: float32 (n, k), in pixels. rgb: float32 (n, 3).
    """
    top = sums.shape[1] - 2
    for gap in range(len(xs) - 1):
        left, right = xs[gap], xs[gap + 1]
        start = max(first, math.ceil(left - 0.5))
        stop = min(last, math.ceil(right - 0.5))
        if stop <= start:
            continue
        for row in rows:
            slope = (ys[row, gap + 1] - ys[row, gap]) / (right - left)
            half = thickness * math.sqrt(1.0 + slope * slope) / 2
            # the edges of a steep line cross much of a column: a wide and a narrow box soften them
            soft = abs(slope) / 4 if abs(slope) > 0.7 else 0.0
            n_boxes = 2 if soft > 0.0 else 1
            y = ys[row, gap] + slope * (start + 0.5 - left)
            red, green, blue = rgb[row, 0], rgb[row, 1], rgb[row, 2]
            for x in range(start, stop):
                for box in range(n_boxes):
                    reach = half + soft - 2 * soft * box
                    above, below = max(y - reach, 0.0), max(y + reach, 0.0)
                    weight = 1.0 / n_boxes
                    _deposit(sums[x], min(above, top), weight, red, green, blue)
                    _deposit(sums[x], min(below, top), -weight, red, green, blue)
                y += slope


@njit(cache=True, nogil=True)
def blend(first: int, last: int, sums: Any, strength: float, image: Any) -> None:
    """Turn the sums into premultiplied RGBA, uint8 (height, width, 4): the denser, the more
    opaque.
    """
    for x in range(first, last):
        red, green, blue, density = 0.0, 0.0, 0.0, 0.0
        for y in range(image.shape[0]):
            red += sums[x, y, 0]
            green += sums[x, y, 1]
            blue += sums[x, y, 2]
            density += sums[x, y, 3]
            if density < 1e-3:
                continue
            alpha = 1.0 - math.exp(-density * strength)
            image[y, x, 0] = np.uint8(min(255.0, max(0.0, red / density * alpha)))
            image[y, x, 1] = np.uint8(min(255.0, max(0.0, green / density * alpha)))
            image[y, x, 2] = np.uint8(min(255.0, max(0.0, blue / density * alpha)))
            image[y, x, 3] = np.uint8(255.0 * alpha)
