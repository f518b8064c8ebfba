# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""The painter's inner loops. Imports numba, so import this module inside functions only.

Points come in batches of BATCH neighbors; a batch knows which rows of the screen it touches, so a
strip of the screen looks at few points. Screen arrays hold NaN in x where a point isn't drawn.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

BATCH = 128
EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
NEAREST_GROWTH, FARTHEST_GROWTH = 1.7, 0.6


@njit(cache=True, nogil=True)
def spread_bits(value):
    """16 bits with two zeros put before each."""
    v = np.uint64(value)
    v = (v | (v << np.uint64(16))) & np.uint64(0x0000FF0000FF)
    v = (v | (v << np.uint64(8))) & np.uint64(0x00F00F00F00F)
    v = (v | (v << np.uint64(4))) & np.uint64(0x0C30C30C30C3)
    return (v | (v << np.uint64(2))) & np.uint64(0x249249249249)


@njit(cache=True, nogil=True)
def morton_codes(points, low, scale, codes, start, stop):
    """codes uint64 (n,): points near one another in space get codes near one another."""
    for i in range(start, stop):
        x = spread_bits((points[i, 0] - low[0]) * scale)
        y = spread_bits((points[i, 1] - low[1]) * scale)
        z = spread_bits((points[i, 2] - low[2]) * scale)
        codes[i] = x | (y << np.uint64(1)) | (z << np.uint64(2))


@njit(cache=True, nogil=True)
def place_points(
    points, order, mask, matrix, depth_row, near, focus, size, radius, screen, rows, start, stop
):
    """Fill screen float32 (n, 4): x px, y px, depth, radius px; and rows (n_batches, 2).

    focus: the depth at which a point has its radius, 0 for a picture without perspective. rows:
    the rows of the screen that a batch touches.
    """
    width, height = size
    for batch in range(start, stop):
        first, last = np.inf, -np.inf
        for i in range(batch * BATCH, min((batch + 1) * BATCH, len(points))):
            screen[i, 0] = np.nan
            if len(mask) and not mask[order[i]]:
                continue
            x, y, z = points[i, 0], points[i, 1], points[i, 2]
            depth = depth_row[0] * x + depth_row[1] * y + depth_row[2] * z + depth_row[3]
            if not depth > near:
                continue
            reach = radius
            if focus > 0:
                reach *= min(NEAREST_GROWTH, max(FARTHEST_GROWTH, focus / depth))
            w = matrix[3, 0] * x + matrix[3, 1] * y + matrix[3, 2] * z + matrix[3, 3]
            cx = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z + matrix[0, 3]
            cy = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z + matrix[1, 3]
            sx, sy = (1 + cx / w) * 0.5 * width, (1 - cy / w) * 0.5 * height
            if not (-4 * reach < sx < width + 4 * reach and -reach < sy + 1 < height + reach + 2):
                continue
            screen[i, 0], screen[i, 1], screen[i, 2], screen[i, 3] = sx, sy, depth, reach
            first, last = min(first, sy - reach - 1), max(last, sy + reach + 1)
        rows[batch, 0], rows[batch, 1] = first, last


@njit(cache=True, nogil=True)
def touched(center, reach, low, high):
    """First and one past the last pixel whose middle may lie within reach, cut to low..high."""
    first = max(low, math.ceil(center - reach - 0.5))
    return first, min(high, math.floor(center + reach - 0.5) + 1)


