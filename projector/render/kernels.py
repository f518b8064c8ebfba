# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Where points are on the screen, and which pixel shows which. Imports numba, so import this
module inside functions only.

Points come in batches of BATCH neighbors; a batch knows which rows of the screen it touches, so a
strip of the screen looks at few points. `points` is float32 (n, 4): x, y, z and, as int32 bits, the
point's own number. `lens` is what Geometry.lens makes of a camera, plain numbers
only: arrays within tuples are counted anew at every call.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from projector.render.lanes.kernels import LANES, apart, split_points

BATCH = 128
SPAN = 32
"""Pixels of a row that are skipped at once where nothing is."""
RANK_BIT = 29
HIGHEST_BIT = np.uint32(1 << 15)
EMPTY = np.int64(0x7FFFFFFFFFFFFFFF)
AWAY = np.float32(1e9)
"""The y of a point that is not drawn."""
LEAST_RADIUS = np.float32(0.7072)
"""A disc of this radius holds the middle of some pixel, wherever it lies."""
SMALL = np.float32(2.0)
"""Discs of a lesser radius are at most four pixels wide."""
NEAREST_GROWTH, FARTHEST_GROWTH = np.float32(1.7), np.float32(0.6)
RAISED_GROWTH = np.float32(1.3)
LARGEST_SCALE = np.float32(1e6)
"""A larger disc fills any picture, too; where this one ends can still be counted in pixels."""
HIDDEN, DIM, NORMAL, RAISED = 0, 1, 2, 3
ANY_ORDER = {"nsz", "arcp", "contract", "reassoc"}
look_point, put_spot = apart("spots")


@njit(cache=True, nogil=True, error_model="numpy")
def spread_bits(value):
    """16 bits with two zeros put before each."""
    v = np.uint64(value)
    v = (v | (v << np.uint64(16))) & np.uint64(0x0000FF0000FF)
    v = (v | (v << np.uint64(8))) & np.uint64(0x00F00F00F00F)
    v = (v | (v << np.uint64(4))) & np.uint64(0x0C30C30C30C3)
    return (v | (v << np.uint64(2))) & np.uint64(0x249249249249)


