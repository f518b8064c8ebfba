"""Labels: the important points are named, and no label covers another."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from projector.labels import ANCHORS, choose_candidates, place_labels, rank_labels
from projector.labels.placement import HOLD
from projector.progress import finish
from projector.render.camera import Camera, fit_camera

VIEW = (800.0, 600.0)


def scattered(n, seed=0, view=VIEW):
    """Points all over a picture, with texts of various lengths."""
    rng = np.random.default_rng(seed)
    xy = (rng.random((n, 2)) * view).astype(np.float32)
    sizes = np.column_stack([rng.uniform(10, 160, n), np.full(n, 16)]).astype(np.float32)
    return np.arange(n), xy, sizes, rng.random(n).astype(np.float32)


def overlaps(rects, gap=0.0):
    """Pairs of rectangles that cover one another, the slow and obvious way."""
    found = []
    for i, a in enumerate(rects.astype(float)):
        for j, b in enumerate(rects[:i].astype(float)):
            apart = (
                a[0] >= b[0] + b[2] + gap - 1e-3
                or b[0] >= a[0] + a[2] + gap - 1e-3
                or a[1] >= b[1] + b[3] + gap - 1e-3
                or b[1] >= a[1] + a[3] + gap - 1e-3
            )
            if not apart:
                found.append((i, j))
    return found


def test_no_label_covers_another_or_leaves_the_picture():
    placed = place_labels(*scattered(3000), VIEW, gap_px=3)
    assert len(placed.ids) > 50
    assert overlaps(placed.rects, gap=3) == []
    assert (placed.rects[:, :2] >= 0).all()
    assert (placed.rects[:, :2] + placed.rects[:, 2:] <= np.array(VIEW) + 1e-3).all()


FLOATS = st.floats(-200, 1000, width=32) | st.just(np.nan) | st.just(np.inf)


@settings(max_examples=60, deadline=None)
@given(
    xy=arrays.arrays(np.float32, (30, 2), elements=FLOATS),
    sizes=arrays.arrays(np.float32, (30, 2), elements=FLOATS),
    priorities=arrays.arrays(np.float32, 30, elements=FLOATS),
    obstacles=arrays.arrays(np.float32, (3, 4), elements=st.floats(-50, 300, width=32)),
    view=st.tuples(st.floats(0, 900), st.floats(0, 900)),
)
def test_whatever_comes_nothing_overlaps(xy, sizes, priorities, obstacles, view):
    obstacles[:, 2:] = np.abs(obstacles[:, 2:])
    placed = place_labels(np.arange(30), xy, sizes, priorities, view, obstacles=obstacles)
    inner = obstacles[(obstacles[:, 2:] > 0).all(axis=1)]
    for rect in placed.rects:
        for blocked in inner:
            assert overlaps(np.array([rect, blocked])) == []
    assert overlaps(placed.rects) == []
    assert np.isfinite(placed.rects).all()


def test_the_most_important_of_two_in_one_place_wins():
    xy = np.full((2, 2), 300, np.float32)
    sizes = np.full((2, 2), 590, np.float32) * [1, 0.5]
    placed = place_labels(
        np.array([7, 9]), xy, sizes.astype(np.float32), np.array([1, 2], np.float32), (900, 600)
    )
    assert placed.ids.tolist()[0] == 9
    assert placed.places.tolist()[0] == 1


def test_a_lone_label_stands_to_the_right_of_its_point():
    one = np.array([[100, 50]], np.float32), np.array([[40, 10]], np.float32)
    placed = place_labels(np.array([3]), *one, np.ones(1, np.float32), VIEW, away_px=6)
    assert placed.rects.tolist() == [[106, 45, 40, 10]]
    assert ANCHORS[placed.anchors[0]] == "right"


def test_a_label_at_the_right_edge_stands_to_the_left():
    one = np.array([[790, 50]], np.float32), np.array([[40, 10]], np.float32)
    placed = place_labels(np.array([3]), *one, np.ones(1, np.float32), VIEW)
    assert ANCHORS[placed.anchors[0]] == "left"


@pytest.mark.parametrize(("lead", "winner"), [(HOLD / 2, 0), (HOLD * 2, 1)])
def test_a_label_stays_until_another_is_much_more_important(lead, winner):
    xy = np.array([[10, 10], [12, 10]], np.float32)
    sizes = np.array([[80, 12], [80, 12]], np.float32)
    view = (100, 20)
    before = place_labels(np.arange(1), xy[:1], sizes[:1], np.ones(1, np.float32), view)
    after = place_labels(
        np.arange(2), xy, sizes, np.array([1, 1 + lead], np.float32), view, previous=before
    )
    assert after.ids.tolist() == [winner]


def test_labels_keep_their_side_while_the_camera_moves():
    ids, xy, sizes, priorities = scattered(400)
    before = place_labels(ids, xy, sizes, priorities, VIEW)
    after = place_labels(ids, xy + np.float32(0.5), sizes, priorities, VIEW, previous=before)
    sides = dict(zip(before.ids.tolist(), before.anchors.tolist(), strict=True))
    same = [
        sides.get(i) == a for i, a in zip(after.ids.tolist(), after.anchors.tolist(), strict=True)
    ]
    assert np.mean(same) > 0.95


def test_a_point_under_a_label_is_not_named():
    ids, xy, sizes, priorities = scattered(2000)
    placed = place_labels(ids, xy, sizes, priorities, VIEW)
    for place, (x, y) in enumerate(xy[placed.places].tolist()):
        left, top, width, height = placed.rects[:place].T
        assert not ((left < x) & (x < left + width) & (top < y) & (y < top + height)).any()


def test_obstacles_stay_free():
    legend = np.array([[0, 0, 400, 600]], np.float32)
    placed = place_labels(*scattered(500), VIEW, obstacles=legend)
    assert len(placed.ids)
    assert (placed.rects[:, 0] >= 400).all()


def test_no_more_labels_than_wanted():
    assert len(place_labels(*scattered(500), VIEW, most=5).ids) == 5
    assert len(place_labels(*scattered(0), VIEW).ids) == 0


def cloud(n=2000, seed=1):
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(12, 3))
    points = centers[rng.integers(0, 12, n)] + 0.1 * rng.normal(size=(n, 3))
    return points.astype(np.float32)


def test_every_point_with_a_place_is_ranked_once():
    positions = cloud()
    positions[5] = np.nan
    rank = finish(rank_labels(positions))
    assert sorted(rank.ids.tolist()) == [i for i in range(2000) if i != 5]
    assert rank.places[5] == -1
    assert np.array_equal(rank.places[rank.ids], np.arange(1999))
    assert np.array_equal(rank.points, positions[rank.ids])
    assert (np.diff(rank.levels) >= 0).all()


@pytest.mark.parametrize("level", [1, 3, 5])
def test_at_each_level_every_cell_that_holds_points_has_a_named_one(level):
    positions = cloud()
    rank = finish(rank_labels(positions))
    low = positions.min(axis=0)
    size = (positions.max(axis=0) - low).max()
    shares = (positions - low).astype(float) / float(size)
    cells = np.minimum(shares * 2**level, 2**level - 1).astype(int)
    named = rank.ids[rank.levels <= level]
    assert {tuple(cell) for cell in cells[named]} == {tuple(cell) for cell in cells}


def test_the_first_names_lie_where_points_are_dense():
    rng = np.random.default_rng(3)
    dense, sparse = rng.normal(size=(900, 3)) * 0.02, rng.uniform(-1, 1, (100, 3))
    rank = finish(rank_labels(np.concatenate([sparse, dense]).astype(np.float32)))
    assert rank.ids[0] >= 100


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_any_points_are_no_trouble(n):
    rank = finish(rank_labels(np.zeros((n, 3), np.float32)))
    assert len(choose_candidates(rank, Camera(), 100, 100).ids) == n


def test_equal_points_are_all_ranked():
    rank = finish(rank_labels(np.ones((50, 3), np.float32)))
    assert len(rank.ids) == 50


@pytest.mark.parametrize(
    "change", [{}, {"is_orthographic": True}, {"is_flat": True}], ids=["3d", "orthographic", "flat"]
)
def test_candidates_lie_where_the_camera_shows_them(change):
    positions = cloud()
    rank = finish(rank_labels(positions))
    camera = dataclasses.replace(fit_camera(positions), **change)
    found = choose_candidates(rank, camera, 640, 480, most=300)
    expected = camera.project(positions[found.ids], 640, 480)
    assert len(found.ids) == 300
    assert np.allclose(found.xy, expected[:, :2], atol=0.05)
    assert np.allclose(found.depths, expected[:, 2], atol=1e-3)
    assert (np.diff(found.priorities) <= 0).all()


def test_a_camera_that_comes_near_gets_names_of_what_it_sees():
    positions = cloud(20_000)
    rank = finish(rank_labels(positions))
    near = dataclasses.replace(
        fit_camera(positions), target=tuple(positions[7].tolist()), distance=0.2
    )
    found = choose_candidates(rank, near, 640, 480, most=50)
    seen = near.project(positions, 640, 480)
    inside = (seen[:, 0] >= 0) & (seen[:, 0] < 640) & (seen[:, 1] >= 0) & (seen[:, 1] < 480)
    assert inside[found.ids].all()
    assert len(found.ids) == min(50, inside.sum())


def test_selected_points_come_first_and_hidden_ones_never():
    positions = cloud()
    rank = finish(rank_labels(positions))
    shown = np.ones(2000, np.bool_)
    shown[[11, 12]] = False
    camera = fit_camera(positions)
    groups = (np.array([40]), np.array([12, 41, 40, 9999]))
    found = choose_candidates(rank, camera, 640, 480, first=groups, shown_mask=shown)
    assert found.ids[:2].tolist() == [40, 41]
    assert not np.isin([11, 12], found.ids).any()
    only = choose_candidates(rank, camera, 640, 480, first=groups, shown_mask=shown, most=0)
    assert only.ids.tolist() == [40, 41]
