# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""A sweep of UMAP, a part of an epoch. Imports numba, so import this module inside functions only.

A point is moved by the one thread that owns it; of all others it reads where they lay when the
sweep began. So the layout depends neither on the number of threads nor on their timing.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Forces are looked up by the squared distance: its bits as a float are its exponent and mantissa,
# so that the topmost of them number places that lie evenly in the logarithm.
KEPT_BITS = 5
SHIFT = 23 - KEPT_BITS
LEAST_EXPONENT, MOST_EXPONENT = -24, 24
FIRST_PLACE = (127 + LEAST_EXPONENT) << KEPT_BITS
N_PLACES = (MOST_EXPONENT - LEAST_EXPONENT) << KEPT_BITS
LEAST_SQUARE = np.float32(2.0**LEAST_EXPONENT)
MOST_SQUARE = np.float32(2.0**MOST_EXPONENT * 0.999)
PART = np.float32(2.0**-SHIFT)

LONGEST_MOVE = np.float32(4)  # along one axis, by one pair, at learning rate 1

WHOLE, HALF = np.uint64(0xFFFFFFFF), np.uint64(1 << 31)
FACTOR, SUMMAND = np.uint64(6364136223846793005), np.uint64(1442695040888963407)
STEP_A, STEP_B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)


@njit(cache=True, nogil=True)
def mixed(x):
    """One round of an integer hash: each bit of the result depends on all of x (uint64)."""
    x ^= x >> np.uint64(31)
    x *= np.uint64(0x7FB5D329728EA185)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x81DADEF4BC2DD44D)
    return x ^ (x >> np.uint64(33))


@njit(cache=True, nogil=True)
def looked_up(table, square):
    """The value for a squared distance, interpolated; table: float32 (N_PLACES + 1,)."""
    bits = np.float32(min(max(square, LEAST_SQUARE), MOST_SQUARE)).view(np.int32)
    place = (bits >> SHIFT) - FIRST_PLACE
    part = np.float32(bits & ((1 << SHIFT) - 1)) * PART
    return table[place] + (table[place + 1] - table[place]) * part


@njit(cache=True, nogil=True)
def clipped(move):
    return min(LONGEST_MOVE, max(-LONGEST_MOVE, move))


@njit(cache=True, nogil=True)
def find_phases(starts, ids, phases, start, stop):
    """Fill phases uint32 (m,): where in its period each edge begins, the same from both ends."""
    for i in range(start, stop):
        for e in range(starts[i], starts[i + 1]):
            low, high = np.uint64(min(i, ids[e])), np.uint64(max(i, ids[e]))
            phase = mixed((low << np.uint64(32)) + high) & WHOLE
            phases[e] = phase


@njit(cache=True, nogil=True)
def run_sweep(
    starts, ids, shares, phases, pulls, pushes, n_negatives, seed, sweep, rate, old, positions,
    start, stop,
):  # fmt: skip
    """Move points start..stop of positions float32 (n, 2 or 3), old being a copy of them.

    shares, phases: uint32 (m,), in which share of sweeps an edge is used and where its period
    begins, in parts of 2**32. It is used twice a period, half a period apart, once for each of its
    ends, which then also meets n_negatives random points. pulls, pushes: tables of forces over
    squared distance. rate: float32, the learning rate.
    """
    n, is_3d, turn = len(old), old.shape[1] == 3, np.uint64(sweep)
    widest = np.int64(0)
    for i in range(start, stop):
        widest = max(widest, starts[i + 1] - starts[i])
    used = np.empty(widest, np.int64)
    for i in range(start, stop):
        state = np.uint64(0)
        x, y = positions[i, 0], positions[i, 1]
        z = positions[i, 2] if is_3d else np.float32(0)
        n_used = np.uint64(0)
        for e in range(starts[i], starts[i + 1]):
            # all are noted and only the count goes up by 0 or 1: a branch here would often be
            # guessed wrong, and cost more than all else of the loop
            used[n_used] = e
            share = np.uint64(shares[e])
            # twice as fast as a period: the first half is one end's turn, the second the other's
            count = (turn * share + np.uint64(phases[e])) << np.uint64(1)
            n_used += ((count & WHOLE) + (share << np.uint64(1))) >> np.uint64(32)
        for k in range(n_used):
            e = used[k]
            j = ids[e]
            dx, dy = x - old[j, 0], y - old[j, 1]
            dz = z - old[j, 2] if is_3d else np.float32(0)
            force = looked_up(pulls, dx * dx + dy * dy + dz * dz)
            x += rate * clipped(force * dx)
            y += rate * clipped(force * dy)
            z += rate * clipped(force * dz)
            count = turn * np.uint64(shares[e]) + np.uint64(phases[e])
            if ((count & WHOLE) < HALF) != (i < j):
                continue
            if state == 0:
                state = mixed(np.uint64(seed) + np.uint64(i) * STEP_A + np.uint64(sweep) * STEP_B)
            for _ in range(n_negatives):
                state = state * FACTOR + SUMMAND
                j = np.int64(((state >> np.uint64(33)) * np.uint64(n)) >> np.uint64(31))
                if j == i:
                    continue
                dx, dy = x - old[j, 0], y - old[j, 1]
                dz = z - old[j, 2] if is_3d else np.float32(0)
                force = looked_up(pushes, dx * dx + dy * dy + dz * dz)
                x += rate * clipped(force * dx)
                y += rate * clipped(force * dy)
                z += rate * clipped(force * dz)
        positions[i, 0], positions[i, 1] = x, y
        if is_3d:
            positions[i, 2] = z
