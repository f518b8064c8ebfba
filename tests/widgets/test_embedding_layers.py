"""The scale of a flat picture, sequences of which a part is drawn, views with small pictures, and
layouts out of view files whose axes can be chosen."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from projector.contents import read_contents
from projector.embeddings.writer import write_embedding
from projector.export.view_files import read_view
from projector.progress import finish
from projector.selection import Isolation, Selection
from widgets.embedding.bookmarks import view_panel
from widgets.embedding.bookmarks.thumbnails import thumbnail_icon
from widgets.embedding.combo import Combo
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.exporting.exporter import Exporter
from widgets.embedding.exporting.wish import ExportWish
from widgets.embedding.layers import sequences
from widgets.embedding.reveal import reveal
from widgets.shared.theme import app_palette

N = 120
rng = np.random.default_rng(0)
VECTORS = (rng.normal(size=(N, 6)) * [9, 5, 3, 2, 1, 0.5]).astype(np.float32)
METADATA = {
    "name": [f"point {i}" for i in range(N)],
    "__seq_next__": [str(i + 1) if i % 10 < 9 else "" for i in range(N)],
}


def new_dashboard(qtbot, run_job, is_dark=False):
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=is_dark))
    qtbot.addWidget(dashboard)
    dashboard.resize(1200, 800)
    dashboard.show()
    return dashboard


def show(dashboard, folder, qtbot):
    with qtbot.waitSignal(dashboard.canvas.painted):
        dashboard.show_contents(finish(read_contents(folder)))
    return dashboard


@pytest.fixture
def folder(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    write_embedding(logs, VECTORS, metadata=METADATA, name="words")
    return logs


@pytest.fixture
def opened(qtbot, run_job, folder):
    return show(new_dashboard(qtbot, run_job), folder, qtbot)


def numbers(dashboard):
    """Those along the edges: (value, text)."""
    found = []
    for text in dashboard.canvas.overlay.texts:
        plain = text.text.replace("\N{MINUS SIGN}", "-").replace(",", "")
        if plain.replace("-", "").replace(".", "").isdigit():
            found.append((float(plain), text))
    return found


def flat(dashboard, qtbot):
    with qtbot.waitSignal(dashboard.canvas.painted):
        dashboard.model.choose(is_flat=True)


def test_numbers_along_the_edges_are_those_of_the_components(opened, qtbot):
    assert not numbers(opened)
    flat(opened, qtbot)
    scores = PCA(2).fit_transform(VECTORS.astype(float))
    places = opened.canvas.places_of(np.arange(N))
    height = opened.canvas.height()
    across = [(v, t) for v, t in numbers(opened) if t.rect.bottom() > height - 10]
    assert len(across) > 2
    order = np.argsort(places[:, 0])
    sign = np.sign(np.corrcoef(scores[:, 0], places[:, 0])[0, 1])
    for value, text in across:
        expected = np.interp(text.rect.center().x(), places[order, 0], sign * scores[order, 0])
        assert value == pytest.approx(expected, abs=0.4)
    assert len(numbers(opened)) > len(across) + 1


def test_numbers_go_with_the_axes_and_with_the_third_dimension(opened, qtbot):
    flat(opened, qtbot)
    assert numbers(opened)
    opened.model.choose(shows_axes=False)
    assert not numbers(opened)
    opened.model.choose(shows_axes=True)
    assert numbers(opened)
    with qtbot.waitSignal(opened.canvas.painted):
        opened.model.choose(is_flat=False)
    assert not numbers(opened)


def test_each_axis_has_its_own_numbers_where_both_fill_the_picture(opened, qtbot):
    flat(opened, qtbot)
    with qtbot.waitSignal(opened.canvas.painted):
        opened.model.choose(keeps_aspect=False)
    x, y = opened.canvas.drawn.axis_scales
    assert x.per_unit > 1.3 * y.per_unit


def test_nearer_there_are_finer_numbers(opened, qtbot):
    flat(opened, qtbot)

    def step():
        values = sorted(v for v, t in numbers(opened) if t.rect.x() > 60)
        return np.diff(values).min()

    before = step()
    with qtbot.waitSignal(opened.canvas.painted):
        opened.canvas.look_from(opened.canvas.camera.zoomed(8, 300, 300, 600, 600))
    assert step() < before


def notes(dashboard):
    return [t.text for t in dashboard.canvas.overlay.texts if t.text.startswith("Sequences")]


def n_lines(dashboard):
    return sum(len(strokes.lines) for strokes in dashboard.canvas.overlay.strokes)


def test_a_part_of_very_many_steps_is_drawn_and_it_is_said(opened, qtbot, monkeypatch):
    assert notes(opened) == []
    for name in ("MOST_AT_REST", "MOST_MOVING"):
        monkeypatch.setattr(sequences, name, 50)
    opened.model.choose(shows_sequences=False)
    opened.model.choose(shows_sequences=True)
    assert notes(opened) == ["Sequences: 45 of 108 steps are drawn"]
    assert n_lines(opened) == 45
    with qtbot.waitSignal(opened.canvas.painted):
        opened.model.choose(isolation=Isolation(Selection.of(range(40))))
    assert notes(opened) == []
    assert n_lines(opened) == 36


def icon_pixels(dashboard, row=0):
    view_list = dashboard.view_panel.findChild(QListWidget)
    image = view_list.item(row).icon().pixmap(view_list.iconSize()).toImage()
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def test_a_view_that_is_kept_has_a_small_picture(opened):
    opened.views.save("mine")
    with Image.open(io.BytesIO(opened.views.all[0].thumbnail)) as image:
        assert image.size == (192, 144)
        assert len(image.convert("RGB").getcolors(1 << 16)) > 20
    assert len(icon_pixels(opened)) > 10


def save(dashboard, path):
    dashboard._export_commands.save_view(path)
    return path


def open_view(path, folder, qtbot, run_job):
    other = new_dashboard(qtbot, run_job)
    told = []
    other.view_files.told.connect(told.append)
    other.view_files.expect(finish(read_view(path)))
    return show(other, folder, qtbot), told


def test_small_pictures_come_back_from_the_view_file(opened, folder, tmp_path, qtbot, run_job):
    opened.views.save("mine")
    other, told = open_view(save(opened, tmp_path / "a.projector"), folder, qtbot, run_job)
    assert other.views.all[0].thumbnail == opened.views.all[0].thumbnail
    assert told == []
    assert len(icon_pixels(other)) > 10


@pytest.mark.parametrize("damage", [b"", b"no picture", "cut", "large"])
def test_a_damaged_small_picture_is_told_and_the_view_stays(
    opened, folder, tmp_path, qtbot, run_job, damage
):
    opened.views.save("mine")
    whole = opened.views.all[0].thumbnail
    data = {"cut": whole[: len(whole) // 2], "large": whole + bytes(1 << 20)}.get(damage, damage)
    path = save(opened, tmp_path / "a.projector")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["views/0.png"] = data
    with zipfile.ZipFile(path, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    other, told = open_view(path, folder, qtbot, run_job)
    assert other.view_panel.texts() == ["mine"]
    assert other.views.all[0].thumbnail == b""
    assert told == ["The small picture of the view 'mine' is damaged and was left out."]


def test_only_pictures_in_sight_are_unpacked(opened, monkeypatch, qtbot):
    opened.views.save("mine")
    unpacked = []

    def counted(png, *rest):
        unpacked.append(png)
        return thumbnail_icon(png, *rest)

    monkeypatch.setattr(view_panel, "thumbnail_icon", counted)
    reveal(opened.view_panel)
    one = opened.views.all[0]
    opened.views.set_all(tuple(replace(one, name=f"view {i}") for i in range(400)))
    qtbot.wait(50)
    assert opened.view_panel.isVisible()
    assert 0 < len(unpacked) < 20
    assert len(icon_pixels(opened, 399)) > 10


def test_names_of_views_are_no_markup(opened):
    opened.views.save("<b>mine</b>")
    item = opened.view_panel.findChild(QListWidget).item(0)
    assert item.text() == "<b>mine</b>"
    assert "&lt;b&gt;mine&lt;/b&gt;" in item.toolTip()


def test_a_view_without_a_picture_has_an_empty_frame(opened, folder, tmp_path, qtbot, run_job):
    opened.views.add([opened.views.of_now("imported")])
    assert len(icon_pixels(opened)) == 2
    other, told = open_view(save(opened, tmp_path / "a.projector"), folder, qtbot, run_job)
    assert (other.view_panel.texts(), told) == (["imported"], [])


def test_small_pictures_stay_in_a_dark_theme(opened):
    opened.views.save("mine")
    opened.setPalette(app_palette(is_dark=True))
    assert len(icon_pixels(opened)) > 10


def test_a_pca_of_prepared_vectors_out_of_a_view_file_shows_other_components(
    opened, folder, tmp_path, qtbot, run_job
):
    opened.model.choose(unit_length=True)
    opened.runner.run()
    path = save(opened, tmp_path / "a.projector")
    other, _ = open_view(path, folder, qtbot, run_job)
    key = other.model.choice.layout
    assert key
    other.model.choose(axes=(3, 1, 4))
    scores = PCA(6).fit_transform(normalize(VECTORS.astype(float)))
    found = np.abs(other.model.layout.positions)
    np.testing.assert_allclose(found, np.abs(scores[:, [3, 1, 4]]), atol=1e-4)
    assert (other.model.choice.layout, len(tuple(other.model.layouts))) == (key, 1)
    other.model.choose(axes=(0, 1, 2))
    np.testing.assert_allclose(
        np.abs(other.model.layout.positions), np.abs(scores[:, :3]), atol=1e-4
    )


def test_where_a_bookmark_has_no_other_components_it_is_said_beside_the_axes(opened, tmp_path):
    exporter = Exporter(opened.model, opened.canvas, opened.views)
    path = tmp_path / "state.json"
    finish(exporter.work(ExportWish("bookmarks"), path))
    opened._export_commands.import_bookmarks(path)
    opened.view_panel.show_view(0)
    form = opened.findChild(EmbeddingDashboard) or opened
    said = [one.text() for one in form.findChildren(QLabel) if "came with a bookmark" in one.text()]
    assert len(said) == 1
    combos = [one for one in form.findChildren(Combo) if one.accessibleName().endswith(" axis")]
    assert len(combos) == 3
    assert not any(combo.isEnabled() for combo in combos)


@pytest.mark.parametrize("is_flat", [True, False])
def test_values_near_the_end_of_32_bits_are_shown_and_written(qtbot, run_job, tmp_path, is_flat):
    logs = tmp_path / "logs"
    logs.mkdir()
    huge = (rng.uniform(-1, 1, (N, 8)) * 3.39e38).astype(np.float32)
    huge[:3] = np.finfo(np.float32).max
    write_embedding(logs, huge, metadata={"n": [float(x) for x in rng.uniform(-1, 1, N) * 1e308]})
    dashboard = show(new_dashboard(qtbot, run_job), logs, qtbot)
    dashboard.model.choose(is_flat=is_flat, color_by="n", size_by="n", metric="euclidean")
    dashboard.model.choose(selected=5, shows_density=True)
    dashboard.model.choose(neighbors_in="layout")
    dashboard.model.choose(centers=True)
    dashboard.runner.run()
    assert dashboard.runner.problem == ""
    assert np.isfinite(dashboard.model.layout.coordinates).any()
    exporter = Exporter(dashboard.model, dashboard.canvas, dashboard.views)
    files = {"picture": "a.png", "drawing": "a.svg", "page": "a.html", "ply": "a.ply"}
    files |= {"coordinates": "a.csv", "neighbors": "b.csv", "metadata": "a.tsv"}
    for kind, name in files.items():
        assert finish(exporter.work(ExportWish(kind), tmp_path / name)).stat().st_size > 0


def test_a_view_is_gone_back_to_by_a_click_on_its_picture(opened):
    opened.views.save("mine")
    opened.model.choose(opacity=0.3)
    view_list = opened.view_panel.findChild(QListWidget)
    opened.view_panel.window()
    place = view_list.visualItemRect(view_list.item(0)).center()
    QTest.mouseClick(view_list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.model.choice.opacity == 1.0
