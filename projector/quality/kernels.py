"""The inner loops of quality figures: nearest rows and ranks, out of blocks of scores."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def manhattan(queries: Any, rows: Any, found: Any, start: int, stop: int) -> None:
    """found[i, j]: the sum of absolute differences of queries[i] and rows[j]; start <= i < stop."""
    for i in range(start, stop):
        for j in range(rows.shape[0]):
            total = 0.0
            for axis in range(rows.shape[1]):
                total += abs(queries[i, axis] - rows[j, axis])
            found[i, j] = total


@njit(cache=True, nogil=True)
def keep_nearest(
    scores: Any, first: int, own: Any, best: Any, ids: Any, start: int, stop: int
) -> None:
    """Put what is nearer than the k nearest so far among them, for the queries start..stop-1.

    scores: float64 (m, b), of rows first..first+b-1. own: int64 (m,), each query's own row, which
    does not count. best: float64 (m, k), rising, infinite at first. ids: int64 (m, k). Of equal
    scores the first row stays.
    """
    k = best.shape[1]
    for i in range(start, stop):
        worst = best[i, k - 1]
        for j in range(scores.shape[1]):
            score = scores[i, j]
            if score >= worst or first + j == own[i]:
                continue
            at = k - 1
            while at > 0 and best[i, at - 1] > score:
                best[i, at] = best[i, at - 1]
                ids[i, at] = ids[i, at - 1]
                at -= 1
            best[i, at] = score
            ids[i, at] = first + j
            worst = best[i, k - 1]


@njit(cache=True, nogil=True)
def count_nearer(
    scores: Any,
    first: int,
    own: Any,
    targets: Any,
    target_ids: Any,
    counts: Any,
    start: int,
    stop: int,
) -> None:
    """Count the rows of a block that lie nearer than each target, for the queries start..stop-1.

    targets: float64 (m, t), rising, and target_ids, int64 (m, t); of equal scores the smaller row
    is nearer. counts: int64 (m, t + 1); a row is counted at the first target it is nearer than, so
    that running sums are ranks. Scores of targets in the block are overwritten by the targets' own,
    as sums taken in another order may differ in the last digit.
    """
    t, width = targets.shape[1], scores.shape[1]
    for i in range(start, stop):
        for target in range(t):
            at = target_ids[i, target] - first
            if 0 <= at < width:
                scores[i, at] = targets[i, target]
        worst = targets[i, t - 1]
        for j in range(width):
            score = scores[i, j]
            if score > worst or first + j == own[i]:
                continue
            low, high = 0, t
            while low < high:
                middle = (low + high) // 2
                value = targets[i, middle]
                is_nearer = score < value or (score == value and first + j < target_ids[i, middle])
                if is_nearer:
                    high = middle
                else:
                    low = middle + 1
            counts[i, low] += 1


@njit(cache=True, nogil=True)
def count_shared(a: Any, b: Any, counts: Any, start: int, stop: int) -> None:
    """counts[i]: how many ids of a[i], int (m, k), stand in b[i] too; negative ones stand for
    none."""
    for i in range(start, stop):
        found = 0
        for x in a[i]:
            if x < 0:
                continue
            for y in b[i]:
                if x == y:
                    found += 1
                    break
        counts[i] = found


@njit(cache=True, nogil=True)
def count_others(
    ids: Any, own: Any, labels: Any, others: Any, known: Any, likely: Any, start: int, stop: int
) -> None:
    """Of each row's neighbors: how many carry a known label, how many another one than its own,
    and the commonest label among them (of equally common ones the nearest; -1 for none)."""
    k = ids.shape[1]
    for i in range(start, stop):
        n_known, n_other, most, winner = 0, 0, 0, np.int64(-1)
        for place in range(k):
            if ids[i, place] < 0 or labels[ids[i, place]] < 0:
                continue
            label = labels[ids[i, place]]
            n_known += 1
            n_other += label != own[i]
            n_same = 0
            for other in range(k):
                if ids[i, other] >= 0 and labels[ids[i, other]] == label:
                    n_same += 1
            if n_same > most:
                most, winner = n_same, label
        known[i], others[i], likely[i] = n_known, n_other, winner
