"""The short part of the kernel, summed over pairs that lie within reach of one another.

The kernel 1 / (1 + r^2) is cut in two by u = (R^2 - r^2) / (R^2 + 1), R being the reach: the short
part, u^3 / (1 + r^2), ends there with two continuous derivatives, and the rest is a polynomial,
(1 + u + u^2) / (R^2 + 1), up to the reach and the kernel itself beyond, smooth enough for a grid
that knows nothing finer than a good third of the reach.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import partial
from itertools import pairwise

import numpy as np

from projector.arrays import FloatArray, IntArray
from projector.parallel import for_each_part

_N_AROUND = 2  # cells within reach on each side
_N_STRIPES = 64  # parts of about as much work, as cells with many points are strewn over all
_PAIRS_AT_ONCE = 1 << 27  # between two yields
_f32 = np.float32


def smooth_part(squares: FloatArray, reach: float) -> FloatArray:
    """What the short part leaves of the kernel, by squared distance."""
    square = _f32(reach * reach)
    u = (square - squares) / (square + _f32(1))
    inside = (1 + u + u * u) / (square + _f32(1))
    return np.asarray(np.where(squares < square, inside, 1 / (1 + squares)))


def count_near(points: FloatArray, low: FloatArray, sides: list[float], reach: float) -> float:
    """Pairs that are looked at, both ways round, to find those within reach, roughly."""
    from projector.projections.tsne.repulsion.cells import kernels

    per_length, shape = _cells(points.shape[1], sides, reach)
    return float(kernels.count_pairs(points, low, per_length, shape))


def add_short(
    points: FloatArray,
    low: FloatArray,
    sides: list[float],
    reach: float,
    potential: FloatArray,
    gradient: FloatArray,
    n_pairs: float,
) -> Generator[None, None, None]:
    """Add to the potential, float32 (n,), and its gradient (3, n). n_pairs: as counted."""
    from projector.projections.tsne.repulsion.cells import kernels

    n = points.shape[1]
    per_length, shape = _cells(n, sides, reach / _N_AROUND)
    order, firsts = np.empty(n, np.int32), np.empty(int(np.prod(shape)) + 1, np.int64)
    kernels.sort(points, low, per_length, shape, order, firsts)
    place = (points[:, order], order, firsts, shape, len(sides) == 2)
    more = (_N_AROUND, _f32(reach), potential, gradient, _N_STRIPES)
    call = partial(kernels.add_short, *place, *more)
    n_rounds = min(_N_STRIPES, 1 + int(n_pairs / _PAIRS_AT_ONCE))
    edges = [_N_STRIPES * i // n_rounds for i in range(n_rounds + 1)]
    for start, stop in pairwise(edges):
        yield
        for_each_part(stop - start, partial(call, start))


def _cells(n: int, sides: list[float], size: float) -> tuple[np.float32, IntArray]:
    """Cells per length, and how many along each of three axes; larger where there were too many."""
    while True:
        counts = [int(side / size) + 1 for side in sides]
        if math.prod(counts) <= 4 * n + 64:
            break
        size *= 1.25
    return _f32(1 / size), np.array([*counts, *(1,) * (3 - len(counts))], np.int64)