@njit(cache=True, nogil=True)
def splat_discs(screen, depth_bits, rows, order, top, bottom, layers, ids):
    """One strip: which disc covers a pixel wholly (layers 0), which nearer one in part (layers 1).

    layers int32 (h, w, 2): places in screen, -1 for nothing. ids int32 (h, w): the point in front.
    """
    width = ids.shape[1]
    keys = np.full((bottom - top, width, 2), EMPTY, dtype=np.uint64)
    for batch in range(len(rows)):
        if rows[batch, 1] < top or rows[batch, 0] > bottom:
            continue
        for i in range(batch * BATCH, min((batch + 1) * BATCH, len(screen))):
            x, y, r = screen[i, 0], screen[i, 1], screen[i, 3]
            if math.isnan(x):
                continue
            outer = r + np.float32(0.5)
            y0, y1 = touched(y, outer, top, bottom)
            if y0 >= y1:
                continue
            x0, x1 = touched(x, outer, 0, width)
            inner = max(np.float32(0), r - np.float32(0.5))
            inner2, outer2 = inner * inner, outer * outer
            key = (np.uint64(depth_bits[i, 2]) << np.uint64(32)) | np.uint64(i)
            for py in range(y0, y1):
                dy = np.float32(py) + np.float32(0.5) - y
                dy2 = dy * dy
                line = keys[py - top]
                # without branches: which pixels are inside is a coin toss, and a wrong guess costs
                for px in range(x0, x1):
                    dx = np.float32(px) + np.float32(0.5) - x
                    d2 = dx * dx + dy2
                    layer, p = np.uint64(d2 > inner2), np.uint64(px)
                    line[p, layer] = min(key if d2 < outer2 else EMPTY, line[p, layer])
    settle_discs(keys, screen, order, top, layers, ids)


@njit(cache=True, nogil=True)
def settle_discs(keys, screen, order, top, layers, ids):
    """Turn one strip of keys into layers and ids."""
    for row in range(keys.shape[0]):
        y = top + row
        for x in range(keys.shape[1]):
            solid, rim = keys[row, x, 0], keys[row, x, 1]
            front = -1
            layers[y, x, 0] = layers[y, x, 1] = -1
            if solid != EMPTY:
                front = np.int64(solid & np.uint64(0xFFFFFFFF))
                layers[y, x, 0] = front
            if rim < solid:
                i = np.int64(rim & np.uint64(0xFFFFFFFF))
                layers[y, x, 1] = i
                dx, dy = x + 0.5 - screen[i, 0], y + 0.5 - screen[i, 1]
                if dx * dx + dy * dy <= screen[i, 3] * screen[i, 3]:
                    front = i
            ids[y, x] = order[front] if front >= 0 else -1


@njit(cache=True, nogil=True)
def disc_light(distance, r):
    """How bright a disc is so far from its middle: a darker rim tells overlapping discs apart."""
    strength = 0.34 * min(1.0, max(0.0, (r - 1.2) / 2.5))
    rim = min(1.4, max(0.7, 0.35 * r))
    return 1.0 - strength * min(1.0, max(0.0, (distance - r + rim) / rim))


@njit(cache=True, nogil=True)
def fade(depth, haze):
    """How much of the background lies over a point. haze: strength, depths of begin and end."""
    return haze[0] * min(1.0, max(0.0, (depth - haze[1]) / (haze[2] - haze[1])))


@njit(cache=True, nogil=True)
def shade_discs(layers, screen, order, colors, ground, haze, image, start, stop):
    """Turn layers into pixels. ground: float64 (3,) 0..255. image: uint8 (h, w, 4)."""
    for y in range(start, stop):
        for x in range(image.shape[1]):
            red, green, blue = ground[0], ground[1], ground[2]
            for layer in range(2):
                i = layers[y, x, layer]
                if i < 0:
                    continue
                dx, dy, r = x + 0.5 - screen[i, 0], y + 0.5 - screen[i, 1], screen[i, 3]
                distance = math.sqrt(dx * dx + dy * dy)
                cover = 1.0 if layer == 0 else min(1.0, max(0.0, r + 0.5 - distance))
                light, haziness = disc_light(distance, r), fade(screen[i, 2], haze)
                point = order[i]
                lit = light * (1 - haziness)
                red += cover * (colors[point, 0] * lit + ground[0] * haziness - red)
                green += cover * (colors[point, 1] * lit + ground[1] * haziness - green)
                blue += cover * (colors[point, 2] * lit + ground[2] * haziness - blue)
            image[y, x, 0] = np.uint8(red + 0.5)
            image[y, x, 1] = np.uint8(green + 0.5)
            image[y, x, 2] = np.uint8(blue + 0.5)
            image[y, x, 3] = 255


