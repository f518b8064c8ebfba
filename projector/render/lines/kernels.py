# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Which discs follow one another along a line of the picture, and what is known of their points."""

from __future__ import annotations

import numpy as np
from numba import njit

from projector.render.kernels import DIM, SPAN
from projector.render.lanes.kernels import fetch

DIM_SHARE = np.float32(0.2)
"""How much of a dim point's color is left."""
X, Y, Z, RED, GREEN, BLUE, SHARE, SCALE, RANK = range(9)
N_RAW = 9


@njit(cache=True, nogil=True, error_model="numpy")
def find_discs(line, filled, places, which):
    """How many discs follow one another along a line of front, and their places in points.
    which int32 (w,): the disc of each pixel, -1 for none, where the line is filled."""
    n, before = 0, np.int32(-1)
    for span in range(len(filled)):
        if not filled[span]:
            continue
        for x in range(span * SPAN, min(len(line), (span + 1) * SPAN)):
            i = line[x]
            is_disc = i >= 0
            places[n] = i
            n += is_disc & (i != before)
            before = i if is_disc else before
            which[x] = n - 1 if is_disc else -1
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def gather_discs(n, places, cloud, paint, raw, numbers):
    """What is known of n discs' points: raw float32 (N_RAW (w + 1),), a plane a trait; ones stay
    where nothing is; and the points' own numbers int32. Two discs next to one another are far
    apart in memory, so all is fetched ahead."""
    points, point_ids, scales, ranks = cloud
    colors, emphasis = paint[:2]
    step = len(raw) // N_RAW
    for k in range(n):
        fetch(points, np.intp(places[k]) * 4)
    for k in range(n):
        numbers[k] = point_ids[places[k], 3]
        fetch(colors, np.intp(numbers[k]) * 4)
    for k in range(n):
        i, point = places[k], numbers[k]
        raw[X * step + k] = points[i, 0]
        raw[Y * step + k] = points[i, 1]
        raw[Z * step + k] = points[i, 2]
        raw[RED * step + k] = colors[point, 0]
        raw[GREEN * step + k] = colors[point, 1]
        raw[BLUE * step + k] = colors[point, 2]
    gather_extras(n, places, numbers, emphasis, scales, ranks, raw)


@njit(cache=True, nogil=True, error_model="numpy")
def gather_extras(n, places, numbers, emphasis, scales, ranks, raw):
    """What only some clouds have: emphasis, sizes, ranks."""
    step = len(raw) // N_RAW
    if len(emphasis):
        for k in range(n):
            fetch(emphasis, np.intp(numbers[k]))
        for k in range(n):
            raw[SHARE * step + k] = DIM_SHARE if emphasis[numbers[k]] == DIM else np.float32(1)
    if len(scales):
        for k in range(n):
            fetch(scales, np.intp(places[k]))
        for k in range(n):
            raw[SCALE * step + k] = scales[places[k]]
    if len(ranks):
        for k in range(n):
            fetch(ranks, np.intp(places[k]))
        for k in range(n):
            raw[RANK * step + k] = ranks[places[k]]


@njit(cache=True, nogil=True, error_model="numpy")
def name_points(which, filled, numbers, ids):
    """The points' own numbers along a line, -1 for none. which, filled: of find_discs; numbers:
    of gather_discs."""
    ids[:] = -1
    for span in range(len(filled)):
        if not filled[span]:
            continue
        for x in range(span * SPAN, min(len(which), (span + 1) * SPAN)):
            if which[x] >= 0:
                ids[x] = numbers[which[x]]
