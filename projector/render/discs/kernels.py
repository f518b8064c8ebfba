# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Opaque discs: which one is in front of each pixel, the nearest that its middle lies in."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from projector.render.boxes.kernels import BOTTOM, LEFT, NEAREST, RIGHT, TOP
from projector.render.hiding.kernels import SIDE, TALL, WIDE, is_box_seen, measure_tile
from projector.render.kernels import BATCH, LEAST_RADIUS, RANK_BIT, SMALL, place_batch, read_batch
from projector.render.lanes.kernels import cover_eight, cover_four, fetch

PAD = 16
"""Pixels to the left and right of a picture that small discs may write to, unseen."""
MEDIUM = np.float32(3.5)
"""Discs of a lesser radius are at most eight pixels wide."""
ITEMS_FETCHED = 16
AHEAD = 3
"""So many batches before their turn points are fetched."""
ENOUGH = np.float32(0.4 * WIDE * TALL)
"""After discs of so many squared radii it is worth looking what they hide of a tile."""


@njit(cache=True, nogil=True, error_model="numpy")
def splat_discs(
    cloud, lens, batches, boxes, box_bits, order, n, begin, end, top, bottom, keys,
    blocks, farthest, drawn,
):  # fmt: skip
    """One strip, rows top to bottom: the least (depth << 32 | place) of the discs that hold a
    pixel's middle, keys int64 (h, w + 2 PAD).

    cloud: points, point_ids, scales, ranks. batches, boxes: see box_batches, of the first n points;
    box_bits: boxes as int32; order: of batches, the nearest first, of these begin to end. blocks,
    farthest: see measure_tile; drawn float32 (h / TALL, w / WIDE), rounded up: squared radii since
    a tile was looked at last.
    """
    points, _point_ids, scales, ranks = cloud
    nowhere, pitch = len(farthest) - 1, blocks.shape[1]
    can_hide = (lens[12] != 0) | (lens[13] != 0) | (lens[14] != 0)
    spots, where = np.empty(4 * BATCH, np.float32), np.empty(BATCH, np.int32)
    bits, raw = spots.view(np.int32), np.ones(4 * BATCH, np.float32)
    seen, line = np.empty(2 * BATCH, np.int32), np.empty(WIDE, np.int32)
    for turn in range(begin, end):
        slot = order[turn]
        box, nearest = boxes[slot], box_bits[slot, NEAREST]
        if box[TOP] >= bottom or box[BOTTOM] <= top:
            continue
        if turn + AHEAD < end:
            fetch_batch(
                points, batches[order[turn + AHEAD]], boxes[order[turn + AHEAD]], top, bottom
            )
        if len(ranks):
            nearest >>= 2
        if is_batch_hidden(box, nearest, top, bottom, lens[18], farthest, pitch):
            continue
        first = batches[slot] * BATCH
        n_here = min(BATCH, n - first)
        if len(scales):
            raw[3 * BATCH : 3 * BATCH + n_here] = scales[first : first + n_here]
        read_batch(points, first, n_here, raw)
        place_batch(raw, n_here, lens, top, bottom, pitch, nowhere, spots, where)
        if len(ranks):
            for j in range(n_here):
                at = 2 * BATCH + j
                bits[at] = (bits[at] >> 2) | (ranks[first + j] << RANK_BIT)
        n_small, n_wide = find_seen(n_here, bits, spots, where, top, bottom, farthest, pitch, seen)
        area = splat_small(seen, n_small, first, spots, bits, top, bottom, keys)
        area += splat_wider(seen, n_wide, first, spots, bits, top, bottom, keys)
        if can_hide and area > 0:
            add_area(box, area, top, bottom, line, keys, blocks, farthest, drawn)


@njit(cache=True, nogil=True, error_model="numpy")
def fetch_batch(points, batch, box, top, bottom):
    """Have the points of a batch to come brought near, if the strip touches it."""
    if box[TOP] < bottom and box[BOTTOM] > top:
        first = np.intp(batch) * 4 * BATCH
        for item in range(first, min(points.size, first + 4 * BATCH), ITEMS_FETCHED):
            fetch(points, item)


@njit(cache=True, nogil=True, error_model="numpy")
def is_batch_hidden(box, nearest, top, bottom, width, farthest, pitch):
    """Whether no point of a batch, this key at the least, can be in front of what is drawn."""
    left = int(max(np.float32(0), box[LEFT])) // SIDE
    right = int(min(width - np.float32(1), box[RIGHT])) // SIDE
    first = int(max(np.float32(top), box[TOP])) // SIDE
    last = int(min(np.float32(bottom - 1), box[BOTTOM])) // SIDE
    return not is_box_seen(left, first, right, last, nearest, farthest, pitch)


