"""The inner loops of quality figures: nearest rows and ranks, out of blocks of scores."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_CHUNK = 64
_BLOCK = 1024  # scores that stay in the nearest cache while all targets are counted


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
def keep_nearest(scores: Any, first: int, best: Any, ids: Any, start: int, stop: int) -> None:
    """Put what is nearer than the k nearest so far among them, for the queries start..stop-1.

    scores: float64 (m, b), of rows first..first+b-1. best: float64 (m, k), rising, infinite at
    first. ids: int64 (m, k). Of equal scores the first row stays.
    """
    k, width = best.shape[1], scores.shape[1]
    for i in range(start, stop):
        row, near, near_ids = scores[i], best[i], ids[i]
        for low in range(0, width, _CHUNK):
            high = min(low + _CHUNK, width)
            chunk = row[low:high]
            worst, n_nearer = near[k - 1], 0
            for j in range(len(chunk)):  # from 0, so that it goes by the wide registers
                n_nearer += chunk[j] < worst
            if n_nearer == 0:
                continue
            for j in range(low, high):
                score = row[j]
                if score >= near[k - 1]:
                    continue
                at = k - 1
                while at > 0 and near[at - 1] > score:
                    near[at] = near[at - 1]
                    near_ids[at] = near_ids[at - 1]
                    at -= 1
                near[at] = score
                near_ids[at] = first + j


@njit(cache=True, nogil=True)
def count_nearer(
    scores: Any, first: int, targets: Any, target_ids: Any, counts: Any, start: int, stop: int
) -> None:
    """Count the rows of a block that lie nearer than each target, for the queries start..stop-1.

    targets: float64 (m, t), and target_ids, int64 (m, t); of equal scores the smaller row is
    nearer. counts: int64 (m, t). Scores of targets in the block are overwritten by the targets'
    own, as sums taken in another order may differ in the last digit.
    """
    t, width = targets.shape[1], scores.shape[1]
    for i in range(start, stop):
        row = scores[i]
        for target in range(t):
            at = target_ids[i, target] - first
            if 0 <= at < width:
                row[at] = targets[i, target]
        for low in range(0, width, _BLOCK):
            high = min(low + _BLOCK, width)
            for target in range(t):
                score = targets[i, target]
                middle = min(max(target_ids[i, target] - first, low), high)
                before, after = row[low:middle], row[middle:high]
                found = 0
                for j in range(len(before)):  # from 0, so that it goes by the wide registers
                    found += before[j] <= score
                for j in range(len(after)):
                    found += after[j] < score
                counts[i, target] += found


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
