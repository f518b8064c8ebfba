"""One path or several are opened together, each with a name of its own if wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.places import parse_named, roots_of, title_of, without_doubles
from projector.errors import InvalidChoice
from projector.logs.roots import Root
from projector.logs.writer import EventWriter

A, B = Path("/x/a"), Path("/y/b")


@pytest.fixture
def folders(tmp_path):
    """Two folders of one run each."""
    for name in ("first", "second"):
        with EventWriter(tmp_path / name / "run") as writer:
            writer.hparams({"lr": 0.1})
            writer.scalar("loss", 1.0, 1)
    return tmp_path / "first", tmp_path / "second"


def test_a_path_may_be_given_a_name():
    assert parse_named("base=logs/x") == Root(Path("logs/x"), "base")
    assert parse_named("logs/x") == Path("logs/x")


def test_a_folder_with_an_equals_sign_in_its_name_is_that_folder(tmp_path):
    folder = tmp_path / "lr=0.1"
    folder.mkdir()
    assert parse_named(str(folder)) == folder
    assert parse_named(str(tmp_path / "lr=0.2")) == tmp_path / "lr=0.2"


@pytest.mark.parametrize("text", ["=logs", "logs=", "="])
def test_half_a_name_is_a_path(text):
    assert parse_named(text) == Path(text)


def test_roots_are_named_as_the_user_said_else_by_their_folders():
    assert roots_of([A, Root(B, "mine")]) == (Root(A, "a"), Root(B, "mine"))
    assert roots_of([A]) == (Root(A),)
    assert roots_of([Root(A, "mine")]) == (Root(A, "mine"),)


def test_two_paths_of_one_name_are_refused():
    with pytest.raises(InvalidChoice, match="Two of the paths"):
        roots_of([A, Root(B, "a")])


def test_a_name_that_another_begins_with_is_refused():
    folders = [Path("/r/a/b"), Path("/r/c/b")]
    with pytest.raises(InvalidChoice, match="Runs of a and a/b could have one name"):
        roots_of([*folders, Root(Path("/z"), "a")])
    assert [root.name for root in roots_of([*folders, Root(Path("/z"), "b")])] == [
        "a/b",
        "c/b",
        "b",
    ]


def test_a_path_given_twice_is_opened_once_under_its_last_name():
    assert without_doubles([A, B, Root(A, "mine")]) == (Root(A, "mine"), B)


def test_the_title_names_a_few():
    assert title_of([A]) == "a"
    assert title_of([A, B]) == "a + b"
    assert title_of([Path(f"/{i}") for i in range(5)]) == "0 + 1 + 2 + 2 more"


def settle(controller, qtbot):
    qtbot.waitUntil(lambda: not controller.jobs.running, timeout=60_000)


def trials(controller):
    hparams = next(one for one in controller.window.dashboards if one.name == "hparams")
    return [trial.name for trial in hparams.model.trials.trials]


def drop(window, *folders):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder)) for folder in folders])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys))


def test_several_dropped_folders_are_opened_together(controller, folders, qtbot):
    drop(controller.window, *folders)
    settle(controller, qtbot)
    assert controller.window.windowTitle().startswith("first + second")
    assert trials(controller) == ["first/run", "second/run"]


def test_what_was_opened_together_is_one_entry_of_the_recent_menu(controller, folders, qtbot):
    controller.open(folders)
    settle(controller, qtbot)
    (entry,) = controller.window._recent_menu.actions()
    assert entry.text() == "first + second"
    controller.open(folders[0])
    settle(controller, qtbot)
    controller.window._recent_menu.actions()[1].trigger()
    settle(controller, qtbot)
    assert trials(controller) == ["first/run", "second/run"]


def test_another_folder_is_added_to_the_one_that_is_open(controller, folders, qtbot, monkeypatch):
    first, second = folders
    controller.open(first)
    settle(controller, qtbot)
    chosen = "app.controller.QFileDialog.getExistingDirectory"
    monkeypatch.setattr(chosen, lambda *_: str(second))
    next(a for a in controller.window.actions_now if a.objectName() == "app.add_folder").trigger()
    settle(controller, qtbot)
    assert trials(controller) == ["first/run", "second/run"]


def test_two_folders_of_one_name_are_a_notice(controller, folders, qtbot):
    first, second = folders
    controller.open((Root(first, "same"), Root(second, "same")))
    settle(controller, qtbot)
    assert "named same" in controller.window.notices.sentences[0]