@njit(cache=True, nogil=True, error_model="numpy")
def find_seen(n, bits, spots, where, top, bottom, farthest, pitch, seen):
    """Which of a batch's points may be in front somewhere: seen int32 (2 BATCH,), the small ones
    from its first item on, others from its middle on. How many of either."""
    n_small, n_wide = 0, 0
    for j in range(n):
        key, is_small = bits[2 * BATCH + j], spots[3 * BATCH + j] < SMALL
        is_seen = key <= farthest[np.uint64(where[j])]
        seen[np.uint64(n_small)] = j
        n_small += is_seen & is_small
        seen[np.uint64(BATCH + n_wide)] = j
        n_wide += not is_small
    n_seen = 0
    for k in range(n_wide):
        j = seen[BATCH + k]
        key, r, block = bits[2 * BATCH + j], spots[3 * BATCH + j], where[j]
        x, y = spots[j], spots[BATCH + j]
        is_seen = key <= farthest[np.uint64(block)]
        if not is_seen and block < len(farthest) - 1:
            row = block // pitch
            is_seen = is_box_seen(
                block - row * pitch, row,
                min(pitch - 2, int(max(np.float32(0), x + r)) // SIDE),
                int(min(np.float32(bottom - 1), max(np.float32(top), y + r))) // SIDE,
                key, farthest, pitch,
            )  # fmt: skip
        seen[BATCH + n_seen] = j
        n_seen += is_seen
    return n_small, n_seen


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def up(value):
    """A number rounded up, without a call."""
    whole = np.intp(np.int32(value))
    return whole + (value > np.float32(whole))


@njit(cache=True, nogil=True, error_model="numpy")
def splat_small(seen, n, first, spots, bits, top, bottom, keys):
    """Offer n of a batch's points to the pixels that they hold, at most four by four; the sum of
    their squared radii."""
    half, area = np.float32(0.5), np.float32(0)
    for k in range(n):
        j = seen[k]
        x, y, r = spots[j], spots[BATCH + j], max(LEAST_RADIUS, spots[3 * BATCH + j])
        key = (np.int64(bits[2 * BATCH + j]) << np.int64(32)) | np.int64(first + j)
        area += r * r
        x0, y0 = up(x - r - half), up(y - r - half)
        dx, dy = np.float32(x0) + half - x, np.float32(y0) + half - y
        if y0 >= top and y0 + 4 <= bottom:
            for row in range(4):
                side = dy + np.float32(row)
                cover_four(keys, y0 + row, x0 + PAD, dx, r * r - side * side, key)
        else:
            for row in range(max(0, top - y0), min(4, bottom - y0)):
                side = dy + np.float32(row)
                cover_four(keys, y0 + row, x0 + PAD, dx, r * r - side * side, key)
    return area


@njit(cache=True, nogil=True, error_model="numpy")
def splat_wider(seen, n, first, spots, bits, top, bottom, keys):
    """As splat_small, of the larger ones."""
    half, area = np.float32(0.5), np.float32(0)
    for k in range(n):
        j = seen[BATCH + k]
        x, y, r = spots[j], spots[BATCH + j], spots[3 * BATCH + j]
        key = (np.int64(bits[2 * BATCH + j]) << np.int64(32)) | np.int64(first + j)
        area += r * r
        if r >= MEDIUM:
            splat_wide(keys, key, x, y, r, top, bottom)
            continue
        x0, y0 = up(x - r - half), up(y - r - half)
        dx, dy = np.float32(x0) + half - x, np.float32(y0) + half - y
        last = min(np.intp(max(np.float32(top), y + r + half)), bottom) - y0
        for row in range(max(0, top - y0), last):
            side = dy + np.float32(row)
            cover_eight(keys, y0 + row, x0 + PAD, dx, r * r - side * side, key)
    return area


@njit(cache=True, nogil=True, error_model="numpy")
def add_area(box, area, top, bottom, line, keys, blocks, farthest, drawn):
    """Add a batch's area to the tiles that it touches, and look where it hides enough."""
    width = np.float32(keys.shape[1] - 2 * PAD)
    left = int(max(np.float32(0), box[LEFT])) // WIDE
    right = int(min(width - np.float32(1), box[RIGHT])) // WIDE
    first = int(max(np.float32(top), box[TOP])) // TALL
    last = int(min(np.float32(bottom - 1), box[BOTTOM])) // TALL
    n_tiles = (right + 1 - left) * (last + 1 - first)
    count = area / np.float32(n_tiles)
    for row in range(first, last + 1):
        for column in range(left, right + 1):
            drawn[row, column] += count
            if drawn[row, column] >= ENOUGH:
                drawn[row, column] = 0
                measure_tile(keys, PAD, row, column, top, bottom, line, blocks, farthest)


@njit(cache=True, nogil=True, error_model="numpy")
def splat_wide(keys, key, x, y, r, top, bottom):
    """A disc that may be wider than eight pixels, eight of a row at once."""
    half = np.float32(0.5)
    x0 = max(-8, math.ceil(x - r - half))
    x1 = min(keys.shape[1] - 2 * PAD, math.floor(x + r - half) + 1)
    for py in range(max(top, math.ceil(y - r - half)), min(bottom, math.floor(y + r - half) + 1)):
        dy = np.float32(py) + half - y
        rest = r * r - dy * dy
        for px in range(x0, x1, 8):
            cover_eight(keys, py, px + PAD, np.float32(px) + half - x, rest, key)
