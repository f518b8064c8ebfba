"""Which points lie within a polygon on the screen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.parallel import for_each_part
from projector.render.geometry import Geometry, Lens
from projector.render.order import as_input

MOST_BANDS = 1024


def points_within(
    geometry: Geometry, scales: FloatArray, lens: Lens, polygon: NDArray[Any], n_points: int
) -> IntArray:
    """The numbers of the points inside, rising: int64 (m,). polygon: (k, 2) pixels, even-odd."""
    from projector.render import kernels

    corners = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    corners = corners[np.isfinite(corners).all(axis=1)]
    inside = np.zeros(n_points, dtype=np.bool_)
    if len(corners) < 3:
        return np.flatnonzero(inside)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    box = (float(left), float(top), float(right), float(bottom))
    edges, first_edge = _banded(corners, box[1], box[3])

    def mark(start: int, stop: int) -> None:
        kernels.points_inside(
            geometry.points, geometry.point_ids, scales, lens, edges, first_edge, box, inside,
            start, stop,
        )  # fmt: skip

    for_each_part(len(geometry.points), mark, smallest=20_000)
    return np.flatnonzero(inside)


def _banded(corners: DoubleArray, top: float, bottom: float) -> tuple[DoubleArray, IntArray]:
    """The sides that touch each band of rows, band after band, and where each band's begin."""
    sides = np.concatenate([corners, np.roll(corners, -1, axis=0)], axis=1)
    n_bands = int(np.clip(np.ceil(bottom - top), 1, MOST_BANDS))
    per_px = n_bands / max(1e-9, bottom - top)
    # a band more to each side, as the kernel may round the other way
    first = np.floor((np.minimum(sides[:, 1], sides[:, 3]) - top) * per_px).astype(np.int64) - 1
    last = np.floor((np.maximum(sides[:, 1], sides[:, 3]) - top) * per_px).astype(np.int64) + 1
    first, last = np.clip(first, 0, n_bands - 1), np.clip(last, 0, n_bands - 1)
    counts = last - first + 1
    side = np.repeat(np.arange(len(sides)), counts)
    band = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[side]
    by_band = np.argsort(band, kind="stable")
    begins = np.concatenate([[0], np.cumsum(np.bincount(band, minlength=n_bands))])
    return as_input(sides[side[by_band]], np.float64), as_input(begins, np.int64)
