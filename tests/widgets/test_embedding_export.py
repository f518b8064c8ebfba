"""Export, views and view files as a user meets them: what is written is read back by others."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QFileDialog
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from projector.contents import read_contents
from projector.embeddings.bookmarks import read_bookmarks
from projector.embeddings.edits import Edit
from projector.embeddings.writer import write_embedding
from projector.export.view_files import read_view
from projector.progress import finish
from projector.projections.prepare import Preparation
from projector.projections.tsne.parameters import TsneParameters
from projector.selection import Isolation, Selection
from widgets.embedding.bookmarks.from_bookmarks import camera_of
from widgets.embedding.coloring.size_legend import SizeLegend, size_key
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.exporting.dialog import ExportDialog
from widgets.embedding.exporting.exporter import Exporter
from widgets.embedding.exporting.picture import transparent
from widgets.embedding.exporting.wish import ExportWish, kinds
from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.wishes import Wish
from widgets.shared.theme import app_palette

N = 60
rng = np.random.default_rng(0)
VECTORS = (np.repeat(np.eye(3, 5) * 6, N // 3, axis=0) + rng.normal(0, 0.4, (N, 5))).astype("f4")
METADATA = {
    "name": [f"point {i}" for i in range(N)],
    "group": [("red", "green", "blue")[i // 20] for i in range(N)],
}


def new_dashboard(qtbot, run_job):
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=False))
    qtbot.addWidget(dashboard)
    dashboard.resize(1280, 800)
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


@pytest.fixture
def out(tmp_path):
    path = tmp_path / "out"
    path.mkdir()
    return path


def write(dashboard, kind, path, **fields):
    """As the dialog does, without asking where to."""
    wish = ExportWish(kind, width=dashboard.canvas.width(), height=dashboard.canvas.height())
    exporter = Exporter(dashboard.model, dashboard.canvas, dashboard.views)
    return finish(exporter.work(dataclasses.replace(wish, **fields), path))


def a_layout(dashboard, seed=1, d=3):
    model = dashboard.model
    positions = np.random.default_rng(seed).normal(size=(N, d)).astype(np.float32)
    layout = Layout(
        key=model.layouts.new_key("tsne"),
        source=model.embedding.source,
        title="t-SNE",
        projection="tsne",
        parameters=TsneParameters(n_dims=d, perplexity=7.0),
        preparation=Preparation(unit_length=True),
        positions=positions,
        coordinates=positions / np.abs(positions).max(),
        axis_names=("t-SNE 1", "t-SNE 2", "t-SNE 3")[:d],
        extra={"wish": Wish("tsne", d, {"perplexity": 7.0})},
    )
    model.keep_layout(layout)
    model.choose(projection="tsne", layout=layout.key)
    return layout


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGBA")).astype(int)


def settled(qtbot, dashboard):
    """Once what was changed is painted."""
    with qtbot.waitSignal(dashboard.canvas.painted, timeout=3000):
        dashboard.canvas.set_colors(dashboard.canvas.drawn.colors)


def test_a_picture_of_the_canvas_size_is_the_canvas_itself(opened, out, qtbot):
    opened.canvas.set_caption("", "")
    settled(qtbot, opened)
    path = write(opened, "picture", out / "a.png", has_legend=False)
    opened.canvas.clearFocus()
    opened.canvas.image.save(str(out / "screen.png"))
    np.testing.assert_array_equal(pixels(path), pixels(out / "screen.png"))


@pytest.mark.parametrize("size", [(300, 200), (1400, 900)])
def test_a_picture_has_the_size_that_was_asked_for(opened, out, size):
    path = write(opened, "picture", out / "a.png", width=size[0], height=size[1])
    assert pixels(path).shape[1::-1] == size


def test_on_no_ground_the_picture_put_on_white_is_the_picture_on_white(opened, out):
    opened.model.choose(shows_axes=False)
    usual = pixels(write(opened, "picture", out / "a.png", has_legend=False))
    clear = pixels(write(opened, "picture", out / "b.png", has_legend=False, is_transparent=True))
    share = clear[..., 3:] / 255
    on_white = clear[..., :3] * share + 255 * (1 - share)
    assert (clear[..., 3] == 0).mean() > 0.5
    assert np.abs(on_white - usual[..., :3]).mean() < 0.5


def test_what_shows_through_is_found_from_black_and_white():
    color, alpha = np.array([200, 30, 90]), 0.4
    black = np.round(color * alpha).astype(np.uint8).reshape(1, 1, 3)
    white = np.round(color * alpha + 255 * (1 - alpha)).astype(np.uint8).reshape(1, 1, 3)
    found = finish(transparent(black, white))[0, 0]
    assert found[3] == pytest.approx(255 * alpha, abs=1)
    np.testing.assert_allclose(found[:3], color, atol=3)


def test_the_legend_stands_in_the_picture_where_it_is_wanted(opened, out):
    opened.model.choose(color_by="group")
    without = pixels(write(opened, "picture", out / "a.png", has_legend=False))
    with_legend = pixels(write(opened, "picture", out / "b.png"))
    differs = np.argwhere((without != with_legend).any(axis=2))
    assert len(differs) > 500
    assert differs[:, 1].min() > without.shape[1] / 2


def test_coordinates_are_those_of_the_layout_bit_by_bit(opened, out):
    layout = a_layout(opened)
    path = write(opened, "coordinates", out / "a.npy", has_columns=False)
    np.testing.assert_array_equal(np.load(path, allow_pickle=False), layout.positions)
    record = json.loads((out / "a.npy.json").read_text())
    assert (record["method"], record["parameters"]["perplexity"]) == ("tsne", 7.0)


def test_coordinates_as_a_table_carry_row_numbers_and_metadata(opened, out):
    layout = a_layout(opened, d=2)
    table = pl.read_csv(write(opened, "coordinates", out / "a.csv"))
    np.testing.assert_allclose(table.select("x", "y").to_numpy(), layout.positions, rtol=1e-6)
    assert table["row"].to_list() == [*range(N)]
    assert table["name"].to_list() == METADATA["name"]


@pytest.mark.parametrize(
    ("which", "rows"), [("shown", range(10, 40)), ("all", range(N)), ("selected", range(12, 15))]
)
def test_hidden_points_are_left_out_unless_they_are_asked_for(opened, out, which, rows):
    opened.model.choose(isolation=Isolation(Selection.of(range(10, 40))))
    opened.model.choose(selection=Selection.of(range(12, 15)))
    table = pl.read_parquet(write(opened, "coordinates", out / "a.parquet", which=which))
    assert table["row"].to_list() == [*rows]
    ply = write(opened, "ply", out / "a.ply", which=which, is_text=True).read_text()
    assert f"element vertex {len(rows)}\n" in ply


def test_categories_that_the_legend_hides_are_left_out(opened, out):
    opened.model.choose(color_by="group")
    opened.model.choose(hidden_categories=("red",))
    table = pl.read_csv(write(opened, "coordinates", out / "a.csv"))
    assert set(table["group"]) == {"green", "blue"}


def test_neighbors_are_those_that_scikit_learn_finds(opened, out):
    opened.model.choose(selection=Selection.of([4, 50]), metric="euclidean")
    table = pl.read_csv(write(opened, "neighbors", out / "a.csv", n_neighbors=5))
    distances, ids = NearestNeighbors(n_neighbors=6).fit(VECTORS).kneighbors(VECTORS[[4, 50]])
    for place, row in enumerate((4, 50)):
        part = table.filter(pl.col("row") == row)
        assert part["neighbor"].to_list() == ids[place, 1:].tolist()
        np.testing.assert_allclose(part["distance"], distances[place, 1:], rtol=1e-4)


def test_the_selection_is_written_with_its_metadata(opened, out):
    opened.model.choose(selection=Selection.of([1, 59]))
    table = pl.read_csv(write(opened, "selection", out / "a.tsv"), separator="\t")
    assert table.rows() == [(1, "point 1", "red"), (59, "point 59", "blue")]


def test_metadata_come_back_equal(opened, out):
    table = pl.read_csv(write(opened, "metadata", out / "a.tsv", which="all"), separator="\t")
    assert table.to_dict(as_series=False) == METADATA


def test_the_page_and_the_drawing_hold_the_points(opened, out):
    page = write(opened, "page", out / "a.html").read_text("utf-8")
    assert "point 59" in page
    drawing = write(opened, "drawing", out / "a.svg").read_text("utf-8")
    assert drawing.count("<circle") >= N


def test_a_drawing_is_shown_as_large_as_asked_with_texts_in_proportion(opened, out):
    size = {"width": 2 * opened.canvas.width(), "height": 2 * opened.canvas.height()}
    root = ElementTree.parse(write(opened, "drawing", out / "a.svg", **size)).getroot()
    assert (root.get("width"), root.get("height")) == (str(size["width"]), str(size["height"]))
    assert root.get("viewBox") == f"0 0 {opened.canvas.width()} {opened.canvas.height()}"


def test_what_is_not_selected_is_dim_in_a_drawing(opened, out):
    opened.model.choose(color_by="group")
    plain = write(opened, "drawing", out / "a.svg").read_text("utf-8")
    opened.model.choose(selection=Selection.of(range(20)))
    dim = write(opened, "drawing", out / "b.svg").read_text("utf-8")
    fills = [set(re.findall('<circle[^>]*fill="(#......)"', text)) for text in (plain, dim)]
    assert fills[0] != fills[1]
    assert len(fills[0] & fills[1]) >= 1


def test_the_dialog_offers_each_kind_and_tells_what_will_be_written(opened, qtbot, run_job):
    opened._export_commands.export("coordinates")
    dialog = opened._export_commands.dialog
    assert dialog.kind.name == "coordinates"
    assert dialog.preview.text().startswith("All 60 points")
    for row in range(len(kinds())):
        dialog.list.setCurrentRow(row)
        assert dialog.preview.text()
    dialog.reject()


def test_nothing_can_be_written_of_an_empty_selection(opened):
    opened._export_commands.export("selection")
    dialog = opened._export_commands.dialog
    assert not dialog.export_button.isEnabled()
    assert "Nothing is selected" in dialog.preview.text()
    dialog.reject()


def test_a_click_on_export_writes_the_file_and_says_so(opened, out, monkeypatch):
    chosen = str(out / "cloud.html")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    opened._export_commands.export("page")
    dialog = opened._export_commands.dialog
    QTest.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    assert Path(chosen).stat().st_size > 1000
    assert dialog.outcome.text().startswith("cloud.html was written")
    assert ExportDialog.folder == out
    dialog.reject()


def test_enter_in_the_dialog_exports_and_tab_reaches_that_before_closing(
    opened, out, monkeypatch, qtbot
):
    chosen = out / "cloud.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(chosen), ""))
    opened._export_commands.export("coordinates")
    dialog = opened._export_commands.dialog
    qtbot.waitUntil(dialog.list.hasFocus)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert chosen.is_file()
    dialog.export_button.setFocus()
    QTest.keyClick(dialog.export_button, Qt.Key.Key_Tab)
    assert dialog.focusWidget().text().replace("&", "") == "Close"
    dialog.reject()


def test_a_folder_that_is_not_there_is_told_in_the_dialog(opened, out):
    opened._export_commands.export("ply")
    dialog = opened._export_commands.dialog
    dialog.write(out / "nowhere" / "a.ply")
    assert "can't be written" in dialog.outcome.text()
    dialog.reject()


def test_the_legend_can_be_switched_off_by_keyboard(opened):
    opened._export_commands.export("picture")
    dialog = opened._export_commands.dialog
    box = next(b for b in dialog.findChildren(QCheckBox) if b.text() == "Include the legend")
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not dialog.options.wish.has_legend
    dialog.reject()


def test_a_view_brings_back_layout_camera_colors_and_what_is_shown(opened, qtbot):
    model, canvas = opened.model, opened.canvas
    layout = a_layout(opened)
    model.choose(color_by="name", isolation=Isolation(Selection.of(range(30))))
    camera = canvas.camera.orbited(70, 20)
    canvas.look_from(camera)
    opened.views.save("mine")
    model.choose(color_by="group", isolation=Isolation(), layout="", projection="pca")
    model.drop_layout(layout.key)
    canvas.reset_camera(is_at_once=True)
    opened.view_panel.show_view(0)
    assert canvas.camera == camera
    assert model.choice.color_by == "name"
    assert model.choice.isolation.n_shown(N) == 30
    np.testing.assert_array_equal(model.layout.positions, layout.positions)


def test_a_view_has_its_layout_also_after_the_logs_were_read_again(opened, tmp_path):
    layout = a_layout(opened)
    opened.views.save("mine")
    opened.show_contents(finish(read_contents(opened._roots[0].path)))
    opened.model.drop_layout(layout.key)
    assert opened.model.layout is None
    opened._export_commands.save_view(tmp_path / "a.projector")
    assert len(finish(read_view(tmp_path / "a.projector")).layouts) == 1
    opened.views.show(opened.views.all[0])
    assert opened.model.layout is not None
    np.testing.assert_array_equal(opened.model.layout.positions, layout.positions)


def test_going_back_to_a_view_can_be_undone_and_leaves_edits_alone(opened):
    opened.views.save("before")
    edit = Edit("note", Selection.of([3]), "odd")
    opened.model.choose(edits=(edit,))
    opened.model.choose(opacity=0.25)
    opened.model.choose(point_size=2.0)
    opened.view_panel.show_view(0)
    assert opened.model.choice.edits == (edit,)
    assert (opened.model.choice.opacity, opened.model.choice.point_size) == (1.0, 1.0)
    opened.history.undo()
    assert (opened.model.choice.opacity, opened.model.choice.point_size) == (0.25, 2.0)


def test_views_are_kept_named_and_thrown_away_in_the_list(opened):
    panel = opened.view_panel
    panel.save()
    panel.save()
    assert panel.texts() == ["View 1", "View 2"]
    opened.views.rename(0, "start")
    assert panel.texts() == ["start", "View 2"]
    panel._list.setCurrentRow(0)
    panel.delete()
    assert panel.texts() == ["View 2"]


def test_bookmarks_come_back_with_positions_filter_selection_and_camera(opened, out):
    layout = a_layout(opened)
    opened.model.choose(isolation=Isolation(Selection.of(range(5, 50))))
    opened.model.choose(selection=Selection.of([7, 9]))
    camera = opened.canvas.camera.orbited(40, 10)
    opened.canvas.look_from(camera)
    opened.views.save("mine")
    path = write(opened, "bookmarks", out / "state.json")
    state = finish(read_bookmarks(path)).states[0]
    assert (state.label, state.projection) == ("mine", "tsne")
    assert state.selected.tolist() == [2, 4]
    np.testing.assert_allclose(state.projections["tsne-1"], layout.positions[5:50, 1], rtol=1e-6)
    found = camera_of(state.camera)
    assert (found.yaw, found.pitch) == pytest.approx((camera.yaw, camera.pitch))


def test_bookmarks_that_were_written_open_as_views(opened, out):
    layout = a_layout(opened)
    opened.model.choose(isolation=Isolation(Selection.of(range(5, 50))))
    path = write(opened, "bookmarks", out / "state.json")
    opened.model.show_all()
    opened._export_commands.import_bookmarks(path)
    opened.view_panel.show_view(len(opened.views.all) - 1)
    assert opened.model.choice.isolation.n_shown(N) == 45
    positions = opened.model.layout.positions
    np.testing.assert_allclose(positions[5:50], layout.positions[5:50], rtol=1e-6)
    assert np.isnan(positions[:5]).all()


def test_bookmarks_that_the_logs_name_are_among_the_views(qtbot, run_job, fixtures):
    folder = fixtures / "standalone_bookmarks"
    dashboard = show(new_dashboard(qtbot, run_job), folder, qtbot)
    path = dashboard.model.source.bookmarks_path
    state = json.loads(path.read_text())[0]
    assert dashboard.view_panel.texts() == [state["label"]]
    dashboard.view_panel.show_view(0)
    layout = dashboard.model.layout
    for axis in range(3):
        theirs = [point[f"tsne-{axis}"] for point in state["projections"]]
        np.testing.assert_allclose(layout.positions[:, axis], theirs, rtol=1e-5)
    camera = state["cameraDef"]
    eye = dashboard.canvas.camera.eye
    assert eye / np.linalg.norm(eye) == pytest.approx(
        np.array(camera["position"]) / np.linalg.norm(camera["position"])
    )
    assert layout.parameters.perplexity == state["tSNEPerplexity"]


def test_bookmarks_of_other_data_are_told(qtbot, run_job, fixtures):
    folder = fixtures / "standalone_bookmarks"
    dashboard = show(new_dashboard(qtbot, run_job), folder, qtbot)
    told = []
    dashboard.problem_found.connect(told.append)
    dashboard._export_commands.import_bookmarks(folder / "word2vec_full_bookmarks.txt")
    assert "holds no bookmark of this embedding" in str(told[-1])
    assert len(dashboard.views.all) == 1


def test_a_view_file_opens_the_same_choice_and_the_same_picture(
    opened, out, folder, qtbot, run_job
):
    a_layout(opened)
    edit = Edit("group", Selection.of([3]), "blue")
    # labels come a moment later, when the picture rests
    opened.model.choose(edits=(edit,), color_by="name", opacity=0.5, shows_labels=False)
    opened.model.choose(selection=Selection.of([8]), isolation=Isolation(Selection.of(range(40))))
    opened.canvas.look_from(opened.canvas.camera.orbited(50, 5))
    opened.views.save("mine")
    settled(qtbot, opened)
    before = opened.canvas.image
    path = out / "a.projector"
    opened._export_commands.save_view(path)
    other = new_dashboard(qtbot, run_job)
    other.view_files.expect(finish(read_view(path)))
    show(other, folder, qtbot)
    settled(qtbot, other)
    choice = dataclasses.replace(opened.model.choice, run=other.model.choice.run, name="words")
    assert other.model.choice == choice
    assert other.model.layout.parameters == opened.model.layout.parameters
    assert other.view_panel.texts() == ["mine"]
    assert other.canvas.camera == opened.canvas.camera
    assert other.canvas.image == before


def test_computed_and_written_columns_come_back_and_color_the_points(
    opened, out, folder, qtbot, run_job
):
    opened.model.set_column("cluster", pl.Series([i % 4 for i in range(N)]))
    opened.model.choose(edits=(Edit("note", Selection.of([3]), "odd"),))
    opened.model.choose(color_by="cluster", label_by="note")
    path = out / "a.projector"
    opened._export_commands.save_view(path)
    other = new_dashboard(qtbot, run_job)
    other.view_files.expect(finish(read_view(path)))
    show(other, folder, qtbot)
    table = other.model.embedding.metadata
    assert table["cluster"].to_list() == [i % 4 for i in range(N)]
    assert table["note"][3] == "odd"
    assert (other.model.choice.color_by, other.model.choice.label_by) == ("cluster", "note")
    assert [entry.label for entry in other.model.legend.entries] == ["0", "1", "2", "3"]


def test_what_the_user_picks_meanwhile_is_not_overruled_by_the_view(
    opened, out, folder, qtbot, run_job
):
    opened.model.set_column("cluster", pl.Series([i % 4 for i in range(N)]))
    opened.model.choose(color_by="cluster")
    file = opened.view_files.of_now(())
    other = new_dashboard(qtbot, run_job)
    other.view_files.expect(dataclasses.replace(file, columns={}))
    show(other, folder, qtbot)
    other.model.choose(color_by="name")
    other.model.set_column("cluster", pl.Series([i % 4 for i in range(N)]))
    assert other.model.choice.color_by == "name"


def test_a_layout_of_logs_that_have_grown_since_is_left_out_and_told(
    opened, out, folder, qtbot, run_job
):
    a_layout(opened)
    path = out / "a.projector"
    opened._export_commands.save_view(path)
    more = np.concatenate([VECTORS, VECTORS + 1])
    write_embedding(folder, more, name="words")
    other = new_dashboard(qtbot, run_job)
    told = []
    other.problem_found.connect(told.append)
    other.view_files.expect(finish(read_view(path)))
    show(other, folder, qtbot)
    assert other.model.layout is None
    assert other.model.embedding.n_points == 2 * N
    assert any("t-SNE is of 60 points; here are 120" in str(one) for one in told)


def test_other_logs_start_without_views(opened, tmp_path, qtbot):
    opened.views.save("mine")
    logs = tmp_path / "other"
    logs.mkdir()
    write_embedding(logs, VECTORS[:30], name="others")
    show(opened, logs, qtbot)
    assert opened.view_panel.texts() == []


def test_the_dialog_is_no_larger_than_a_small_screen(opened):
    opened._export_commands.export("picture")
    dialog = opened._export_commands.dialog
    assert dialog.minimumSizeHint().width() < 1000
    assert dialog.sizeHint().boundedTo(QSize(1280, 720)) == dialog.sizeHint()
    dialog.reject()


def radii(path):
    circles = re.findall(r'<circle [^>]*r="([0-9.]+)" fill="#', path.read_text())
    return np.array([float(one) for one in circles])


def test_a_drawing_and_a_page_have_points_of_the_sizes_on_the_screen(opened, out):
    weights = pl.Series("weight", np.linspace(1, 100, N))
    opened.model.set_column("weight", weights)
    opened.model.choose(is_flat=True, size_by="weight")
    drawn = opened.canvas.drawn
    found = radii(write(opened, "drawing", out / "a.svg", has_legend=False))
    expected = np.sort(drawn.look.radius_px * drawn.sizes)
    np.testing.assert_allclose(np.sort(found), expected, atol=0.01)
    data = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', read_page(opened, out)
    )
    assert json.loads(data[1])["sizes"] is not None


def read_page(dashboard, out):
    return write(dashboard, "page", out / "a.html").read_text()


@pytest.mark.parametrize("kind", ["picture", "drawing", "page"])
def test_exports_say_what_sizes_mean_only_where_points_are_sized(opened, out, kind):
    name = out / {"picture": "a.png", "drawing": "a.svg", "page": "a.html"}[kind]
    opened.model.set_column("weight", pl.Series("weight", np.linspace(1, 100, N)))
    opened.model.choose(color_by=None)
    without = write(opened, kind, name).read_bytes()
    opened.model.choose(size_by="weight")
    sized = write(opened, kind, name).read_bytes()
    untold = write(opened, kind, name, has_legend=False).read_bytes()
    if kind == "picture":
        corner = (slice(0, 100), slice(-110, -20))
        images = [np.asarray(Image.open(io.BytesIO(one)).convert("L")) for one in (sized, untold)]
        assert (images[0][corner] != images[1][corner]).mean() > 0.03
        return
    mark = {"drawing": b'class="size"', "page": b'"size_key":{"title":"weight"'}[kind]
    assert mark in sized
    assert mark not in without
    assert mark not in untold


def test_the_legend_of_sizes_on_the_screen_says_what_exports_say(opened):
    opened.model.set_column("weight", pl.Series("weight", np.linspace(1, 100, N)))
    opened.model.choose(size_by="weight")
    key = size_key(opened.model.sizes)
    assert opened.findChild(SizeLegend).texts == list(key.texts)
    factors = [opened.model.sizes.factor_of(float(text)) for text in key.texts]
    assert key.factors == pytest.approx(factors, rel=0.01)


def test_labels_on_the_screen_are_in_the_drawing(opened, out, qtbot):
    opened.model.choose(label_by="name")
    qtbot.waitUntil(lambda: opened.canvas.drawn.labels is not None)
    on_screen = set(opened.canvas.drawn.labels.texts)
    svg = write(opened, "drawing", out / "a.svg").read_text()
    written = set(re.findall(r">(point \d+)</text>", svg))
    assert len(written) > 0.5 * len(on_screen)
    assert written <= on_screen


def test_the_dialog_says_what_a_point_cloud_leaves_out(opened, qtbot, run_job):
    exporter = Exporter(opened.model, opened.canvas, opened.views)
    dialog = ExportDialog(exporter, run_job, "ply", opened)
    qtbot.addWidget(dialog)
    assert "left out" in dialog.preview.text()


def test_coordinates_of_the_first_picture_are_the_scores_of_a_pca(opened, out):
    path = write(opened, "coordinates", out / "a.npy")
    scores = PCA(3).fit_transform(VECTORS.astype(float))
    np.testing.assert_allclose(np.abs(np.load(path)), np.abs(scores), atol=1e-4)