@njit(cache=True, nogil=True, error_model="numpy")
def hilbert_codes(points, low, scale, codes, start, stop):
    """codes uint64 (n,): where points are along a curve that fills space without a jump, so that
    a piece of it is compact. Skilling, Programming the Hilbert curve (2004)."""
    for i in range(start, stop):
        x = np.uint32((points[i, 0] - low[0]) * scale)
        y = np.uint32((points[i, 1] - low[1]) * scale)
        z = np.uint32((points[i, 2] - low[2]) * scale)
        bit = HIGHEST_BIT
        while bit > 1:
            below = np.uint32(bit - 1)
            x ^= below if x & bit else np.uint32(0)
            x, y = turned(x, y, bit, below)
            x, z = turned(x, z, bit, below)
            bit = np.uint32(bit >> 1)
        y ^= x
        z ^= y
        flips, bit = np.uint32(0), HIGHEST_BIT
        while bit > 1:
            flips ^= np.uint32(bit - 1) if z & bit else np.uint32(0)
            bit = np.uint32(bit >> 1)
        high, middle, least = spread_bits(x ^ flips), spread_bits(y ^ flips), spread_bits(z ^ flips)
        codes[i] = (high << np.uint64(2)) | (middle << np.uint64(1)) | least


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def turned(x, other, bit, below):
    """Lower bits inverted in the first axis, or swapped between both, by a bit of the other."""
    swapped = np.uint32((x ^ other) & below)
    return (
        x ^ (below if other & bit else swapped),
        other ^ (np.uint32(0) if other & bit else swapped),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def gather_points(positions, order, points, point_ids, start, stop):
    """Fill points, and its int32 view point_ids, with positions (n, 3) in an order."""
    for i in range(start, stop):
        point = order[i]
        points[i, 0] = positions[point, 0]
        points[i, 1] = positions[point, 1]
        points[i, 2] = positions[point, 2]
        point_ids[i, 3] = point


@njit(cache=True, nogil=True, error_model="numpy")
def gather_scales(point_ids, sizes, emphasis, scales, ranks, start, stop):
    """In the painter's order: scales float32, a point's size, 0 where it is hidden; ranks int32,
    0 for raised points, which cover all others, to 2 for dim ones. Either input may be empty."""
    for i in range(start, stop):
        point = point_ids[i, 3]
        scale, rank = np.float32(1), 1
        if len(sizes):
            scale = sizes[point]
        if len(emphasis):
            kind = emphasis[point]
            if kind == HIDDEN:
                scale = np.float32(0)
            elif kind == RAISED:
                scale *= RAISED_GROWTH
            rank = RAISED - max(DIM, min(RAISED, kind))
        scales[i] = min(scale, LARGEST_SCALE) if scale > 0 else np.float32(0)
        ranks[i] = rank


@njit(cache=True, nogil=True, error_model="numpy")
def bound_batches(points, bounds, start, stop):
    """bounds float32 (batches, 6): the middle of each batch, and how far it reaches along x, y and
    z to both sides."""
    for batch in range(start, stop):
        first, past = batch * BATCH, min((batch + 1) * BATCH, len(points))
        for axis in range(3):
            low = high = points[first, axis]
            for i in range(first + 1, past):
                low, high = min(low, points[i, axis]), max(high, points[i, axis])
            half = high * np.float32(0.5) - low * np.float32(0.5)
            bounds[batch, axis] = low + half
            bounds[batch, 3 + axis] = half * np.float32(1.0001)


@njit(cache=True, nogil=True, error_model="numpy")
def place_points(
    points, scales, ranks, lens, visits, n, screen, screen_bits, places, rows, counts, start, stop
):
    """Fill screen float32 (batches BATCH, 4) with x px, y px, depth and radius px of the points
    in view, and places int32 with theirs in points; counts int32: how many of each batch there
    are, from its first on; rows float32 (batches, 2): the rows of the screen they touch.

    visits int32: which batches, of the first n points. scales, ranks: see gather_scales, or empty.
    screen_bits: screen as int32; with ranks its depths become keys that sort by rank, then depth.
    """
    height, reach = int(lens[19]), lens[21]
    spots, blocks = np.empty(4 * BATCH, np.float32), np.empty(BATCH, np.int32)
    bits, raw = spots.view(np.int32), np.ones(4 * BATCH, np.float32)
    for slot in range(start, stop):
        first = visits[slot] * BATCH
        n_here = min(BATCH, n - first)
        if len(scales):
            raw[3 * BATCH : 3 * BATCH + n_here] = scales[first : first + n_here]
        read_batch(points, first, n_here, raw)
        place_batch(raw, n_here, lens, 0, height, 1, -1, spots, blocks)
        if len(ranks):
            for j in range(n_here):
                at = 2 * BATCH + j
                bits[at] = (bits[at] >> 2) | (ranks[first + j] << RANK_BIT)
        at, top, bottom = slot * BATCH, AWAY, -AWAY
        for j in range(n_here):
            x, y, r = spots[j], spots[BATCH + j], spots[3 * BATCH + j]
            is_in = blocks[j] >= 0
            screen[at, 0], screen[at, 1], screen[at, 3] = x, y, r
            screen_bits[at, 2] = bits[2 * BATCH + j]
            places[at] = first + j
            far = r * reach + np.float32(1)
            top = min(top, y - far if is_in else AWAY)
            bottom = max(bottom, y + far if is_in else -AWAY)
            at += is_in
        counts[slot] = at - slot * BATCH
        rows[slot, 0], rows[slot, 1] = top, bottom


@njit(cache=True, nogil=True, error_model="numpy")
def read_batch(points, first, n, raw):
    """raw float32 (4 BATCH,): x, y and z of n points, a plane a trait; their sizes are left."""
    n_wide = n // LANES * LANES
    for j in range(0, n_wide, LANES):
        split_points(points, first + j, raw, j, BATCH)
    for j in range(n_wide, n):
        raw[j] = points[first + j, 0]
        raw[BATCH + j] = points[first + j, 1]
        raw[2 * BATCH + j] = points[first + j, 2]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=ANY_ORDER)
