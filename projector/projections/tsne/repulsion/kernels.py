"""Loops over all pairs of points. Imports numba: import inside functions only.

Points are float32 (3, n); a layout in 2D has zeros in its third row.
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
def _sums_flat(xs: Any, ys: Any, x: Any, y: Any) -> Any:
    """The same in 2D."""
    total = gx = gy = _f32(0)
    for j in range(len(xs)):
        dx, dy = x - xs[j], y - ys[j]
        weight = _f32(1) / (_f32(1) + dx * dx + dy * dy)
        total += weight
        weight *= weight
        gx += weight * dx
        gy += weight * dy
    return total, gx, gy


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def all_pairs_flat(
    points: Any, potential: Any, gradient: Any, offset: int, start: int, stop: int
) -> None:
    """The exact potential and its gradient at points offset + start..stop of a layout in 2D."""
    xs, ys = points[0], points[1]
    for i in range(offset + start, offset + stop):
        x, y = xs[i], ys[i]
        one = _sums_flat(xs[:i], ys[:i], x, y)
        two = _sums_flat(xs[i + 1 :], ys[i + 1 :], x, y)
        potential[i] = one[0] + two[0]
        gradient[0, i] = _f32(-2) * (one[1] + two[1])
        gradient[1, i] = _f32(-2) * (one[2] + two[2])
        gradient[2, i] = _f32(0)


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
