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

# sums may be taken in any order: the compiler chooses one, always the same
_FAST = {"reassoc", "contract", "nsz", "arcp", "nnan", "ninf"}
_BLOCK = 4096  # edges looked through at a time, which stay in the nearest cache

WHOLE = np.uint64(0xFFFFFFFF)
ONE, HALF = np.uint32(1), np.uint32(1 << 31)
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
def find_phases(starts, ids, phases, start, stop):
    """Fill phases uint32 (m,): where in its period each edge begins, the same from both ends."""
    for i in range(start, stop):
        for e in range(starts[i], starts[i + 1]):
            low, high = np.uint64(min(i, ids[e])), np.uint64(max(i, ids[e]))
            phase = mixed((low << np.uint64(32)) + high) & WHOLE
            phases[e] = phase


@njit(cache=True, nogil=True)
def find_used(shares, phases, turn, first, last, is_used, used):
    """Note in used int64 which of the edges first..last are used in this sweep; returns how many.

    An edge is used twice a period, at its middle and at its end. is_used: bool, for notes.
    """
    for e in range(last - first):  # by the processor's wide registers: no branch, 32 bits
        share = shares[first + e]
        # twice as fast as a period: it overflows at the period's middle and at its end
        double = np.uint32(np.uint32(turn * share + phases[first + e]) << ONE)
        is_used[e] = np.uint32(double + share + share) < double
    n_used = np.uint64(0)
    for e in range(last - first):
        # all are noted and only the count goes up by 0 or 1: a branch here would often be guessed
        # wrong, and cost more than all else of the loop
        used[n_used] = first + e
        n_used += np.uint64(is_used[e])
    return n_used


@njit(cache=True, nogil=True, fastmath=_FAST)
def run_sweep(
    starts, ids, shares, phases, pulls, pushes, n_negatives, seed, sweep, rate, old, new,
    start, stop,
):  # fmt: skip
    """Fill rows start..stop of new float32 (n, 2 or 3): where the points move from old.

    shares, phases: uint32 (m,), in which share of sweeps an edge is used and where its period
    begins, in parts of 2**32. It is used twice a period, half a period apart, once for each of its
    ends, which then also meets n_negatives random points. pulls, pushes: tables of forces over
    squared distance. rate: float32, the learning rate. A point moves by one pull after another,
    then by the sum of its pushes, none of which has to wait for those before it.
    """
    n, is_3d, turn = np.uint64(len(old)), old.shape[1] == 3, np.uint32(sweep)
    zero = np.float32(0)
    most = rate * LONGEST_MOVE
    is_used, used = np.empty(_BLOCK, np.bool_), np.empty(_BLOCK, np.int64)
    k = n_used = np.uint64(0)
    seen = starts[start]
    for i in range(start, stop):
        x, y = old[i, 0], old[i, 1]
        z = old[i, 2] if is_3d else zero
        n_turns = np.uint64(0)
        while True:
            while k < n_used and used[k] < starts[i + 1]:
                e = used[k]
                k += np.uint64(1)
                j = np.uint64(ids[e])
                is_first = np.uint32(turn * shares[e] + phases[e]) < HALF
                n_turns += np.uint64(is_first == (np.uint64(i) < j))
                dx, dy = x - old[j, 0], y - old[j, 1]
                dz = z - old[j, 2] if is_3d else zero
                force = rate * looked_up(pulls, dx * dx + dy * dy + dz * dz)
                x += min(most, max(-most, force * dx))
                y += min(most, max(-most, force * dy))
                z += min(most, max(-most, force * dz))
            if k < n_used or seen >= starts[i + 1]:
                break
            after = min(seen + _BLOCK, starts[stop])
            n_used = find_used(shares, phases, turn, seen, after, is_used, used)
            k = np.uint64(0)
            seen = after
        move_x = move_y = move_z = zero
        state = mixed(np.uint64(seed) + np.uint64(i) * STEP_A + np.uint64(sweep) * STEP_B)
        for _ in range(n_turns * np.uint64(n_negatives)):
            state = state * FACTOR + SUMMAND
            j = ((state >> np.uint64(33)) * n) >> np.uint64(31)
            dx, dy = x - old[j, 0], y - old[j, 1]
            dz = z - old[j, 2] if is_3d else zero
            force = rate * looked_up(pushes, dx * dx + dy * dy + dz * dz)
            if j == np.uint64(i):
                force = zero
            move_x += min(most, max(-most, force * dx))
            move_y += min(most, max(-most, force * dy))
            move_z += min(most, max(-most, force * dz))
        new[i, 0], new[i, 1] = x + move_x, y + move_y
        if is_3d:
            new[i, 2] = z + move_z
