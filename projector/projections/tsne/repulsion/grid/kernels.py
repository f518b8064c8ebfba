"""Loops over points and nodes of a grid. Imports numba: import inside functions only.

Points are float32 (3, n). A grid in 2D is one node deep and has kernels of its own, whose loops
are written out, so that weights stay in registers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_f32 = np.float32
# infinities and NaN stay legal; sums may be reordered, so that they run on whole registers
_FAST = {"reassoc", "contract", "arcp", "nsz", "afn"}


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
def _weights(u: Any) -> Any:
    """Of the cubic B-spline: weights of the four nodes around fraction u of a cell."""
    v, sixth = _f32(1) - u, _f32(1 / 6)
    return (
        v * v * v * sixth,
        (_f32(4) - _f32(3) * u * u * (_f32(2) - u)) * sixth,
        (_f32(4) - _f32(3) * v * v * (_f32(2) - v)) * sixth,
        u * u * u * sixth,
    )


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _slopes(u: Any) -> Any:
    """How the weights change with the fraction."""
    v = _f32(1) - u
    return (
        _f32(-0.5) * v * v,
        u * (_f32(1.5) * u - _f32(2)),
        -v * (_f32(1.5) * v - _f32(2)),
        _f32(0.5) * u * u,
    )


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _dot(w: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    return w[0] * a + w[1] * b + w[2] * c + w[3] * d


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _overlaps(w: Any) -> Any:
    """Products of weights, summed by how many nodes lie between."""
    return (
        w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + w[3] * w[3],
        _f32(2) * (w[0] * w[1] + w[1] * w[2] + w[2] * w[3]),
        _f32(2) * (w[0] * w[2] + w[1] * w[3]),
        _f32(2) * w[0] * w[3],
    )


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _sloped_overlaps(w: Any, s: Any) -> Any:
    """Products of slopes and weights, summed by how many nodes lie between."""
    return (
        s[0] * w[0] + s[1] * w[1] + s[2] * w[2] + s[3] * w[3],
        s[0] * w[1] + s[1] * (w[0] + w[2]) + s[2] * (w[1] + w[3]) + s[3] * w[2],
        s[0] * w[2] + s[2] * w[0] + s[1] * w[3] + s[3] * w[1],
        s[0] * w[3] + s[3] * w[0],
    )


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def spread_flat(
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
    for half in range(start, stop):
        slab = 2 * half + parity
        for at in range(borders[slab], borders[slab + 1]):
            p = order[at]
            u = (points[0, p] - origin[0]) * per_length
            v = (points[1, p] - origin[1]) * per_length
            i, j = int(u), int(v)
            across, along = _weights(u - _f32(i)), _weights(v - _f32(j))
            for a in range(4):
                for b in range(4):
                    grid[i + a, j + b, 0] += across[a] * along[b]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def spread_deep(
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
    """The same in 3D."""
    for half in range(start, stop):
        slab = 2 * half + parity
        for at in range(borders[slab], borders[slab + 1]):
            p = order[at]
            u = (points[0, p] - origin[0]) * per_length
            v = (points[1, p] - origin[1]) * per_length
            w = (points[2, p] - origin[2]) * per_length
            i, j, k = int(u), int(v), int(w)
            wx, wy, wz = _weights(u - _f32(i)), _weights(v - _f32(j)), _weights(w - _f32(k))
            for a in range(4):
                for b in range(4):
                    share = wx[a] * wy[b]
                    for c in range(4):
                        grid[i + a, j + b, k + c] += share * wz[c]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _read_flat(grid: Any, i: int, j: int, wx: Any, wy: Any, sx: Any, sy: Any) -> Any:
    """A value and its slopes between the nodes of a grid one node deep."""
    value = gx = gy = _f32(0)
    for a in range(4):
        n0, n1 = grid[i + a, j, 0], grid[i + a, j + 1, 0]
        n2, n3 = grid[i + a, j + 2, 0], grid[i + a, j + 3, 0]
        along, across = _dot(wy, n0, n1, n2, n3), _dot(sy, n0, n1, n2, n3)
        value += wx[a] * along
        gx += sx[a] * along
        gy += wx[a] * across
    return value, gx, gy


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _read_deep(
    grid: Any, i: int, j: int, k: int, wx: Any, wy: Any, wz: Any, sx: Any, sy: Any, sz: Any
) -> Any:
    """A value and its slopes between the nodes of a grid."""
    value = gx = gy = gz = _f32(0)
    for a in range(4):
        for b in range(4):
            n0, n1 = grid[i + a, j + b, k], grid[i + a, j + b, k + 1]
            n2, n3 = grid[i + a, j + b, k + 2], grid[i + a, j + b, k + 3]
            along = _dot(wz, n0, n1, n2, n3)
            share = wx[a] * wy[b]
            value += share * along
            gx += sx[a] * wy[b] * along
            gy += wx[a] * sy[b] * along
            gz += share * _dot(sz, n0, n1, n2, n3)
    return value, gx, gy, gz


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def gather_flat(
    points: Any,
    origin: Any,
    per_length: Any,
    grid: Any,
    own: Any,
    potential: Any,
    gradient: Any,
    order: Any,
    offset: int,
    start: int,
    stop: int,
) -> None:
    """Read potential and gradient back at the points, without each point's own charge.

    On a grid a charge also feels itself, by a force that depends on where it sits in its cell. own:
    the kernel between nodes up to three apart along each axis, from which that follows exactly.
    """
    for at in range(offset + start, offset + stop):
        p = order[at]
        u = (points[0, p] - origin[0]) * per_length
        v = (points[1, p] - origin[1]) * per_length
        i, j = int(u), int(v)
        u, v = u - _f32(i), v - _f32(j)
        wx, wy, sx, sy = _weights(u), _weights(v), _slopes(u), _slopes(v)
        value, gx, gy = _read_flat(grid, i, j, wx, wy, sx, sy)
        ox, oy = _overlaps(wx), _overlaps(wy)
        itself, hx, hy = _read_flat(
            own, 0, 0, ox, oy, _sloped_overlaps(wx, sx), _sloped_overlaps(wy, sy)
        )
        potential[p] = value - itself
        gradient[0, p], gradient[1, p] = (gx - hx) * per_length, (gy - hy) * per_length
        gradient[2, p] = _f32(0)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def gather_deep(
    points: Any,
    origin: Any,
    per_length: Any,
    grid: Any,
    own: Any,
    potential: Any,
    gradient: Any,
    order: Any,
    offset: int,
    start: int,
    stop: int,
) -> None:
    """The same in 3D."""
    for at in range(offset + start, offset + stop):
        p = order[at]
        u = (points[0, p] - origin[0]) * per_length
        v = (points[1, p] - origin[1]) * per_length
        w = (points[2, p] - origin[2]) * per_length
        i, j, k = int(u), int(v), int(w)
        u, v, w = u - _f32(i), v - _f32(j), w - _f32(k)
        wx, wy, wz = _weights(u), _weights(v), _weights(w)
        sx, sy, sz = _slopes(u), _slopes(v), _slopes(w)
        value, gx, gy, gz = _read_deep(grid, i, j, k, wx, wy, wz, sx, sy, sz)
        ox, oy, oz = _overlaps(wx), _overlaps(wy), _overlaps(wz)
        qx, qy, qz = _sloped_overlaps(wx, sx), _sloped_overlaps(wy, sy), _sloped_overlaps(wz, sz)
        itself, hx, hy, hz = _read_deep(own, 0, 0, 0, ox, oy, oz, qx, qy, qz)
        potential[p] = value - itself
        gradient[0, p], gradient[1, p] = (gx - hx) * per_length, (gy - hy) * per_length
        gradient[2, p] = (gz - hz) * per_length
