"""Vectors as a search wants them: moved and scaled so that single precision goes far.

Neighbors by distance don't change when all points move together or grow by one factor, and
single precision serves best where the values are near 1 and the points lie around the origin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from projector.arrays import DoubleArray, IntArray, MaskArray
from projector.errors import NothingToShow
from projector.neighbors import Metric
from projector.progress import Progress, Work

_BLOCK = 1 << 19  # values converted at a time
_MOST_KEPT = 1 << 28  # values of a prepared copy that is kept: 1 GB
_N_SAMPLED = 1024

Floats = np.ndarray[tuple[int, ...], np.dtype[np.floating]]


def places(n: int, size: int) -> Iterator[slice]:
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """vectors: float32 or float64 (n, d). mask: the rows that are finite. center (d,), scale: what
    was subtracted, then multiplied. copy: all prepared rows as float32, where that is small.
    """

    vectors: Floats
    metric: Metric
    mask: MaskArray
    center: DoubleArray
    scale: float
    copy: Floats | None = None

    @property
    def n(self) -> int:
        return int(self.vectors.shape[0])

    @property
    def d(self) -> int:
        return int(self.vectors.shape[1])

    def rows(self, place: slice | IntArray, dtype: DTypeLike) -> Floats:
        """Prepared rows, zeros for those that are not finite."""
        if self.copy is not None and dtype == np.float32:
            return self.copy[place]
        rows = self.vectors[place].astype(np.float64)
        rows[~self.mask[place]] = 0.0
        if self.metric == "cosine":
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
            rows /= np.where(lengths > 0, lengths, 1.0)[:, None]
        else:
            rows -= self.center
            rows *= self.scale
            rows[~self.mask[place]] = 0.0
        return rows.astype(dtype, copy=False)

    def offsets(self, place: slice, rows: Floats) -> Floats:
        """What is added to the products to make distances: inf for rows that are not finite."""
        offsets = np.zeros(len(rows), rows.dtype)
        if self.metric == "euclidean":
            offsets += np.einsum("ij,ij->i", rows, rows, dtype=np.float64).astype(rows.dtype)
        offsets[~self.mask[place]] = np.inf
        return offsets


def measure(vectors: Floats, metric: Metric, *, keep_copy: bool) -> Work[Space]:
    """Look through the vectors once. Raises NothingToShow when fewer than two rows are finite, or
    they hold no values."""
    n, d = vectors.shape
    if d == 0:
        raise NothingToShow("Vectors without any dimension have no neighbors.")
    mask = np.empty(n, np.bool_)
    low, high = np.full(d, np.inf), np.full(d, -np.inf)
    for place in places(n, max(1, _BLOCK // max(1, d))):
        block = vectors[place]
        mask[place] = np.isfinite(block).all(axis=1)
        block = block if mask[place].all() else block[mask[place]]
        if len(block):
            low = np.minimum(low, block.min(axis=0))
            high = np.maximum(high, block.max(axis=0))
        yield Progress(0.02 * place.stop / n, "Looking through the vectors")
    if np.count_nonzero(mask) < 2:
        raise NothingToShow("Fewer than two rows hold finite numbers only: no neighbors.")
    center = _middle(vectors, mask) if metric == "euclidean" else np.zeros(d)
    largest = float(max(np.max(high - center), np.max(center - low)))
    scale = 2.0 ** -np.ceil(np.log2(largest)) if largest > 0 and metric != "cosine" else 1.0
    space = Space(vectors, metric, mask, center, float(scale))
    if not keep_copy or n * d > _MOST_KEPT:
        return space
    return (yield from _with_copy(space))


def _middle(vectors: Floats, mask: MaskArray) -> DoubleArray:
    """The median of a sample; the mean would follow a single outlier far away from all others."""
    ids = np.flatnonzero(mask)
    ids = ids[:: max(1, len(ids) // _N_SAMPLED)]
    middle: DoubleArray = np.median(vectors[ids].astype(np.float64), axis=0)
    return middle


def _with_copy(space: Space) -> Work[Space]:
    n, d = space.n, space.d
    copy = np.empty((n, d), np.float32)
    for place in places(n, max(1, _BLOCK // max(1, d))):
        copy[place] = space.rows(place, np.float32)
        yield Progress(0.02 + 0.02 * place.stop / n, "Getting ready to compare")
    return Space(space.vectors, space.metric, space.mask, space.center, space.scale, copy)
