"""How good a layout is, by the definitions: slow, plain numpy, the same for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

N_RECALL, N_TRUST = 10, 15
SAMPLED_ABOVE, N_SAMPLED = 20_000, 1_000
_BLOCK = 1 << 23  # distances at a time


@dataclass(frozen=True, eq=False)
class Truth:
    """What the vectors say. rows: that are looked at. near: their 10 nearest. affinities: of t-SNE,
    (i, j, p) of each pair with p > 0; None where there are too many rows."""

    vectors: np.ndarray
    rows: np.ndarray
    near: np.ndarray
    affinities: tuple[np.ndarray, np.ndarray, np.ndarray] | None


def truth_of(vectors: np.ndarray, perplexity: float) -> Truth:
    n = len(vectors)
    if n > SAMPLED_ABOVE:
        rows = np.sort(np.random.default_rng(0).choice(n, N_SAMPLED, replace=False))
        return Truth(vectors, rows, _nearest(vectors, rows, N_RECALL)[0], None)
    rows = np.arange(n)
    ids, squares = _nearest(vectors, rows, min(n - 1, int(3 * perplexity)))
    return Truth(vectors, rows, ids[:, :N_RECALL], _affinities(ids, squares, perplexity))


def kl_divergence(truth: Truth, positions: np.ndarray) -> float:
    """Of the affinities from those of the layout, with every pair in the sum."""
    assert truth.affinities is not None
    i, j, p = truth.affinities
    points = positions.astype(np.float64)
    total = sum(
        (1.0 / (1.0 + squares)).sum() - len(block)  # a point has no affinity to itself
        for block, squares in _squares(points, np.arange(len(points)))
    )
    weights = 1.0 / (1.0 + ((points[i] - points[j]) ** 2).sum(axis=1))
    return float((p * (np.log(p) - np.log(weights / total))).sum())


def recall(truth: Truth, positions: np.ndarray) -> float:
    """The share of the 10 nearest that are among the 10 nearest in the layout."""
    found = _nearest(positions, truth.rows, N_RECALL)[0]
    pairs = zip(found.tolist(), truth.near.tolist(), strict=True)
    shared = [len(set(ours) & set(theirs)) for ours, theirs in pairs]
    return sum(shared) / (N_RECALL * len(truth.rows))


def trustworthiness(truth: Truth, positions: np.ndarray) -> float:
    """Venna & Kaski 2001, as scikit-learn has it, over the rows that are looked at."""
    n, k = len(truth.vectors), N_TRUST
    found = _nearest(positions, truth.rows, k)[0]
    penalty, place = 0.0, 0
    for block, squares in _squares(truth.vectors.astype(np.float64), truth.rows):
        squares[np.arange(len(block)), block] = -1.0  # rank 0 is the point itself
        near = found[place : place + len(block)]
        place += len(block)
        limits = np.take_along_axis(squares, near, axis=1)
        for neighbor in range(k):
            ranks = (squares < limits[:, neighbor, None]).sum(axis=1)
            penalty += np.maximum(ranks - k, 0).sum()
    return 1.0 - penalty * 2.0 / (len(truth.rows) * k * (2.0 * n - 3.0 * k - 1.0))


def _squares(points: np.ndarray, rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows and their squared distances from all points, block by block."""
    lengths = (points**2).sum(axis=1)
    size = max(1, _BLOCK // len(points))
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        squares = lengths[block, None] + lengths - 2.0 * (points[block] @ points.T)
        yield block, np.maximum(squares, 0.0)


def _nearest(points: np.ndarray, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest of each row, nearest first, and their squared distances."""
    ids, found = [], []
    for block, squares in _squares(points.astype(np.float64), rows):
        squares[np.arange(len(block)), block] = np.inf
        near = np.argpartition(squares, k - 1, axis=1)[:, :k]
        values = np.take_along_axis(squares, near, axis=1)
        order = np.argsort(values, axis=1, kind="stable")
        ids.append(np.take_along_axis(near, order, axis=1))
        found.append(np.take_along_axis(values, order, axis=1))
    return np.concatenate(ids), np.concatenate(found)


def _affinities(
    ids: np.ndarray, squares: np.ndarray, perplexity: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each point's neighbors, with the width that gives this perplexity, found by halving; then
    symmetric, and 1 together."""
    from scipy.sparse import coo_matrix

    n, k = ids.shape
    squares = squares - squares[:, :1]
    low, high, width = np.zeros(n), np.full(n, np.inf), np.ones(n)
    for _ in range(200):
        weights = np.exp(-squares * width[:, None])
        p = weights / weights.sum(axis=1, keepdims=True)
        entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=1)
        is_wide = entropy > np.log(perplexity)
        low, high = np.where(is_wide, width, low), np.where(is_wide, high, width)
        width = np.where(np.isinf(high), width * 2, (low + high) / 2)
    rows = np.repeat(np.arange(n), k)
    one_way = coo_matrix((p.ravel(), (rows, ids.ravel())), shape=(n, n)).tocsr()
    both = ((one_way + one_way.T) / (2 * n)).tocoo()
    kept = both.data > 0
    return both.row[kept], both.col[kept], both.data[kept]
