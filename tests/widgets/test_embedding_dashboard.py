"""The embedding tab as a user meets it: a folder is opened, points clicked, keys pressed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QSlider,
)
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from projector.colors import color_by_column
from projector.contents import read_contents
from projector.embeddings.writer import write_embedding
from projector.errors import Stopped
from projector.progress import finish
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.legend import LegendView
from widgets.embedding.loading import world_positions
from widgets.embedding.point_card import PointCard
from widgets.embedding.point_list import PointList
from widgets.shared.theme import app_palette

N = 60


def three_clusters(seed=0, spread=0.4):
    rng = np.random.default_rng(seed)
    centers = np.repeat(np.eye(3, 5) * 6, N // 3, axis=0)
    return (centers + rng.normal(0, spread, (N, 5))).astype(np.float32)


def write_clusters(folder, *, step, seed=0, spread=0.4, name="hidden"):
    metadata = {
        "name": [f"point {i}" for i in range(N)],
        "group": [("red", "green", "blue")[i // 20] for i in range(N)],
        "height": [i / 2 for i in range(N)],
    }
    pictures = np.zeros((N, 4, 4), np.uint8)
    pictures[:, 1:3, 1:3] = 255
    vectors = three_clusters(seed, spread)
    write_embedding(folder, vectors, metadata=metadata, pictures=pictures, step=step, name=name)


@pytest.fixture
def folder(tmp_path):
    write_clusters(tmp_path, step=5, seed=1, spread=0.8)
    write_clusters(tmp_path, step=55)
    return tmp_path


@pytest.fixture
def dashboard(qtbot, run_job):
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=False))
    qtbot.addWidget(dashboard)
    dashboard.resize(1280, 800)
    dashboard.show()
    return dashboard


@pytest.fixture
def opened(dashboard, folder, qtbot):
    with qtbot.waitSignal(dashboard.canvas.painted):
        dashboard.show_contents(finish(read_contents(folder)))
    dashboard.canvas.setFocus()
    return dashboard


def visible_point(dashboard):
    """A point that nothing covers, and where it is."""
    canvas = dashboard.canvas
    for point in range(N):
        place = canvas.place_of(point)
        if canvas.point_at(place) == point:
            return point, place.toPoint()
    raise AssertionError("every point is covered")


def press(dashboard, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(dashboard.canvas, key, modifier)


def turn_wheel(canvas, at):
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def named(dashboard, kind, name):
    return next(w for w in dashboard.findChildren(kind) if w.accessibleName() == name)


def pick(combo, text):
    index = combo.findText(text)
    assert index >= 0
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def legend_lines(dashboard):
    legend = dashboard.findChild(LegendView).legend
    return {entry.label: entry.count for entry in legend.entries}


def test_the_last_step_is_shown_with_its_size(opened):
    assert opened.model.source.step == 55
    assert opened.canvas.accessibleDescription() == "60 points, 0 selected"


def test_coordinates_are_those_of_scikit_learn(opened):
    vectors = opened.model.embedding.vectors
    oracle = PCA(3).fit(vectors)
    ours = opened.model.shown.coordinates[:, :3]
    theirs = oracle.transform(vectors)
    ratio = ours / theirs
    np.testing.assert_allclose(np.abs(ratio), np.abs(ratio).mean(), rtol=1e-2)
    np.testing.assert_allclose(
        opened.model.shown.variance_ratio[:3], oracle.explained_variance_ratio_, rtol=1e-4
    )


def test_a_click_on_a_point_selects_it_and_fills_the_card(opened):
    point, place = visible_point(opened)
    QTest.mouseClick(opened.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert opened.model.choice.selected == point
    card = opened.findChild(PointCard).text
    assert f"point {point}" in card
    assert f"group: {('red', 'green', 'blue')[point // 20]}" in card
    assert opened.canvas.accessibleDescription() == "60 points, 1 selected"


def test_a_click_beside_all_points_selects_nothing(opened):
    opened.model.choose(selected=3)
    QTest.mouseClick(opened.canvas, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert opened.model.choice.selected is None


def test_a_drag_turns_the_cloud_and_selects_nothing(opened):
    before = opened.canvas.camera
    _, place = visible_point(opened)
    QTest.mousePress(opened.canvas, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(opened.canvas, place + QPoint(60, 20))
    QTest.mouseRelease(opened.canvas, Qt.MouseButton.LeftButton, pos=place + QPoint(60, 20))
    assert opened.canvas.camera.yaw != before.yaw
    assert opened.model.choice.selected is None


def test_the_pointer_names_a_point(opened, qtbot):
    point, place = visible_point(opened)
    with qtbot.waitSignal(opened.canvas.point_hovered) as hovered:
        QTest.mouseMove(opened.canvas, place)
    assert hovered.args == [point]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_neighbors_are_those_of_scikit_learn(opened, metric):
    opened.model.choose(selected=12, metric=metric, n_neighbors=7)
    vectors = opened.model.embedding.vectors
    distances, ids = (
        NearestNeighbors(n_neighbors=8, metric=metric).fit(vectors).kneighbors(vectors[12:13])
    )
    listed = named(opened, PointList, "Nearest neighbors").points
    assert tuple(listed.ids) == tuple(ids[0, 1:].tolist())
    np.testing.assert_allclose(listed.distances, distances[0, 1:], atol=1e-5)
    assert opened.canvas.raised.neighbors == tuple(listed.ids)


def test_a_neighbor_that_is_clicked_becomes_the_selected_point(opened):
    opened.model.choose(selected=12)
    neighbors = named(opened, PointList, "Nearest neighbors")
    first = neighbors.points.ids[0]
    place = neighbors.visualRect(neighbors.model().index(0, 0)).center()
    QTest.mouseClick(neighbors.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.model.choice.selected == first


def test_color_by_changes_the_legend(opened):
    pick(named(opened, QComboBox, "Color by"), "group")
    assert legend_lines(opened) == {"red": 20, "green": 20, "blue": 20}
    pick(named(opened, QComboBox, "Color by"), "height")
    gradient = opened.findChild(LegendView).legend.gradient
    assert (gradient.low, gradient.high) == (0.0, 29.5)


def test_numbers_can_be_colored_as_categories(opened):
    pick(named(opened, QComboBox, "Color by"), "height")
    box = next(b for b in opened.findChildren(QCheckBox) if b.text() == "As categories")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert opened.model.choice.as_categories is True
    assert opened.findChild(LegendView).legend.gradient is None


def test_a_search_counts_its_matches_and_enter_selects_the_first(opened, qtbot):
    field = named(opened, QLineEdit, "Find points")
    QTest.keyClicks(field, "Point 4")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert opened.model.matches.tolist() == [4, *range(40, 50)]
    assert opened.model.choice.selected == 4
    found = named(opened, PointList, "Points found").points.ids
    assert tuple(found) == (4, *range(40, 50))


def test_points_that_do_not_match_fade(opened, qtbot):
    before = opened.canvas.image
    with qtbot.waitSignal(opened.canvas.painted):
        opened.model.choose(search="blue")
    assert opened.canvas.image != before


def test_another_step_keeps_camera_and_selection(opened):
    press(opened, Qt.Key.Key_Right)
    opened.model.choose(selected=7)
    camera, before = opened.canvas.camera, opened.model.shown.coordinates
    QTest.keyClick(named(opened, QSlider, "Step"), Qt.Key.Key_Left)
    assert opened.model.source.step == 5
    assert opened.canvas.camera == camera
    assert opened.model.selected == 7
    assert not np.array_equal(opened.model.shown.coordinates, before)


def test_steps_share_axes_so_that_an_unchanged_embedding_stands_still(dashboard, tmp_path, qtbot):
    write_clusters(tmp_path, step=1)
    write_clusters(tmp_path, step=2)
    dashboard.show_contents(finish(read_contents(tmp_path)))
    last = dashboard.model.shown.coordinates
    dashboard.model.choose(step=1)
    np.testing.assert_allclose(dashboard.model.shown.coordinates, last, atol=1e-5)


def test_a_view_that_fits_an_early_step_holds_the_last_one_too(dashboard, tmp_path, qtbot):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, 5)).astype(np.float32)
    for step, size in ((1, 0.1), (2, 1.0)):
        write_embedding(tmp_path, vectors * size, step=step, name="growing")
    dashboard.show()
    dashboard.show_contents(finish(read_contents(tmp_path)))
    dashboard.model.choose(step=1)
    dashboard.model.choose(is_flat=True)
    dashboard.model.choose(step=2)
    canvas = dashboard.canvas
    positions = world_positions(dashboard.model.shown, (0, 1, 2), True)
    places = canvas.camera.project(positions, canvas.width(), canvas.height())
    assert (places[:, :2] > 0).all()
    assert (places[:, :2] < (canvas.width(), canvas.height())).all()


def test_a_step_seen_before_comes_back_without_its_file(opened, folder):
    opened.model.choose(step=5)
    for file in folder.rglob("tensors.tsv"):
        file.unlink()
    opened.model.choose(step=55)
    assert opened.model.source.step == 55
    assert opened.canvas.message_text == ""


def test_keys_switch_between_2d_and_3d(opened):
    press(opened, Qt.Key.Key_2)
    assert opened.model.choice.is_flat
    assert opened.canvas.camera.is_flat
    assert next(b for b in opened.findChildren(QRadioButton) if b.text() == "2D").isChecked()
    press(opened, Qt.Key.Key_3)
    assert not opened.canvas.camera.is_flat


def test_arrow_keys_turn_and_with_shift_shift_the_cloud(opened):
    start = opened.canvas.camera
    press(opened, Qt.Key.Key_Left)
    assert opened.canvas.camera.yaw != start.yaw
    turned = opened.canvas.camera
    press(opened, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert opened.canvas.camera.target != turned.target
    assert opened.canvas.camera.yaw == turned.yaw


def test_plus_and_minus_zoom_and_r_resets(opened, qtbot):
    start = opened.canvas.camera
    press(opened, Qt.Key.Key_Plus)
    assert opened.canvas.camera.distance < start.distance
    press(opened, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: opened.canvas.camera == start)


def test_the_wheel_zooms_toward_the_pointer(opened):
    press(opened, Qt.Key.Key_2)
    at, distance = opened.canvas.place_of(0), opened.canvas.camera.distance
    turn_wheel(opened.canvas, at)
    assert opened.canvas.camera.distance < distance
    assert (opened.canvas.place_of(0) - at).manhattanLength() < 1


def test_f_flies_to_the_selected_point(opened, qtbot):
    opened.model.choose(selected=30)
    press(opened, Qt.Key.Key_F)
    middle = QPointF(opened.canvas.width() / 2, opened.canvas.height() / 2)
    qtbot.waitUntil(lambda: (opened.canvas.place_of(30) - middle).manhattanLength() < 2)


def test_escape_clears_selection_and_search(opened):
    opened.model.choose(selected=3, search="red")
    press(opened, Qt.Key.Key_Escape)
    assert opened.model.choice.selected is None
    assert opened.model.matches is None


def test_another_component_on_an_axis_moves_the_points(opened, qtbot):
    place = opened.canvas.place_of(0)
    pick(named(opened, QComboBox, "X axis"), named(opened, QComboBox, "X axis").itemText(3))
    assert opened.model.choice.axes == (3, 1, 2)
    assert opened.canvas.place_of(0) != place


def test_a_component_that_is_taken_changes_places(opened):
    combo = named(opened, QComboBox, "X axis")
    pick(combo, combo.itemText(2))
    assert opened.model.choice.axes == (2, 1, 0)


def test_pictures_are_drawn_as_points(opened, qtbot):
    before = opened.canvas.image
    box = next(b for b in opened.findChildren(QCheckBox) if b.text() == "Show pictures")
    with qtbot.waitSignal(opened.canvas.painted):
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert opened.model.choice.shows_pictures
    assert opened.canvas.image != before


def test_the_row_of_the_selected_point_is_copied(opened):
    opened.model.choose(selected=21)
    commands = {command.id: command for command in opened.commands()}
    commands["embedding.copy_row"].run()
    assert QGuiApplication.clipboard().text() == (
        "row\tname\tgroup\theight\n21\tpoint 21\tgreen\t10.5"
    )


def test_commands_are_enabled_when_they_make_sense(dashboard, opened):
    commands = {command.id: command for command in opened.commands()}
    assert not commands["embedding.copy_row"].is_enabled()
    assert commands["embedding.next_step"].is_enabled()
    commands["embedding.previous_step"].run()
    assert opened.model.source.step == 5
    commands["embedding.flat"].run()
    assert commands["embedding.flat"].is_checked()


def test_panels_can_be_hidden_and_shown(opened):
    commands = {command.id: command for command in opened.commands()}
    width = opened.canvas.width()
    commands["embedding.inspector"].run()
    assert opened.canvas.width() > width
    commands["embedding.search"].run()
    assert commands["embedding.inspector"].is_checked()


def test_an_empty_folder_says_what_to_do(dashboard, tmp_path):
    dashboard.show_contents(finish(read_contents(tmp_path)))
    text = dashboard.empty_text
    assert str(tmp_path) in text
    assert "SummaryWriter.add_embedding" in text


def test_a_broken_tensor_is_said_on_the_canvas(dashboard, folder):
    contents = finish(read_contents(folder))
    (folder / "00055/hidden/tensors.tsv").write_text("no numbers at all")
    dashboard.show_contents(contents)
    assert "tensors.tsv" in dashboard.canvas.message_text
    assert dashboard.model.shown is None


def test_a_reload_keeps_choice_and_camera(opened, folder):
    opened.model.choose(selected=9, color_by="group")
    press(opened, Qt.Key.Key_Right)
    camera = opened.canvas.camera
    opened.show_contents(finish(read_contents(folder)))
    assert opened.model.choice.selected == 9
    assert legend_lines(opened) == {"red": 20, "green": 20, "blue": 20}
    assert opened.canvas.camera == camera


def test_a_choice_made_elsewhere_is_shown_by_the_controls(opened):
    choice = dataclasses.replace(
        opened.model.choice, color_by="group", is_flat=True, metric="euclidean"
    )
    opened.model.replace_choice(choice)
    assert named(opened, QComboBox, "Color by").currentText() == "group"
    assert named(opened, QComboBox, "Metric").currentText() == "Euclidean"
    assert opened.canvas.camera.is_flat


def test_a_dark_theme_recolors_the_points(opened, qtbot):
    pick(named(opened, QComboBox, "Color by"), "group")
    light = opened.findChild(LegendView).legend
    opened.setPalette(app_palette(is_dark=True))
    dark = opened.findChild(LegendView).legend
    column = opened.model.embedding.metadata["group"]
    assert dark == color_by_column(column, is_dark=True).legend
    assert light == color_by_column(column, is_dark=False).legend


def test_one_point_is_shown_without_complaint(dashboard, tmp_path, qtbot):
    write_embedding(tmp_path, np.ones((1, 4), np.float32), metadata=["only"])
    dashboard.show_contents(finish(read_contents(tmp_path)))
    dashboard.model.choose(selected=0)
    assert dashboard.canvas.accessibleDescription() == "1 point, 1 selected"


def test_the_picture_of_another_step_is_not_read_as_the_new_one(opened, folder, qtbot):
    names = {"name": ["one", "two"]}
    vectors = np.eye(2, 5, dtype=np.float32)
    write_embedding(folder, vectors, metadata=names, step=7, name="hidden")
    with qtbot.waitSignal(opened.canvas.painted):
        opened.show_contents(finish(read_contents(folder)))
    _, place = visible_point(opened)
    opened.model.choose(step=7)
    assert opened.canvas.point_at(QPointF(place)) is None
    assert [opened.model.label(point) for point in (1, 2)] == ["two", "#2"]


def stopping(wanted, run_job):
    """Runs jobs on the spot, but the user stops those with this key."""

    def run(key, title, work, *, on_done, on_step=None, on_failed=None):
        if key == wanted:
            on_failed(Stopped(f"{title} was stopped."))
            return None
        return run_job(key, title, work, on_done=on_done, on_step=on_step, on_failed=on_failed)

    return run


@pytest.mark.parametrize("key", ["embedding/load", "embedding/painter"])
def test_stopped_work_is_not_waited_for_any_longer(qtbot, run_job, folder, key):
    dashboard = EmbeddingDashboard(stopping(key, run_job))
    qtbot.addWidget(dashboard)
    dashboard.show_contents(finish(read_contents(folder)))
    assert "Reload to" in dashboard.canvas.message_text
    assert not dashboard.canvas.findChild(QProgressBar).isVisibleTo(dashboard.canvas)


def test_why_a_point_has_no_neighbors_is_said(dashboard, tmp_path):
    vectors = np.ones((4, 3), np.float32)
    vectors[2] = np.nan
    np.save(tmp_path / "vectors.npy", vectors)
    dashboard.show_contents(finish(read_contents(tmp_path / "vectors.npy")))
    dashboard.model.choose(selected=2)
    hints = [label.text() for label in dashboard.findChildren(QLabel)]
    assert "Point 2 holds values that are not finite: no neighbors." in hints


def test_the_status_line_goes_with_the_embedding(opened, tmp_path):
    said = []
    opened.said.connect(said.append)
    (tmp_path / "empty").mkdir()
    opened.show_contents(finish(read_contents(tmp_path / "empty")))
    assert said[-1] == ""