@njit(cache=True, nogil=True)
def blend_discs(screen, rows, order, colors, opacity, ground, haze, top, bottom, image):
    """One strip of see-through discs, blended without order: near and opaque ones weigh more."""
    width = image.shape[1]
    sums = np.zeros((bottom - top, width, 4), dtype=np.float32)
    through = np.ones((bottom - top, width), dtype=np.float32)
    one, half = np.float32(1), np.float32(0.5)
    for batch in range(len(rows)):
        if rows[batch, 1] < top or rows[batch, 0] > bottom:
            continue
        for i in range(batch * BATCH, min((batch + 1) * BATCH, len(screen))):
            x, y, r = screen[i, 0], screen[i, 1], screen[i, 3]
            if math.isnan(x):
                continue
            outer = r + half
            y0, y1 = touched(y, outer, top, bottom)
            if y0 >= y1:
                continue
            x0, x1 = touched(x, outer, 0, width)
            tint, alpha, weight = see_through_tint(
                colors[order[i]], opacity, screen[i, 2], ground, haze
            )
            for py in range(y0, y1):
                dy = np.float32(py) + half - y
                for px in range(x0, x1):
                    dx = np.float32(px) + half - x
                    cover = min(one, outer - np.float32(math.sqrt(dx * dx + dy * dy)))
                    if cover <= 0:
                        continue
                    w = cover * weight
                    cell = sums[py - top, np.uint64(px)]
                    cell[0] += w * tint[0]
                    cell[1] += w * tint[1]
                    cell[2] += w * tint[2]
                    cell[3] += w
                    through[py - top, np.uint64(px)] *= one - cover * alpha
    settle_blend(sums, through, ground, top, image)


@njit(cache=True, nogil=True)
def see_through_tint(color, opacity, depth, ground, haze):
    """A disc's color in the haze, its opacity, and how much it weighs against others."""
    haziness = fade(depth, haze)
    nearness = 1.0 - fade(depth, (1.0, haze[1], haze[2]))
    alpha = opacity * color[3] / 255.0
    weight = alpha * alpha * (0.05 + nearness * nearness * nearness)
    tint = (
        np.float32(color[0] * (1 - haziness) + ground[0] * haziness),
        np.float32(color[1] * (1 - haziness) + ground[1] * haziness),
        np.float32(color[2] * (1 - haziness) + ground[2] * haziness),
    )
    return tint, np.float32(min(0.998, alpha)), np.float32(weight)


@njit(cache=True, nogil=True)
def settle_blend(sums, through, ground, top, image):
    """Turn one strip of sums into pixels."""
    for row in range(sums.shape[0]):
        for x in range(sums.shape[1]):
            cell, seen, left = sums[row, x], image[top + row, x], through[row, x]
            for c in range(3):
                mixed = cell[c] / cell[3] if cell[3] > 0 else np.float32(0)
                seen[c] = np.uint8(ground[c] * left + mixed * (1 - left) + 0.5)
            seen[3] = 255


@njit(cache=True, nogil=True)
def tile_place(x, y, r, aspect):
    """Where a label picture lies: left, top, width, height in whole pixels, so that it is crisp."""
    height = max(1, int(2 * r + 0.5))
    width = max(1, int(2 * r * aspect + 0.5))
    return (
        math.floor(x - width / 2 + 0.5),
        math.floor(y - height / 2 + 0.5),
        width,
        height,
    )


@njit(cache=True, nogil=True)
def slot_of(point, slots, n_tiles):
    """The number of a point's tile, -1 for none; without slots it is the point's own."""
    slot = slots[point] if len(slots) else point
    return slot if slot < n_tiles else -1


