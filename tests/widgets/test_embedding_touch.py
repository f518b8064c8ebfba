"""Fingers on the canvas, by touch events; what floats over it, and texts that keep clear of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from projector.render.camera import fit_camera
from projector.render.raster import Raster
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.message import Message, MessageCard
from widgets.embedding.overlay import Look, Raised, View
from widgets.embedding.overlay_builder import build_overlay
from widgets.embedding.tip import tip_rect
from widgets.embedding.tools.tool import Tool


@pytest.fixture(scope="module")
def screen(qapp):
    return QTest.createTouchDevice()


@pytest.fixture
def canvas(qtbot):
    canvas = ScatterCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    points = np.random.default_rng(1).uniform(-1, 1, (200, 3)).astype(np.float32)
    points[0] = 0
    canvas.set_cloud(points, points, Raster(points), ("x", "y", "z"))
    canvas.set_colors(np.full((200, 4), 255, np.uint8))
    canvas.set_look(Look(3.0))
    with qtbot.waitSignal(canvas.painted):
        canvas.show()
        canvas.reset_camera(is_at_once=True)
    return canvas


def one_finger(canvas, screen, *places):
    QTest.touchEvent(canvas, screen).press(0, places[0], canvas).commit()
    for place in places[1:]:
        QTest.touchEvent(canvas, screen).move(0, place, canvas).commit()
    QTest.touchEvent(canvas, screen).release(0, places[-1], canvas).commit()


def two_fingers(canvas, screen, *pairs):
    """Each pair: where the two are."""
    QTest.touchEvent(canvas, screen).press(0, pairs[0][0], canvas).commit()
    QTest.touchEvent(canvas, screen).stationary(0).press(1, pairs[0][1], canvas).commit()
    for first, second in pairs[1:]:
        event = QTest.touchEvent(canvas, screen)
        event.move(0, first, canvas).move(1, second, canvas).commit()
    QTest.touchEvent(canvas, screen).stationary(0).release(1, pairs[-1][1], canvas).commit()
    QTest.touchEvent(canvas, screen).release(0, pairs[-1][0], canvas).commit()


def test_one_finger_turns_the_cloud_as_the_mouse_does(canvas, screen):
    before = canvas.camera
    one_finger(canvas, screen, QPoint(100, 100), QPoint(130, 100), QPoint(160, 120))
    assert canvas.camera == before.orbited(30, 0).orbited(30, 20)


def test_one_finger_draws_a_lasso_with_the_lasso_in_hand(canvas, screen, qtbot):
    canvas.set_tool(Tool.LASSO)
    before = canvas.camera
    corners = [QPoint(50, 50), QPoint(350, 50), QPoint(350, 250), QPoint(50, 250)]
    with qtbot.waitSignal(canvas.outlined) as outlined:
        one_finger(canvas, screen, *corners)
    assert {tuple(corner) for corner in outlined.args[0].tolist()} >= {(350, 50), (350, 250)}
    assert canvas.camera == before


def test_two_fingers_apart_bring_the_cloud_nearer_and_turn_nothing(canvas, screen):
    before = canvas.camera
    pairs = [(QPoint(150 - 10 * i, 150), QPoint(250 + 10 * i, 150)) for i in range(6)]
    two_fingers(canvas, screen, *pairs)
    assert canvas.camera.distance == pytest.approx(before.distance / 2, rel=1e-6)
    assert (canvas.camera.yaw, canvas.camera.pitch) == (before.yaw, before.pitch)


def test_two_fingers_together_take_the_cloud_along(canvas, screen):
    place = canvas.place_of(0)
    pairs = [(QPoint(100 + 10 * i, 90 + 5 * i), QPoint(200 + 10 * i, 90 + 5 * i)) for i in range(5)]
    two_fingers(canvas, screen, *pairs)
    moved = canvas.place_of(0) - place
    assert (moved.x(), moved.y()) == pytest.approx((40, 20), abs=0.5)


def test_a_tap_picks_the_point_that_lies_there(canvas, screen, qtbot):
    place = canvas.place_of(0).toPoint()
    lies_there = canvas.point_at(QPointF(place))
    assert lies_there is not None
    with qtbot.waitSignal(canvas.point_clicked) as clicked:
        one_finger(canvas, screen, place)
    assert clicked.args == [lies_there]


def test_two_fingers_pick_and_outline_nothing(canvas, screen, qtbot):
    canvas.set_tool(Tool.RECTANGLE)
    with qtbot.assertNotEmitted(canvas.point_clicked), qtbot.assertNotEmitted(canvas.outlined):
        two_fingers(canvas, screen, (QPoint(150, 150), QPoint(250, 150)))
        pair = (QPoint(120, 120), QPoint(260, 180))
        two_fingers(canvas, screen, (QPoint(150, 150), QPoint(250, 150)), pair)
    assert not canvas.is_outlining


def test_two_taps_go_to_the_point(canvas, screen, qtbot):
    place = canvas.place_of(0).toPoint()
    point = canvas.point_at(QPointF(place))
    one_finger(canvas, screen, place)
    one_finger(canvas, screen, place)
    target = canvas.drawn.positions[point]
    qtbot.waitUntil(lambda: math.dist(canvas.camera.target, target) < 1e-4)


def test_a_finger_that_rests_asks_for_the_menu(canvas, screen, qtbot):
    place = QPoint(120, 110)
    with qtbot.assertNotEmitted(canvas.point_clicked):
        with qtbot.waitSignal(canvas.menu_asked) as asked:
            QTest.touchEvent(canvas, screen).press(0, place, canvas).commit()
        QTest.touchEvent(canvas, screen).release(0, place, canvas).commit()
    assert (asked.args[1] - place).manhattanLength() <= 4  # a window may have a frame


def test_a_finger_on_a_button_over_the_picture_clicks_the_button(canvas, screen, qtbot):
    button = QPushButton("Fit", canvas)
    button.setGeometry(300, 20, 80, 40)
    button.show()
    with qtbot.assertNotEmitted(canvas.point_clicked), qtbot.waitSignal(button.clicked):
        QTest.touchEvent(button, screen).press(0, QPoint(20, 20), button).commit()
        QTest.touchEvent(button, screen).release(0, QPoint(20, 20), button).commit()


def test_the_mouse_still_tells_what_it_hovers_after_a_pinch(canvas, screen, qtbot):
    two_fingers(canvas, screen, (QPoint(150, 150), QPoint(250, 150)))
    place = canvas.place_of(0).toPoint()
    with qtbot.waitSignal(canvas.point_hovered):
        QTest.mouseMove(canvas, place + QPoint(1, 0))
        QTest.mouseMove(canvas, place)


TOOLS = QRectF(340, 8, 52, 240)


def overlay_of(positions, raised, names=()):
    colors = np.full((len(positions), 4), 200, np.uint8)
    view = View(fit_camera(positions, True, 4 / 3), QSizeF(400, 300), Look(), colors, QFont())
    return build_overlay(view, positions, raised, names, "label {}".format, [TOOLS])


def test_labels_of_neighbors_keep_clear_of_the_tools(qapp):
    positions = np.random.default_rng(5).uniform(-1, 1, (60, 3)).astype(np.float32)
    overlay = overlay_of(positions, Raised(0, tuple(range(1, 60))))
    assert len(overlay.texts) > 5
    assert not any(text.rect.intersects(TOOLS) for text in overlay.texts)


@pytest.mark.parametrize("spot", [(0.99, 0.0), (0.99, 0.9), (0.9, -0.2)])
def test_the_selected_point_under_the_tools_is_named_beside_them(qapp, spot):
    positions = np.array([[-1, -1, 0], [1, 1, 0], [*spot, 0]], np.float32)
    overlay = overlay_of(positions, Raised(2))
    assert [text.text for text in overlay.texts] == ["label 2"]
    assert not overlay.texts[0].rect.intersects(TOOLS)


def test_labels_of_points_leave_the_names_of_axes_to_be_read(qapp):
    positions = np.random.default_rng(7).uniform(0.6, 1, (40, 3)).astype(np.float32)
    positions[:2] = (-1, -1, 0), (1, 1, 0)
    overlay = overlay_of(positions, Raised(2, tuple(range(3, 40))), ("the first", "the second"))
    names, labels = overlay.texts[:2], overlay.texts[2:]
    assert len(labels) > 3
    assert not any(name.rect.intersects(label.rect) for name in names for label in labels)


def test_names_of_axes_keep_clear_of_the_tools(qapp):
    positions = np.array([[-1, -0.7, 0], [1, 0.7, 0]], np.float32)
    overlay = overlay_of(positions, Raised(), ("the first one", "the second one"))
    assert [text.text for text in overlay.texts] == ["the first one", "the second one"]
    assert not any(text.rect.intersects(TOOLS) for text in overlay.texts)


@pytest.mark.parametrize("width", [200, 400])
def test_the_name_of_an_axis_never_lies_on_its_end(qapp, width):
    positions = np.array([[-1, 0, 0], [1, 0, 0]], np.float32)
    camera = fit_camera(positions, True, width / 300)
    colors = np.full((2, 4), 200, np.uint8)
    view = View(camera, QSizeF(width, 300), Look(), colors, QFont())
    overlay = build_overlay(view, positions, Raised(), ("a rather long name",), str)
    (line,), (text,) = overlay.lines, overlay.texts
    assert not text.rect.contains(line.end)
    assert QRectF(0, 0, width, 300).contains(text.rect)


def test_a_tip_goes_to_the_left_of_the_pointer_beside_the_tools():
    size, surface = QSizeF(120, 60), QSizeF(400, 300)
    at = QPointF(300, 100)
    assert not tip_rect(at, size, surface, [TOOLS]).intersects(TOOLS)
    assert tip_rect(at, size, surface, [TOOLS]).right() < at.x()
    assert tip_rect(QPointF(100, 100), size, surface, [TOOLS]).left() > 100


def test_what_floats_is_told_as_long_as_it_is_shown(canvas):
    button = QPushButton("Fit", canvas)
    button.setGeometry(300, 20, 80, 40)
    assert canvas.floating == ()
    button.show()
    assert canvas.floating == (QRectF(300, 20, 80, 40),)


def test_a_message_keeps_clear_of_the_tools(canvas):
    tools = QPushButton("Fit", canvas)
    tools.setGeometry(340, 8, 52, 280)
    tools.show()
    canvas.set_message(
        Message("This embedding can't be shown", "No row holds finite numbers. " * 4)
    )
    card = canvas.findChild(MessageCard)
    assert card.isVisible()
    assert not card.geometry().intersects(tools.geometry())


def test_in_a_narrow_flat_picture_no_point_lies_under_the_numbers_at_the_side(qtbot):
    canvas = ScatterCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(320, 500)
    points = np.array([[-1, 0, 0], [1, 0, 0]], np.float32)
    canvas.set_cloud(points, points, Raster(points), ("x", "y"))
    canvas.set_flat(True)
    canvas.reset_camera(is_at_once=True)
    assert canvas.place_of(0).x() > 40
    assert canvas.place_of(1).x() < 320 - 40
