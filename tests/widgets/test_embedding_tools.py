"""The tools over the cloud, by real mouse events; labels, sequences, contours; the second view."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolButton

from projector.contents import read_contents
from projector.embeddings.writer import write_embedding
from projector.progress import finish
from projector.projections.prepare import Preparation
from projector.selection import Selection
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.layers.keeper import SequenceKeeper
from widgets.embedding.layouts import Layout
from widgets.embedding.placement import stretched
from widgets.embedding.tools.gizmo import OrientationGizmo
from widgets.embedding.tools.tool import Tool
from widgets.shared.theme import app_palette

N = 300
LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def dashboard(qtbot, run_job, tmp_path):
    metadata = {
        "name": [f"point {i}" for i in range(N)],
        "group": [("red", "green", "blue")[i % 3] for i in range(N)],
        "__next__": [str(i + 1) if i % 10 < 9 else "" for i in range(N)],
    }
    vectors = np.random.default_rng(0).normal(size=(N, 5)).astype(np.float32)
    write_embedding(tmp_path, vectors, metadata=metadata, name="hidden")
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=False))
    qtbot.addWidget(dashboard)
    dashboard.resize(1280, 800)
    dashboard.show()
    with qtbot.waitSignal(dashboard.canvas.painted):
        dashboard.show_contents(finish(read_contents(tmp_path)))
    dashboard.canvas.setFocus()
    return dashboard


def press(dashboard, key, modifier=PLAIN):
    QTest.keyClick(dashboard.canvas, key, modifier)


def drag(canvas, places, modifier=PLAIN, button=LEFT, release=True):
    QTest.mousePress(canvas, button, modifier, places[0])
    for place in places[1:]:
        move = QPointF(place)
        event = QMouseEvent(
            QEvent.Type.MouseMove, move, canvas.mapToGlobal(move), button, button, modifier
        )
        QApplication.sendEvent(canvas, event)
    if release:
        QTest.mouseRelease(canvas, button, modifier, places[-1])


def is_inside(x, y, corners):
    """Even-odd, one side of the polygon after the other."""
    inside = False
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside


def rows_within(canvas, corners):
    places = canvas.places_of(np.arange(N))[:, :2].tolist()
    return {row for row, (x, y) in enumerate(places) if is_inside(x, y, corners)}


def selected(dashboard):
    return set(dashboard.model.selection.ids.tolist())


def box(canvas, left, top, right, bottom):
    """Corners of a rectangle in shares of the canvas."""
    width, height = canvas.width(), canvas.height()
    return QPoint(round(left * width), round(top * height)), QPoint(
        round(right * width), round(bottom * height)
    )


def corners_of(start, end):
    return [
        (start.x(), start.y()),
        (end.x(), start.y()),
        (end.x(), end.y()),
        (start.x(), end.y()),
    ]


def free_point(canvas):
    """A point that nothing covers, and where it is."""
    for point in range(N):
        place = canvas.place_of(point)
        if canvas.point_at(place) == point and canvas.childAt(place.toPoint()) is None:
            return point, place.toPoint()
    raise AssertionError("every point is covered")


def test_a_rectangle_selects_all_points_in_it(dashboard):
    canvas = dashboard.canvas
    press(dashboard, Qt.Key.Key_B)
    camera = canvas.camera
    start, end = box(canvas, 0.3, 0.3, 0.6, 0.7)
    drag(canvas, [start, start + QPoint(40, 40), end])
    expected = rows_within(canvas, corners_of(start, end))
    assert len(expected) > 10
    assert selected(dashboard) == expected
    assert canvas.camera == camera


def test_a_lasso_selects_what_it_goes_around(dashboard):
    canvas = dashboard.canvas
    press(dashboard, Qt.Key.Key_L)
    middle = canvas.rect().center()
    turns = np.linspace(0, math.tau, 40, endpoint=False)
    ring = [
        middle + QPoint(round(90 * math.cos(t)), round((60 + 40 * math.cos(3 * t)) * math.sin(t)))
        for t in turns
    ]
    drag(canvas, ring)
    expected = rows_within(canvas, [(place.x(), place.y()) for place in ring])
    assert len(expected) > 10
    assert selected(dashboard) == expected


@pytest.mark.parametrize(
    ("modifier", "combined"),
    [
        (SHIFT, set.union),
        (ALT, set.difference),
        (CTRL, set.symmetric_difference),
        (SHIFT | ALT, set.intersection),
    ],
)
@pytest.mark.parametrize("key", [Qt.Key.Key_V, Qt.Key.Key_M, Qt.Key.Key_B])
def test_keys_held_change_the_selection_with_any_tool(dashboard, modifier, combined, key):
    canvas = dashboard.canvas
    dashboard.model.select(Selection(np.arange(0, N, 2)))
    press(dashboard, key)
    camera = canvas.camera
    start, end = box(canvas, 0.35, 0.3, 0.65, 0.7)
    drag(canvas, [start, start + QPoint(30, 10), end], modifier)
    inside = rows_within(canvas, corners_of(start, end))
    assert selected(dashboard) == combined(set(range(0, N, 2)), inside)
    assert canvas.camera == camera


def test_escape_abandons_a_rectangle(dashboard):
    canvas = dashboard.canvas
    dashboard.model.choose(selected=5)
    press(dashboard, Qt.Key.Key_B)
    start, end = box(canvas, 0.3, 0.3, 0.6, 0.7)
    drag(canvas, [start, start + QPoint(30, 10), end], release=False)
    assert canvas.is_outlining
    press(dashboard, Qt.Key.Key_Escape)
    assert not canvas.is_outlining
    QTest.mouseRelease(canvas, LEFT, PLAIN, end)
    assert selected(dashboard) == {5}


def test_hidden_points_are_not_selected(dashboard):
    dashboard.model.select(Selection(np.arange(100)))
    dashboard.model.isolate()
    press(dashboard, Qt.Key.Key_B)
    drag(dashboard.canvas, [QPoint(1, 1), QPoint(50, 50), QPoint(5000, 5000)])
    assert selected(dashboard) <= set(range(100))
    assert len(selected(dashboard)) > 90


def test_among_very_many_points_a_job_selects(dashboard, monkeypatch):
    monkeypatch.setattr("widgets.embedding.tools.outline_selector.MOST_AT_ONCE", 10)
    test_a_rectangle_selects_all_points_in_it(dashboard)


def test_ctrl_click_takes_one_more_point_and_gives_it_back(dashboard):
    canvas = dashboard.canvas
    point, place = free_point(canvas)
    dashboard.model.choose(selected=200)
    QTest.mouseClick(canvas, LEFT, CTRL, place)
    assert selected(dashboard) == {point, 200}
    QTest.mouseClick(canvas, LEFT, CTRL, place)
    assert selected(dashboard) == {200}


def test_the_pan_tool_and_the_right_button_move_the_cloud(dashboard):
    canvas = dashboard.canvas
    start, end = box(canvas, 0.4, 0.4, 0.5, 0.5)
    for tool, button in ((Qt.Key.Key_M, LEFT), (Qt.Key.Key_V, RIGHT)):
        press(dashboard, tool)
        before = canvas.camera
        drag(canvas, [start, start + QPoint(20, 5), end], button=button)
        assert canvas.camera.target != before.target
        assert canvas.camera.yaw == before.yaw


def test_a_double_click_on_a_point_flies_to_it(dashboard, qtbot):
    canvas = dashboard.canvas
    point, place = free_point(canvas)
    QTest.mouseDClick(canvas, LEFT, PLAIN, place)
    middle = QPointF(canvas.width() / 2, canvas.height() / 2)
    qtbot.waitUntil(lambda: (canvas.place_of(point) - middle).manhattanLength() < 2)


def menu_of(canvas):
    return next(menu for menu in canvas.findChildren(QMenu) if menu.isVisible())


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_right_button_opens_a_menu_for_the_point(dashboard):
    canvas = dashboard.canvas
    dashboard.model.choose(label_by="group")
    point, place = free_point(canvas)
    QTest.mouseClick(canvas, RIGHT, PLAIN, place)
    assert dashboard.model.selected == point
    menu = menu_of(canvas)
    actions = {action.objectName(): action for action in menu.actions()}
    assert {"embedding.isolate", "embedding.hide", "embedding.copy_row"} <= set(actions)
    actions["embedding.select_same"].trigger()
    assert selected(dashboard) == set(range(point % 3, N, 3))
    actions["embedding.isolate"].trigger()
    assert dashboard.model.choice.isolation.n_shown(N) == 100
    menu.close()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_of_the_selected_point_opens_by_key(dashboard):
    dashboard.model.choose(selected=7)
    press(dashboard, Qt.Key.Key_Menu)
    menu = menu_of(dashboard.canvas)
    assert any("point 7" in action.text() for action in menu.actions())
    menu.close()


def test_the_bar_says_and_takes_the_tool_in_hand(dashboard):
    bar = dashboard.side_by_side.tool_bar
    buttons = {button.accessibleName(): button for button in bar.findChildren(QToolButton)}
    QTest.mouseClick(buttons["Lasso tool"], LEFT)
    assert dashboard.canvas.tool is Tool.LASSO
    press(dashboard, Qt.Key.Key_B)
    assert buttons["Rectangle tool"].isChecked()
    assert not buttons["Lasso tool"].isChecked()
    assert all(button.toolTip() for button in buttons.values())
    assert dashboard.canvas.rect().contains(bar.geometry())


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("is_positive", [True, False])
def test_an_end_of_the_gizmo_looks_along_its_axis(dashboard, qtbot, axis, is_positive):
    canvas = dashboard.canvas
    gizmo = canvas.findChild(OrientationGizmo)
    assert gizmo.isVisible()
    QTest.mousePress(gizmo, LEFT, PLAIN, gizmo.center_of(axis, is_positive).toPoint())
    wanted = np.zeros(3)
    wanted[axis] = 1 if is_positive else -1
    qtbot.waitUntil(lambda: np.allclose(canvas.camera.basis[2], wanted, atol=1e-6))


def test_a_double_click_on_the_gizmo_resets_the_camera(dashboard, qtbot):
    canvas = dashboard.canvas
    canvas.reset_camera(is_at_once=True)
    before = canvas.camera
    canvas.look_from(before.orbited(80, 30))
    gizmo = canvas.findChild(OrientationGizmo)
    QTest.mouseDClick(gizmo, LEFT, PLAIN, gizmo.rect().center())
    qtbot.waitUntil(lambda: canvas.camera == before)


def test_there_is_no_gizmo_in_2d(dashboard):
    press(dashboard, Qt.Key.Key_2)
    assert not dashboard.canvas.findChild(OrientationGizmo).isVisible()


def test_the_cloud_turns_by_itself_until_it_is_touched(dashboard, qtbot):
    canvas, yaw = dashboard.canvas, dashboard.canvas.camera.yaw
    press(dashboard, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: canvas.camera.yaw != yaw)
    assert dashboard.side_by_side.orbit.is_running
    QTest.mousePress(canvas, LEFT, PLAIN, QPoint(40, 60))
    assert not dashboard.side_by_side.orbit.is_running
    QTest.mouseRelease(canvas, LEFT, PLAIN, QPoint(40, 60))


def test_perspective_can_be_switched_off(dashboard):
    press(dashboard, Qt.Key.Key_P)
    assert dashboard.canvas.camera.is_orthographic
    dashboard.history.undo()
    assert not dashboard.canvas.camera.is_orthographic


def test_without_its_aspect_each_axis_is_as_long(dashboard):
    press(dashboard, Qt.Key.Key_K)
    positions = dashboard.canvas.drawn.positions
    np.testing.assert_allclose(positions.min(axis=0), -1, atol=1e-6)
    np.testing.assert_allclose(positions.max(axis=0), 1, atol=1e-6)


def test_stretching_leaves_an_axis_without_width_alone():
    positions = np.array([[0, 5, 2], [4, 5, np.nan], [8, 5, 3]], np.float32)
    expected = [[-1, 0, -1], [0, 0, np.nan], [1, 0, 1]]
    shifted = stretched(positions) - np.array([0, 5, 0], np.float32)
    np.testing.assert_allclose(shifted, expected)


def labels_in(dashboard):
    return [text for text in dashboard.canvas.overlay.texts if text.has_halo]


def test_labels_name_points_without_overlap(dashboard, qtbot):
    qtbot.waitUntil(lambda: len(labels_in(dashboard)) > 5)
    labels = labels_in(dashboard)
    rects = [label.rect for label in labels]
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[i + 1 :])
    assert all(label.text.startswith("point ") for label in labels)
    press(dashboard, Qt.Key.Key_N)
    assert labels_in(dashboard) == []


def test_labels_follow_their_points(dashboard, qtbot):
    qtbot.waitUntil(lambda: len(labels_in(dashboard)) > 5)
    canvas = dashboard.canvas
    before = {label.text: label.rect.center() for label in labels_in(dashboard)}
    places = {text: canvas.place_of(int(text.split()[1])) for text in before}
    with qtbot.waitSignal(canvas.painted):
        canvas.look_from(canvas.camera.panned(13, 7, canvas.height()))
    for label in labels_in(dashboard):
        if label.text in before:
            moved = canvas.place_of(int(label.text.split()[1])) - places[label.text]
            way = label.rect.center() - before[label.text]
            assert (moved - way).manhattanLength() < 1


def test_words_stand_where_points_are(dashboard, qtbot):
    press(dashboard, Qt.Key.Key_W)
    canvas = dashboard.canvas

    def words():
        texts = [text for text in canvas.overlay.texts if text.tint is not None]
        return len(texts) > 20 and texts

    qtbot.waitUntil(lambda: bool(words()))
    for word in words()[:20]:
        place = canvas.place_of(int(word.text.split()[1]))
        assert (word.rect.center() - place).manhattanLength() < 1


def test_labels_can_be_larger(dashboard, qtbot):
    qtbot.waitUntil(lambda: len(labels_in(dashboard)) > 5)
    before = labels_in(dashboard)[0].rect.height()
    press(dashboard, Qt.Key.Key_BracketRight)
    qtbot.waitUntil(lambda: bool(labels_in(dashboard)))
    assert labels_in(dashboard)[0].rect.height() > before


def test_sequences_are_lines_from_row_to_row(dashboard):
    canvas = dashboard.canvas
    lines = [line for strokes in canvas.overlay.strokes for line in strokes.lines]
    assert len(lines) == N // 10 * 9
    places = canvas.places_of(np.arange(N))
    expected = {tuple(places[[i, i + 1], :2].ravel().round(1)) for i in range(N) if i % 10 < 9}
    drawn = {tuple(np.round(line.toTuple(), 1).astype(np.float32)) for line in lines}
    assert len(drawn & expected) > 0.95 * len(expected)
    press(dashboard, Qt.Key.Key_Q)
    assert canvas.overlay.strokes == ()


class Waiting:
    """Jobs that are left to be done later; what was cancelled is not."""

    def __init__(self):
        self.is_running, self.work, self.on_done = False, None, None

    def run(self, key, title, work, *, on_done, on_step=None, on_failed=None):
        self.is_running, self.work, self.on_done = True, work, on_done
        return self

    def cancel(self):
        self.is_running = False

    def end(self):
        if self.is_running:
            self.on_done(finish(self.work))


def test_lines_of_a_table_that_is_gone_are_not_drawn(dashboard):
    waiting = Waiting()
    keeper = SequenceKeeper(dashboard.model, dashboard.canvas, waiting.run)
    keeper.read()
    dashboard.model.set_table(None)
    waiting.end()
    assert dashboard.canvas.overlay.strokes == ()


def test_contours_surround_the_points_while_they_are_wanted(dashboard, qtbot):
    canvas = dashboard.canvas
    press(dashboard, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: canvas.overlay.curves != ())
    widest = max(canvas.overlay.curves, key=lambda curve: curve.path.boundingRect().width())
    places = [canvas.place_of(row) for row in range(N)]
    share = np.mean([widest.path.contains(place) for place in places])
    assert 0.8 < share < 1.0
    press(dashboard, Qt.Key.Key_D)
    assert canvas.overlay.curves == ()


def turned_layout(dashboard):
    """The components, their axes exchanged, as a projection would hand them in."""
    shown = dashboard.model.shown
    coordinates = np.ascontiguousarray(shown.coordinates[:, [1, 2, 0]])
    layout = Layout(
        key="turned",
        source=shown.embedding.source,
        title="Turned",
        projection="axes",
        parameters={},
        preparation=Preparation(),
        positions=coordinates,
        coordinates=coordinates,
        axis_names=("a", "b", "c"),
    )
    dashboard.model.keep_layout(layout)
    return layout


@pytest.fixture
def pair(dashboard, qtbot):
    """The two views, the second with another layout."""
    layout = turned_layout(dashboard)
    dashboard.model.choose(second=layout.key)
    views = dashboard.side_by_side
    qtbot.waitUntil(lambda: views.second.canvas.has_picture)
    return views.first, views.second


def test_a_second_view_draws_its_own_layout(dashboard, pair):
    first, second = pair
    assert (first.title.text, second.title.text) == ("PCA", "Turned")
    expected = dashboard.model.shown.coordinates[:, [1, 2, 0]]
    np.testing.assert_allclose(second.canvas.drawn.positions, expected)
    np.testing.assert_array_equal(second.canvas.drawn.colors, first.canvas.drawn.colors)
    assert abs(first.canvas.width() - second.canvas.width()) < 10


def test_both_views_are_seen_through_one_camera(dashboard, pair):
    first, second = (view.canvas for view in pair)
    QTest.keyClick(second, Qt.Key.Key_Left)
    assert first.camera == second.camera
    QTest.keyClick(first, Qt.Key.Key_Plus)
    assert first.camera == second.camera


def test_tools_work_in_the_second_view(dashboard, pair):
    canvas = pair[1].canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_B)
    start, end = box(canvas, 0.3, 0.3, 0.7, 0.7)
    drag(canvas, [start, start + QPoint(30, 30), end])
    expected = rows_within(canvas, corners_of(start, end))
    assert len(expected) > 5
    assert selected(dashboard) == expected


def test_the_point_under_the_pointer_has_a_ring_in_both_views(dashboard, pair):
    first, second = (view.canvas for view in pair)
    point, place = free_point(second)
    for at in (QPoint(1, 1), place):
        QTest.mouseMove(second, at)
    assert first.raised.hovered == point
    assert second.raised.hovered == point


def test_the_cross_closes_the_second_view(dashboard, pair, qtbot):
    cross = pair[1].title.findChild(QToolButton)
    QTest.mouseClick(cross, LEFT)
    assert dashboard.model.choice.second is None
    assert dashboard.side_by_side.second is None
    assert not pair[0].title.isVisible()


def test_another_embedding_has_one_view(dashboard, pair):
    dashboard.model.set_shown(None)
    assert dashboard.side_by_side.second is None


def test_every_key_on_the_picture_is_taken_once(dashboard):
    keys = [key for command in dashboard.commands() for key in command.picture_keys]
    assert len(keys) == len(set(keys)) > 20


def test_the_tip_tells_what_else_is_known_of_a_point(dashboard):
    dashboard.model.choose(label_by="name")
    assert ("group", "green") in dashboard.model.details(1)
    assert all(name != "name" for name, _ in dashboard.model.details(1))


def test_the_title_of_a_view_takes_no_name_for_markup(dashboard):
    dashboard.model.choose(second="")
    title = dashboard.side_by_side.second.title
    title.set_text("<b>mine</b>")
    assert title.text == "<b>mine</b>"
    assert "&lt;b&gt;" in title.findChild(QLabel).toolTip()
