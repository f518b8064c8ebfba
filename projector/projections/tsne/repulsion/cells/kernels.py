"""Loops over points sorted into cells. Imports numba: import inside functions only.

Cells are cubes in a box, numbered with the last axis running fastest; a layout in 2D is one cell
deep. firsts: int64 (n_cells + 1,), where each cell begins among the sorted points.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_f32 = np.float32
_FAST = {"reassoc", "contract", "arcp", "nsz", "afn"}
_WHOLE = 32  # lengths of inner loops are multiples of it, so that they run on whole registers
_AWAY = np.float32(1e9)  # where what fills them up lies


@njit(cache=True, nogil=True)
def sort(points: Any, low: Any, per_length: Any, shape: Any, order: Any, firsts: Any) -> None:
    """Fill order int32 (n,) and firsts."""
    n = points.shape[1]
    cells = np.empty(n, np.int32)
    firsts[:] = 0
    for p in range(n):
        cell = 0
        for axis in range(3):
            at = int((points[axis, p] - low[axis]) * per_length)
            cell = cell * shape[axis] + min(at, shape[axis] - 1)
        cells[p] = cell
        firsts[cell + 1] += 1
    for cell in range(1, len(firsts)):
        firsts[cell] += firsts[cell - 1]
    for p in range(n):
        cell = cells[p]
        order[firsts[cell]] = p
        firsts[cell] += 1
    for cell in range(len(firsts) - 1, 0, -1):
        firsts[cell] = firsts[cell - 1]
    firsts[0] = 0


@njit(cache=True, nogil=True)
def count_pairs(points: Any, low: Any, per_length: Any, shape: Any) -> Any:
    """How many pairs of points lie in cells that touch, both ways round, and with themselves."""
    counts = np.zeros((shape[0] + 2, shape[1] + 2, shape[2] + 2), np.int32)
    for p in range(points.shape[1]):
        i = min(int((points[0, p] - low[0]) * per_length), shape[0] - 1)
        j = min(int((points[1, p] - low[1]) * per_length), shape[1] - 1)
        k = min(int((points[2, p] - low[2]) * per_length), shape[2] - 1)
        counts[i + 1, j + 1, k + 1] += 1
    total = 0.0
    for i in range(1, shape[0] + 1):
        for j in range(1, shape[1] + 1):
            for k in range(1, shape[2] + 1):
                own = counts[i, j, k]
                if own:
                    total += own * float(counts[i - 1 : i + 2, j - 1 : j + 2, k - 1 : k + 2].sum())
    return total


@njit(cache=True, nogil=True)
def _box(sorted_points: Any, first: int, last: int, low: Any, high: Any) -> None:
    """The box around points first..last."""
    for axis in range(3):
        low[axis] = high[axis] = sorted_points[axis, first]
        for p in range(first + 1, last):
            low[axis] = min(low[axis], sorted_points[axis, p])
            high[axis] = max(high[axis], sorted_points[axis, p])


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _collect(
    sorted_points: Any, first: int, last: int, box: Any, reach: Any, near: Any, n: int
) -> Any:
    """Append those of points first..last that lie within reach of the box; returns how many there
    are now."""
    for p in range(first, last):
        x, y, z = sorted_points[0, p], sorted_points[1, p], sorted_points[2, p]
        dx = max(_f32(0), max(box[0, 0] - x, x - box[1, 0]))
        dy = max(_f32(0), max(box[0, 1] - y, y - box[1, 1]))
        dz = max(_f32(0), max(box[0, 2] - z, z - box[1, 2]))
        near[0, n], near[1, n], near[2, n] = x, y, z
        n += dx * dx + dy * dy + dz * dz < reach * reach
    return n


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _sums_flat(xs: Any, ys: Any, x: Any, y: Any, c0: Any, c1: Any) -> Any:
    """Short potential of some points at a place, and half its gradient with the sign turned."""
    total = gx = gy = _f32(0)
    for j in range(len(xs)):
        dx, dy = x - xs[j], y - ys[j]
        square = dx * dx + dy * dy
        weight = _f32(1) / (_f32(1) + square)
        u = max(_f32(0), c0 - c1 * square)
        share = weight * u * u
        total += share * u
        share *= weight * u + _f32(3) * c1
        gx += share * dx
        gy += share * dy
    return total, gx, gy


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _sums_deep(xs: Any, ys: Any, zs: Any, x: Any, y: Any, z: Any, c0: Any, c1: Any) -> Any:
    """The same in 3D."""
    total = gx = gy = gz = _f32(0)
    for j in range(len(xs)):
        dx, dy, dz = x - xs[j], y - ys[j], z - zs[j]
        square = dx * dx + dy * dy + dz * dz
        weight = _f32(1) / (_f32(1) + square)
        u = max(_f32(0), c0 - c1 * square)
        share = weight * u * u
        total += share * u
        share *= weight * u + _f32(3) * c1
        gx += share * dx
        gy += share * dy
        gz += share * dz
    return total, gx, gy, gz


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def add_short(
    sorted_points: Any,
    order: Any,
    firsts: Any,
    shape: Any,
    is_flat: bool,
    n_around: int,
    reach: Any,
    potential: Any,
    gradient: Any,
    n_stripes: int,
    offset: int,
    start: int,
    stop: int,
) -> None:
    """Add the short part of the kernel, summed over all points within reach, for the points of
    cells whose number, modulo n_stripes, is in offset + start..stop."""
    c1 = _f32(1) / (reach * reach + _f32(1))
    c0 = reach * reach * c1
    itself = c0 * c0 * c0
    near = np.empty((3, 1024), _f32)
    box = np.empty((2, 3), _f32)
    for stripe in range(offset + start, offset + stop):
        for cell in range(stripe, len(firsts) - 1, n_stripes):
            first, last = firsts[cell], firsts[cell + 1]
            if first == last:
                continue
            _box(sorted_points, first, last, box[0], box[1])
            k = cell % shape[2]
            j = cell // shape[2] % shape[1]
            i = cell // (shape[2] * shape[1])
            n = 0
            for a in range(max(0, i - n_around), min(shape[0], i + n_around + 1)):
                for b in range(max(0, j - n_around), min(shape[1], j + n_around + 1)):
                    row = (a * shape[1] + b) * shape[2]
                    # cells along the last axis lie together
                    begin = firsts[row + max(0, k - n_around)]
                    end = firsts[row + min(shape[2], k + n_around + 1)]
                    near = _with_room(near, n, n + end - begin)
                    n = _collect(sorted_points, begin, end, box, reach, near, n)
            n_whole = (n + _WHOLE - 1) // _WHOLE * _WHOLE
            near[:, n:n_whole] = _AWAY
            xs, ys, zs = near[0, :n_whole], near[1, :n_whole], near[2, :n_whole]
            for at in range(first, last):
                p = order[at]
                x, y, z = sorted_points[0, at], sorted_points[1, at], sorted_points[2, at]
                if is_flat:
                    total, gx, gy = _sums_flat(xs, ys, x, y, c0, c1)
                else:
                    total, gx, gy, gz = _sums_deep(xs, ys, zs, x, y, z, c0, c1)
                    gradient[2, p] -= _f32(2) * gz
                potential[p] += total - itself
                gradient[0, p] -= _f32(2) * gx
                gradient[1, p] -= _f32(2) * gy


@njit(cache=True, nogil=True)
def _with_room(near: Any, n: int, wanted: int) -> Any:
    """The first n points, with room for more."""
    if wanted + _WHOLE <= near.shape[1]:
        return near
    more = np.empty((3, 2 * (wanted + _WHOLE)), _f32)
    more[:, :n] = near[:, :n]
    return more
