# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Opaque discs: which one is in front of each pixel, the nearest that its middle lies in."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from projector.render.hiding.kernels import SEGMENT, SIDE, is_box_seen, measure_segment
from projector.render.kernels import BATCH, LEAST_RADIUS, RANK_BIT, SMALL, place_batch, read_batch
from projector.render.lanes.kernels import cover_eight, cover_four, fetch

PAD = 16
"""Pixels to the left and right of a picture that small discs may write to, unseen."""
LEFT, TOP, RIGHT, BOTTOM, NEAREST = range(5)
MEDIUM = np.float32(3.5)
"""Discs of a lesser radius are at most eight pixels wide."""
ITEMS_FETCHED = 16
AHEAD = 3
"""So many batches before their turn points are fetched."""
OFTEN = np.int32(24)
"""After so many discs in a segment it is worth looking what they hide."""
WIDE_COUNTS = np.int32(6)


@njit(cache=True, nogil=True, error_model="numpy")
def splat_discs(
    cloud, lens, visits, boxes, box_bits, n, begin, end, top, bottom, keys, blocks, farthest, drawn
):
    """One strip, rows top to bottom: the least (depth << 32 | place) of the discs that hold a
    pixel's middle, keys int64 (h, w + 2 PAD).

    cloud: points, point_ids, scales, ranks. visits int32: which batches of the first n points, the
    nearest first, of these begin to end; boxes float32 (5, visits): see visits.boxes_of; box_bits:
    the same memory as int32. blocks, farthest: see measure_segment, drawn int32 (h / SIDE, w /
    SEGMENT), rounded up: how many discs since a segment was looked at last.
    """
    points, _point_ids, scales, ranks = cloud
    nowhere = len(farthest) - 1
    can_hide = (lens[12] != 0) | (lens[13] != 0) | (lens[14] != 0)
    spots, where = np.empty(4 * BATCH, np.float32), np.empty(BATCH, np.int32)
    bits, raw = spots.view(np.int32), np.ones(4 * BATCH, np.float32)
    seen, line = np.empty(BATCH + 1, np.int32), np.empty(SEGMENT, np.int32)
    for slot in range(begin, end):
        if boxes[TOP, slot] >= bottom or boxes[BOTTOM, slot] <= top:
            continue
        fetch_batch(points, visits, boxes, slot + AHEAD, end, top, bottom)
        if is_batch_hidden(boxes, box_bits, slot, top, bottom, len(ranks), farthest, blocks):
            continue
        first = visits[slot] * BATCH
        n_here = min(BATCH, n - first)
        if len(scales):
            raw[3 * BATCH : 3 * BATCH + n_here] = scales[first : first + n_here]
        read_batch(points, first, n_here, raw)
        place_batch(raw, n_here, lens, top, bottom, nowhere, spots, where)
        if len(ranks):
            for j in range(n_here):
                at = 2 * BATCH + j
                bits[at] = (bits[at] >> 2) | (ranks[first + j] << RANK_BIT)
        n_seen = find_seen(n_here, bits, spots, where, nowhere, top, bottom, farthest, blocks, seen)
        splat_batch(seen, n_seen, first, spots, bits, top, bottom, keys)
        if can_hide:
            count_drawn(
                seen, n_seen, spots, where, top, bottom, line, keys, blocks, farthest, drawn
            )


@njit(cache=True, nogil=True, error_model="numpy")
def fetch_batch(points, visits, boxes, slot, end, top, bottom):
    """Have the points of a batch to come brought near, if the strip touches it."""
    if slot < end and boxes[TOP, slot] < bottom and boxes[BOTTOM, slot] > top:
        first = np.intp(visits[slot]) * 4 * BATCH
        for item in range(first, min(points.size, first + 4 * BATCH), ITEMS_FETCHED):
            fetch(points, item)


