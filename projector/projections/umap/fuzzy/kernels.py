# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""The fuzzy graph's inner loops. Imports numba, so import this module inside functions only.

A graph is starts int64 (n + 1,), ids int32 (m,), weights float32 (m,): the edges of row i lie at
starts[i] .. starts[i + 1].
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

TOLERANCE = np.float32(1e-5)
LEAST_WIDTH = np.float32(1e-3)  # of a mean distance
LARGEST = np.float32(np.finfo(np.float32).max)
N_ROUNDS = 64


@njit(cache=True, nogil=True)
def mean_distance(ids, distances, start, stop):
    """(sum, count) of the distances of rows start..stop, the point itself counted at distance 0."""
    total, count = 0.0, 0
    for i in range(start, stop):
        count += 1
        for j in range(ids.shape[1]):
            if ids[i, j] >= 0:
                total += distances[i, j]
                count += 1
    return total, count


@njit(cache=True, nogil=True)
def radius(distances, count, connectivity):
    """The distance up to which neighbors count as fully connected; 0 without distances above 0."""
    first = 0
    while first < count and not distances[first] > np.float32(0):
        first += 1
    n_above = count - first
    if n_above == 0:
        return np.float32(0)
    if n_above < connectivity:
        return distances[count - 1]
    whole = math.floor(connectivity)
    part = np.float32(connectivity - whole)
    if whole == 0:
        return part * distances[first]
    near = distances[first + whole - 1]
    if part > TOLERANCE:
        near += part * (distances[first + whole] - near)
    return near


@njit(cache=True, nogil=True)
def width(distances, count, near, target):
    """The width at which the memberships of `count` neighbors sum to target, by bisection."""
    low, high, middle = np.float32(0), LARGEST, np.float32(1)
    for _ in range(N_ROUNDS):
        total = np.float32(0)
        for j in range(count):
            beyond = distances[j] - near
            total += np.exp(-(beyond / middle)) if beyond > np.float32(0) else np.float32(1)
        if abs(total - target) < TOLERANCE:
            break
        if total > target:
            high = middle
            middle = (low + high) / np.float32(2)
        else:
            low = middle
            middle = middle * np.float32(2) if high >= LARGEST else (low + high) / np.float32(2)
        if not middle < LARGEST:
            return LARGEST
    return middle


@njit(cache=True, nogil=True)
def find_memberships(ids, distances, connectivity, mean_of_all, weights, start, stop):
    """Fill weights float32 (n, k): how much each neighbor belongs to its row, 0..1.

    ids int32 and distances float32 (n, k), rising; -1 marks the end of a shorter row.
    """
    for i in range(start, stop):
        count = 0
        total = 0.0
        while count < ids.shape[1] and ids[i, count] >= 0:
            total += distances[i, count]
            count += 1
        near = radius(distances[i], count, connectivity)
        sigma = width(distances[i], count, near, np.float32(math.log2(count + 1)))
        mean = total / (count + 1) if near > 0 else mean_of_all
        sigma = max(sigma, LEAST_WIDTH * np.float32(mean))
        for j in range(ids.shape[1]):
            if j >= count:
                weights[i, j] = 0
                continue
            beyond = distances[i, j] - near
            if beyond <= np.float32(0) or sigma == np.float32(0):
                weights[i, j] = 1
            else:
                weights[i, j] = np.exp(-(beyond / sigma))


@njit(cache=True, nogil=True)
def count_takers(ids, counts, start, stop):
    """Add to counts int64 (n + 1,), at place j + 1, how many rows have j among their neighbors."""
    for i in range(start, stop):
        for j in ids[i]:
            if j >= 0:
                counts[j + 1] += 1


@njit(cache=True, nogil=True)
def place_takers(ids, weights, places, taker_ids, taker_weights, start, stop):
    """Fill, for each row, which rows have it among their neighbors; places moves on."""
    for i in range(start, stop):
        for k in range(ids.shape[1]):
            j = ids[i, k]
            if j >= 0:
                taker_ids[places[j]] = i
                taker_weights[places[j]] = weights[i, k]
                places[j] += 1


@njit(cache=True, nogil=True)
def find_weight(ids, weights, i, j):
    """The membership of j in row i, 0 where it is none of its neighbors."""
    for k in range(ids.shape[1]):
        if ids[i, k] == j:
            return weights[i, k]
    return np.float32(0)


