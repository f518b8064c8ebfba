"""Which embedding, with which metadata: the picker, the notice above the cloud, what was looked
for."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton, QToolButton

from projector.contents import read_contents
from projector.embeddings.metadata import Repair
from projector.progress import finish
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.doctor_text import report_html, report_text
from widgets.embedding.doctor_view import DoctorDialog, DoctorView
from widgets.embedding.metadata_panel import MetadataPanel
from widgets.shared.theme import app_palette

N = 12
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
"""Offscreen there are no windows to raise and no keyboard to grab for a list that drops down."""


@pytest.fixture
def dashboard(qtbot, run_job):
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=False))
    qtbot.addWidget(dashboard)
    dashboard.resize(1280, 800)
    dashboard.show()
    return dashboard


@pytest.fixture
def show(dashboard):
    def show(path):
        dashboard.show_contents(finish(read_contents(path, uses_index=False)))
        return dashboard

    return show


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "vectors.npy"
    np.save(path, np.random.default_rng(0).normal(size=(N, 4)).astype(np.float32))
    return path


def write_table(path, n_rows, *header):
    rows = [f"word {i}\t{i % 3}" for i in range(n_rows)]
    path.write_text("\n".join([*header, *rows]) + "\n", encoding="utf-8")
    return path


def named(parent, kind, name):
    return next(one for one in parent.findChildren(kind) if one.accessibleName() == name)


def button(parent, text):
    return next(one for one in parent.findChildren(QPushButton) if one.text() == text)


def click(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def write_safetensors(path, tensors):
    """tensors: arrays by name, of float32."""
    header, data = {}, b""
    for name, values in tensors.items():
        start, data = len(data), data + values.astype("<f4").tobytes()
        offsets = [start, len(data)]
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": offsets}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


@pytest.fixture
def thousand(tmp_path):
    """A file of a thousand matrices and a hundred vectors."""
    tensors = {f"layer.{i}.weight": np.eye(3, 3 + i % 4, dtype=np.float32) for i in range(1000)}
    tensors |= {f"layer.{i}.bias": np.ones(3, np.float32) for i in range(100)}
    write_safetensors(tmp_path / "model.safetensors", tensors)
    return tmp_path / "model.safetensors"


@pytest.fixture
def opened_list(show, thousand):
    dashboard = show(thousand)
    picker = named(dashboard, QComboBox, "Embedding")
    click(picker)
    yield picker.list
    picker.list.hide()


def test_the_list_names_all_matrices_with_size_and_type(opened_list):
    lines = opened_list.table.lines
    assert len(lines) == 1000
    line = next(line for line in lines if line.name == "layer.5.weight")
    assert (line.size, line.file) == ("3 × 4", "model.safetensors")
    assert line.dtype == "float32"


def test_typing_finds_one_of_a_thousand_and_enter_shows_it(dashboard, opened_list):
    QTest.keyClicks(opened_list.field, "777")
    assert [line.name for line in opened_list.table.lines] == ["layer.777.weight"]
    QTest.keyClick(opened_list.field, Qt.Key.Key_Return)
    assert opened_list.isHidden()
    assert dashboard.model.choice.name == "layer.777.weight"
    assert named(dashboard, QComboBox, "Embedding").currentText() == "layer.777.weight"
    assert (dashboard.model.embedding.vectors == np.eye(3, 4)).all()


def test_every_word_may_be_in_another_cell(opened_list):
    QTest.keyClicks(opened_list.field, "Float32 .99 model")
    names = {line.name for line in opened_list.table.lines}
    assert names == {f"layer.{i}.weight" for i in (99, *range(990, 1000))}


def test_arrow_keys_move_in_the_list_while_the_field_has_the_focus(dashboard, opened_list):
    names = [line.name for line in opened_list.table.lines]
    first = opened_list.view.currentIndex().row()
    QTest.keyClick(opened_list.field, Qt.Key.Key_Down)
    QTest.keyClick(opened_list.field, Qt.Key.Key_Down)
    QTest.keyClick(opened_list.field, Qt.Key.Key_Return)
    assert dashboard.model.choice.name == names[first + 2]


def test_escape_empties_the_field_and_then_closes_the_list(dashboard, opened_list):
    QTest.keyClicks(opened_list.field, "none such")
    assert opened_list.table.lines == ()
    QTest.keyClick(opened_list.field, Qt.Key.Key_Escape)
    assert len(opened_list.table.lines) == 1000
    QTest.keyClick(opened_list.field, Qt.Key.Key_Escape)
    assert opened_list.isHidden()


def test_what_is_no_embedding_is_shown_on_demand_with_the_reason(opened_list):
    opened_list.shows_all.click()
    lines = opened_list.table.lines
    assert "100 are no embeddings" in opened_list.shows_all.text()
    assert [line.group is None for line in lines] == [False] * 1000 + [True] * 100
    bias = opened_list.table.index(1000, 0)
    assert not bias.flags() & Qt.ItemFlag.ItemIsEnabled
    tip = bias.data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "It holds one value a row (3 in all), but an embedding needs rows × values."


def test_a_click_on_what_is_no_embedding_picks_nothing(dashboard, opened_list):
    before = dashboard.model.choice
    opened_list.shows_all.click()
    QTest.keyClicks(opened_list.field, "bias")
    place = opened_list.view.visualRect(opened_list.table.index(0, 0)).center()
    click_at(opened_list.view.viewport(), place)
    assert dashboard.model.choice == before


def click_at(widget, place: QPoint):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)


def test_the_table_of_sources_keeps_qts_rules(opened_list, qtmodeltester):
    qtmodeltester.check(opened_list.table)


def test_rows_that_fit_bring_no_notice(show, vectors):
    write_table(vectors.with_name("labels.tsv"), N, "name\tgroup")
    dashboard = show(vectors)
    assert dashboard.notice.text == ""
    assert dashboard.model.embedding.metadata.columns == ["name", "group"]


@pytest.fixture
def mismatch(show, vectors):
    """One row too few under a header, and so as many lines as points."""
    write_table(vectors.with_name("labels.tsv"), N - 2, "name\tgroup")
    return show(vectors)


def test_rows_that_are_too_few_are_told_above_the_cloud_and_not_twice(mismatch, qtbot):
    assert f"{N - 2} rows for {N} points" in mismatch.notice.text
    told = []
    mismatch.problem_found.connect(told.append)
    mismatch.model.choose(metadata_header=True)
    assert told == []


def repair(dashboard, way):
    """Pick one in the menu of repairs."""
    actions = dashboard.notice.findChildren(QAction)
    next(one for one in actions if one.text() == way.value).trigger()


def test_another_repair_is_one_click_away(mismatch):
    vectors = mismatch.model.embedding.vectors
    assert mismatch.model.embedding.metadata["name"][0] == "word 0"
    repair(mismatch, Repair.HEADER_AS_DATA)
    metadata = mismatch.model.embedding.metadata
    assert metadata.row(0) == ("name", "group")
    assert metadata.row(1)[0] == "word 0"
    assert metadata.row(N - 1) == (None, None)
    assert mismatch.model.embedding.vectors is vectors
    assert mismatch.model.choice.metadata_repair == "HEADER_AS_DATA"
    assert "header" in mismatch.notice.text


def test_a_repair_keeps_camera_and_selection(mismatch):
    mismatch.model.choose(selected=3)
    mismatch.canvas.setFocus()
    QTest.keyClick(mismatch.canvas, Qt.Key.Key_Right)
    camera = mismatch.canvas.camera
    repair(mismatch, Repair.HEADER_AS_DATA)
    assert mismatch.canvas.camera == camera
    assert mismatch.model.selected == 3


def test_a_closed_notice_stays_closed_until_something_else_is_wrong(mismatch):
    click(named(mismatch.notice, QToolButton, "Close this notice"))
    mismatch.model.choose(point_size=2.0)
    assert mismatch.notice.text == ""
    repair(mismatch, Repair.HEADER_AS_DATA)
    assert mismatch.notice.text != ""


def test_the_first_line_is_read_as_the_user_says(show, vectors):
    write_table(vectors.with_name("labels.tsv"), N)
    dashboard = show(vectors)
    first_line = named(dashboard, QComboBox, "First line")
    QTest.keyClick(first_line, Qt.Key.Key_Down)
    assert first_line.currentText() == "Names the columns"
    assert dashboard.model.embedding.metadata.columns == ["word 0", "0"]
    QTest.keyClick(first_line, Qt.Key.Key_Down)
    assert dashboard.model.embedding.metadata.row(0)[0] == "word 0"
    assert dashboard.model.embedding.metadata.height == N


@pytest.fixture
def picks(monkeypatch):
    """Answers the next file dialog."""

    def picks(path):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))

    return picks


def test_metadata_can_be_loaded_for_vectors_that_have_none(show, vectors, tmp_path, picks):
    dashboard = show(vectors)
    assert dashboard.model.embedding.metadata is None
    (tmp_path / "else").mkdir()
    picks(write_table(tmp_path / "else" / "animals.tsv", N, "name\tgroup"))
    click(named(dashboard, QToolButton, "Load metadata…"))
    assert dashboard.model.embedding.metadata["name"][2] == "word 2"
    assert dashboard.model.choice.label_by == "name"
    assert dashboard.findChild(MetadataPanel).text == "animals.tsv"


def test_loaded_metadata_can_be_given_back(show, vectors, tmp_path, picks):
    write_table(vectors.with_name("labels.tsv"), N, "name\tgroup")
    dashboard = show(vectors)
    (tmp_path / "else").mkdir()
    picks(write_table(tmp_path / "else" / "b.tsv", N, "title\tgroup"))
    click(named(dashboard, QToolButton, "Load metadata…"))
    assert dashboard.model.embedding.metadata.columns[0] == "title"
    click(named(dashboard, QToolButton, "Forget the metadata that was loaded"))
    assert dashboard.model.embedding.metadata.columns[0] == "name"
    assert dashboard.model.choice.metadata_path == ""


def test_a_file_of_metadata_that_is_gone_is_told_and_the_cloud_stays(show, vectors, picks):
    dashboard = show(vectors)
    picks(vectors.with_name("gone.tsv"))
    click(named(dashboard, QToolButton, "Load metadata…"))
    assert "gone.tsv" in dashboard.notice.text
    assert dashboard.model.embedding.n_points == N


def test_another_embedding_starts_with_its_own_metadata(show, tmp_path, picks):
    for name in ("a", "b"):
        np.save(tmp_path / f"{name}.npy", np.eye(N, dtype=np.float32))
    dashboard = show(tmp_path)
    (tmp_path / "else").mkdir()
    picks(write_table(tmp_path / "else" / "c.tsv", N, "name\tgroup"))
    click(named(dashboard, QToolButton, "Load metadata…"))
    assert dashboard.model.embedding.metadata is not None
    QTest.keyClick(named(dashboard, QComboBox, "Embedding"), Qt.Key.Key_Down)
    assert dashboard.model.choice.name == "b"
    assert dashboard.model.embedding.metadata is None
    QTest.keyClick(named(dashboard, QComboBox, "Embedding"), Qt.Key.Key_Up)
    assert dashboard.model.embedding.metadata is None


@pytest.fixture
def broken(tmp_path):
    """A config whose vectors are not where it says, but nearby."""
    np.savetxt(tmp_path / "tensors.tsv", np.eye(4), delimiter="\t")
    (tmp_path / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "lost<b>" tensor_path: "tensor.tsv" }\n', encoding="utf-8"
    )
    return tmp_path


def test_nothing_to_show_says_what_was_looked_for_and_the_nearest_there_is(show, broken):
    dashboard = show(broken)
    text = dashboard.findChild(DoctorView).text
    assert dashboard.empty_text.startswith("No embeddings")
    assert "✗\nThe vectors of 'lost<b>' were not found." in text
    assert f"{broken / 'tensor.tsv'} is not there" in text
    assert f"The nearest there is: {broken / 'tensors.tsv'}" in text


def test_a_folder_without_any_says_what_embeddings_are_told_by(show, tmp_path):
    text = show(tmp_path).findChild(DoctorView).text
    assert "projector_config.pbtxt" in text
    assert ".safetensors" in text


def test_what_fails_from_now_on_is_shown_while_the_folder_is_followed(show, broken, tmp_path):
    config = broken / "projector_config.pbtxt"
    text = config.read_text()
    config.unlink()
    (broken / "tensors.tsv").unlink()
    before = finish(read_contents(broken, uses_index=False))
    dashboard = show(broken)
    config.write_text(text)
    after = finish(read_contents(broken, uses_index=False))
    assert EmbeddingDashboard.differs(before, after)
    dashboard.follow_contents(after)
    assert "were not found" in dashboard.findChild(DoctorView).text


def test_the_report_can_be_copied(show, broken):
    dashboard = show(broken)
    click(button(dashboard.findChild(DoctorView), "Copy report"))
    text = QGuiApplication.clipboard().text()
    assert f"  ✗ The vectors of 'lost<b>' were not found.\n      {broken}" in text


def test_the_report_holds_every_finding_and_the_view_the_first_files(fixtures):
    folder = fixtures / "edge_missing_and_wrong_files"
    contents = finish(read_contents(folder, uses_index=False))
    text = report_text(contents.findings, [folder])
    assert all(finding.what in text for finding in contents.findings)
    html = report_html(contents.findings, [folder], app_palette(is_dark=True))
    assert "✗" in html
    assert html.count("<table") <= 200


def test_the_notice_leads_to_what_was_looked_for(mismatch, qtbot):
    click(button(mismatch.notice, "What was looked for…"))
    dialog = mismatch.findChild(DoctorDialog)
    assert "vectors.npy holds vectors." in dialog.text
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()


def test_vectors_that_do_not_fit_are_told_with_numbers_and_block_nothing(
    show, tmp_path, monkeypatch
):
    for name, n in (("large", 5000), ("small", 10)):
        np.savetxt(tmp_path / f"{name}.tsv", np.ones((n, 4)), delimiter="\t")
    monkeypatch.setattr("projector.embeddings.memory._available_memory", lambda: 20_000)
    dashboard = show(tmp_path)
    shown = [label.text() for label in dashboard.canvas.findChildren(QLabel)]
    assert "This embedding can't be shown" in shown
    assert any("GB" in text or "MB" in text or "kB" in text for text in shown)
    QTest.keyClick(named(dashboard, QComboBox, "Embedding"), Qt.Key.Key_Down)
    assert dashboard.model.embedding.n_points == 10


def test_the_size_of_one_point_is_told_in_the_singular(show, tmp_path):
    path = tmp_path / "one.npy"
    np.save(path, np.ones((1, 3), np.float32))
    texts = [label.text() for label in show(path).findChildren(QLabel)]
    assert "1 point × 3 dimensions" in texts
