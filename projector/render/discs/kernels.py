# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Opaque discs: which one is in front of each pixel, and their smooth edges.

A pixel shows the nearest disc that its middle lies in. Edges are smoothed afterwards, from the
neighbors of each pixel: a disc blends into what is next to it, outward, and over the pixels that it
touches only in part.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from projector.render.kernels import AWAY, BATCH, DIM, fade, seen_at

PAD = 16
"""Pixels to the left and right of a picture that small discs may write to, unseen."""
LEAST_RADIUS = np.float32(0.7072)
"""A disc of this radius holds the middle of some pixel, wherever it lies."""
DIM_SHARE = np.float32(0.2)
"""How much of a dim point's color is left."""
NOTHING = np.inf


def _cover_lanes(n_lanes):
    """A function that offers one key to n_lanes pixels side by side, all at once.

    The compiler leaves such short loops scalar, so the vector instructions are spelled out; they
    work on every processor, as wide as it has them.
    """

    @intrinsic
    def cover(typing_context, keys, row, column, dx, rest, key):
        signature = types.void(keys, types.intp, types.intp, types.float32, types.float32, key)

        def generate(context, builder, signature, arguments):
            array, row, column, dx, rest, key = arguments
            whole = context.make_array(signature.args[0])(context, builder, array)
            place = cgutils.get_item_pointer(
                context, builder, signature.args[0], whole, (row, column), wraparound=False
            )
            wide = ir.VectorType(ir.IntType(64), n_lanes)
            wide_float = ir.VectorType(ir.FloatType(), n_lanes)

            def spread(value, kind):
                vector = builder.insert_element(
                    ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
                )
                lanes = ir.Constant(ir.VectorType(ir.IntType(32), n_lanes), [0] * n_lanes)
                return builder.shuffle_vector(vector, ir.Constant(kind, ir.Undefined), lanes)

            at = builder.bitcast(place, wide.as_pointer())
            old = builder.load(at)
            old.align = 8
            steps = ir.Constant(wide_float, [float(lane) for lane in range(n_lanes)])
            across = builder.fadd(spread(dx, wide_float), steps)
            inside = builder.fcmp_ordered(
                "<", builder.fmul(across, across), spread(rest, wide_float)
            )
            offered = spread(key, wide)
            wins = builder.and_(inside, builder.icmp_signed("<", offered, old))
            builder.store(builder.select(wins, offered, old), at).align = 8
            return context.get_dummy_value()

        return signature, generate

    return cover


cover_four, cover_eight = _cover_lanes(4), _cover_lanes(8)


@njit(cache=True, nogil=True, error_model="numpy")
def splat_discs(screen, screen_bits, rows, offset, top, bottom, keys):
    """One strip: the least (depth << 32 | place) of the discs that hold a pixel's middle.

    screen, rows: see place_points. keys int64 (h, w + 2 PAD).
    """
    half = np.float32(0.5)
    for batch in range(len(rows)):
        if rows[batch, 1] < top or rows[batch, 0] > bottom:
            continue
        for i in range(batch * BATCH, min((batch + 1) * BATCH, len(screen))):
            y = screen[i, 1]
            r = max(LEAST_RADIUS, screen[i, 3])
            if y + r < top or y - r > bottom or y == AWAY:
                continue
            x = screen[i, 0]
            x0 = math.ceil(x - r - half)
            y0 = math.ceil(y - r - half)
            key = (np.int64(screen_bits[i, 2]) << np.int64(32)) | np.int64(offset + i)
            if r < np.float32(2.0):
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


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def share_of(emphasis, point, depth, haze):
    """How much of a point's color is left in the haze; dim ones are mostly background."""
    share = np.float32(1) - fade(depth, haze)
    if len(emphasis) and emphasis[point] == DIM:
        share *= DIM_SHARE
    return share


@njit(cache=True, nogil=True, error_model="numpy")
def read_row(y, front, spans, cloud, paint, lens, ids, discs, which, order_of):
    """Along a line of the picture: discs float32 (w, 7) with x, y, radius, color and share of the
    background of those in front; which int32 (w,), the disc of each pixel; order_of float64
    (w,), what tells which of two is nearer."""
    points, point_ids, scales, ranks = cloud
    colors, emphasis, _ground, haze = paint
    width = front.shape[1]
    places, orders = np.empty(width + 1, dtype=np.int32), np.empty(width + 1)
    n, before = 0, np.int32(-1)
    first, past = spans[y, 0], spans[y, 1]
    for x in range(first, past):
        i = front[y, x]
        if i >= 0 and i != before:
            places[n] = i
            n += 1
            before = i
        which[x] = n - 1
    # in a loop of their own, so that the processor fetches many points at a time
    for k in range(n):
        i = places[k]
        point = point_ids[i, 3]
        sx, sy, depth, r = seen_at(points, i, scales, lens)
        share = share_of(emphasis, point, depth, haze)
        discs[k, 0], discs[k, 1], discs[k, 2] = sx, sy, r
        discs[k, 3] = share * np.float32(colors[point, 0])
        discs[k, 4] = share * np.float32(colors[point, 1])
        discs[k, 5] = share * np.float32(colors[point, 2])
        discs[k, 6] = np.float32(1) - share
        orders[k] = depth
        if len(ranks):
            orders[k] += 1e7 * haze[2] * ranks[i]
        places[k] = point
    order_of[:] = NOTHING
    if len(ids):
        ids[y, :] = -1
    for x in range(first, past):
        is_empty = front[y, x] < 0
        k = max(0, which[x])
        order_of[x] = NOTHING if is_empty else orders[k]
        if len(ids):
            ids[y, x] = -1 if is_empty else places[k]


