# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Label pictures in place of discs. `sheet` is uint8 (h, w, 1 or 4); `slots` int32 (n,), or empty
where tile i belongs to point i; `tile` its width and height."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from projector.render.discs.kernels import PAD
from projector.render.kernels import BATCH, DIM, fade, seen_at
from projector.render.lines.kernels import DIM_SHARE
from projector.render.shading.kernels import packed

WHITE = np.float32(0.42)
"""How much of a picture keeps its own color; the rest takes its point's."""
FRAME = np.float32(210.0)


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def slot_of(point, slots, n_tiles):
    """The number of a point's tile, -1 for none; without slots it is the point's own."""
    slot = slots[point] if len(slots) else point
    return slot if slot < n_tiles else -1


@njit(cache=True, nogil=True, error_model="numpy")
def splat_tiles(
    screen, screen_bits, places, rows, counts, point_ids, sheet, slots, tile, top, bottom, keys
):
    """One strip: the least (depth << 32 | place) of the pictures with a solid pixel there."""
    width = keys.shape[1] - 2 * PAD
    tile_width, tile_height = tile
    columns = sheet.shape[1] // tile_width
    n_tiles = columns * (sheet.shape[0] // tile_height)
    for batch in range(len(rows)):
        if rows[batch, 1] < top or rows[batch, 0] > bottom:
            continue
        for i in range(batch * BATCH, batch * BATCH + counts[batch]):
            x, y, r = screen[i, 0], screen[i, 1], screen[i, 3]
            left, up, wide, high = tile_place(x, y, r, tile_width / tile_height)
            slot = slot_of(point_ids[places[i], 3], slots, n_tiles)
            is_solid = slot < 0 or sheet.shape[2] < 4
            u0 = slot % columns * tile_width
            v0 = slot // columns * tile_height
            key = (np.int64(screen_bits[i, 2]) << np.int64(32)) | np.int64(places[i])
            for py in range(max(up, top), min(up + high, bottom)):
                v = v0 + (2 * (py - up) + 1) * tile_height // (2 * high)
                for px in range(max(left, 0), min(left + wide, width)):
                    if key < keys[py, px + PAD]:
                        u = u0 + (2 * (px - left) + 1) * tile_width // (2 * wide)
                        if is_solid or sheet[v, u, 3] >= 128:
                            keys[py, px + PAD] = key


@njit(cache=True, nogil=True, error_model="numpy")
def sample_tile(sheet, left, top, tile, u, v, du, dv):
    """The mean RGB of a patch of one tile; u, v, du, dv: corner and size as shares of the tile."""
    width, height = tile
    across = min(4, max(1, math.ceil(du * width)))
    down = min(4, max(1, math.ceil(dv * height)))
    green_at, blue_at = (1, 2) if sheet.shape[2] >= 3 else (0, 0)
    red = green = blue = np.float32(0)
    for b in range(down):
        y = top + min(height - 1, int((v + dv * (b + 0.5) / down) * height))
        for a in range(across):
            x = left + min(width - 1, int((u + du * (a + 0.5) / across) * width))
            red += np.float32(sheet[y, x, 0])
            green += np.float32(sheet[y, x, green_at])
            blue += np.float32(sheet[y, x, blue_at])
    n = np.float32(across * down)
    return red / n, green / n, blue / n


@njit(cache=True, nogil=True, error_model="numpy")
def shade_tiles(front, cloud, paint, lens, sheet, slots, tile, opacity, image, ids, start, stop):
    """Turn rows of front into pixels: label pictures tinted by their points' colors, in a thin
    frame. cloud, paint, image, ids: see shade_discs."""
    points, point_ids, scales, _ranks = cloud
    colors, emphasis, ground, haze = paint
    columns = sheet.shape[1] // tile[0]
    n_tiles = columns * (sheet.shape[0] // tile[1])
    one = np.float32(1)
    for y in range(start, stop):
        for x in range(front.shape[1]):
            red, green, blue = ground[0], ground[1], ground[2]
            i = front[y, x]
            point = point_ids[i, 3] if i >= 0 else -1
            if len(ids):
                ids[y, x] = point
            if i >= 0:
                sx, sy, depth, r = seen_at(points, i, scales, lens)
                left, up, wide, high = tile_place(sx, sy, r, tile[0] / tile[1])
                pixel, white = (np.float32(255), np.float32(255), np.float32(255)), WHITE
                slot = slot_of(point, slots, n_tiles)
                if slot >= 0:
                    u0, v0 = slot % columns * tile[0], slot // columns * tile[1]
                    u, v = (x - left) / wide, (y - up) / high
                    pixel = sample_tile(sheet, u0, v0, tile, u, v, 1 / wide, 1 / high)
                if x == left or y == up or x == left + wide - 1 or y == up + high - 1:
                    white, pixel = np.float32(0), (FRAME, FRAME, FRAME)
                cover = opacity * (one - fade(depth, haze))
                if len(emphasis) and emphasis[point] == DIM:
                    cover *= DIM_SHARE
                rest = (one - white) / np.float32(255)
                red += cover * (pixel[0] * (white + rest * colors[point, 0]) - red)
                green += cover * (pixel[1] * (white + rest * colors[point, 1]) - green)
                blue += cover * (pixel[2] * (white + rest * colors[point, 2]) - blue)
            image[y, x] = packed(red, green, blue)
