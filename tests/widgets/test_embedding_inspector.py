"""The inspector as a user meets it: find, select, name, count, edit, save."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QToolButton,
)
from sklearn.metrics import pairwise_distances
from sklearn.preprocessing import normalize

from projector.contents import read_contents
from projector.embeddings.edits import Edit
from projector.embeddings.writer import write_embedding
from projector.progress import finish
from projector.selection import Selection
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.inspecting.cells import SAME, VALUE, CellTable
from widgets.embedding.inspecting.named_list import NamedList
from widgets.embedding.inspecting.search_field import SearchField
from widgets.embedding.inspecting.share_list import ShareList
from widgets.embedding.inspecting.write_form import WriteForm
from widgets.embedding.point_list import PointList
from widgets.shared.theme import app_palette

N = 60
COLORS = ("red", "green", "blue")


def metadata():
    return {
        "name": [f"point {i}" for i in range(N)],
        "group": [COLORS[i // 20] for i in range(N)],
        "size": list(range(N)),
        "page": [f"https://example.org/{i}" for i in range(N)],
        "__next__": [i + 1 if i % 20 < 19 else None for i in range(N)],
    }


def some_vectors(n=N, seed=0):
    centers = np.repeat(np.eye(3, 5) * 6, n // 3, axis=0)
    return (centers + np.random.default_rng(seed).normal(0, 0.4, (n, 5))).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    write_embedding(tmp_path, some_vectors(), metadata=metadata(), step=1, name="hidden")
    write_embedding(tmp_path, some_vectors(seed=1), metadata=metadata(), step=2, name="hidden")
    return tmp_path


def dashboard_of(folder, qtbot, run_job):
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=False))
    qtbot.addWidget(dashboard)
    dashboard.resize(1280, 900)
    dashboard.show()
    dashboard.show_contents(finish(read_contents(folder)))
    return dashboard


@pytest.fixture
def opened(folder, qtbot, run_job):
    return dashboard_of(folder, qtbot, run_job)


@pytest.fixture
def bare(tmp_path, qtbot, run_job):
    np.save(tmp_path / "vectors.npy", some_vectors())
    return dashboard_of(tmp_path, qtbot, run_job)


def named(dashboard, kind, name):
    return next(w for w in dashboard.findChildren(kind) if w.accessibleName() == name)


def button(dashboard, text):
    return next(w for w in dashboard.findChildren(QPushButton) if w.text() == text)


def tool(dashboard, text):
    return next(w for w in dashboard.findChildren(QToolButton) if w.text() == text)


def pick(combo, text):
    index = combo.findText(text)
    assert index >= 0
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def wait_until(is_so):
    for _ in range(100):
        if is_so():
            return
        QTest.qWait(20)
    raise AssertionError("it never came about")


def search(dashboard, text, mode="text"):
    dashboard.model.choose(search_mode=mode)
    field = dashboard.findChild(SearchField)
    field.setText(text)
    wait_until(lambda: dashboard.model.choice.search == text)


def click(view, row, column=0, keys=Qt.KeyboardModifier.NoModifier):
    place = view.visualRect(view.model().index(row, column)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, place)


def command(dashboard, name):
    return next(one for one in dashboard.commands() if one.id == f"embedding.{name}")


def rows(dashboard):
    return dashboard.model.selection.ids.tolist()


def shown_text(dashboard):
    labels = (label for label in dashboard.findChildren(QLabel) if label.isVisibleTo(dashboard))
    return "\n".join(label.text() for label in labels)


@pytest.mark.parametrize(
    ("text", "mode", "wanted"),
    [
        ("POINT 5", "text", [5, *range(50, 60)]),
        (r"point \d$", "regex", list(range(10))),
        ("\"group\" = 'red' and size > 17", "sql", [18, 19]),
    ],
)
def test_text_patterns_and_conditions_find_every_row(opened, text, mode, wanted):
    search(opened, text, mode)
    assert named(opened, PointList, "Points found").points.ids.tolist() == wanted


@pytest.mark.parametrize(("text", "mode"), [("(", "regex"), ("nowhere = 1", "sql")])
def test_a_bad_search_is_explained_below_the_field_and_nowhere_else(opened, text, mode):
    said = []
    opened.said.connect(said.append)
    search(opened, text, mode)
    assert opened.model.matches is None
    assert opened.model.search_trouble in shown_text(opened)
    assert opened.model.search_trouble.endswith(".")
    assert not said


def test_rows_without_metadata_are_found_by_number_and_condition(bare):
    search(bare, "42")
    assert bare.model.matches.tolist() == [42]
    search(bare, "row between 3 and 5", "sql")
    assert bare.model.matches.tolist() == [3, 4, 5]


def test_all_found_points_are_selected_added_and_taken_away(opened):
    search(opened, "red")
    tool(opened, "Select all 20").click()
    assert rows(opened) == list(range(20))
    search(opened, "blue")
    command(opened, "found_union").run()
    assert rows(opened) == [*range(20), *range(40, 60)]
    search(opened, "point 1")
    command(opened, "found_subtract").run()
    assert rows(opened) == [0, *range(2, 10), *range(40, 60)]
    command(opened, "found_intersect").run()
    assert rows(opened) == []


def test_selected_points_are_isolated_hidden_inverted_and_shown_again(opened):
    model = opened.model
    model.select(Selection.of(range(10)))
    button(opened, "Isolate").click()
    assert model.choice.isolation.ids(N).tolist() == list(range(10))
    model.select(Selection.of([3]))
    button(opened, "Invert").click()
    assert rows(opened) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    button(opened, "Hide").click()
    assert model.choice.isolation.ids(N).tolist() == [3]
    assert "1 of 60 is shown" in shown_text(opened)
    button(opened, "Show all").click()
    assert model.choice.isolation.shows_all
    command(opened, "select_all").run()
    assert len(rows(opened)) == N


def test_hiding_everything_is_refused_in_words(opened):
    said = []
    opened.said.connect(said.append)
    command(opened, "select_all").run()
    command(opened, "hide").run()
    assert said == ["No point would be left to show."]


def test_a_selection_is_named_selected_again_renamed_and_forgotten(opened):
    opened.model.select(Selection.of([1, 2, 3]))
    field = named(opened, QLineEdit, "Name of the selection")
    QTest.keyClicks(field, "mine")
    QTest.keyClick(field, Qt.Key.Key_Return)
    opened.model.select(Selection.of([3, 4]))
    names = opened.findChild(NamedList)
    click(names, 0, keys=Qt.KeyboardModifier.ShiftModifier)
    assert rows(opened) == [1, 2, 3, 4]
    QTest.keyClick(names, Qt.Key.Key_Return)
    assert rows(opened) == [1, 2, 3]
    names.topLevelItem(0).setText(0, "yours")
    assert [one.name for one in opened.model.choice.named] == ["yours"]
    QTest.keyClick(names, Qt.Key.Key_Delete)
    assert opened.model.choice.named == ()
    opened.history.undo()
    assert len(opened.model.choice.named) == 1


def test_the_values_of_a_selection_are_counted_and_one_of_them_selected(opened):
    opened.model.select(Selection.of([*range(15, 20), *range(20, 22), 40]))
    pick(named(opened, QComboBox, "Column of the values"), "group")
    shares = opened.findChild(ShareList)
    told = [(one.text, one.n_selected, one.n_all) for one in shares.shares.shares]
    assert told == [("red", 5, 20), ("green", 2, 20), ("blue", 1, 20)]
    click(shares, 1)
    assert rows(opened) == [20, 21]


def test_picking_from_the_list_of_selected_points_keeps_the_selection(opened):
    opened.model.select(Selection.of([4, 5, 6]))
    click(named(opened, PointList, "Selected points"), 1)
    assert opened.model.selected == 5
    assert rows(opened) == [4, 5, 6]


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan", "dot"])
@pytest.mark.parametrize("space", ["vectors", "layout"])
def test_neighbors_of_the_mean_of_a_selection_are_those_of_brute_force(opened, metric, space):
    model = opened.model
    chosen = [1, 7, 30]
    model.choose(selected=None, selection=Selection.of(chosen), metric=metric, n_neighbors=N)
    model.choose(neighbors_in=space)
    vectors = model.embedding.vectors if space == "vectors" else model.shown.coordinates[:, :3]
    center = vectors[chosen].mean(axis=0, keepdims=True)
    if metric == "dot":
        distances = -(vectors @ center.T)[:, 0]
    else:
        distances = pairwise_distances(vectors, center, metric=metric)[:, 0]
    rest = np.setdiff1d(np.arange(N), chosen)
    points = named(opened, PointList, "Nearest neighbors").points
    assert sorted(points.ids.tolist()) == rest.tolist()
    np.testing.assert_allclose(points.distances, np.sort(distances[rest]), rtol=1e-4, atol=1e-5)
    assert "Of the mean of 3 selected points." in shown_text(opened)


def test_neighbors_are_looked_for_among_prepared_vectors_and_it_is_said(opened):
    opened.model.choose(selected=3, metric="euclidean", n_neighbors=5, unit_length=True)
    vectors = normalize(opened.model.embedding.vectors)
    distances = np.linalg.norm(vectors - vectors[3], axis=1)
    wanted = np.argsort(distances)[1:6].tolist()
    assert opened.model.nearest.found.ids.tolist() == wanted
    assert "scaled to length 1" in shown_text(opened)


def test_as_many_neighbors_as_there_are_points_can_be_listed_and_selected(opened):
    opened.model.choose(selected=3)
    named(opened, QSpinBox, "Number of neighbors").setValue(10_000)
    assert len(named(opened, PointList, "Nearest neighbors").points.ids) == N - 1
    tool(opened, "Select these").click()
    assert rows(opened) == [row for row in range(N) if row != 3]


def cell(dashboard, column):
    table = dashboard.findChild(CellTable)
    return table, table.cells.names.index(column)


def test_a_click_beside_a_value_selects_all_points_that_share_it(opened):
    opened.model.choose(selected=25)
    table, row = cell(opened, "group")
    click(table, row, SAME)
    assert rows(opened) == list(range(20, 40))
    assert opened.model.selected == 25


class Opener(QObject):
    """Takes addresses in place of a browser."""

    def __init__(self):
        super().__init__()
        self.opened = []

    @Slot(QUrl)
    def take(self, url):
        self.opened.append(url.toString())


@pytest.fixture
def opener():
    opener = Opener()
    QDesktopServices.setUrlHandler("https", opener, "take")
    yield opener
    QDesktopServices.unsetUrlHandler("https")


def test_a_link_is_opened_by_a_click_only(opened, opener):
    opened.model.choose(selected=25)
    assert opener.opened == []
    table, row = cell(opened, "page")
    click(table, row, VALUE)
    assert opener.opened == ["https://example.org/25"]
    table, row = cell(opened, "name")
    click(table, row, VALUE)
    assert len(opener.opened) == 1


def test_the_card_steps_through_a_sequence(opened):
    opened.model.choose(selected=5)
    button(opened, "After: point 6").click()
    assert opened.model.selected == 6
    button(opened, "Before: point 5").click()
    assert opened.model.selected == 5


def test_a_point_is_relabeled_in_its_card_and_that_is_undone(opened):
    opened.model.choose(selected=5)
    table, row = cell(opened, "name")
    table.setCurrentIndex(table.model().index(row, VALUE))
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    editor.setText("renamed")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(lambda: opened.model.label(5) == "renamed")
    opened.history.undo()
    assert opened.model.label(5) == "point 5"


def write(dashboard, column, value):
    named(dashboard, QComboBox, "Column to write into").setEditText(column)
    field = named(dashboard, QLineEdit, "Value to write")
    field.setText(value)
    dashboard.findChild(WriteForm).write()


def test_a_value_is_written_into_a_new_column_for_the_selection(opened):
    opened.model.select(Selection.of([1, 2]))
    write(opened, "mine", "7")
    column = opened.model.embedding.metadata["mine"]
    assert column[1] == 7
    assert column.null_count() == N - 2
    opened.model.choose(color_by="mine")
    assert "1 edit is not saved." in opened.findChild(WriteForm)._unsaved.text()


def test_a_value_of_another_kind_turns_the_column_into_text_and_says_so(opened):
    said = []
    opened.said.connect(said.append)
    opened.model.select(Selection.of([1]))
    write(opened, "size", "big")
    assert opened.model.embedding.metadata["size"].dtype == pl.String
    assert said[-1].startswith("The column size became text")


def test_an_embedding_without_metadata_gets_its_first_column(bare):
    bare.model.select(Selection.of([0, 59]))
    write(bare, "kind", "edge")
    assert bare.model.embedding.metadata["kind"].to_list()[-1] == "edge"


def test_edits_in_quick_succession_are_undone_one_by_one(opened):
    edits = tuple(Edit("mine", Selection.of([row]), "here") for row in (1, 2))
    opened.model.choose(edits=edits[:1])
    opened.model.choose(edits=edits)
    opened.history.undo()
    assert opened.model.choice.edits == edits[:1]


def test_a_slider_that_is_dragged_is_one_step_to_undo(opened):
    before = opened.model.choice.point_size
    for size in (1.1, 1.2, 1.3):
        opened.model.choose(point_size=size)
    opened.history.undo()
    assert opened.model.choice.point_size == before


def test_edits_stay_for_another_step_of_as_many_rows(opened):
    opened.model.select(Selection.of([4]))
    write(opened, "mine", "here")
    opened.model.choose(color_by="mine", step=1)
    assert opened.model.source.step == 1
    assert opened.model.embedding.metadata["mine"][4] == "here"
    assert opened.model.choice.color_by == "mine"


def test_edits_wait_while_a_step_of_other_rows_is_shown(tmp_path, qtbot, run_job):
    write_embedding(tmp_path, some_vectors(30), step=1, name="hidden")
    write_embedding(tmp_path, some_vectors(), metadata=metadata(), step=2, name="hidden")
    dashboard = dashboard_of(tmp_path, qtbot, run_job)
    said = []
    dashboard.said.connect(said.append)
    dashboard.model.choose(edits=(Edit("mine", Selection.of([4]), "here"),))
    dashboard.model.choose(step=1)
    assert dashboard.model.embedding.metadata is None
    assert any("wait" in text for text in said)
    dashboard.model.choose(step=2)
    assert dashboard.model.embedding.metadata["mine"][4] == "here"


def test_computed_columns_stand_beside_those_of_the_file_until_another_step_is_shown(opened):
    opened.model.set_column("cluster", pl.Series(np.arange(N)))
    assert opened.model.embedding.metadata["cluster"].to_list() == list(range(N))
    opened.model.set_column("cluster", None)
    assert "cluster" not in opened.model.embedding.metadata.columns
    opened.model.set_column("cluster", pl.Series(np.arange(N)))
    opened.model.choose(step=1)
    assert "cluster" not in opened.model.embedding.metadata.columns


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".parquet"])
def test_metadata_are_saved_with_the_edits_and_then_count_as_saved(
    opened, tmp_path, monkeypatch, suffix
):
    out = tmp_path / f"out{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    opened.model.select(Selection.of([1, 2]))
    write(opened, "group", "odd")
    opened.findChild(WriteForm).save_as()
    if suffix == ".parquet":
        read = pl.read_parquet(out)
    else:
        read = pl.read_csv(out, separator="\t" if suffix == ".tsv" else ",")
    assert read["group"].to_list()[:4] == ["red", "odd", "odd", "red"]
    form = opened.findChild(WriteForm)
    assert form._unsaved.isHidden()
    opened.history.undo()
    assert not form._unsaved.isHidden()


def test_files_of_the_log_are_not_written_over_without_asking(opened, monkeypatch):
    own = opened.model.source.metadata_path
    before = own.read_bytes()
    asked = []

    def answer(*arguments):
        asked.append(arguments[2])
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(own), ""))
    monkeypatch.setattr(QMessageBox, "question", answer)
    opened.model.select(Selection.of([1]))
    write(opened, "group", "odd")
    opened.findChild(WriteForm).save_as()
    assert len(asked) == 1
    assert own.read_bytes() == before


def test_a_table_of_many_columns_is_read_only_where_it_is_seen(tmp_path, qtbot, run_job):
    columns = {f"column {i}": [i * 100 + row for row in range(N)] for i in range(300)}
    write_embedding(tmp_path, some_vectors(), metadata=columns, step=1, name="hidden")
    dashboard = dashboard_of(tmp_path, qtbot, run_job)
    dashboard.model.choose(selected=7)
    table, row = cell(dashboard, "column 299")
    assert table.cells.value(row) == str(299 * 100 + 7)
    assert table.height() < dashboard.height()


def test_each_command_has_keys_of_its_own(opened):
    keys = [str(key) for one in opened.commands() for key in one.keys]
    assert len(keys) == len(set(keys))


def test_every_control_of_the_inspector_has_a_name(opened):
    opened.model.select(Selection.of([1, 2, 3]))
    search(opened, "red")
    inspector = opened._inspector.inspect
    for kind in (QLineEdit, QComboBox, PointList, ShareList, CellTable, NamedList):
        for widget in inspector.findChildren(kind):
            inner = isinstance(widget.parent(), QComboBox | QSpinBox)
            assert inner or widget.accessibleName(), widget