@njit(cache=True, nogil=True)
def joined(there, back, mix):
    """One weight from the two directions: their fuzzy union (mix 1) or intersection (mix 0)."""
    both = there * back
    return mix * (there + back - both) + (np.float32(1) - mix) * both


@njit(cache=True, nogil=True)
def count_joined(ids, weights, takers, taker_ids, taker_weights, mix, counts, start, stop):
    """Fill counts int64 (n + 1,), at place i + 1, with the number of edges of row i."""
    for i in range(start, stop):
        count = 0
        for k in range(ids.shape[1]):
            j = ids[i, k]
            if j >= 0 and joined(weights[i, k], find_weight(ids, weights, j, i), mix) > 0:
                count += 1
        for e in range(takers[i], takers[i + 1]):
            is_new = find_weight(ids, weights, i, taker_ids[e]) == 0
            if is_new and joined(taker_weights[e], np.float32(0), mix) > 0:
                count += 1
        counts[i + 1] = count


@njit(cache=True, nogil=True)
def join(
    ids, weights, takers, taker_ids, taker_weights, mix, starts, all_ids, all_weights, start, stop
):
    """Fill the edges of rows start..stop, as many as were counted."""
    for i in range(start, stop):
        place = starts[i]
        for k in range(ids.shape[1]):
            j = ids[i, k]
            if j < 0:
                continue
            weight = joined(weights[i, k], find_weight(ids, weights, j, i), mix)
            if weight > 0:
                all_ids[place], all_weights[place] = j, weight
                place += 1
        for e in range(takers[i], takers[i + 1]):
            j = taker_ids[e]
            weight = joined(taker_weights[e], np.float32(0), mix)
            if find_weight(ids, weights, i, j) == 0 and weight > 0:
                all_ids[place], all_weights[place] = j, weight
                place += 1


@njit(cache=True, nogil=True)
def keep_heavy(starts, ids, weights, least, kept, place, start, stop):
    """Move the edges of rows start..stop that weigh at least that much to the front, in place.

    kept int64 (n + 1,): the new starts. place: where the next edge goes. Returns the next place.
    """
    for i in range(start, stop):
        for e in range(starts[i], starts[i + 1]):
            if weights[e] >= least:
                ids[place], weights[place] = ids[e], weights[e]
                place += 1
        kept[i + 1] = place
    return place


@njit(cache=True, nogil=True)
def sort_rows(starts, ids, weights, start, stop):
    """The edges of rows start..stop by rising weight, in place."""
    for i in range(start, stop):
        a, b = starts[i], starts[i + 1]
        order = np.argsort(weights[a:b], kind="mergesort")
        ids[a:b] = ids[a:b][order]
        weights[a:b] = weights[a:b][order]


@njit(cache=True, nogil=True)
def weaken_strangers(starts, ids, weights, labels, unknown, stranger, peaks, start, stop):
    """Multiply the weights of edges between different labels, or beside an unknown one (-1).

    Fills peaks float32 (n,): the largest weight left in each row.
    """
    for i in range(start, stop):
        peak = np.float32(0)
        for e in range(starts[i], starts[i + 1]):
            there = labels[ids[e]]
            if labels[i] == -1 or there == -1:
                weights[e] *= unknown
            elif labels[i] != there:
                weights[e] *= stranger
            peak = max(peak, weights[e])
        peaks[i] = peak


@njit(cache=True, nogil=True)
def connect_again(starts, ids, weights, peaks, start, stop):
    """Scale rows so that each has an edge of weight 1, and join the two directions anew."""
    for i in range(start, stop):
        for e in range(starts[i], starts[i + 1]):
            if weights[e] > 0:
                there, back = weights[e] / peaks[i], weights[e] / peaks[ids[e]]
                weights[e] = joined(there, back, np.float32(1))


@njit(cache=True, nogil=True)
def find_components(starts, ids, labels, waiting):
    """Fill labels int32 (n,), -1 before, with the number of each row's connected component.

    waiting int32 (n,): room for rows still to be looked at. Returns the number of components.
    """
    n_components = 0
    for first in range(len(labels)):
        if labels[first] >= 0:
            continue
        labels[first] = n_components
        waiting[0], n_waiting = first, 1
        while n_waiting > 0:
            n_waiting -= 1
            i = waiting[n_waiting]
            for e in range(starts[i], starts[i + 1]):
                j = ids[e]
                if labels[j] < 0:
                    labels[j] = n_components
                    waiting[n_waiting] = j
                    n_waiting += 1
        n_components += 1
    return n_components
