"""Emphasis, sizes, lassos and parts of a picture: each point keeps what is its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from projector.arrays import ByteArray, FloatArray
from projector.embeddings.embedding import SpriteSheet
from projector.progress import finish
from projector.render.camera import Camera, fit_camera
from projector.render.raster import Raster, Style, Surface
from projector.render.style import DIM, HIDDEN, NORMAL, RAISED
from projector.render.surface import CHUNK

WIDTH, HEIGHT = 120, 90
FLAT = Camera(is_flat=True, distance=4.0)
CAMERAS = [Camera(), Camera(is_orthographic=True), FLAT]


def cloud(n: int, seed: int = 3) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32) * np.float32(0.4)


def colors_of(n: int) -> ByteArray:
    """A color for each point that no other has."""
    rgba = np.full((n, 4), 255, dtype=np.uint8)
    rgba[:, 0], rgba[:, 1] = np.arange(n) // 200 * 30 + 40, np.arange(n) % 200 + 20
    return rgba


def painted(points: FloatArray, camera: Camera = FLAT, **fields: Any) -> Any:
    fields = {"colors": colors_of(len(points)), "radius_px": 3.0, **fields}
    return Raster(points).paint(camera, WIDTH, HEIGHT, Style(**fields))


def a_row(n: int) -> FloatArray:
    """Points side by side, far enough apart that none covers another."""
    points = np.zeros((n, 3), dtype=np.float32)
    points[:, 0] = np.linspace(-1.2, 1.2, n)
    return points


@pytest.mark.parametrize("camera", CAMERAS)
def test_hidden_points_are_neither_drawn_nor_picked(camera: Camera) -> None:
    kinds = np.where(np.arange(300) % 3 == 0, HIDDEN, NORMAL).astype(np.uint8)
    ids = np.unique(painted(cloud(300), camera, emphasis=kinds).ids)
    assert len(ids) > 100
    assert all(kinds[i] == NORMAL for i in ids[1:])


@pytest.mark.parametrize("kind", [HIDDEN, DIM])
@pytest.mark.parametrize("opacity", [1.0, 0.6])
def test_what_is_isolated_keeps_its_colors(kind: int, opacity: float) -> None:
    points = a_row(5)
    whole = painted(points, opacity=opacity)
    kinds = np.array([NORMAL, kind, NORMAL, kind, NORMAL], dtype=np.uint8)
    some = painted(points, emphasis=kinds, opacity=opacity)
    for i in (0, 2, 4):
        np.testing.assert_array_equal(some.ids == i, whole.ids == i)
        np.testing.assert_array_equal(some.image[some.ids == i], whole.image[whole.ids == i])


@pytest.mark.parametrize("camera", CAMERAS)
def test_isolated_points_keep_their_own_pictures(camera: Camera) -> None:
    tiles = np.zeros((40, 40, 4), dtype=np.uint8)
    tiles[..., 3] = 255
    shades = np.arange(100, dtype=np.uint8) * 2 + 40
    tiles[..., 0] = np.kron(shades.reshape(10, 10), np.ones((4, 4), np.uint8))
    kinds = np.where(np.arange(100) % 5 == 2, NORMAL, HIDDEN).astype(np.uint8)
    white = np.full((100, 4), 255, dtype=np.uint8)
    sheet = SpriteSheet(tiles, (4, 4))
    picture = painted(
        cloud(100), camera, colors=white, sprites=sheet, sprite_px=8.0, emphasis=kinds
    )
    drawn = set(np.unique(picture.ids).tolist()) - {-1}
    assert len(drawn) > 10
    for i in drawn:
        assert kinds[i] == NORMAL
        seen = picture.image[picture.ids == i][:, 0]
        assert shades[i] in seen or len(seen) < 12  # of some only the frame is in view


def test_pictures_in_slots_follow_their_points_when_others_are_hidden() -> None:
    tiles = np.full((4, 8, 4), 255, dtype=np.uint8)
    tiles[:, :4, 0], tiles[:, 4:, 0] = 80, 160
    sheet = SpriteSheet(tiles, (4, 4), np.array([1, 0, 1], dtype=np.int32))
    white = np.full((3, 4), 255, dtype=np.uint8)
    kinds = np.array([NORMAL, HIDDEN, NORMAL], dtype=np.uint8)
    picture = painted(a_row(3), colors=white, sprites=sheet, sprite_px=10.0, emphasis=kinds)
    assert set(np.unique(picture.ids).tolist()) == {-1, 0, 2}
    for i in (0, 2):
        assert np.median(picture.image[picture.ids == i][:, 0]) == 160


def test_raised_points_cover_normal_ones_and_those_cover_dim_ones() -> None:
    points = np.array([[0, 0, 0.5], [0, 0, 0], [0, 0, -0.5]], dtype=np.float32)
    camera = Camera(yaw=0.0, pitch=0.0)
    plain = painted(points, camera, radius_px=6.0)
    assert plain.ids[HEIGHT // 2, WIDTH // 2] == 0
    kinds = np.array([DIM, NORMAL, RAISED], dtype=np.uint8)
    assert painted(points, camera, radius_px=6.0, emphasis=kinds).ids[45, 60] == 2
    kinds[2] = DIM
    assert painted(points, camera, radius_px=6.0, emphasis=kinds).ids[45, 60] == 1


def test_dim_points_are_mostly_background() -> None:
    black = np.full((1, 4), (0, 0, 0, 255), dtype=np.uint8)
    kinds = np.array([DIM], dtype=np.uint8)
    picture = painted(a_row(1) * 0, colors=black, radius_px=6.0, emphasis=kinds)
    assert 180 < picture.image[HEIGHT // 2, WIDTH // 2, 0] < 255


@pytest.mark.parametrize("radius", [1.5, 3.0, 5.0])
def test_each_point_has_its_own_size(radius: float) -> None:
    sizes = np.array([0.8, 1.6, 1.0, 1.9], dtype=np.float32)
    black = np.full((4, 4), (0, 0, 0, 255), dtype=np.uint8)
    picture = painted(a_row(4), colors=black, radius_px=radius, sizes=sizes)
    ink = (255 - picture.image[..., 0].astype(float)) / 255
    columns = np.split(ink, [38, 60, 82], axis=1)
    areas = [column.sum() for column in columns]
    assert areas == pytest.approx(np.pi * (radius * sizes) ** 2, rel=0.03, abs=0.6)


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("radius", [0.5, 1.5, 3.0, 7.0])
def test_the_point_that_is_picked_is_the_one_whose_color_is_seen(
    camera: Camera, radius: float
) -> None:
    points, colors = cloud(900), colors_of(900)
    picture = painted(points, camera, colors=colors, radius_px=radius)
    screen = camera.project(points, WIDTH, HEIGHT)
    rows, columns = np.nonzero(picture.ids >= 0)
    of = picture.ids[rows, columns]
    away = np.hypot(columns + 0.5 - screen[of, 0], rows + 0.5 - screen[of, 1])
    growth = np.clip(camera.distance / screen[of, 2], 0.6, 1.7) if camera.has_perspective else 1.0
    padded = np.pad(picture.ids, 1, constant_values=-1)
    # where a nearer disc begins, its smooth rim lies over the pixel
    alone = np.ones_like(of, dtype=bool)
    for dy, dx in ((0, 1), (2, 1), (1, 0), (1, 2)):
        alone &= padded[rows + dy, columns + dx] == of
    well_inside = alone & (away < radius * growth * 0.5 - 0.4)
    if radius > 2:
        assert well_inside.sum() > 50
    seen = picture.image[rows, columns][well_inside]
    np.testing.assert_allclose(seen[:, :2], colors[of[well_inside], :2], atol=1)


def test_a_cloud_of_several_chunks_is_drawn_whole() -> None:
    n = CHUNK + 1000
    points = np.random.default_rng(0).uniform(-1, 1, (n, 3)).astype(np.float32)
    points[:, 2] = 0.0
    points[-7:] = a_row(7) * 0.5 + np.array([0, 0, 1], np.float32)
    picture = painted(points, FLAT, colors=np.full((n, 4), 255, np.uint8), radius_px=2.0)
    assert set(range(n - 7, n)) <= set(np.unique(picture.ids).tolist())


def test_a_picture_that_was_given_up_leaves_no_trace_in_the_next() -> None:
    points = cloud(400)
    raster, surface = Raster(points), Surface()
    style = Style(colors_of(400), 3.0)
    given_up = raster.painting(Camera(yaw=2.0), WIDTH, HEIGHT, style, surface)
    next(given_up)
    given_up.close()
    after = finish(raster.painting(Camera(), WIDTH, HEIGHT, style, surface))
    expected = Raster(points).paint(Camera(), WIDTH, HEIGHT, style)
    np.testing.assert_array_equal(after.image, expected.image)
    np.testing.assert_array_equal(after.ids, expected.ids)


def test_two_pictures_may_be_under_way_at_once() -> None:
    raster, style = Raster(cloud(400)), Style(colors_of(400), 3.0)
    apart = raster.painting(Camera(yaw=2.0), WIDTH, HEIGHT, style, Surface())
    next(apart)
    here = raster.paint(Camera(), WIDTH, HEIGHT, style)
    there = finish(apart)
    np.testing.assert_array_equal(
        here.ids, Raster(cloud(400)).paint(Camera(), WIDTH, HEIGHT, style).ids
    )
    np.testing.assert_array_equal(
        there.ids, Raster(cloud(400)).paint(Camera(yaw=2.0), WIDTH, HEIGHT, style).ids
    )


def test_moved_points_look_as_if_they_had_always_been_there() -> None:
    style = Style(colors_of(300), 3.0)
    moved = Raster(cloud(300)).moved(cloud(300, seed=9))
    expected = Raster(cloud(300, seed=9)).paint(Camera(), WIDTH, HEIGHT, style)
    picture = moved.paint(Camera(), WIDTH, HEIGHT, style)
    np.testing.assert_array_equal(picture.ids, expected.ids)


def test_points_may_come_and_go_as_they_are_moved() -> None:
    points = cloud(30)
    points[3] = np.nan
    raster = Raster(points).moved(cloud(30))
    ids = raster.paint(FLAT, WIDTH, HEIGHT, Style(colors_of(30), 2.0)).ids
    assert 3 in ids


def even_odd(x: float, y: float, polygon: NDArray[Any]) -> bool:
    """The rule, spelled out: how many sides a ray to the right crosses."""
    is_in = False
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            is_in = not is_in
    return is_in


STAR = np.array([[60, 2], [85, 85], [8, 30], [112, 30], [30, 88]], dtype=np.float64)


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("polygon", [STAR, STAR[::2] * 1.3 - 20, STAR * 40 - 2000])
def test_a_lasso_holds_the_points_that_an_obvious_test_finds(
    camera: Camera, polygon: NDArray[Any]
) -> None:
    points = cloud(500)
    kinds = np.where(np.arange(500) % 9 == 0, HIDDEN, NORMAL).astype(np.uint8)
    style = Style(colors_of(500), 3.0, emphasis=kinds)
    screen = camera.project(points, WIDTH, HEIGHT).astype(np.float64)
    expected = [
        i
        for i, (x, y, _) in enumerate(screen)
        if kinds[i] != HIDDEN and np.isfinite(x) and even_odd(x, y, polygon)
    ]
    found = Raster(points).points_within(polygon, camera, WIDTH, HEIGHT, style)
    assert found.dtype == np.int64
    assert found.tolist() == expected


@pytest.mark.parametrize("polygon", [np.zeros((0, 2)), STAR[:2], np.full((5, 2), np.nan)])
def test_less_than_a_triangle_holds_nothing(polygon: NDArray[Any]) -> None:
    style = Style(colors_of(50), 3.0)
    assert not len(Raster(cloud(50)).points_within(polygon, FLAT, WIDTH, HEIGHT, style))


@pytest.mark.parametrize("n", [10_000, 200_000])
def test_a_prefix_touches_every_part_of_the_picture(n: int) -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (n, 3)).astype(np.float32)
    camera = fit_camera(points, True, 1.0)
    raster, style = Raster(points), Style(np.full((n, 4), 255, np.uint8), 1.0, n_most=n // 8)
    drawn = np.unique(raster.paint(camera, 400, 400, style).ids)[1:]
    counts = np.histogram2d(points[drawn, 0], points[drawn, 1], bins=5)[0]
    assert counts.min() > 0.5 * counts.mean()


def test_a_part_then_all_then_a_part_look_as_each_by_itself() -> None:
    points = cloud(4000)
    kinds = np.random.default_rng(1).integers(0, 4, len(points)).astype(np.uint8)
    sizes = np.random.default_rng(2).uniform(0.5, 2, len(points)).astype(np.float32)
    raster = Raster(points)
    for n_most in (300, 1, None, 900):
        style = Style(
            colors_of(len(points)), radius_px=3.0, emphasis=kinds, sizes=sizes, n_most=n_most
        )
        alone = Raster(points).paint(Camera(), WIDTH, HEIGHT, style)
        found = raster.paint(Camera(), WIDTH, HEIGHT, style)
        np.testing.assert_array_equal(found.ids, alone.ids)
        np.testing.assert_array_equal(found.image, alone.image)


def test_other_points_shown_are_not_a_mere_recolor() -> None:
    points, raster = cloud(500), Raster(cloud(500))
    style = Style(colors_of(len(points)), radius_px=3.0)
    raster.paint(Camera(), WIDTH, HEIGHT, style)
    assert raster.knows_front(Camera(), WIDTH, HEIGHT, replace(style, colors=colors_of(500)))
    kinds = np.where(np.arange(500) % 2 == 0, HIDDEN, NORMAL).astype(np.uint8)
    hidden = replace(style, emphasis=kinds)
    assert not raster.knows_front(Camera(), WIDTH, HEIGHT, hidden)
    raster.paint(Camera(), WIDTH, HEIGHT, hidden)
    assert raster.knows_front(Camera(), WIDTH, HEIGHT, hidden)


@pytest.mark.parametrize("opacity", [1.0, 0.5])
@pytest.mark.parametrize("size", [1e19, 1e30, np.inf])
def test_a_point_of_any_size_covers_what_it_is_in_front_of(size: float, opacity: float) -> None:
    points = cloud(50)
    sizes = np.ones(50, dtype=np.float32)
    sizes[7] = size
    style = Style(colors_of(50), 3.0, sizes=sizes, opacity=opacity)
    picture = Raster(points).paint(Camera(), WIDTH, HEIGHT, style)
    assert (picture.ids >= 0).all()
    assert (picture.ids == 7).mean() > 0.5


def test_points_as_far_apart_as_numbers_go_are_drawn() -> None:
    points = np.zeros((300, 3), dtype=np.float32)
    points[:100, 0] = np.linspace(-1.8e38, 1.8e38, 100)
    camera = fit_camera(points / 1e30)
    camera = replace(camera, target=(0.0, 0.0, 0.0), distance=1e9)
    shown = Raster(points).paint(camera, WIDTH, HEIGHT, Style(colors_of(300), 3.0))
    assert (shown.ids >= 0).any()
