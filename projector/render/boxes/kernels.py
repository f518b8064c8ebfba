# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Where batches of points may be on the screen, all of each point's disc included."""

from __future__ import annotations

import numpy as np
from numba import njit

from projector.render.hiding.kernels import TALL
from projector.render.kernels import FARTHEST_GROWTH, NEAREST_GROWTH

LEFT, TOP, RIGHT, BOTTOM, NEAREST = range(5)
ROUNDING = np.float32(3e-6)
"""So much of the numbers that make up a sum it may be wrong by."""
SPARE_PX = np.float32(3)
ANYWHERE = np.float32(1e9)


@njit(cache=True, nogil=True, error_model="numpy")
def box_batches(bounds, lens, largest, boxes, batches, counts):
    """How many batches may be in view. batches int32: which, boxes float32 (batches, 5): left, top,
    right, bottom px and the nearest depth of each, its discs included. counts float64 (h /
    TALL, rounded up): of how many batches the middle is in so many rows. bounds: see bound_batches.
    largest: the factor of the largest point."""
    near, focus, width, height, radius, reach = lens[16:]
    none, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    n = 0
    for batch in range(bounds.shape[0]):
        bound = bounds[batch]
        nearest, farthest = row_range(bound, lens[12:16])
        low_w, high_w = row_range(bound, lens[8:12])
        growth = min(NEAREST_GROWTH, max(FARTHEST_GROWTH, focus / max(nearest, near)))
        growth = growth if focus > none else one
        margin = radius * growth * max(one, largest) * reach + SPARE_PX
        low_x, high_x = row_range(bound, lens[0:4])
        low_y, high_y = row_range(bound, lens[4:8])
        left, right = pixel_range(low_x, high_x, low_w, high_w, width, margin)
        top, bottom = pixel_range(-high_y, -low_y, low_w, high_w, height, margin)
        is_in = (farthest > near) & (right > none) & (left < width) & (bottom > none)
        is_in &= top < height
        boxes[n, LEFT], boxes[n, TOP], boxes[n, RIGHT], boxes[n, BOTTOM] = left, top, right, bottom
        boxes[n, NEAREST] = nearest
        batches[n] = batch
        if is_in and right >= left:
            n += 1
            middle = (max(none, top) + min(height, bottom)) * half
            counts[min(len(counts) - 1, int(middle) // TALL)] += 1
    return n


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def row_range(bound, row):
    """The least and the greatest of a linear function in the bounds of a batch."""
    a, b, c = row[0] * bound[0], row[1] * bound[1], row[2] * bound[2]
    middle = a + b + c + row[3]
    away = abs(row[0]) * bound[3] + abs(row[1]) * bound[4] + abs(row[2]) * bound[5]
    away += ROUNDING * (abs(a) + abs(b) + abs(c) + abs(row[3]) + away)
    return middle - away, middle + away


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def pixel_range(low, high, low_w, high_w, size, margin):
    """From where to where pixels go; anywhere, if some of it may be beside the eye."""
    none, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    if not low_w > none:
        return -ANYWHERE, ANYWHERE
    first = (one + low / (low_w if low < none else high_w)) * half * size - margin
    last = (one + high / (low_w if high > none else high_w)) * half * size + margin
    # what no picture is as large as may be wrong by more than the margin
    if not (abs(first) < ANYWHERE * half and abs(last) < ANYWHERE * half):
        return -ANYWHERE, ANYWHERE
    spare = ROUNDING * (abs(first) + abs(last))
    return first - spare, last + spare
