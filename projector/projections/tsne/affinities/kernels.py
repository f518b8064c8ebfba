"""Loops over neighbors. Imports numba, so import this module inside functions only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

_TOLERANCE = 1e-5
_N_ROUNDS = 100


@njit(cache=True, nogil=True, error_model="numpy")
def _excess(ids: Any, distances: Any, is_squared: bool, excess: Any) -> Any:
    """How much farther than the nearest each neighbor is; returns how many there are."""
    n = 0
    for j in range(len(ids)):
        distance = np.float64(distances[j])
        if ids[j] < 0 or not distance < np.inf:
            break
        excess[j] = distance * distance if is_squared else distance
        n += 1
    for j in range(1, n):
        excess[j] = max(0.0, excess[j] - excess[0])
    excess[0] = 0.0
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def _gaussian(excess: Any, n: int, beta: float, weights: Any) -> Any:
    """Weights exp(-beta * excess), and the entropy and the sum of them."""
    total, moment = 0.0, 0.0
    for j in range(n):
        weight = math.exp(-beta * excess[j])
        weights[j] = weight
        total += weight
        moment += weight * excess[j]
    return math.log(total) + beta * moment / total, total


@njit(cache=True, nogil=True, error_model="numpy")
def calibrate(
    ids: Any,
    distances: Any,
    perplexity: float,
    is_squared: bool,
    weights: Any,
    offset: int,
    start: int,
    stop: int,
) -> None:
    """Fill rows offset + start..stop: find by bisection the width whose entropy fits."""
    k = ids.shape[1]
    excess, row = np.zeros(k), np.zeros(k)
    for i in range(offset + start, offset + stop):
        weights[i, :] = 0.0
        n = _excess(ids[i], distances[i], is_squared, excess)
        if n == 0:
            continue
        # of fewer neighbors than the perplexity asks for, nearly all are used
        target = min(math.log(perplexity), math.log(max(1.0, n / 1.5)))
        mean = excess[:n].sum() / n
        beta, low, high = 1.0 / mean if mean > 0.0 else 1.0, 0.0, np.inf
        total = 1.0
        for _ in range(_N_ROUNDS):
            entropy, total = _gaussian(excess, n, beta, row)
            if abs(entropy - target) < _TOLERANCE or mean == 0.0:
                break
            if entropy > target:
                low = beta
                beta = beta * 2.0 if high == np.inf else 0.5 * (low + high)
            else:
                high = beta
                beta = 0.5 * (low + high)
        for j in range(n):
            weights[i, j] = row[j] / total


@njit(cache=True, nogil=True)
def supervise(
    ids: Any, weights: Any, labels: Any, bonus: Any, other: float, start: int, stop: int
) -> None:
    """Weigh rows by labels: equal ones by other + bonus of the class, different ones by other.

    Where nothing would remain, the row stays as it was.
    """
    for i in range(start, stop):
        own, total = labels[i], 0.0
        if own < 0:
            continue
        for j in range(ids.shape[1]):
            total += weights[i, j] * _prior(labels, own, ids[i, j], bonus, other)
        if total <= 1e-12:
            continue
        for j in range(ids.shape[1]):
            weights[i, j] *= _prior(labels, own, ids[i, j], bonus, other) / total


@njit(cache=True, nogil=True)
def _prior(labels: Any, own: int, j: int, bonus: Any, other: float) -> Any:
    if j < 0 or labels[j] < 0:
        return 1.0
    return other + bonus[own] if labels[j] == own else other


@njit(cache=True, nogil=True)
def pair(
    ids: Any, weights: Any, joint: Any, is_mutual: Any, offset: int, start: int, stop: int
) -> None:
    """joint: each weight plus the one from there to here, where is_mutual says there is one."""
    k = ids.shape[1]
    for i in range(offset + start, offset + stop):
        for j in range(k):
            joint[i, j] = weights[i, j]
            is_mutual[i, j] = False
            other = ids[i, j]
            if other < 0:
                continue
            place = -1
            for m in range(k):  # without a way out early, so that it runs on whole registers
                place = m if ids[other, m] == i else place
            if place >= 0:
                joint[i, j] += weights[other, place]
                is_mutual[i, j] = True


@njit(cache=True, nogil=True)
def _keeper(i: int, j: int) -> Any:
    """In whose row a pair stands: each point keeps about half of its pairs."""
    return min(i, j) if (i + j) % 2 else max(i, j)


@njit(cache=True, nogil=True)
def count(ids: Any, is_mutual: Any, counts: Any, start: int, stop: int) -> None:
    """Add up how many pairs each row keeps."""
    for i in range(start, stop):
        for j in range(ids.shape[1]):
            other = ids[i, j]
            if other >= 0 and not (is_mutual[i, j] and other < i):
                counts[_keeper(i, other)] += 1


@njit(cache=True, nogil=True)
def fill(
    ids: Any,
    joint: Any,
    is_mutual: Any,
    places: Any,
    columns: Any,
    values: Any,
    start: int,
    stop: int,
) -> None:
    """Write each pair once; places: where each row goes on."""
    for i in range(start, stop):
        for j in range(ids.shape[1]):
            other = ids[i, j]
            if other < 0 or (is_mutual[i, j] and other < i):
                continue
            keeper = _keeper(i, other)
            place = places[keeper]
            columns[place], values[place] = i + other - keeper, joint[i, j]
            places[keeper] = place + 1