@njit(cache=True, nogil=True)
def splat_tiles(screen, depth_bits, rows, order, sheet, slots, tile, top, bottom, layers, ids):
    """One strip of label pictures: which one is in front. Their clear pixels are see-through."""
    width = ids.shape[1]
    tile_width, tile_height = tile
    columns = sheet.shape[1] // tile_width
    n_tiles = columns * (sheet.shape[0] // tile_height)
    keys = np.full((bottom - top, width), EMPTY, dtype=np.uint64)
    for batch in range(len(rows)):
        if rows[batch, 1] < top or rows[batch, 0] > bottom:
            continue
        for i in range(batch * BATCH, min((batch + 1) * BATCH, len(screen))):
            x, y, r = screen[i, 0], screen[i, 1], screen[i, 3]
            if math.isnan(x):
                continue
            left, up, wide, high = tile_place(x, y, r, tile_width / tile_height)
            point = order[i]
            slot = slot_of(point, slots, n_tiles)
            is_solid = slot < 0 or sheet.shape[2] < 4
            u0 = slot % columns * tile_width
            v0 = slot // columns * tile_height
            key = (np.uint64(depth_bits[i, 2]) << np.uint64(32)) | np.uint64(i)
            for py in range(max(up, top), min(up + high, bottom)):
                v = v0 + (2 * (py - up) + 1) * tile_height // (2 * high)
                for px in range(max(left, 0), min(left + wide, width)):
                    if key < keys[py - top, px]:
                        u = u0 + (2 * (px - left) + 1) * tile_width // (2 * wide)
                        if is_solid or sheet[v, u, 3] >= 128:
                            keys[py - top, px] = key
    for row in range(bottom - top):
        for x in range(width):
            key = keys[row, x]
            i = -1 if key == EMPTY else np.int64(key & np.uint64(0xFFFFFFFF))
            layers[top + row, x, 0], layers[top + row, x, 1] = i, -1
            ids[top + row, x] = order[i] if i >= 0 else -1


@njit(cache=True, nogil=True)
def sample_tile(sheet, left, top, tile, u, v, du, dv):
    """The mean RGB of a patch of one tile; u, v, du, dv: corner and size as shares of the tile."""
    width, height = tile
    across = min(4, max(1, math.ceil(du * width)))
    down = min(4, max(1, math.ceil(dv * height)))
    green_at, blue_at = (1, 2) if sheet.shape[2] >= 3 else (0, 0)
    red = green = blue = 0.0
    for b in range(down):
        y = top + min(height - 1, int((v + dv * (b + 0.5) / down) * height))
        for a in range(across):
            x = left + min(width - 1, int((u + du * (a + 0.5) / across) * width))
            red += sheet[y, x, 0]
            green += sheet[y, x, green_at]
            blue += sheet[y, x, blue_at]
    n = across * down
    return red / n, green / n, blue / n


@njit(cache=True, nogil=True)
def shade_tiles(
    layers, screen, order, colors, sheet, slots, tile, opacity, ground, haze, image, start, stop
):
    """Turn layers into pixels: label pictures tinted by their points' colors, in a thin frame."""
    columns = sheet.shape[1] // tile[0]
    n_tiles = columns * (sheet.shape[0] // tile[1])
    for y in range(start, stop):
        for x in range(image.shape[1]):
            red, green, blue = ground[0], ground[1], ground[2]
            i = layers[y, x, 0]
            if i >= 0:
                point = order[i]
                left, up, wide, high = tile_place(
                    screen[i, 0], screen[i, 1], screen[i, 3], tile[0] / tile[1]
                )
                tint = 255.0, 255.0, 255.0
                slot = slot_of(point, slots, n_tiles)
                if slot >= 0:
                    u0, v0 = slot % columns * tile[0], slot // columns * tile[1]
                    u, v = (x - left) / wide, (y - up) / high
                    tint = sample_tile(sheet, u0, v0, tile, u, v, 1 / wide, 1 / high)
                white = 0.42
                if x == left or y == up or x == left + wide - 1 or y == up + high - 1:
                    white, tint = 0.0, (210.0, 210.0, 210.0)
                cover = opacity * (1 - fade(screen[i, 2], haze))
                red += cover * (tint[0] * (white + (1 - white) * colors[point, 0] / 255.0) - red)
                green += cover * (
                    tint[1] * (white + (1 - white) * colors[point, 1] / 255.0) - green
                )
                blue += cover * (tint[2] * (white + (1 - white) * colors[point, 2] / 255.0) - blue)
            image[y, x, 0] = np.uint8(red + 0.5)
            image[y, x, 1] = np.uint8(green + 0.5)
            image[y, x, 2] = np.uint8(blue + 0.5)
            image[y, x, 3] = 255
