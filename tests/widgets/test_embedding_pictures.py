"""Pictures of points on the screen, from a sheet and from files of their own."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from projector.contents import read_contents
from projector.embeddings.writer import write_embedding
from projector.progress import finish
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.pictures import point_pixmap
from widgets.shared.theme import app_palette

N = 30


def color_of(point):
    return 8 * point, 255 - 8 * point, 5 * point % 256


def write_points(folder, pictures=None):
    vectors = np.random.default_rng(0).normal(0, 1, (N, 4)).astype(np.float32)
    metadata = {
        "name": [f"point {i}" for i in range(N)],
        "file": [f"img/{i}.png" for i in range(N)],
    }
    write_embedding(folder, vectors, metadata=metadata, pictures=pictures, step=0, name="points")


@pytest.fixture
def sheet_folder(tmp_path):
    pictures = np.zeros((N, 6, 6, 3), np.uint8)
    pictures[:] = np.array([color_of(i) for i in range(N)], np.uint8)[:, None, None]
    write_points(tmp_path, pictures)
    return tmp_path


@pytest.fixture
def files_folder(tmp_path):
    write_points(tmp_path)
    (metadata,) = tmp_path.rglob("metadata.tsv")
    (metadata.parent / "img").mkdir()
    for i in range(N):
        Image.new("RGB", (30, 30), color_of(i)).save(metadata.parent / "img" / f"{i}.png")
    (metadata.parent / "img" / "7.png").write_text("damaged")
    return tmp_path


@pytest.fixture(params=["sheet_folder", "files_folder"])
def opened(request, qtbot, run_job):
    folder = request.getfixturevalue(request.param)
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=False))
    qtbot.addWidget(dashboard)
    dashboard.resize(1000, 700)
    dashboard.show()
    with qtbot.waitSignal(dashboard.canvas.painted):
        dashboard.show_contents(finish(read_contents(folder)))
    return dashboard


def show_pictures(dashboard, qtbot):
    with qtbot.waitSignal(dashboard.canvas.painted):
        dashboard.model.choose(shows_pictures=True, color_by=None, is_flat=True)
    qtbot.waitUntil(lambda: all(has_picture(dashboard, i) for i in in_view(dashboard)))
    with qtbot.waitSignal(dashboard.canvas.painted):
        dashboard.canvas.set_camera(dashboard.canvas.camera)


def in_view(dashboard):
    return [i for i in dashboard.canvas.points_in_view().tolist() if i != 7]


def has_picture(dashboard, point):
    return dashboard.model.sheet.slot(point) >= 0


def uncovered(dashboard):
    canvas = dashboard.canvas
    places = [(point, canvas.place_of(point)) for point in in_view(dashboard)]
    return [(point, at) for point, at in places if canvas.point_at(at) == point]


def test_each_point_is_drawn_as_its_own_picture(opened, qtbot):
    show_pictures(opened, qtbot)
    image = opened.canvas.image
    points = uncovered(opened)
    assert len(points) > N // 2
    drawn = [image.pixelColor(at.toPoint()).getRgb()[:3] for _, at in points]
    wanted = [color_of(point) for point, _ in points]
    for channel in range(3):  # the points' color tints all alike, so only the order is kept
        ranks = np.corrcoef([d[channel] for d in drawn], [w[channel] for w in wanted])
        assert ranks[0, 1] > 0.99


def test_a_selected_point_has_its_picture_in_the_card(opened):
    opened.model.choose(selected=11)
    label = next(w for w in opened.findChildren(QLabel) if "Picture of" in w.accessibleName())
    image = label.pixmap().toImage()
    assert image.pixelColor(image.rect().center()).getRgb()[:3] == color_of(11)


def test_a_point_under_the_pointer_has_its_picture_in_the_tip(opened, qtbot):
    point, at = uncovered(opened)[0]
    for place in (QPoint(1, 1), at.toPoint()):
        QTest.mouseMove(opened.canvas, place)
    tip = opened.canvas.tip.picture.toImage()
    assert tip.pixelColor(tip.rect().center()).getRgb()[:3] == color_of(point)


def test_neighbors_in_the_list_have_theirs_too(opened):
    opened.model.choose(selected=11)
    neighbors = [int(i) for i in opened.model.nearest.found.ids if int(i) != 7]
    assert all(has_picture(opened, point) for point in neighbors)
    pixmap = point_pixmap(opened.model.sheet, neighbors[0], 20, 1.0).toImage()
    assert pixmap.pixelColor(pixmap.rect().center()).getRgb()[:3] == color_of(neighbors[0])


def test_a_damaged_file_leaves_the_point_selectable(opened, qtbot):
    show_pictures(opened, qtbot)
    opened.model.choose(selected=7)
    label = next(w for w in opened.findChildren(QLabel) if "Picture of" in w.accessibleName())
    assert label.pixmap().isNull() or has_picture(opened, 7)


def test_what_is_not_looked_at_is_not_loaded(files_folder, qtbot, run_job):
    dashboard = EmbeddingDashboard(run_job)
    qtbot.addWidget(dashboard)
    dashboard.show_contents(finish(read_contents(files_folder)))
    assert not any(has_picture(dashboard, i) for i in range(N))
    dashboard.model.choose(selected=3, n_neighbors=5)
    assert sum(has_picture(dashboard, i) for i in range(N)) <= 16


def test_keys_show_pictures_as_ever(opened, qtbot):
    QTest.keyClick(opened.canvas, Qt.Key.Key_2)
    show_pictures(opened, qtbot)
    assert opened.model.choice.shows_pictures