def place_batch(raw, n, lens, top, bottom, pitch, nowhere, spots, blocks):
    """spots float32 (4 BATCH,): x, y, depth, radius px of n points, a plane a trait. blocks int32:
    the block of four by four pixels where each begins, pitch blocks a row, or nowhere, if no part
    of it is in view: rows top to bottom. raw: see read_batch, with sizes in its last plane."""
    near, width, reach = lens[16], lens[18], lens[21]
    high, low = np.float32(top), np.float32(bottom)
    none, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    for j in range(n):
        size = look_point(raw, 3 * BATCH + j)
        sx, sy, depth, r = seen_from(
            look_point(raw, j), look_point(raw, BATCH + j), look_point(raw, 2 * BATCH + j), lens
        )
        r *= size
        far = r * reach + one
        is_in = (depth > near) & (sx > -far) & (sx < width + far) & (size > none)
        is_in = is_in & (sy > high - far) & (sy < low + far)
        put_spot(spots, j, sx)
        put_spot(spots, BATCH + j, sy)
        put_spot(spots, 2 * BATCH + j, depth if is_in else one)
        put_spot(spots, 3 * BATCH + j, r)
        wide = max(LEAST_RADIUS, r) + half
        # rounded down, the block is the one where the disc begins, or one before
        column = np.int32(min(width - one, max(none, sx - wide))) >> np.int32(2)
        row = np.int32(min(low - one, max(high, sy - wide))) >> np.int32(2)
        block = row * np.int32(pitch) + column
        put_spot(blocks, j, block if is_in else np.int32(nowhere))


@njit(cache=True, nogil=True, error_model="numpy", fastmath=ANY_ORDER, inline="always")
def seen_at(points, i, scales, lens):
    """One point on the screen: x px, y px, depth, radius px."""
    sx, sy, depth, r = seen_from(points[i, 0], points[i, 1], points[i, 2], lens)
    if len(scales):
        r *= scales[i]
    return sx, sy, depth, r


@njit(cache=True, nogil=True, error_model="numpy", fastmath=ANY_ORDER, inline="always")
def seen_from(x, y, z, lens):
    """A place in space on the screen, as seen_at."""
    m00, m01, m02, m03, m10, m11, m12, m13, m30, m31, m32, m33 = lens[:12]
    d0, d1, d2, d3, _near, focus, width, height, radius, _reach = lens[12:]
    one, half = np.float32(1), np.float32(0.5)
    depth = d0 * x + d1 * y + d2 * z + d3
    w = one / (m30 * x + m31 * y + m32 * z + m33)
    sx = (one + (m00 * x + m01 * y + m02 * z + m03) * w) * half * width
    sy = (one - (m10 * x + m11 * y + m12 * z + m13) * w) * half * height
    growth = min(NEAREST_GROWTH, max(FARTHEST_GROWTH, focus / depth))
    return sx, sy, depth, radius * (growth if focus > 0 else one)


@njit(cache=True, nogil=True, error_model="numpy")
def settle(keys, pad, front, filled, start, stop):
    """Rows of keys int64 (h, w + 2 pad) become front int32 (h, w), the place in points of what is
    in front, -1 for nothing; the keys are empty again. filled uint8 (h, w / SPAN rounded up):
    whether there is something in so many pixels of a row."""
    width = front.shape[1]
    for y in range(start, stop):
        for x in range(width):
            key = keys[y, x + pad]
            front[y, x] = np.int32(-1) if key == EMPTY else np.int32(key & np.int64(0xFFFFFFFF))
        keys[y, :] = EMPTY
        for span in range(filled.shape[1]):
            highest = np.int32(-1)
            for x in range(span * SPAN, min(width, (span + 1) * SPAN)):
                highest = max(highest, front[y, x])
            filled[y, span] = highest >= 0


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def fade(depth, haze):
    """How much of the background lies over a point. haze: strength, depths of begin and end."""
    return haze[0] * min(np.float32(1), max(np.float32(0), (depth - haze[1]) / (haze[2] - haze[1])))


@njit(cache=True, nogil=True, error_model="numpy")
def points_inside(points, point_ids, scales, lens, edges, first_edge, box, inside, start, stop):
    """Mark in inside bool (n,), by a point's own number, who lies in a polygon, even-odd.

    edges float64 (m, 4): x, y, x, y of the sides that touch each of some bands of rows;
    first_edge (bands + 1,): where a band's begin. box: left, top, right, bottom.
    """
    near, n_bands = lens[16], len(first_edge) - 1
    bands_per_px = n_bands / max(1e-9, box[3] - box[1])
    for i in range(start, stop):
        x, y, depth, _r = seen_at(points, i, scales, lens)
        if not (depth > near and box[0] <= x <= box[2] and box[1] <= y <= box[3]):
            continue
        if len(scales) and not scales[i] > 0:
            continue
        band = min(n_bands - 1, max(0, int((y - box[1]) * bands_per_px)))
        is_in = False
        for e in range(first_edge[band], first_edge[band + 1]):
            x0, y0, x1, y1 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                is_in = not is_in
        inside[point_ids[i, 3]] = is_in
