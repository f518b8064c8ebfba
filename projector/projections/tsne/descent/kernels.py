"""Loops over edges and points of a layout. Imports numba: import inside functions only.

Points are float32 (3, n); affinities are compressed rows: starts, ids, values.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

_f32 = np.float32
_FAST = {"reassoc", "contract", "arcp", "nsz", "afn"}
_LEAST_GAIN = np.float32(0.01)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def attract(
    points: Any,
    starts: Any,
    ids: Any,
    values: Any,
    forces: Any,
    offset: int,
    start: int,
    stop: int,
) -> None:
    """forces float32 (3, n) of points offset + start..stop: sum of p (y - other) / (1 + d^2)."""
    for i in range(offset + start, offset + stop):
        x, y, z = points[0, i], points[1, i], points[2, i]
        fx = fy = fz = _f32(0)
        for edge in range(starts[i], starts[i + 1]):
            j = np.uint32(ids[edge])
            dx, dy, dz = x - points[0, j], y - points[1, j], z - points[2, j]
            weight = values[edge] / (_f32(1) + dx * dx + dy * dy + dz * dz)
            fx += weight * dx
            fy += weight * dy
            fz += weight * dz
        forces[0, i], forces[1, i], forces[2, i] = fx, fy, fz


@njit(cache=True, nogil=True)
def log_distances(
    points: Any, starts: Any, ids: Any, values: Any, sums: Any, offset: int, start: int, stop: int
) -> None:
    """sums float64 (n,): of p log(1 + |y - other|^2), for points offset + start..stop."""
    for i in range(offset + start, offset + stop):
        total = 0.0
        for edge in range(starts[i], starts[i + 1]):
            j = ids[edge]
            dx = points[0, i] - points[0, j]
            dy = points[1, i] - points[1, j]
            dz = points[2, i] - points[2, j]
            total += values[edge] * math.log1p(dx * dx + dy * dy + dz * dz)
        sums[i] = total


@njit(cache=True, nogil=True, error_model="numpy")
def move(
    points: Any,
    attraction: Any,
    repulsion: Any,
    velocities: Any,
    gains: Any,
    norms: Any,
    factors: Any,
    start: int,
    stop: int,
) -> None:
    """One step downhill with momentum and a gain per coordinate (Jacobs 1988).

    factors: float32 of exaggeration, of repulsion, learning rate, momentum, longest step. norms:
    float32 (n,), squared lengths of gradients.
    """
    exaggeration, half, rate, momentum, longest = factors
    for i in range(start, stop):
        norm = length = _f32(0)
        for axis in range(3):
            gradient = exaggeration * attraction[axis, i] + half * repulsion[axis, i]
            norm += gradient * gradient
            gain = gains[axis, i]
            if (gradient > 0) == (velocities[axis, i] > 0):
                gain = max(gain * _f32(0.8), _LEAST_GAIN)
            else:
                gain += _f32(0.2)
            gains[axis, i] = gain
            velocity = momentum * velocities[axis, i] - rate * gain * gradient
            velocities[axis, i] = velocity
            length += velocity * velocity
        norms[i] = norm
        shrink = _f32(1)
        if length > longest * longest:
            shrink = longest / _f32(math.sqrt(length))
        for axis in range(3):
            if length < np.inf:
                velocities[axis, i] *= shrink
            else:  # a nonsensical rate: better to stand still than to be lost
                velocities[axis, i] = 0
            points[axis, i] += velocities[axis, i]
