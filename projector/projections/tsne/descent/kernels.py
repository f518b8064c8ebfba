"""Loops over edges and points of a layout. Imports numba: import inside functions only.

Rows are points as float32 (n, 2 or 3); affinities are compressed rows in which each pair stands
once: starts, ids, values.
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
def attract_flat(
    rows: Any,
    starts: Any,
    ids: Any,
    values: Any,
    borders: Any,
    forces: Any,
    n_rounds: int,
    which: int,
    start: int,
    stop: int,
) -> None:
    """forces float32 (slots, n, 2): of both ends of each edge, p (y - other) / (1 + d^2).

    Each slot has its edges to itself, n_rounds blocks of them, and adds up its forces apart from
    those of the others; borders: the points at which blocks begin. which: of its blocks.
    """
    for slot in range(start, stop):
        own = forces[slot]
        if which == 0:
            own[:] = _f32(0)
        block = slot * n_rounds + which
        for i in range(borders[block], borders[block + 1]):
            x, y = rows[i, 0], rows[i, 1]
            fx = fy = _f32(0)
            for edge in range(starts[i], starts[i + 1]):
                j = np.uint32(ids[edge])
                dx, dy = x - rows[j, 0], y - rows[j, 1]
                weight = values[edge] / (_f32(1) + dx * dx + dy * dy)
                dx, dy = dx * weight, dy * weight
                fx, fy = fx + dx, fy + dy
                own[j, 0] -= dx
                own[j, 1] -= dy
            own[i, 0] += fx
            own[i, 1] += fy


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def attract_deep(
    rows: Any,
    starts: Any,
    ids: Any,
    values: Any,
    borders: Any,
    forces: Any,
    n_rounds: int,
    which: int,
    start: int,
    stop: int,
) -> None:
    """The same in 3D."""
    for slot in range(start, stop):
        own = forces[slot]
        if which == 0:
            own[:] = _f32(0)
        block = slot * n_rounds + which
        for i in range(borders[block], borders[block + 1]):
            x, y, z = rows[i, 0], rows[i, 1], rows[i, 2]
            fx = fy = fz = _f32(0)
            for edge in range(starts[i], starts[i + 1]):
                j = np.uint32(ids[edge])
                dx, dy, dz = x - rows[j, 0], y - rows[j, 1], z - rows[j, 2]
                weight = values[edge] / (_f32(1) + dx * dx + dy * dy + dz * dz)
                dx, dy, dz = dx * weight, dy * weight, dz * weight
                fx, fy, fz = fx + dx, fy + dy, fz + dz
                own[j, 0] -= dx
                own[j, 1] -= dy
                own[j, 2] -= dz
            own[i, 0] += fx
            own[i, 1] += fy
            own[i, 2] += fz


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def distances(
    rows: Any, starts: Any, ids: Any, squares: Any, offset: int, start: int, stop: int
) -> None:
    """squares float32: 1 + |y - other|^2 along the edges of points offset + start..stop, the first
    edge of point offset in the first place."""
    first = starts[offset]
    for i in range(offset + start, offset + stop):
        for edge in range(starts[i], starts[i + 1]):
            j = np.uint32(ids[edge])
            square = _f32(1)
            for axis in range(rows.shape[1]):
                side = rows[i, axis] - rows[j, axis]
                square += side * side
            squares[edge - first] = square


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

    attraction: float32 (slots, n, 2 or 3). All others are float32 (3, n), in 2D with a third row
    that is left alone. factors: float32 of exaggeration, of repulsion, learning rate, momentum,
    longest step. norms: float32 (n,), squared lengths of gradients.
    """
    exaggeration, half, rate, momentum, longest = factors
    n_slots, _, n_dims = attraction.shape
    for i in range(start, stop):
        norm = length = _f32(0)
        for axis in range(n_dims):
            pull = attraction[0, i, axis]
            for slot in range(1, n_slots):
                pull += attraction[slot, i, axis]
            gradient = exaggeration * pull + half * repulsion[axis, i]
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
        for axis in range(n_dims):
            if length < np.inf:
                velocities[axis, i] *= shrink
            else:  # a nonsensical rate: better to stand still than to be lost
                velocities[axis, i] = 0
            points[axis, i] += velocities[axis, i]
