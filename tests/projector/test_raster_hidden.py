"""What lies behind other points is left out early, and nothing else ever is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from projector.arrays import FloatArray
from projector.render.camera import Camera, fit_camera
from projector.render.raster import Raster, Style
from projector.render.style import DIM, HIDDEN, NORMAL, RAISED

WIDTH, HEIGHT = 113, 78
N = 60_000
CAMERAS = {
    "perspective": Camera(distance=3.0),
    "near": Camera(distance=0.7, yaw=1.0),
    "within": Camera(distance=0.05, target=(0.2, 0.1, 0.0)),
    "orthographic": Camera(is_orthographic=True, distance=2.5, yaw=2.0, pitch=-0.4),
    "flat": Camera(is_flat=True, distance=2.0),
    "aside": Camera(distance=1.0, target=(1.1, 0.6, 0.0)),
}


def clusters(n: int) -> FloatArray:
    """Dense balls before and behind one another, and some points between."""
    rng = np.random.default_rng(0)
    middles = rng.uniform(-0.8, 0.8, (12, 3))
    points = middles[rng.integers(0, 12, n)] + rng.normal(size=(n, 3)) * 0.12
    points[: n // 20] = rng.uniform(-1, 1, (n // 20, 3))
    return points.astype(np.float32)


def nearest_of_all(
    points: FloatArray, camera: Camera, radii: Any, ranks: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The plain way: each point is offered to each pixel that its disc holds. Returns who wins,
    and where it is beyond doubt: some other is nearly as near, or a rim nearly at the middle."""
    seen = camera.project(points, WIDTH, HEIGHT).astype(np.float64)
    depths = seen[:, 2]
    growth = np.clip(camera.distance / depths, 0.6, 1.7) if camera.has_perspective else 1.0
    radii = np.maximum(np.broadcast_to(radii, len(points)) * growth, 0.7072)
    order = np.lexsort([-depths, -ranks])
    order = order[np.isfinite(seen[order, 0]) & (ranks[order] < 9)]
    ids = np.full((HEIGHT, WIDTH), -1)
    front = np.full((HEIGHT, WIDTH), np.inf)
    is_sure = np.ones((HEIGHT, WIDTH), dtype=bool)
    for i in order:  # the farthest first
        x, y, r = seen[i, 0], seen[i, 1], radii[i]
        left, right = max(0, int(x - r - 1)), min(WIDTH, int(x + r + 2))
        top, bottom = max(0, int(y - r - 1)), min(HEIGHT, int(y + r + 2))
        if left >= right or top >= bottom:
            continue
        rows, columns = np.mgrid[top:bottom, left:right] + 0.5
        away = np.hypot(columns - x, rows - y)
        box = (slice(top, bottom), slice(left, right))
        is_in, is_rim = away < r, np.abs(away - r) < 2e-3
        order_of = ranks[i] * 1e6 + depths[i]
        is_close = is_in & (front[box] - order_of < 2e-5 * depths[i])
        is_sure[box] = np.where(is_in, ~is_close, is_sure[box]) & ~is_rim
        ids[box][is_in], front[box][is_in] = i, order_of
    return ids, is_sure


@pytest.fixture(scope="module")
def points() -> FloatArray:
    return clusters(N)


@pytest.mark.parametrize(
    ("name", "radius"), [*((name, 1.5) for name in CAMERAS), ("perspective", 4.0), ("flat", 3.0)]
)
def test_the_same_points_are_in_front_as_when_none_is_left_out(
    points: FloatArray, name: str, radius: float
) -> None:
    camera = CAMERAS[name]
    style = Style(np.full((N, 4), 255, np.uint8), radius)
    picture = Raster(points).paint(camera, WIDTH, HEIGHT, style)
    ids, is_sure = nearest_of_all(points, camera, radius, np.ones(N))
    assert (is_sure & (ids >= 0)).mean() > 0.1
    np.testing.assert_array_equal(picture.ids[is_sure], ids[is_sure])


def test_raised_points_and_large_ones_are_never_left_out_for_nearer_ones(
    points: FloatArray,
) -> None:
    rng = np.random.default_rng(3)
    kinds = rng.choice([HIDDEN, DIM, NORMAL, RAISED], N, p=[0.2, 0.3, 0.499, 0.001])
    sizes = rng.choice([0.5, 1.0, 3.0], N, p=[0.3, 0.69, 0.01]).astype(np.float32)
    style = Style(np.full((N, 4), 255, np.uint8), 1.5, emphasis=kinds.astype(np.uint8), sizes=sizes)
    camera = CAMERAS["perspective"]
    picture = Raster(points).paint(camera, WIDTH, HEIGHT, style)
    ranks = np.where(kinds == HIDDEN, 9, RAISED - kinds)
    radii = 1.5 * sizes * np.where(kinds == RAISED, 1.3, 1.0)
    ids, is_sure = nearest_of_all(points, camera, radii, ranks)
    np.testing.assert_array_equal(picture.ids[is_sure], ids[is_sure])
    assert len(np.unique(picture.ids[np.isin(picture.ids, np.flatnonzero(kinds == RAISED))])) > 50


def test_a_part_of_the_points_hides_only_what_it_holds(points: FloatArray) -> None:
    camera = fit_camera(points, aspect=WIDTH / HEIGHT)
    style = Style(np.full((N, 4), 255, np.uint8), 1.5, n_most=N // 4)
    picture = Raster(points).paint(camera, WIDTH, HEIGHT, style)
    drawn = np.unique(picture.ids)[1:]
    alone = Raster(points[drawn]).paint(camera, WIDTH, HEIGHT, Style(style.colors[drawn], 1.5))
    np.testing.assert_array_equal(np.where(alone.ids < 0, -1, drawn[alone.ids]), picture.ids)
