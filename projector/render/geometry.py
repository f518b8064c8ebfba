"""Points in the painter's order, and what a camera makes of them in numbers for the kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, frozen
from projector.parallel import for_each_part
from projector.render.camera import NEAR, Camera
from projector.render.order import as_input

Lens = tuple[Any, ...]
"""Float32 numbers: three rows of the camera's matrix, its depth row, the nearest depth drawn, the
depth at which a point has its radius (0 without perspective), width, height, radius, and how many
radii a point reaches to each side."""


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """points: float32 (n, 4), x, y, z and a point's own number as int32 bits; point_ids: the same
    memory as int32. bounds: float32 (batches, 6), the middle of each batch of them, and how far it
    reaches along x, y and z. center, radius, bulk: the ball around all points, and around most."""

    points: FloatArray
    point_ids: NDArray[np.int32]
    bounds: FloatArray
    center: DoubleArray
    radius: float
    bulk: float

    def depths(self, camera: Camera) -> tuple[DoubleArray, float, tuple[float, float]]:
        """The row that gives a point's depth (always above 0), the nearest depth drawn, and where
        the bulk of the points begins and ends."""
        row = camera.depth_row
        middle = float(row[:3] @ self.center + row[3])
        near = NEAR * camera.distance
        if not camera.has_perspective:
            # nothing is behind such a camera: push all points to depths above 0
            push = self.radius * 1.01 + 1e-6 - middle
            row = row + np.array([0.0, 0.0, 0.0, push])
            middle, near = middle + push, 0.0
        begin = max(near, middle - self.bulk)
        return row, near, (begin, max(middle + self.bulk, begin * 1.001 + 1e-9))

    def lens(self, camera: Camera, width: int, height: int, radius: float, reach: float) -> Lens:
        row, near, _ = self.depths(camera)
        matrix = camera.matrix(width, height)[[0, 1, 3]].ravel()
        focus = camera.distance if camera.has_perspective else 0.0
        numbers = (*matrix, *row, near, focus, width, height, radius, reach)
        return tuple(np.float32(number) for number in numbers)


def ordered(positions: FloatArray, order: NDArray[Any]) -> Geometry:
    """positions: float32 (n, 3). order: which of them are drawn, all of them finite."""
    from projector.render import kernels

    points = np.empty((len(order), 4), dtype=np.float32)
    point_ids = points.view(np.int32)
    given, places = as_input(positions, np.float32), as_input(order, np.int32)

    def gather(start: int, stop: int) -> None:
        kernels.gather_points(given, places, points, point_ids, start, stop)

    for_each_part(len(order), gather, smallest=20_000)
    bounds = np.empty((-(-len(order) // kernels.BATCH), 6), dtype=np.float32)

    def bound(start: int, stop: int) -> None:
        kernels.bound_batches(points, bounds, start, stop)

    for_each_part(len(bounds), bound, smallest=200)
    return Geometry(frozen(points), frozen(point_ids), frozen(bounds), *_extent(points[:, :3]))


def _extent(points: FloatArray) -> tuple[DoubleArray, float, float]:
    """Center, radius of all points around it, and the radius that holds the bulk of them."""
    if not len(points):
        return np.zeros(3), 1.0, 1.0
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    center = (low + high) / 2
    sample = points[:: max(1, len(points) // 20_000)]
    away = np.linalg.norm(sample - center, axis=1)
    return center, float(np.linalg.norm(high - center)), max(float(np.quantile(away, 0.95)), 1e-6)
