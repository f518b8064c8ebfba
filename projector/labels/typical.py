"""Where the name of a class stands best: beside a point amid most others of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import FloatArray, IntArray, frozen
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

MOST_CLASSES = 1000
N_CELLS = 12
"""Into so many cells each side of the cloud is cut."""


def typical_rows(positions: FloatArray, column: pl.Series | None) -> Work[IntArray]:
    """One row for each value that several rows share, the most frequent value first.

    positions: float32 (n, 3), rows with NaN take no part. column: (n,), or None. int64 (k,): each
    lies amid most rows of its value, so that its name there misleads nobody; a single stray row of
    the same value would. None where nearly each row has a value of its own.
    """
    nothing: IntArray = frozen(np.empty(0, np.int64))
    if column is None or len(column) != len(positions):
        return nothing
    yield Progress(None, "Finding out which labels matter")
    n_values = column.n_unique()
    if not 1 <= n_values <= min(MOST_CLASSES, max(1, len(column) // 2)):
        return nothing
    from projector.colors import categories

    found = categories(column)
    rows = np.flatnonzero(np.isfinite(positions).all(axis=1) & (found.codes < len(found.names)))
    if not len(rows):
        return nothing
    yield Progress(None, "Finding out which labels matter")
    places, codes = positions[rows], found.codes[rows].astype(np.int64)
    keys = codes * N_CELLS**3 + _cells(places)
    chosen = _fullest(keys, codes)
    yield Progress(None, "Finding out which labels matter")
    typical = [_middle(rows[keys == key], positions) for key in chosen.tolist()]
    return frozen(np.array(typical, np.int64))


def _cells(places: FloatArray) -> IntArray:
    low, high = places.min(axis=0), places.max(axis=0)
    size = max(float((high - low).max()), 1e-30)
    steps = np.minimum(((places - low) / size * N_CELLS).astype(np.int64), N_CELLS - 1)
    cells: IntArray = (steps[:, 0] * N_CELLS + steps[:, 1]) * N_CELLS + steps[:, 2]
    return cells


def _fullest(keys: IntArray, codes: IntArray) -> IntArray:
    """The key of the fullest cell of each class, that of the largest class first."""
    cells, counts = np.unique(keys, return_counts=True)
    owners = cells // N_CELLS**3
    order = np.lexsort((-counts, owners))
    firsts = order[np.flatnonzero(np.diff(owners[order], prepend=-1))]
    sizes = np.bincount(codes)[owners[firsts]]
    return cells[firsts[np.argsort(-sizes, kind="stable")]]


def _middle(rows: IntArray, positions: FloatArray) -> int:
    """The row nearest to the mean of some."""
    places = positions[rows].astype(np.float64)
    away = ((places - places.mean(axis=0)) ** 2).sum(axis=1)
    return int(rows[away.argmin()])
