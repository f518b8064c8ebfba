"""The painter draws what a slow, obvious painter draws, and can say which point is where."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from projector.arrays import ByteArray, FloatArray
from projector.embeddings.embedding import SpriteSheet
from projector.progress import finish
from projector.render.camera import Camera, fit_camera
from projector.render.raster import Picture, Raster, Style, warm_up

WIDTH, HEIGHT = 90, 70
ORTHOGRAPHIC = Camera(is_orthographic=True, yaw=0.5, pitch=0.4)


def cloud(n: int, seed: int = 3) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32) * np.float32(0.4)


def colors_of(n: int) -> ByteArray:
    colors = np.random.default_rng(5).integers(0, 256, (n, 4)).astype(np.uint8)
    colors[:, 3] = 255
    return colors


def styled(n: int, **fields: Any) -> Style:
    return dataclasses.replace(Style(colors_of(n), radius_px=3.2), **fields)


def slow_ids(points: FloatArray, camera: Camera, radius: float) -> tuple[Any, Any]:
    """Per pixel: the nearest disc that touches it, and whether the pixel lies well inside it."""
    seen = camera.project(points, WIDTH, HEIGHT).astype(np.float64)
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    ids, depth = np.full((HEIGHT, WIDTH), -1), np.full((HEIGHT, WIDTH), np.inf)
    inside = np.zeros((HEIGHT, WIDTH), dtype=bool)
    for i, (px, py, d) in enumerate(seen):
        if np.isnan(px):
            continue
        r = radius * np.clip(camera.distance / d, 0.6, 1.7) if camera.has_perspective else radius
        away = np.hypot(x - px, y - py)
        front = (away < r + 0.5) & (d < depth)
        ids[front], depth[front] = i, d
        inside[front] = (away < r - 0.51)[front]
    return ids, inside


@pytest.mark.parametrize("camera", [Camera(), ORTHOGRAPHIC, Camera(is_flat=True, distance=2.0)])
@pytest.mark.parametrize("radius", [1.3, 4.0])
def test_the_point_in_front_is_the_one_a_slow_painter_finds(camera: Camera, radius: float) -> None:
    points = cloud(400)
    picture = Raster(points).paint(camera, WIDTH, HEIGHT, styled(400, radius_px=radius))
    ids, inside = slow_ids(points, camera, radius)
    assert inside.sum() > 200
    np.testing.assert_array_equal(picture.ids[inside], ids[inside])
    assert (picture.ids[ids == -1] == -1).all()


def test_the_middle_of_a_disc_has_its_point_s_color_and_the_rest_is_background() -> None:
    points = np.zeros((1, 3), dtype=np.float32)
    style = styled(1, background=(9, 8, 7), radius_px=6.0)
    picture = Raster(points).paint(Camera(), WIDTH, HEIGHT, style)
    assert picture.image[HEIGHT // 2, WIDTH // 2].tolist() == style.colors[0].tolist()
    assert picture.image[0, 0].tolist() == [9, 8, 7, 255]
    assert picture.image.flags.c_contiguous


def test_the_edge_of_a_disc_is_smooth() -> None:
    style = Style(np.array([[0, 0, 0, 255]], dtype=np.uint8), radius_px=5.3)
    picture = Raster(np.zeros((1, 3), dtype=np.float32)).paint(Camera(), WIDTH, HEIGHT, style)
    covered = 1 - picture.image[..., 0] / 255.0
    assert covered.sum() == pytest.approx(np.pi * 5.3**2, rel=0.02)
    assert len(np.unique(picture.image[..., 0])) > 5


def test_a_point_is_picked_where_it_was_drawn() -> None:
    points = cloud(30)
    camera = fit_camera(points, aspect=WIDTH / HEIGHT)
    picture = Raster(points).paint(camera, WIDTH, HEIGHT, styled(30, radius_px=2.0))
    seen = camera.project(points, WIDTH, HEIGHT)
    nearest = int(seen[:, 2].argmin())
    assert picture.point_at(float(seen[nearest, 0]), float(seen[nearest, 1])) == nearest


def test_picking_reaches_so_far_and_no_farther() -> None:
    ids = np.full((20, 20), -1, dtype=np.int32)
    ids[10, 10] = 7
    picture = Picture(np.zeros((20, 20, 4), dtype=np.uint8), ids)
    assert picture.point_at(12.4, 10.0, reach_px=2) == 7
    assert picture.point_at(13.4, 10.0, reach_px=2) is None
    assert picture.point_at(-50.0, 400.0) is None


def test_only_shown_points_are_drawn_and_the_ids_stay_their_own() -> None:
    mask = np.arange(200) % 7 == 0
    picture = Raster(cloud(200)).paint(Camera(), WIDTH, HEIGHT, styled(200, shown_mask=mask))
    drawn = set(np.unique(picture.ids).tolist()) - {-1}
    assert drawn
    assert all(mask[i] for i in drawn)


def test_new_colors_do_not_ask_again_who_is_in_front() -> None:
    raster = Raster(cloud(100))
    before = raster.paint(Camera(), WIDTH, HEIGHT, styled(100))
    after = raster.paint(Camera(), WIDTH, HEIGHT, Style(255 - colors_of(100), radius_px=3.2))
    assert after.ids is before.ids
    assert (after.image != before.image).any()


def test_a_moved_camera_paints_a_new_picture_and_leaves_the_old_one_alone() -> None:
    raster = Raster(cloud(100))
    first = raster.paint(Camera(), WIDTH, HEIGHT, styled(100))
    kept = first.ids.copy(), first.image.copy()
    second = raster.paint(Camera().orbited(40, 0), WIDTH, HEIGHT, styled(100))
    assert (second.ids != first.ids).any()
    np.testing.assert_array_equal(first.ids, kept[0])
    np.testing.assert_array_equal(first.image, kept[1])


def test_each_label_picture_shows_the_tile_of_its_point() -> None:
    tiles = np.zeros((6, 8, 4), dtype=np.uint8)
    tiles[..., 3] = 255
    for i in range(4):
        tiles[i // 2 * 3 : i // 2 * 3 + 3, i % 2 * 4 : i % 2 * 4 + 4, 0] = 60 * (i + 1)
    points = np.array([[-1, 1, 0], [1, 1, 0], [-1, -1, 0], [1, -1, 0]], dtype=np.float32)
    style = Style(
        np.full((4, 4), 255, dtype=np.uint8), sprites=SpriteSheet(tiles, (4, 3)), sprite_px=12
    )
    camera = Camera(is_flat=True, distance=4.0)
    picture = Raster(points).paint(camera, WIDTH, HEIGHT, style)
    seen = camera.project(points, WIDTH, HEIGHT).astype(int)
    assert [picture.image[y, x, 0] for x, y, _ in seen] == [60, 120, 180, 240]
    assert [picture.ids[y, x] for x, y, _ in seen] == [0, 1, 2, 3]
    assert (picture.ids == 0).sum() == 16 * 12


def test_clear_pixels_of_a_label_picture_are_seen_through() -> None:
    tiles = np.full((4, 4, 4), 255, dtype=np.uint8)
    tiles[:, :2, 3] = 0
    style = Style(np.full((1, 4), 255, np.uint8), sprites=SpriteSheet(tiles, (4, 4)), sprite_px=20)
    picture = Raster(np.zeros((1, 3), dtype=np.float32)).paint(Camera(), WIDTH, HEIGHT, style)
    assert picture.ids[HEIGHT // 2, WIDTH // 2 - 5] == -1
    assert picture.ids[HEIGHT // 2, WIDTH // 2 + 5] == 0


def test_a_point_without_a_tile_is_still_drawn() -> None:
    sheet = SpriteSheet(np.full((2, 2, 4), 255, dtype=np.uint8), (2, 2))
    picture = Raster(cloud(3)).paint(Camera(), WIDTH, HEIGHT, styled(3, sprites=sheet))
    assert picture.ids.max() == 2


def test_half_opacity_lets_half_of_the_background_through() -> None:
    colors = np.array([[200, 100, 0, 255]], dtype=np.uint8)
    style = Style(colors, radius_px=6.0, background=(0, 0, 100), opacity=0.5)
    picture = Raster(np.zeros((1, 3), dtype=np.float32)).paint(Camera(), WIDTH, HEIGHT, style)
    center = picture.image[HEIGHT // 2, WIDTH // 2].astype(int)
    assert center.tolist() == pytest.approx([100, 50, 50, 255], abs=1)


@pytest.mark.parametrize("n", [1, 8])
def test_see_through_points_pile_up(n: int) -> None:
    style = Style(np.full((n, 4), (0, 0, 0, 255), dtype=np.uint8), radius_px=5.0, opacity=0.3)
    picture = Raster(np.zeros((n, 3), dtype=np.float32)).paint(Camera(), WIDTH, HEIGHT, style)
    assert picture.image[HEIGHT // 2, WIDTH // 2, 0] == pytest.approx(255 * 0.7**n, abs=1)


def test_fog_fades_what_is_far() -> None:
    points = np.array([[-0.5, 0, 1], [0.5, 0, -1]], dtype=np.float32)
    style = Style(np.full((2, 4), (0, 0, 0, 255), dtype=np.uint8), radius_px=4.0, fog=0.8)
    picture = Raster(points).paint(Camera(yaw=0.0, pitch=0.0), WIDTH, HEIGHT, style)
    near, far = (picture.image[picture.ids == i][:, 0].min() for i in (0, 1))
    assert near < 60 < 150 < far


def test_a_part_of_the_points_is_a_fair_sample_of_all() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (16_000, 3)).astype(np.float32)
    style = styled(16_000, radius_px=0.6, n_most=1000)
    picture = Raster(points).paint(Camera(is_flat=True), 300, 300, style)
    drawn = np.unique(picture.ids)[1:]
    assert 900 < len(drawn) <= 1000
    counts = np.histogram2d(points[drawn, 0], points[drawn, 1], bins=4)[0]
    assert counts.min() > 0.6 * counts.mean()


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("size", [(1, 1), (0, 5), (3, 200)])
def test_next_to_nothing_can_be_painted(n: int, size: tuple[int, int]) -> None:
    picture = Raster(cloud(n)).paint(Camera(), *size, styled(n, opacity=0.5))
    assert picture.ids.shape == (max(1, size[1]), max(1, size[0]))


def test_rows_without_a_place_are_never_drawn() -> None:
    points = cloud(20)
    points[::2] = np.nan
    points[1] = np.inf
    drawn = np.unique(Raster(points).paint(Camera(), WIDTH, HEIGHT, styled(20)).ids)
    assert set(drawn.tolist()) <= {-1, *range(3, 20, 2)}
    assert len(drawn) > 5


@pytest.mark.parametrize("camera", [Camera(distance=0.01), Camera(target=(0, 0, 9.0), yaw=0.0)])
def test_a_camera_inside_or_past_the_cloud_paints_soundly(camera: Camera) -> None:
    picture = Raster(cloud(300)).paint(camera, WIDTH, HEIGHT, styled(300, fog=1.0))
    seen = camera.project(cloud(300), WIDTH, HEIGHT)
    hidden = np.flatnonzero(np.isnan(seen[:, 0]))
    assert not np.isin(picture.ids, hidden).any()


@pytest.mark.parametrize("wrong", [{"colors": colors_of(4)}, {"shown_mask": np.ones(6, bool)}])
def test_arrays_of_another_length_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="5 points, but"):
        Raster(cloud(5)).paint(Camera(), WIDTH, HEIGHT, styled(5, **wrong))


def test_warming_up_leaves_nothing_to_compile() -> None:
    from projector.render import kernels
    from projector.render.discs import kernels as discs
    from projector.render.shading import kernels as shading

    finish(warm_up())
    known = (kernels.place_points, discs.splat_discs, shading.shade_discs)
    before = [len(kernel.signatures) for kernel in known]
    Raster(cloud(10)).paint(Camera(), WIDTH, HEIGHT, styled(10))
    assert before == [len(kernel.signatures) for kernel in known]
