"""The canvas: a part while the camera moves, all of it at rest; what is asked of it is right."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPolygonF

from projector.render.raster import Raster
from widgets.embedding import cloud_painter
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.overlay import Look


class HeldJob:
    """A job that stands still until a test lets it go on."""

    def __init__(self, work, on_done):
        self.is_running = True
        self._work, self._on_done = work, on_done

    def cancel(self):
        self.is_running = False

    def finish(self):
        try:
            while True:
                next(self._work)
        except StopIteration as stop:
            if self.is_running:
                self.is_running = False
                self._on_done(stop.value)


@pytest.fixture
def held():
    """Jobs in the order in which they were asked for, and what to hand in as run_job."""
    jobs = []

    def run_job(key, title, work, *, on_done, on_step=None, on_failed=None):
        jobs.append(HeldJob(work, on_done))
        return jobs[-1]

    run_job.jobs = jobs
    return run_job


def cloud(n, seed=1):
    return np.random.default_rng(seed).uniform(-1, 1, (n, 3)).astype(np.float32)


@pytest.fixture
def canvas(qtbot):
    canvas = ScatterCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 240)
    show(canvas, cloud(400))
    with qtbot.waitSignal(canvas.painted):
        canvas.show()
        canvas.reset_camera(is_at_once=True)
    return canvas


def show(canvas, points):
    canvas.set_cloud(points, points, Raster(points), ("x", "y", "z"))
    canvas.set_colors(np.tile(np.array([[200, 60, 40, 255]], np.uint8), (len(points), 1)))
    canvas.set_look(Look(3.0))


@pytest.fixture
def slow(monkeypatch):
    """As if no picture of all points could be painted on the main thread."""
    monkeypatch.setattr(cloud_painter, "BLOCK_MS", 0.0)
    monkeypatch.setattr(cloud_painter, "FRAME_MS", 0.0)
    monkeypatch.setattr(cloud_painter, "DISC_MS", 1.0)
    monkeypatch.setattr(cloud_painter, "REST_MS", 1)


def test_hidden_points_are_not_there_until_they_are_shown_again(canvas, qtbot):
    with qtbot.waitSignal(canvas.painted):
        canvas.set_emphasis((np.arange(400) < 40).astype(np.uint8) * 2)
    assert canvas.points_in_view().max() < 40
    with qtbot.waitSignal(canvas.painted):
        canvas.set_emphasis(None)
    assert canvas.points_in_view().max() > 300


def test_what_is_picked_is_what_lies_there(canvas):
    places = canvas.places_of(np.arange(400))
    nearest = int(places[:, 2].argmin())
    assert canvas.pick(*places[nearest, :2].tolist()) == nearest
    assert canvas.pick(-50, -50) is None


def test_a_lasso_takes_points_behind_others_but_no_hidden_ones(canvas):
    whole = [(-10, -10), (310, -10), (310, 250), (-10, 250)]
    polygon = QPolygonF([QPointF(x, y) for x, y in whole])
    assert canvas.points_within(polygon).tolist() == list(range(400))
    canvas.set_emphasis(np.repeat(np.array([0, 2], np.uint8), 200))
    assert canvas.points_within(np.array(whole)).tolist() == list(range(200, 400))


def test_a_lasso_holds_what_lies_in_it(canvas):
    places = canvas.places_of(np.arange(400))
    square = np.array([[80, 60], [200, 60], [200, 170], [80, 170]])
    x, y = places[:, 0], places[:, 1]
    expected = np.flatnonzero((x > 80) & (x < 200) & (y > 60) & (y < 170))
    np.testing.assert_array_equal(canvas.points_within(square), expected)


def test_two_canvases_follow_each_other_without_end(canvas, qtbot):
    other = ScatterCanvas()
    qtbot.addWidget(other)
    canvas.camera_changed.connect(other.set_camera)
    other.camera_changed.connect(canvas.set_camera)
    with qtbot.waitSignal(other.camera_changed):
        canvas.setFocus()
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert other.camera == canvas.camera
    with qtbot.assertNotEmitted(canvas.camera_changed):
        other.set_camera(canvas.camera)


def test_points_that_move_keep_camera_and_colors(canvas, qtbot):
    camera = canvas.camera
    with qtbot.waitSignal(canvas.painted):
        canvas.set_positions(cloud(400, seed=2))
    assert canvas.camera == camera
    places = canvas.places_of(np.arange(400))
    nearest = int(places[:, 2].argmin())
    assert canvas.pick(*places[nearest, :2].tolist()) == nearest


def test_positions_of_other_points_are_left_out(canvas, qtbot):
    with qtbot.assertNotEmitted(canvas.painted):
        canvas.set_positions(cloud(10))
    assert len(canvas.points_in_view()) > 100


def test_a_picture_of_another_size_shows_the_same(canvas):
    image = canvas.picture_of(QSize(600, 480))
    assert (image.width(), image.height()) == (600, 480)
    small = canvas.image
    for point in canvas.points_in_view()[:10].tolist():
        at = canvas.place_of(point)
        if canvas.point_at(at) != point:
            continue
        here = small.pixelColor(at.toPoint())
        there = image.pixelColor((at * 2).toPoint())
        assert abs(here.red() - there.red()) < 60


def test_a_part_is_shown_until_all_points_are_painted(slow, qtbot, held):
    canvas = ScatterCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 240)
    canvas.set_run_job(held)
    with qtbot.waitSignal(canvas.painted):
        show(canvas, cloud(3000))
    part = set(canvas.points_in_view().tolist())
    assert 0 < len(part) < 1000
    with qtbot.waitSignal(canvas.painted):
        held.jobs[-1].finish()
    assert part < set(canvas.points_in_view().tolist()) | part
    assert len(canvas.points_in_view()) > 1000


def test_a_whole_picture_comes_too_late_when_the_camera_has_moved(slow, qtbot, held):
    canvas = ScatterCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 240)
    canvas.set_run_job(held)
    with qtbot.waitSignal(canvas.painted):
        show(canvas, cloud(3000))
    late = held.jobs[-1]
    with qtbot.waitSignal(canvas.painted):
        canvas.set_camera(canvas.camera.orbited(50, 0))
    with qtbot.assertNotEmitted(canvas.painted):
        late.finish()
    qtbot.waitUntil(lambda: len(held.jobs) > 1)
    with qtbot.waitSignal(canvas.painted):
        held.jobs[-1].finish()
    assert len(canvas.points_in_view()) > 1000


def test_new_colors_need_no_job(slow, qtbot, held):
    canvas = ScatterCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 240)
    canvas.set_run_job(held)
    with qtbot.waitSignal(canvas.painted):
        show(canvas, cloud(3000))
    with qtbot.waitSignal(canvas.painted):
        held.jobs[-1].finish()
    n_jobs = len(held.jobs)
    with qtbot.waitSignal(canvas.painted):
        canvas.set_colors(np.full((3000, 4), 255, np.uint8))
    assert len(held.jobs) == n_jobs
    assert len(canvas.points_in_view()) > 1000


@pytest.mark.parametrize("is_flat", [True, False])
def test_without_perspective_the_whole_cloud_can_be_seen(canvas, qtbot, is_flat):
    with qtbot.waitSignal(canvas.painted):
        canvas.set_flat(is_flat)
        canvas.set_orthographic(True)
        canvas.fit(is_at_once=True)
    places = canvas.places_of(np.arange(400))
    assert (places[:, :2] >= 0).all()
    assert (places[:, :2] <= (300, 240)).all()
