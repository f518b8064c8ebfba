"""Loops over pairs, points and nodes of a grid. Imports numba: import inside functions only.

Points are float32 (3, n); a layout in 2D has zeros in its third row and a grid one node deep.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_f32 = np.float32
# infinities and NaN stay legal; sums may be reordered, so that they run on whole registers
_FAST = {"reassoc", "contract", "arcp", "nsz", "afn"}


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _sums(xs: Any, ys: Any, zs: Any, x: Any, y: Any, z: Any) -> Any:
    """Potential of some points at a place, and half its gradient with the sign turned."""
    total = gx = gy = gz = _f32(0)
    for j in range(len(xs)):
        dx, dy, dz = x - xs[j], y - ys[j], z - zs[j]
        weight = _f32(1) / (_f32(1) + dx * dx + dy * dy + dz * dz)
        total += weight
        weight *= weight
        gx += weight * dx
        gy += weight * dy
        gz += weight * dz
    return total, gx, gy, gz


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def all_pairs(
    points: Any, potential: Any, gradient: Any, offset: int, start: int, stop: int
) -> None:
    """The exact potential and its gradient at points offset + start..stop."""
    xs, ys, zs = points[0], points[1], points[2]
    for i in range(offset + start, offset + stop):
        x, y, z = xs[i], ys[i], zs[i]
        # those before and those after: taking itself off later would swallow far points
        one = _sums(xs[:i], ys[:i], zs[:i], x, y, z)
        two = _sums(xs[i + 1 :], ys[i + 1 :], zs[i + 1 :], x, y, z)
        potential[i] = one[0] + two[0]
        gradient[0, i] = _f32(-2) * (one[1] + two[1])
        gradient[1, i] = _f32(-2) * (one[2] + two[2])
        gradient[2, i] = _f32(-2) * (one[3] + two[3])


@njit(cache=True, nogil=True)
def sort_by_cell(points: Any, origin: Any, per_length: float, order: Any, firsts: Any) -> None:
    """order int32 (n,): points by their cell along the first axis; firsts int64 (n_cells + 1,):
    where each cell begins in it."""
    firsts[:] = 0
    for p in range(points.shape[1]):
        firsts[int((points[0, p] - origin[0]) * per_length) + 1] += 1
    for cell in range(1, len(firsts)):
        firsts[cell] += firsts[cell - 1]
    for p in range(points.shape[1]):
        cell = int((points[0, p] - origin[0]) * per_length)
        order[firsts[cell]] = p
        firsts[cell] += 1
    for cell in range(len(firsts) - 1, 0, -1):
        firsts[cell] = firsts[cell - 1]
    firsts[0] = 0


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _spline(u: Any, weights: Any, slopes: Any) -> None:
    """Of the cubic B-spline: weights of the four nodes around fraction u of a cell, and slopes."""
    v, sixth = _f32(1) - u, _f32(1 / 6)
    weights[0] = v * v * v * sixth
    weights[1] = (_f32(4) - _f32(3) * u * u * (_f32(2) - u)) * sixth
    weights[2] = (_f32(4) - _f32(3) * v * v * (_f32(2) - v)) * sixth
    weights[3] = u * u * u * sixth
    slopes[0] = _f32(-0.5) * v * v
    slopes[1] = u * (_f32(1.5) * u - _f32(2))
    slopes[2] = -v * (_f32(1.5) * v - _f32(2))
    slopes[3] = _f32(0.5) * u * u


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _place(points: Any, p: int, origin: Any, per_length: Any, weights: Any, slopes: Any) -> Any:
    """The first node of a point along each axis; fills weights and slopes, float32 (3, 4)."""
    u = (points[0, p] - origin[0]) * per_length
    i = int(u)
    _spline(u - _f32(i), weights[0], slopes[0])
    u = (points[1, p] - origin[1]) * per_length
    j = int(u)
    _spline(u - _f32(j), weights[1], slopes[1])
    k = 0
    if weights.shape[0] == 3:
        u = (points[2, p] - origin[2]) * per_length
        k = int(u)
        _spline(u - _f32(k), weights[2], slopes[2])
    return i, j, k


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def spread(
    points: Any,
    origin: Any,
    per_length: Any,
    order: Any,
    borders: Any,
    grid: Any,
    parity: int,
    start: int,
    stop: int,
) -> None:
    """Add the charges of every second slab to the grid; a slab is order[borders[s]:borders[s + 1]].

    Slabs two apart touch no node in common, so that these may run at once.
    """
    is_flat = grid.shape[2] == 1
    n_axes = 2 if is_flat else 3
    weights, slopes = np.empty((n_axes, 4), _f32), np.empty((n_axes, 4), _f32)
    for half in range(start, stop):
        slab = 2 * half + parity
        for at in range(borders[slab], borders[slab + 1]):
            i, j, k = _place(points, order[at], origin, per_length, weights, slopes)
            for a in range(4):
                for b in range(4):
                    share = weights[0, a] * weights[1, b]
                    if is_flat:
                        grid[i + a, j + b, 0] += share
                    else:
                        for c in range(4):
                            grid[i + a, j + b, k + c] += share * weights[2, c]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _read_flat(grid: Any, i: int, j: int, weights: Any, slopes: Any) -> Any:
    """A value and its slopes between the nodes of a grid one node deep."""
    value = gx = gy = _f32(0)
    for a in range(4):
        along = across = _f32(0)
        for b in range(4):
            node = grid[i + a, j + b, 0]
            along += node * weights[1, b]
            across += node * slopes[1, b]
        value += weights[0, a] * along
        gx += slopes[0, a] * along
        gy += weights[0, a] * across
    return value, gx, gy, _f32(0)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _read_deep(grid: Any, i: int, j: int, k: int, weights: Any, slopes: Any) -> Any:
    """A value and its slopes between the nodes of a grid."""
    value = gx = gy = gz = _f32(0)
    for a in range(4):
        for b in range(4):
            along = across = _f32(0)
            for c in range(4):
                node = grid[i + a, j + b, k + c]
                along += node * weights[2, c]
                across += node * slopes[2, c]
            both = weights[0, a] * weights[1, b]
            value += both * along
            gx += slopes[0, a] * weights[1, b] * along
            gy += weights[0, a] * slopes[1, b] * along
            gz += both * across
    return value, gx, gy, gz


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _read(grid: Any, i: int, j: int, k: int, weights: Any, slopes: Any) -> Any:
    if grid.shape[2] == 1:
        return _read_flat(grid, i, j, weights, slopes)
    return _read_deep(grid, i, j, k, weights, slopes)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _overlaps(w: Any, s: Any, weights: Any, slopes: Any) -> None:
    """Products of weights, and of slopes and weights, summed by how many nodes lie between."""
    weights[0] = w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + w[3] * w[3]
    weights[1] = _f32(2) * (w[0] * w[1] + w[1] * w[2] + w[2] * w[3])
    weights[2] = _f32(2) * (w[0] * w[2] + w[1] * w[3])
    weights[3] = _f32(2) * w[0] * w[3]
    slopes[0] = s[0] * w[0] + s[1] * w[1] + s[2] * w[2] + s[3] * w[3]
    slopes[1] = s[0] * w[1] + s[1] * (w[0] + w[2]) + s[2] * (w[1] + w[3]) + s[3] * w[2]
    slopes[2] = s[0] * w[2] + s[2] * w[0] + s[1] * w[3] + s[3] * w[1]
    slopes[3] = s[0] * w[3] + s[3] * w[0]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def gather(
    points: Any,
    origin: Any,
    per_length: Any,
    grid: Any,
    own: Any,
    potential: Any,
    gradient: Any,
    is_added: bool,
    offset: int,
    start: int,
    stop: int,
) -> None:
    """Read potential and gradient back at the points, without each point's own charge.

    On a grid a charge also feels itself, by a force that depends on where it sits in its cell. own:
    the kernel between nodes up to three apart along each axis, from which that follows exactly.
    """
    n_axes = 2 if grid.shape[2] == 1 else 3
    weights, slopes = np.empty((n_axes, 4), _f32), np.empty((n_axes, 4), _f32)
    both, sloped = np.empty((n_axes, 4), _f32), np.empty((n_axes, 4), _f32)
    for p in range(offset + start, offset + stop):
        i, j, k = _place(points, p, origin, per_length, weights, slopes)
        value, gx, gy, gz = _read(grid, i, j, k, weights, slopes)
        for axis in range(n_axes):
            _overlaps(weights[axis], slopes[axis], both[axis], sloped[axis])
        itself, sx, sy, sz = _read(own, 0, 0, 0, both, sloped)
        value, gx = value - itself, (gx - sx) * per_length
        gy, gz = (gy - sy) * per_length, (gz - sz) * per_length
        if is_added:
            value, gx = value + potential[p], gx + gradient[0, p]
            gy, gz = gy + gradient[1, p], gz + gradient[2, p]
        potential[p] = value
        gradient[0, p], gradient[1, p], gradient[2, p] = gx, gy, gz
