"""The camera keeps what it promises to the mouse, the painters and the session file."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from projector.errors import InvalidChoice
from projector.render.camera import Camera, fit_camera

WIDTH, HEIGHT = 640, 480
CAMERAS = [
    Camera(),
    Camera(target=(1.0, -2.0, 0.5), distance=7.0, yaw=2.5, pitch=-1.2),
    Camera(yaw=0.3, pitch=1.0, is_orthographic=True, distance=2.0),
    Camera(is_flat=True, target=(0.5, 0.25, 0.0), yaw=1.0, pitch=1.0),
]


def some_points(n: int = 50) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n, 3)).astype(np.float32)


def screen_place(camera: Camera, point: np.ndarray) -> tuple[float, float]:
    """Where a point appears, by turning the world step by step in double precision."""
    x, y, z = point.astype(np.float64) - camera.target
    if not camera.is_flat:
        sin, cos = math.sin(camera.yaw), math.cos(camera.yaw)
        x, z = x * cos - z * sin, x * sin + z * cos
        sin, cos = math.sin(camera.pitch), math.cos(camera.pitch)
        y, z = y * cos - z * sin, y * sin + z * cos
    depth = camera.distance - z if camera.has_perspective else camera.distance
    scale = HEIGHT / 2 / math.tan(camera.fov / 2) / depth
    return WIDTH / 2 + x * scale, HEIGHT / 2 - y * scale


@pytest.mark.parametrize("camera", CAMERAS)
def test_points_appear_where_a_slow_calculation_puts_them(camera: Camera) -> None:
    points = some_points()
    seen = camera.project(points, WIDTH, HEIGHT)
    visible = ~np.isnan(seen[:, 0])
    expected = [screen_place(camera, point) for point in points[visible]]
    assert visible.sum() > 20
    np.testing.assert_allclose(seen[visible, :2], expected, rtol=1e-4, atol=0.01)


@pytest.mark.parametrize("camera", CAMERAS)
def test_the_matrix_agrees_with_the_projection(camera: Camera) -> None:
    points = some_points()
    clip = np.column_stack([points, np.ones(len(points))]) @ camera.matrix(WIDTH, HEIGHT).T
    seen = camera.project(points, WIDTH, HEIGHT)
    visible = ~np.isnan(seen[:, 0])
    x = (clip[visible, 0] / clip[visible, 3] + 1) / 2 * WIDTH
    np.testing.assert_allclose(x, seen[visible, 0], rtol=1e-3, atol=0.05)


def test_what_is_nearer_has_a_smaller_depth_in_both_measures() -> None:
    camera = Camera(yaw=0.0, pitch=0.0)
    points = np.array([[0, 0, 1], [0, 0, -1]], dtype=np.float32)
    clip = np.column_stack([points, np.ones(2)]) @ camera.matrix(WIDTH, HEIGHT).T
    depth = camera.project(points, WIDTH, HEIGHT)[:, 2]
    assert depth.tolist() == [2.0, 4.0]
    assert -1 < clip[0, 2] / clip[0, 3] < clip[1, 2] / clip[1, 3] < 1


def test_a_point_behind_the_viewer_and_one_that_is_nan_are_marked() -> None:
    points = np.array([[0, 0, 9], [np.nan, 0, 0], [0, 0, 0]], dtype=np.float32)
    seen = Camera(yaw=0.0, pitch=0.0).project(points, WIDTH, HEIGHT)
    assert np.isnan(seen).all(axis=1).tolist() == [True, True, False]


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("factor", [1.25, 0.5])
def test_zooming_keeps_the_point_under_the_pointer(camera: Camera, factor: float) -> None:
    held = camera.world_at(100, 350, WIDTH, HEIGHT)
    zoomed = camera.zoomed(factor, 100, 350, WIDTH, HEIGHT)
    seen = zoomed.project(held[None].astype(np.float32), WIDTH, HEIGHT)[0]
    assert seen[:2] == pytest.approx([100, 350], abs=0.05)
    assert zoomed.distance == pytest.approx(camera.distance / factor)


@pytest.mark.parametrize("camera", CAMERAS)
def test_panning_takes_the_target_along_with_the_pointer(camera: Camera) -> None:
    old_target = np.array([camera.target], dtype=np.float32)
    seen = camera.panned(30, -12, HEIGHT).project(old_target, WIDTH, HEIGHT)[0]
    assert seen[:2] == pytest.approx([WIDTH / 2 + 30, HEIGHT / 2 - 12], abs=0.05)


def test_dragging_to_the_right_turns_the_front_to_the_right() -> None:
    front = np.array([[0, 0, 1]], dtype=np.float32)
    seen = Camera(yaw=0.0, pitch=0.0).orbited(20, 0).project(front, WIDTH, HEIGHT)[0]
    assert seen[0] > WIDTH / 2


def test_a_flat_camera_does_not_turn_and_pitch_stops_at_the_pole() -> None:
    assert Camera(is_flat=True).orbited(50, 50) == Camera(is_flat=True)
    assert Camera().orbited(0, 1e6).pitch == pytest.approx(math.pi / 2)


@pytest.mark.parametrize("is_flat", [True, False])
@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
def test_a_fitted_camera_sees_all_points_and_wastes_little(is_flat: bool, aspect: float) -> None:
    points = some_points(500) * [5, 1, 1] + [100, 0, -7]
    points = points.astype(np.float32)
    points[3] = np.nan
    seen = fit_camera(points, is_flat, aspect).project(points, int(400 * aspect), 400)
    shares = seen[~np.isnan(seen[:, 0]), :2] / [400 * aspect, 400]
    assert len(shares) == 499
    assert (shares > 0).all()
    assert (shares < 1).all()
    assert np.ptp(shares, axis=0).max() > 0.5


@pytest.mark.parametrize("n", [0, 1, 3])
def test_fitting_nothing_one_point_or_equal_points_gives_a_sound_camera(n: int) -> None:
    camera = fit_camera(np.full((n, 3), 4.0, dtype=np.float32))
    assert camera.distance > 0
    assert camera.target == ((4.0, 4.0, 4.0) if n else (0.0, 0.0, 0.0))


def test_a_camera_survives_the_session_file() -> None:
    camera = dataclasses.replace(CAMERAS[1], is_orthographic=True)
    assert Camera.from_json(json.loads(json.dumps(camera.to_json()))) == camera
    assert Camera.from_json({}) == Camera()


@pytest.mark.parametrize(
    "damage",
    [{"distance": "far"}, {"distance": 0}, {"target": [1, 2]}, {"yaw": float("nan")}, {"fov": 4}],
)
def test_a_damaged_camera_is_refused_with_a_sentence(damage: dict[str, object]) -> None:
    with pytest.raises(InvalidChoice, match="saved camera can't be used"):
        Camera.from_json(damage)
