"""Rows halved again and again by random directions, into small groups of rows near one another
(random projection trees, Dasgupta and Freund 2008)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from projector.arrays import FloatArray, IntArray
from projector.progress import Progress, Work

_BLOCK = 1 << 20  # values looked at between two yields


def split_into_groups(
    rows: FloatArray, most: int, rng: np.random.Generator
) -> Work[tuple[IntArray, IntArray]]:
    """order: int64 (n,), the rows group by group. edges: int64 (g + 1,), where each group begins in
    it; none has more than `most` rows. rows: float32 (n, d)."""
    n, d = rows.shape
    order, edges = np.arange(n), [0, n]
    lengths = np.empty(n, np.float32)
    size = max(1, _BLOCK // d)
    waiting = 0
    while edges[1] - edges[0] > most or max(np.diff(edges)) > most:
        halved = [0]
        for begin, end in pairwise(edges):
            first, second = rows[order[begin + rng.integers(0, end - begin, 2)]]
            for start in range(begin, end, size):
                part = slice(start, min(end, start + size))
                lengths[part] = rows[order[part]] @ (first - second)
                waiting += (part.stop - part.start) * d
                if waiting >= _BLOCK:
                    waiting = 0
                    yield Progress(None, "Sorting rows into groups")
            half = (end - begin) // 2
            places = np.argpartition(lengths[begin:end], half)
            order[begin:end] = order[begin:end][places]
            halved += [begin + half, end]
        edges = halved
    return order, np.array(edges, np.int64)