@njit(cache=True, nogil=True, error_model="numpy")
def shade_discs(front, spans, cloud, paint, lens, image, ids, start, stop):
    """Turn rows of front into pixels, image uint32 (h, w), and into points, ids int32 (h, w) or
    empty. spans: see settle. cloud: points, point_ids, scales, ranks; paint: colors, emphasis,
    ground, haze."""
    height, width = front.shape
    none = np.empty((0, 0), dtype=np.int32)
    discs = np.zeros((3, width, 7), dtype=np.float32)
    which = np.zeros((3, width), dtype=np.int32)
    # a pixel's order is at x + 1, so that the first and the last have neighbors, too
    orders = np.full((3, width + 2), NOTHING)
    ground = paint[2]
    empty = packed(ground[0], ground[1], ground[2])
    for y in range(start - 1, stop):
        up, here, down = (y + 2) % 3, y % 3, (y + 1) % 3
        ahead = y + 1
        if y == start - 1 and y >= 0:
            read_row(
                y, front, spans, cloud, paint, lens, none, discs[here], which[here],
                orders[here, 1 : width + 1],
            )  # fmt: skip
        if ahead < height:
            told = ids if ahead < stop else none
            read_row(
                ahead, front, spans, cloud, paint, lens, told, discs[down], which[down],
                orders[down, 1 : width + 1],
            )  # fmt: skip
        else:
            orders[down, :] = NOTHING
        if y < start:
            continue
        above, below = max(0, y - 1), min(height - 1, ahead)
        low = min(spans[above, 0], spans[y, 0], spans[below, 0])
        high = max(spans[above, 1], spans[y, 1], spans[below, 1])
        low, high = max(0, low - 1), min(width, high + 1)
        image[y, :low] = empty
        image[y, max(low, high) :] = empty
        shade_row(y, discs, which, orders, up, here, down, ground, image[y], low, high)


@njit(cache=True, nogil=True, error_model="numpy")
def shade_row(y, discs, which, orders, up, here, down, ground, line, low, high):
    """A part of a line of pixels from the discs of its own and of the two next to it.

    orders is shifted by one: a pixel's own is at x + 1.
    """
    one, half = np.float32(1), np.float32(0.5)
    py = np.float32(y) + half
    empty = packed(ground[0], ground[1], ground[2])
    for x in range(low, high):
        order = orders[here, x + 1]
        left, right = orders[here, x], orders[here, x + 2]
        above, below = orders[up, x + 1], orders[down, x + 1]
        nearest = min(min(left, right), min(above, below))
        if order == NOTHING and nearest == NOTHING:
            line[x] = empty
            continue
        red, green, blue = ground[0], ground[1], ground[2]
        px = np.float32(x) + half
        if order < NOTHING:
            k = which[here, x]
            dx, dy = px - discs[here, k, 0], py - discs[here, k, 1]
            cover, light = cover_and_light(discs, here, k, px, py)
            cover = max(np.float32(0.1), cover)
            if cover < one:
                if abs(dx) > abs(dy):
                    behind, row = (right if dx > 0 else left), here
                    column = x + 1 if dx > 0 else x - 1
                else:
                    behind, row = (below, down) if dy > 0 else (above, up)
                    column = x
                if behind <= order:
                    cover = one
                elif behind < NOTHING:
                    j = which[row, column]
                    _, dark = cover_and_light(discs, row, j, px, py)
                    red, green, blue = lit(discs, row, j, dark, ground)
            near = lit(discs, here, k, light, ground)
            red += cover * (near[0] - red)
            green += cover * (near[1] - green)
            blue += cover * (near[2] - blue)
        if nearest < order:
            row, column = here, x - 1
            if nearest == right:
                column = x + 1
            elif nearest == above:
                row, column = up, x
            elif nearest == below:
                row, column = down, x
            k = which[row, column]
            cover, light = cover_and_light(discs, row, k, px, py)
            near = lit(discs, row, k, light, ground)
            red += cover * (near[0] - red)
            green += cover * (near[1] - green)
            blue += cover * (near[2] - blue)
        line[x] = packed(red, green, blue)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def lit(discs, row, k, light, ground):
    """A disc's color where it is so bright; the haze before it is as bright everywhere."""
    rest = discs[row, k, 6]
    return (
        discs[row, k, 3] * light + ground[0] * rest,
        discs[row, k, 4] * light + ground[1] * rest,
        discs[row, k, 5] * light + ground[2] * rest,
    )


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def packed(red, green, blue):
    """Opaque RGBA bytes as one number, on a machine that puts the least byte first."""
    half = np.float32(0.5)
    r, g, b = np.uint32(red + half), np.uint32(green + half), np.uint32(blue + half)
    return r | (g << np.uint32(8)) | (b << np.uint32(16)) | np.uint32(0xFF000000)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def cover_and_light(discs, row, k, px, py):
    """How much of a pixel a disc covers, and how bright it is there."""
    dx, dy, r = px - discs[row, k, 0], py - discs[row, k, 1], discs[row, k, 2]
    distance = np.float32(math.sqrt(dx * dx + dy * dy))
    cover = min(np.float32(1), max(np.float32(0), r + np.float32(0.5) - distance))
    return cover, disc_light(distance, r)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def disc_light(distance, r):
    """How bright a disc is so far from its middle: a darker rim tells overlapping discs apart."""
    strength = min(np.float32(0.34), max(np.float32(0), (r - np.float32(1.2)) * np.float32(0.136)))
    rim = min(np.float32(1.4), max(np.float32(0.7), np.float32(0.35) * r))
    inside = min(np.float32(1), max(np.float32(0), (distance - r + rim) / rim))
    return np.float32(1) - strength * inside
