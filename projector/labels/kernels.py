# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""The inner loops of labels. Imports numba, so import this module inside functions only."""

from __future__ import annotations

import numpy as np
from numba import njit

CELL_WIDTH, CELL_HEIGHT = 64.0, 24.0


@njit(cache=True, nogil=True)
def find_visible(points, ids, mask, matrix, depth_row, near, size, places, screen):
    """Fill places int64 (most,) and screen float32 (most, 3) (x px, y px, depth) with the first
    points that lie in the picture; returns how many. mask: bool (n,) by id, or empty for all."""
    width, height = size
    found = 0
    for i in range(len(points)):
        if found == len(places):
            break
        if len(mask) and not mask[ids[i]]:
            continue
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        depth = depth_row[0] * x + depth_row[1] * y + depth_row[2] * z + depth_row[3]
        if not depth > near:
            continue
        w = matrix[3, 0] * x + matrix[3, 1] * y + matrix[3, 2] * z + matrix[3, 3]
        cx = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z + matrix[0, 3]
        cy = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z + matrix[1, 3]
        sx, sy = (1 + cx / w) * 0.5 * width, (1 - cy / w) * 0.5 * height
        if not (0 <= sx < width and 0 <= sy < height):
            continue
        places[found] = i
        screen[found, 0], screen[found, 1], screen[found, 2] = sx, sy, depth
        found += 1
    return found


@njit(cache=True, nogil=True)
def corner(side, x, y, width, height, away):
    """Left and top of a label on one of the eight sides of its point, or right over it."""
    if side == 8:
        return x - width / 2, y - height / 2
    slanted = away * np.float32(0.7)
    if side == 0:
        return x + away, y - height / 2
    if side == 1:
        return x - away - width, y - height / 2
    if side == 2:
        return x - width / 2, y - away - height
    if side == 3:
        return x - width / 2, y + away
    left = x + slanted if side < 6 else x - slanted - width
    top = y - slanted - height if side % 2 == 0 else y + slanted
    return left, top


@njit(cache=True, nogil=True)
def cells_of(left, top, width, height, shape):
    """The first and one past the last row and column of the grid that a rectangle touches."""
    rows, columns = shape
    first_row = min(rows - 1, max(0, int(top / CELL_HEIGHT)))
    first_column = min(columns - 1, max(0, int(left / CELL_WIDTH)))
    last_row = min(rows - 1, max(0, int((top + height) / CELL_HEIGHT)))
    last_column = min(columns - 1, max(0, int((left + width) / CELL_WIDTH)))
    return first_row, last_row + 1, first_column, last_column + 1


@njit(cache=True, nogil=True)
def is_free(heads, links, rects, left, top, width, height, gap):
    """Whether a rectangle keeps its distance from all that stand in the grid."""
    span = cells_of(left - gap, top - gap, width + 2 * gap, height + 2 * gap, heads.shape)
    for row in range(span[0], span[1]):
        for column in range(span[2], span[3]):
            link = heads[row, column]
            while link >= 0:
                other = rects[links[link, 0]]
                if (
                    left < other[0] + other[2] + gap
                    and other[0] < left + width + gap
                    and top < other[1] + other[3] + gap
                    and other[1] < top + height + gap
                ):
                    return False
                link = links[link, 1]
    return True


@njit(cache=True, nogil=True)
def enter(heads, links, n_links, rects, number):
    """Put a rectangle into each cell that it touches; returns the links and their count."""
    left, top, width, height = rects[number]
    span = cells_of(left, top, width, height, heads.shape)
    wanted = n_links + (span[1] - span[0]) * (span[3] - span[2])
    if wanted > len(links):
        longer = np.empty((2 * wanted, 2), dtype=np.int64)
        longer[:n_links] = links[:n_links]
        links = longer
    for row in range(span[0], span[1]):
        for column in range(span[2], span[3]):
            links[n_links, 0], links[n_links, 1] = number, heads[row, column]
            heads[row, column] = n_links
            n_links += 1
    return links, n_links


@njit(cache=True, nogil=True)
def place_rects(
    order, xy, sizes, sides, n_sides, viewport, rects, n_rects, away, gap, places, anchors
):
    """Fill places int64 (most,), anchors uint8 (most,) and, from n_rects on, rects float32
    (n_rects + most, 4); returns how many got a place.

    order: int64, candidates, the most important first. sides: int8 (m,), to be tried first, or -1;
    then the first n_sides are.
    rects: begins with n_rects obstacles.
    """
    width, height = viewport
    shape = int(height / CELL_HEIGHT) + 1, int(width / CELL_WIDTH) + 1
    heads = np.full(shape, -1, dtype=np.int64)
    links = np.empty((1024, 2), dtype=np.int64)
    nothing, n_links = np.float32(0), 0
    for i in range(n_rects):
        links, n_links = enter(heads, links, n_links, rects, i)
    found = 0
    for i in order:
        if found == len(places):
            break
        x, y, wide, high = xy[i, 0], xy[i, 1], sizes[i, 0], sizes[i, 1]
        # a point under a label can't be seen: its name beside that would mislead
        if not is_free(heads, links, rects, x, y, nothing, nothing, nothing):
            continue
        for attempt in range(-1, n_sides):
            side = sides[i] if attempt < 0 else attempt
            if side < 0 or (attempt >= 0 and side == sides[i]):
                continue
            left, top = corner(side, x, y, wide, high, away)
            if not (left >= 0 and top >= 0 and left + wide <= width and top + high <= height):
                continue
            if not is_free(heads, links, rects, left, top, wide, high, gap):
                continue
            rect = rects[n_rects + found]
            rect[0], rect[1], rect[2], rect[3] = left, top, wide, high
            links, n_links = enter(heads, links, n_links, rects, n_rects + found)
            places[found], anchors[found] = i, side
            found += 1
            break
    return found
