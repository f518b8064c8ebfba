"""The window as a user meets it: opening, tabs, notices, commands, themes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTabWidget

from projector.logs.writer import EventWriter
from widgets.dashboards import DASHBOARDS
from widgets.shared.palette import CommandPalette
from widgets.shared.theme import is_dark


@pytest.fixture
def opened(controller, logs, qtbot):
    controller.open(logs)
    settle(controller, qtbot)
    return controller


def settle(controller, qtbot):
    qtbot.waitUntil(lambda: not controller.jobs.running, timeout=60_000)
    qtbot.wait(50)
    qtbot.waitUntil(lambda: not controller.jobs.running, timeout=60_000)


def trigger(controller, name):
    next(a for a in controller.window.actions_now if a.objectName() == name).trigger()


def test_it_starts_by_saying_what_can_be_opened(controller):
    texts = [label.text() for label in controller.window.welcome.findChildren(QLabel)]
    assert any("log folder" in text for text in texts)
    assert controller.window.dashboard is None


def test_an_opened_folder_fills_a_tab_for_every_dashboard(opened):
    tabs = opened.window.findChild(QTabWidget)
    assert [tabs.tabText(i) for i in range(tabs.count())] == [kind.title for kind in DASHBOARDS]
    assert opened.window.dashboard.name == "embedding"
    assert opened.window.windowTitle().startswith("logs")


def test_a_sound_folder_brings_no_notice(opened):
    assert opened.window.notices.sentences == ()


def test_a_missing_path_is_a_notice_and_the_open_folder_stays(opened, tmp_path, qtbot):
    opened.open(tmp_path / "nowhere")
    settle(opened, qtbot)
    assert "does not exist" in opened.window.notices.sentences[0]
    assert opened.window.dashboard is not None


def test_an_empty_folder_says_what_to_do(controller, tmp_path, qtbot):
    (tmp_path / "empty").mkdir()
    controller.open(tmp_path / "empty")
    settle(controller, qtbot)
    texts = " ".join(label.text() for label in controller.window.welcome.findChildren(QLabel))
    assert "no event files" in texts
    assert controller.window.dashboard is None


def test_a_truncated_event_file_still_shows_its_points(controller, logs, qtbot):
    file = next((logs / "trial0").glob("*tfevents*"))
    file.write_bytes(file.read_bytes()[:-7])
    controller.open(logs)
    settle(controller, qtbot)
    assert controller.window.dashboard is not None


def test_dropping_a_folder_opens_it(controller, logs, qtbot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(logs))])
    window = controller.window
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys))
    settle(controller, qtbot)
    assert controller.path == logs


def test_a_web_address_is_not_taken(controller):
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/logs")])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    enter.ignore()
    controller.window.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_what_was_opened_stands_in_the_recent_menu(opened, logs):
    menu = opened.window._recent_menu
    assert [action.text() for action in menu.actions()] == [str(logs)]


def test_a_recent_path_opens_from_the_welcome_page(controller, logs, qtbot):
    controller.settings.add_recent(logs)
    controller.window.welcome.show_idle(controller.settings.recent)
    link = next(
        b
        for b in controller.window.welcome.findChildren(QPushButton)
        if b.property("number") is not None
    )
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    settle(controller, qtbot)
    assert controller.path == logs


@pytest.mark.parametrize("kind", DASHBOARDS)
def test_every_dashboard_comes_to_the_front_by_its_command(opened, kind, qtbot):
    trigger(opened, f"app.show_{kind.name}")
    settle(opened, qtbot)
    assert opened.window.dashboard.name == kind.name


def test_only_the_commands_of_the_tab_in_front_are_offered(opened):
    trigger(opened, "app.show_hparams")
    names = {action.objectName().split(".")[0] for action in opened.window.actions_now}
    assert "embedding" not in names


def test_reload_keeps_the_tab(opened, qtbot):
    trigger(opened, "app.show_hparams")
    trigger(opened, "app.reload")
    settle(opened, qtbot)
    assert opened.window.dashboard.name == "hparams"


def test_a_tab_chosen_during_a_reload_stays_in_front(opened, qtbot):
    trigger(opened, "app.reload")
    trigger(opened, "app.show_pr-curves")
    settle(opened, qtbot)
    assert opened.window.dashboard.name == "pr-curves"


def test_an_empty_folder_can_be_read_again_once_something_was_written(controller, tmp_path, qtbot):
    controller.open(tmp_path)
    settle(controller, qtbot)
    with EventWriter(tmp_path) as writer:
        writer.pr_curve("pr/cat", np.array([True, False]), np.array([0.8, 0.1]), 0)
    trigger(controller, "app.reload")
    settle(controller, qtbot)
    assert controller.window.dashboard.name == "pr-curves"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_colors_the_program_and_is_kept(opened, theme):
    trigger(opened, f"app.theme_{theme}")
    assert is_dark(QApplication.palette()) is (theme == "dark")
    assert opened.settings.theme == theme


def test_the_palette_runs_a_command_typed_by_keyboard(opened, qtbot):
    trigger(opened, "app.palette")
    palette = opened.window.findChild(CommandPalette)
    qtbot.keyClicks(palette._field, "show tab hyper")
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert opened.window.dashboard.name == "hparams"


def test_every_action_has_a_text_and_a_tip_and_no_key_is_taken_twice(opened):
    for kind in DASHBOARDS:
        opened.window.show_dashboard(kind.name)
        actions = opened.window.actions_now
        assert all(action.text() and action.statusTip() for action in actions)
        keys = [key.toString() for action in actions for key in action.shortcuts()]
        assert len(keys) == len(set(keys))


def test_closing_the_window_ends_its_jobs(opened, logs):
    opened.open(logs)
    opened.window.close()
    assert opened.jobs.running == ()
