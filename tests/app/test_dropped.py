"""What is dropped or picked together: vectors, their table, their pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel

from app.dropped import Dropped, sort_dropped
from app.file_kinds import file_filter
from projector.embeddings.formats import FORMATS
from projector.embeddings.png import write_png
from projector.progress import finish
from tests.app.test_window import settle
from widgets.embedding.doctor_view import DoctorDialog, DoctorView

N = 16


@pytest.fixture
def files(tmp_path):
    """Vectors, a table and a sheet of pictures whose names say nothing."""
    vectors, table, sprite = (tmp_path / name for name in ("a.npy", "b.tsv", "c.png"))
    np.save(vectors, np.random.default_rng(0).normal(size=(N, 4)).astype(np.float32))
    np.save(tmp_path / "other.npy", np.eye(3, dtype=np.float32))
    table.write_text("name\tkind\n" + "".join(f"w{i}\t{i % 2}\n" for i in range(N)))
    write_png(sprite, np.full((32, 32, 3), 200, np.uint8))
    return vectors, table, sprite


def drop(controller, qtbot, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    controller.window.dropEvent(event)
    settle(controller, qtbot)


def test_vectors_with_table_and_pictures_are_one_embedding_in_any_order(controller, qtbot, files):
    vectors, table, sprite = files
    drop(controller, qtbot, sprite, table, vectors)
    embedding = controller.window.dashboard.model.embedding
    assert embedding.vectors.shape == (N, 4)
    assert embedding.metadata["name"][3] == "w3"
    assert embedding.sprites is not None
    assert controller.window.notices.sentences == ()
    assert controller.named == (vectors,)


def test_a_table_dropped_on_an_embedding_becomes_its_metadata(controller, qtbot, files):
    vectors, table, _ = files
    drop(controller, qtbot, vectors)
    dashboard = controller.window.dashboard
    dashboard.model.choose(selected=2)
    drop(controller, qtbot, table)
    assert dashboard.model.label(2) == "w2"
    assert controller.named == (vectors,)


def test_a_reload_keeps_what_was_dropped_with_the_vectors(controller, qtbot, files):
    drop(controller, qtbot, *files)
    controller.reload()
    settle(controller, qtbot)
    assert controller.window.dashboard.model.embedding.metadata["name"][3] == "w3"


def test_other_vectors_opened_later_have_metadata_of_their_own(controller, qtbot, files, tmp_path):
    drop(controller, qtbot, *files)
    controller.open(tmp_path / "other.npy")
    settle(controller, qtbot)
    assert controller.window.dashboard.model.embedding.n_points == 3
    assert controller.window.dashboard.model.choice.metadata_path == ""


def test_a_table_alone_in_an_empty_window_says_why_it_can_not_be_shown(controller, qtbot, tmp_path):
    words = tmp_path / "words.tsv"
    words.write_text("name\tkind\ncat\tanimal\n")
    drop(controller, qtbot, words)
    assert controller.window.dashboard is None
    assert "words.tsv" in controller.window.welcome.findChild(DoctorView).text


def test_two_tables_are_opened_as_they_are(files, tmp_path):
    vectors, table, _ = files
    other = tmp_path / "d.tsv"
    other.write_text("x\ty\n")
    assert finish(sort_dropped([vectors, table, other])) == Dropped((vectors, table, other))


def test_of_two_tables_the_one_with_numbers_holds_the_vectors(files, tmp_path):
    numbers = tmp_path / "numbers.tsv"
    np.savetxt(numbers, np.eye(N), delimiter="\t")
    assert finish(sort_dropped([files[1], numbers])) == Dropped((numbers,), files[1])


def test_folders_and_configs_are_opened_as_they_are(files, tmp_path):
    config = tmp_path / "my_projector_config.json"
    config.write_text(json.dumps({"embeddings": []}))
    for paths in ([tmp_path, files[1]], [config, files[1]], [tmp_path / "gone.npy", files[1]]):
        assert finish(sort_dropped(paths)) == Dropped(tuple(paths))


def test_the_dialog_offers_every_format_of_the_table(controller, monkeypatch, qtbot, files):
    asked = []

    def answer(*arguments):
        asked.append(arguments[-1])
        return [str(path) for path in files[:2]], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", answer)
    controller.ask_file()
    settle(controller, qtbot)
    everything, *kinds = asked[0].split(";;")
    for one in FORMATS:
        assert all(f"*{suffix} " in f"{everything[:-1]} " for suffix in one.suffixes)
    assert len(kinds) == len(FORMATS) + 4
    assert controller.window.dashboard.model.embedding.metadata is not None


def test_each_entry_of_the_dialog_has_one_pair_of_brackets():
    assert all(entry.count("(") == entry.count(")") == 1 for entry in file_filter().split(";;"))


def test_an_empty_folder_shows_what_was_looked_for(controller, tmp_path, qtbot):
    (tmp_path / "empty").mkdir()
    controller.open(tmp_path / "empty")
    settle(controller, qtbot)
    doctor = controller.window.welcome.findChild(DoctorView)
    assert doctor.isVisible()
    assert "projector_config.pbtxt" in doctor.text


def test_a_problem_of_an_embedding_leads_to_what_was_looked_for(controller, tmp_path, qtbot, files):
    (tmp_path / "projector_config.pbtxt").write_text(
        'embeddings { tensor_path: "a.npy" metadata_path: "bb.tsv" }\n'
    )
    controller.open(tmp_path)
    settle(controller, qtbot)
    texts = {label.text() for label in controller.window.notices.findChildren(QLabel)}
    assert any("metadata" in text for text in texts)
    controller.window.notices.explanation_asked.emit()
    dialog = controller.window.findChild(DoctorDialog)
    assert f"The nearest there is: {tmp_path / 'b.tsv'}" in dialog.text
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
