"""A saved view opens in another window as it was: the same logs, choices and picture."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from projector.selection import Isolation, Selection
from widgets.shared.palette import CommandPalette


def settle(controller, qtbot):
    qtbot.waitUntil(lambda: not controller.jobs.running, timeout=60_000)
    qtbot.wait(50)
    qtbot.waitUntil(lambda: not controller.jobs.running, timeout=60_000)


def tab(controller):
    return controller.explainer.embeddings


@pytest.fixture
def saved(new_window, logs, tmp_path, qtbot):
    """The path of a saved view, the choice and the camera in it."""
    controller = new_window(poll_ms=None)
    controller.open(logs)
    settle(controller, qtbot)
    dashboard = tab(controller)
    dashboard.model.choose(step=1, color_by="kind")
    settle(controller, qtbot)
    dashboard.model.choose(isolation=Isolation(Selection.of(range(40))), opacity=0.5)
    dashboard.canvas.look_from(dashboard.canvas.camera.orbited(60, 10))
    path = tmp_path / "mine.projector"
    dashboard._export_commands.save_view(path)
    settle(controller, qtbot)
    return path, dashboard.model.choice, dashboard.canvas.camera


def test_a_view_opens_in_another_window_as_it_was(saved, new_window, qtbot):
    path, choice, camera = saved
    controller = new_window(poll_ms=None)
    controller.open(path)
    settle(controller, qtbot)
    dashboard = tab(controller)
    assert controller.window.notices.sentences == ()
    assert dashboard.model.source.step == 1
    assert dashboard.model.choice.isolation == choice.isolation
    assert (dashboard.model.choice.opacity, dashboard.model.choice.color_by) == (0.5, "kind")
    assert dashboard.canvas.camera == camera


def test_a_view_is_among_the_recent_ones(saved, new_window, qtbot):
    controller = new_window(poll_ms=None)
    controller.open(saved[0])
    settle(controller, qtbot)
    assert controller.settings.recent[0] == (saved[0],)


def test_logs_that_are_gone_are_asked_for(saved, new_window, logs, tmp_path, qtbot, monkeypatch):
    shutil.move(logs, tmp_path / "elsewhere")
    monkeypatch.setattr(QMessageBox, "exec", lambda _: 0)
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda box: box.defaultButton())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "elsewhere"))
    controller = new_window(poll_ms=None)
    controller.open(saved[0])
    settle(controller, qtbot)
    assert tab(controller).model.choice.isolation.n_shown(60) == 40


def test_logs_that_nobody_finds_are_named(saved, new_window, logs, qtbot, monkeypatch):
    shutil.rmtree(logs)
    monkeypatch.setattr(QMessageBox, "exec", lambda _: 0)
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda _: None)
    controller = new_window(poll_ms=None)
    controller.open(saved[0])
    settle(controller, qtbot)
    (sentence,) = controller.window.notices.sentences
    assert "logs, which mine.projector is a view of, is not there any more" in sentence


def test_a_view_of_a_newer_program_is_refused_in_a_notice(saved, new_window, qtbot):
    path = saved[0]
    with zipfile.ZipFile(path) as archive:
        main = json.loads(archive.read("view.json"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("view.json", json.dumps(main | {"version": 7}))
    controller = new_window(poll_ms=None)
    controller.open(path)
    settle(controller, qtbot)
    assert "newer projector" in controller.window.notices.sentences[0]


def test_each_kind_of_export_is_in_the_palette(saved, new_window, logs, qtbot):
    controller = new_window(poll_ms=None)
    controller.open(logs)
    settle(controller, qtbot)
    names = {action.objectName() for action in controller.window.actions_now}
    kinds = ("picture", "drawing", "page", "ply", "coordinates", "neighbors", "bookmarks")
    assert {f"embedding.export_{kind}" for kind in kinds} <= names
    assert CommandPalette(list(controller.window.actions_now), controller.window) is not None
