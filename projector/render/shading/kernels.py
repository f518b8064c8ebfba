# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""From discs in front to pixels with smooth edges, a line at a time.

A disc blends into what is next to it, outward, and over the pixels that it touches only in part.
Each line is first laid out as one plane a trait, so that many pixels are worked on at once.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from projector.render.kernels import ANY_ORDER, DIM, RANK_BIT, SPAN, fade, seen_from
from projector.render.lanes.kernels import apart
from projector.render.lines.kernels import (
    DIM_SHARE,
    N_RAW,
    RANK,
    SCALE,
    SHARE,
    Z,
    find_discs,
    gather_discs,
    name_points,
)

NOTHING = np.int32(0x7FFFFFFF)
"""The order of a pixel without a disc: behind all others."""
X, Y, R, RED, GREEN, BLUE, REST, ORDER = range(8)
N_PLANES = 7
LEAST_COVER = np.float32(0.1)
look_raw, put_disc = apart("discs")
look_disc, put_plane = apart("planes")
look_plane, put_pixel = apart("pixels")


@njit(cache=True, nogil=True, error_model="numpy")
def shade_discs(front, filled, cloud, paint, lens, image, ids, start, stop):
    """Turn rows of front into pixels, image uint32 (h, w), and into points, ids int32 (h, w) or
    empty. filled: see settle. cloud: points, point_ids, scales, ranks; paint: colors, emphasis,
    ground, haze."""
    height, width = front.shape
    ground = paint[2]
    # a pixel is at x + 1, so that the first and the last have neighbors, too
    planes = np.zeros((3, N_PLANES * (width + 2)), dtype=np.float32)
    orders = np.full((3, width + 2), NOTHING)
    places, which = np.zeros(width + 1, dtype=np.int32), np.zeros(width, dtype=np.int32)
    numbers = np.zeros(width + 1, dtype=np.int32)
    raw = np.ones(N_RAW * (width + 1), dtype=np.float32)
    discs = np.zeros((N_PLANES + 1) * (width + 1), dtype=np.float32)
    for y in range(max(0, start - 1), min(height, stop + 1)):
        row = y % 3
        n = find_discs(front[y], filled[y], places, which)
        gather_discs(n, places, cloud, paint, raw, numbers)
        place_discs(n, raw, lens, paint[3], ground, len(cloud[3]) > 0, discs, discs.view(np.int32))
        lay_out(which, filled[y], discs, discs.view(np.int32), planes[row], orders[row])
        if len(ids) and start <= y < stop:
            name_points(which, filled[y], numbers, ids[y])
        if y > start:
            shade_line(y - 1, filled, planes, orders, ground, image[y - 1])
    if stop == height:
        orders[height % 3, :] = NOTHING
        shade_line(height - 1, filled, planes, orders, ground, image[height - 1])


@njit(cache=True, nogil=True, error_model="numpy", fastmath=ANY_ORDER)
def place_discs(n, raw, lens, haze, ground, has_ranks, discs, disc_bits):
    """discs float32 ((N_PLANES + 1) (w + 1),): middles, radii, what is left of the colors and what
    the haze adds of the background, and as int32 in the last plane what tells which is nearer."""
    step, to = len(raw) // N_RAW, len(discs) // (N_PLANES + 1)
    for k in range(n):
        sx, sy, depth, r = seen_from(
            look_raw(raw, X * step + k),
            look_raw(raw, Y * step + k),
            look_raw(raw, Z * step + k),
            lens,
        )
        share = (np.float32(1) - fade(depth, haze)) * look_raw(raw, SHARE * step + k)
        put_disc(discs, X * to + k, sx)
        put_disc(discs, Y * to + k, sy)
        put_disc(discs, R * to + k, r * look_raw(raw, SCALE * step + k))
        put_disc(discs, RED * to + k, share * look_raw(raw, RED * step + k))
        put_disc(discs, GREEN * to + k, share * look_raw(raw, GREEN * step + k))
        put_disc(discs, BLUE * to + k, share * look_raw(raw, BLUE * step + k))
        put_disc(discs, REST * to + k, np.float32(1) - share)
        put_disc(discs, ORDER * to + k, depth)
    if has_ranks:
        for k in range(n):
            rank = np.int32(raw[RANK * step + k])
            disc_bits[ORDER * to + k] = (disc_bits[ORDER * to + k] >> 2) | (rank << RANK_BIT)


@njit(cache=True, nogil=True, error_model="numpy")
def lay_out(which, filled, discs, disc_bits, planes, orders):
    """The discs' traits at each pixel of a line: planes float32 (N_PLANES (w + 2),), orders int32
    (w + 2,)."""
    step, to = len(discs) // (N_PLANES + 1), len(planes) // N_PLANES
    orders[:] = NOTHING
    for span in range(len(filled)):
        if not filled[span]:
            continue
        for x in range(span * SPAN, min(len(which), (span + 1) * SPAN)):
            disc = look_disc(which, x)
            k = max(0, disc)
            order = look_disc(disc_bits, ORDER * step + k)
            put_plane(orders, x + 1, order if disc >= 0 else NOTHING)
            put_plane(planes, X * to + x + 1, look_disc(discs, X * step + k))
            put_plane(planes, Y * to + x + 1, look_disc(discs, Y * step + k))
            put_plane(planes, R * to + x + 1, look_disc(discs, R * step + k))
            put_plane(planes, RED * to + x + 1, look_disc(discs, RED * step + k))
            put_plane(planes, GREEN * to + x + 1, look_disc(discs, GREEN * step + k))
            put_plane(planes, BLUE * to + x + 1, look_disc(discs, BLUE * step + k))
            put_plane(planes, REST * to + x + 1, look_disc(discs, REST * step + k))