@njit(cache=True, nogil=True, error_model="numpy")
def is_batch_hidden(boxes, box_bits, slot, top, bottom, has_ranks, farthest, blocks):
    """Whether no point of a batch can be in front of what is drawn."""
    columns = blocks.shape[1]
    key = box_bits[NEAREST, slot] >> 2 if has_ranks else box_bits[NEAREST, slot]
    left = int(max(np.float32(0), boxes[LEFT, slot])) // SIDE
    right = min(columns - 1, int(boxes[RIGHT, slot]) // SIDE)
    first = int(max(np.float32(top), boxes[TOP, slot])) // SIDE
    last = int(min(np.float32(bottom - 1), boxes[BOTTOM, slot])) // SIDE
    return not is_box_seen(left, first, right, last, key, farthest, columns)


@njit(cache=True, nogil=True, error_model="numpy")
def find_seen(n, bits, spots, where, nowhere, top, bottom, farthest, blocks, seen):
    """Which of a batch's points may be in front somewhere, and how many."""
    count, half = 0, np.float32(0.5)
    columns = blocks.shape[1]
    for j in range(n):
        key, r, block = bits[2 * BATCH + j], spots[3 * BATCH + j], where[j]
        is_seen = key <= farthest[np.uint64(block)]
        if r >= SMALL and not is_seen and block < nowhere:
            x, y = spots[j], spots[BATCH + j]
            is_seen = is_box_seen(
                block % columns,
                block // columns,
                int(min(np.float32(columns * SIDE - 1), max(half, x + r))) // SIDE,
                int(min(np.float32(bottom - 1), max(np.float32(top), y + r))) // SIDE,
                key, farthest, columns,
            )  # fmt: skip
        seen[count] = j
        count += is_seen
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def splat_batch(seen, n, first, spots, bits, top, bottom, keys):
    """Offer n of a batch's points to the pixels that they hold."""
    half = np.float32(0.5)
    for k in range(n):
        j = seen[k]
        x, y, r = spots[j], spots[BATCH + j], max(LEAST_RADIUS, spots[3 * BATCH + j])
        key = (np.int64(bits[2 * BATCH + j]) << np.int64(32)) | np.int64(first + j)
        if r >= MEDIUM:
            splat_wide(keys, key, x, y, r, top, bottom)
            continue
        x0, y0 = math.ceil(x - r - half), math.ceil(y - r - half)
        dx, dy = np.float32(x0) + half - x, np.float32(y0) + half - y
        if r >= SMALL:
            for row in range(max(0, top - y0), min(math.floor(y + r - half) + 1, bottom) - y0):
                side = dy + np.float32(row)
                cover_eight(keys, y0 + row, x0 + PAD, dx, r * r - side * side, key)
        elif y0 >= top and y0 + 4 <= bottom:
            for row in range(4):
                side = dy + np.float32(row)
                cover_four(keys, y0 + row, x0 + PAD, dx, r * r - side * side, key)
        else:
            for row in range(max(0, top - y0), min(4, bottom - y0)):
                side = dy + np.float32(row)
                cover_four(keys, y0 + row, x0 + PAD, dx, r * r - side * side, key)


@njit(cache=True, nogil=True, error_model="numpy")
def count_drawn(seen, n, spots, where, top, bottom, line, keys, blocks, farthest, drawn):
    """Count discs where they begin, wide ones wherever they are, and look what they hide."""
    columns = blocks.shape[1]
    for k in range(n):
        j = seen[k]
        row, segment = where[j] // columns, where[j] % columns // (SEGMENT // SIDE)
        r = spots[3 * BATCH + j]
        if r < MEDIUM:
            drawn[row, segment] += 1
            if drawn[row, segment] >= OFTEN:
                drawn[row, segment] = 0
                measure_segment(keys, PAD, row, segment, top, bottom, line, blocks, farthest)
            continue
        x, y = spots[j] + r, spots[BATCH + j] + r
        last = int(min(np.float32(bottom - 1), max(np.float32(top), y))) // SIDE
        most = min(drawn.shape[1] - 1, int(max(np.float32(0), x)) // SEGMENT)
        for down in range(row, last + 1):
            for along in range(segment, most + 1):
                drawn[down, along] += WIDE_COUNTS
                if drawn[down, along] >= OFTEN:
                    drawn[down, along] = 0
                    measure_segment(keys, PAD, down, along, top, bottom, line, blocks, farthest)


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
