"""The inner loops of placing rows: weights of neighbors, weighted means, a few steps downhill."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def calibrate(costs: Any, perplexity: float, weights: Any, start: int, stop: int) -> None:
    """Weights exp(-beta * cost), each row summing to 1, with beta such that as many count as the
    perplexity says (van der Maaten & Hinton 2008).

    costs: float64 (m, k), rising, infinite where there is no neighbor. weights: float32 (m, k).
    Where the first costs are equal and 0, they share all the weight: the same row again.
    """
    k = costs.shape[1]
    for i in range(start, stop):
        row, own = costs[i], weights[i]
        n, n_same = 0, 0
        for j in range(k):
            n += row[j] < np.inf
            n_same += row[j] == 0.0
        if n_same > 0 or n == 0:
            for j in range(k):
                own[j] = np.float32(1.0 / n_same if n_same > 0 and row[j] == 0.0 else 0.0)
            continue
        target = math.log(min(perplexity, float(n)))
        beta = _precision(row, n, target)
        total = 0.0
        for j in range(n):
            total += math.exp(-beta * (row[j] - row[0]))
        for j in range(k):
            own[j] = np.float32(math.exp(-beta * (row[j] - row[0])) / total if j < n else 0.0)


@njit(cache=True, nogil=True)
def _precision(row: Any, n: int, target: float) -> float:
    """beta for an entropy, by halving; 0 where all costs are equal."""
    mean = 0.0
    for j in range(n):
        mean += (row[j] - row[0]) / n
    if mean <= 0.0 or target >= math.log(n):
        return 0.0
    low, high, beta = 0.0, np.inf, 1.0 / mean
    for _ in range(100):
        total, moment = 0.0, 0.0
        for j in range(n):
            cost = row[j] - row[0]
            weight = math.exp(-beta * cost)
            total += weight
            moment += weight * cost
        excess = math.log(total) + beta * moment / total - target
        if abs(excess) < 1e-7:
            break
        if excess > 0.0:
            low = beta
            beta = beta * 2.0 if high == np.inf else (low + high) / 2.0
        else:
            high = beta
            beta = (low + high) / 2.0
    return beta


@njit(cache=True, nogil=True)
def weighted_means(
    ids: Any, weights: Any, layout: Any, positions: Any, start: int, stop: int
) -> None:
    """positions float32 (m, d): means of rows of the layout; NaN where no neighbor has weight."""
    d = layout.shape[1]
    for i in range(start, stop):
        total = 0.0
        x, y, z = 0.0, 0.0, 0.0
        for j in range(ids.shape[1]):
            weight, other = weights[i, j], ids[i, j]
            if weight <= 0.0 or other < 0:
                continue
            total += weight
            x += weight * layout[other, 0]
            y += weight * layout[other, 1]
            if d > 2:
                z += weight * layout[other, 2]
        if total == 0.0:
            total = np.nan
        positions[i, 0] = np.float32(x / total)
        positions[i, 1] = np.float32(y / total)
        if d > 2:
            positions[i, 2] = np.float32(z / total)


@njit(cache=True, nogil=True)
def _terms(at: Any, ids: Any, weights: Any, layout: Any, goal: Any) -> float:
    """The divergence of one row at a place, less what doesn't depend on it; goal becomes the place
    where attraction and repulsion, both as strong as here, would balance."""
    d = layout.shape[1]
    pull, cost = 0.0, 0.0
    goal[:] = 0.0
    push = np.zeros(d)
    total = 0.0
    for j in range(layout.shape[0]):
        square = 0.0
        for axis in range(d):
            square += (at[axis] - layout[j, axis]) ** 2
        near = 1.0 / (1.0 + square)
        total += near
        for axis in range(d):
            push[axis] += near * near * (at[axis] - layout[j, axis])
    for place in range(ids.shape[0]):
        weight, other = weights[place], ids[place]
        if weight <= 0.0 or other < 0:
            continue
        square = 0.0
        for axis in range(d):
            square += (at[axis] - layout[other, axis]) ** 2
        near = 1.0 / (1.0 + square)
        pull += weight * near
        cost -= weight * math.log(near)
        for axis in range(d):
            goal[axis] += weight * near * layout[other, axis]
    for axis in range(d):
        goal[axis] = (goal[axis] + push[axis] / total) / pull
    return cost + math.log(total)


@njit(cache=True, nogil=True)
def refine(
    ids: Any, weights: Any, layout: Any, n_rounds: int, positions: Any, start: int, stop: int
) -> None:
    """Move each row to a smaller divergence from its weights, t-SNE's with the layout fixed.

    layout: float32 (n, d), finite. positions: float32 (m, d), changed in place; NaN rows stay. A
    move that makes it larger is halved, so it never grows.
    """
    d = layout.shape[1]
    for i in range(start, stop):
        at = positions[i].astype(np.float64)
        if not np.isfinite(at[0]):
            continue
        goal, next_goal = np.empty(d), np.empty(d)
        cost = _terms(at, ids[i], weights[i], layout, goal)
        share = 1.0
        for _ in range(n_rounds):
            trial = at + share * (goal - at)
            next_cost = _terms(trial, ids[i], weights[i], layout, next_goal)
            if next_cost < cost:
                at, cost = trial, next_cost
                goal, next_goal = next_goal, goal
                share = min(1.0, 2.0 * share)
            else:
                share /= 4.0
                if share < 1e-3:
                    break
        for axis in range(d):
            positions[i, axis] = np.float32(at[axis])