@njit(cache=True, nogil=True, error_model="numpy")
def shade_line(y, filled, planes, orders, ground, line):
    """A line of pixels from the discs of its own and of the two next to it."""
    height, n_spans = filled.shape
    above, below = max(0, y - 1), min(height - 1, y + 1)
    up, here, down = (y + 2) % 3, y % 3, (y + 1) % 3
    line[:] = packed(ground[0], ground[1], ground[2])
    begin = 0
    for span in range(n_spans + 1):
        is_touched = False
        if span < n_spans:
            before, after = max(0, span - 1), min(n_spans - 1, span + 1)
            is_touched = (filled[above, span] | filled[y, span] | filled[below, span]) > 0
            is_touched |= (filled[y, before] | filled[y, after]) > 0
        if is_touched:
            continue
        if begin < span:
            shade_pixels(
                np.float32(y) + np.float32(0.5), planes[up], planes[here], planes[down],
                orders[up], orders[here], orders[down], ground, line,
                begin * SPAN, min(len(line), span * SPAN),
            )  # fmt: skip
        begin = span + 1


@njit(cache=True, nogil=True, error_model="numpy", fastmath=ANY_ORDER)
def shade_pixels(py, up, here, down, order_up, order_here, order_down, ground, line, low, high):
    """Without a branch, so that many pixels are worked on at once; a pixel is at x + 1."""
    none, one = np.float32(0), np.float32(1)
    for x in range(low, high):
        at, px = x + 1, np.float32(x) + np.float32(0.5)
        order = look_plane(order_here, at)
        left, right = look_plane(order_here, x), look_plane(order_here, x + 2)
        above, below = look_plane(order_up, at), look_plane(order_down, at)
        of_left, of_right = traits_at(here, x), traits_at(here, x + 2)
        of_above, of_below = traits_at(up, at), traits_at(down, at)

        own = traits_at(here, at)
        cover, light = cover_and_light(own, px, py)
        # what is next to it outward, away from the middle of its own disc
        dx, dy = px - own[X], py - own[Y]
        is_across, is_right, is_down = abs(dx) > abs(dy), dx > none, dy > none
        across, along = right if is_right else left, below if is_down else above
        of_across = of_right if is_right else of_left
        of_along = of_below if is_down else of_above
        behind = across if is_across else along
        of_behind = of_across if is_across else of_along
        _, dark = cover_and_light(of_behind, px, py)
        is_on_disc = max(order, behind) < NOTHING
        color = mixed(ground, one if is_on_disc else none, lit(of_behind, dark, ground))
        cover = one if behind <= order else max(LEAST_COVER, cover)
        color = mixed(color, cover if order < NOTHING else none, lit(own, light, ground))

        nearest = min(min(left, right), min(above, below))
        of_nearest = of_below if nearest == below else of_left
        of_nearest = of_above if nearest == above else of_nearest
        of_nearest = of_right if nearest == right else of_nearest
        cover, light = cover_and_light(of_nearest, px, py)
        color = mixed(color, cover if nearest < order else none, lit(of_nearest, light, ground))
        put_pixel(line, x, packed(color[0], color[1], color[2]))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def traits_at(planes, at):
    """The traits of the disc at a pixel."""
    step = len(planes) // N_PLANES
    return (
        look_plane(planes, X * step + at),
        look_plane(planes, Y * step + at),
        look_plane(planes, R * step + at),
        look_plane(planes, RED * step + at),
        look_plane(planes, GREEN * step + at),
        look_plane(planes, BLUE * step + at),
        look_plane(planes, REST * step + at),
    )


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def mixed(color, share, other):
    """A color with a share of another laid over it."""
    return (
        color[0] + share * (other[0] - color[0]),
        color[1] + share * (other[1] - color[1]),
        color[2] + share * (other[2] - color[2]),
    )


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def lit(disc, light, ground):
    """A disc's color where it is so bright; the haze before it is as bright everywhere."""
    return (
        disc[RED] * light + ground[0] * disc[REST],
        disc[GREEN] * light + ground[1] * disc[REST],
        disc[BLUE] * light + ground[2] * disc[REST],
    )


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def packed(red, green, blue):
    """Opaque RGBA bytes as one number, on a machine that puts the least byte first."""
    half = np.float32(0.5)
    r, g, b = np.int32(red + half), np.int32(green + half), np.int32(blue + half)
    return np.uint32(r | (g << np.int32(8)) | (b << np.int32(16)) | np.int32(-16777216))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def cover_and_light(disc, px, py):
    """How much of a pixel a disc covers, and how bright it is there."""
    dx, dy, r = px - disc[X], py - disc[Y], disc[R]
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


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def share_of(emphasis, point, depth, haze):
    """How much of a point's color is left in the haze; dim ones are mostly background."""
    share = np.float32(1) - fade(depth, haze)
    if len(emphasis) and emphasis[point] == DIM:
        share *= DIM_SHARE
    return share
