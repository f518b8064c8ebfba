"""The keyboard alone: where it goes is always in sight, and it is never lost."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QTreeWidget

from app.shortcuts import ShortcutList
from projector.embeddings.writer import write_embedding
from widgets.embedding.coloring.line_list import LineList
from widgets.embedding.point_list import PointList

N = 90
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
MOST_STOPS = 120


class Keyboard:
    """Presses keys, on whatever has the focus."""

    def __init__(self, controller, qtbot) -> None:
        self.controller, self.qtbot = controller, qtbot
        self.dashboard = controller.explainer.embeddings
        self.model, self.canvas = self.dashboard.model, self.dashboard.canvas

    @property
    def focus(self):
        return QApplication.focusWidget()

    @property
    def is_in_sight(self) -> bool:
        return self.focus.isVisible() and not self.focus.visibleRegion().isEmpty()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.controller.jobs.running, timeout=60_000)
        self.qtbot.wait(20)

    def press(self, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self.controller.window.activateWindow()
        QTest.keyClick(self.focus or self.controller.window, key, modifiers)
        self.settle()
        self.controller.window.activateWindow()  # as a window manager does
        self.qtbot.wait(20)

    def tab_to(self, kind, text: str):
        """Tab until a control of this text or name is reached."""
        for _ in range(MOST_STOPS):
            texts = (self.focus.accessibleName(), getattr(self.focus, "text", str)())
            if isinstance(self.focus, kind) and text in texts:
                return self.focus
            QTest.keyClick(self.focus, Qt.Key.Key_Tab)
        raise AssertionError(f"{text} is not reached")


@pytest.fixture
def keyboard(new_window, tmp_path, qtbot):
    rng = np.random.default_rng(5)
    vectors = (rng.normal(size=(N, 12)) + 6 * np.eye(3, 12)[np.arange(N) % 3]).astype(np.float32)
    metadata = {"name": [f"p{i}" for i in range(N)], "kind": ["abc"[i % 3] for i in range(N)]}
    write_embedding(tmp_path / "logs", vectors, metadata=metadata)
    controller = new_window(poll_ms=None)
    controller.window.resize(1100, 640)
    one = Keyboard(controller, qtbot)
    controller.open(tmp_path / "logs")
    one.settle()
    controller.window.activateWindow()
    qtbot.waitUntil(controller.window.isActiveWindow)
    one.canvas.setFocus()
    one.model.choose(color_by="kind")
    one.settle()
    return one


def test_tab_goes_around_in_both_directions(keyboard):
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        keyboard.canvas.setFocus()
        names = []
        for _ in range(MOST_STOPS):
            QTest.keyClick(keyboard.focus, key)
            names.append(keyboard.focus.accessibleName() or keyboard.focus.text())
            if keyboard.focus is keyboard.canvas:
                break
        assert names[-1] == "Point cloud"
        assert {"Legend", "Find points", "Lasso tool", "Dashboards"} <= set(names)
        assert all(names)  # a screen reader says something of each


def test_a_run_is_begun_held_and_ended_without_losing_the_keyboard(keyboard, qtbot):
    keyboard.press(Qt.Key.Key_2, ALT)
    keyboard.tab_to(QAbstractButton, "Run t-SNE")
    QTest.keyClick(keyboard.focus, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: keyboard.focus.text() == "Pause", timeout=30_000)
    QTest.keyClick(keyboard.focus, Qt.Key.Key_Space)
    if keyboard.dashboard.runner.state is not None:
        keyboard.tab_to(QAbstractButton, "Stop")
        QTest.keyClick(keyboard.focus, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: keyboard.dashboard.runner.state is None, timeout=30_000)
    qtbot.waitUntil(lambda: keyboard.focus.text() == "Run t-SNE")


@pytest.mark.parametrize(
    ("key", "method", "button"),
    [(Qt.Key.Key_2, "t-SNE", "Run t-SNE"), (Qt.Key.Key_4, "Custom axes", "Show along these axes")],
)
def test_the_key_of_a_method_leads_to_its_form(keyboard, key, method, button):
    keyboard.press(key, ALT)
    assert keyboard.focus.accessibleName() == method
    assert keyboard.is_in_sight
    assert keyboard.tab_to(QAbstractButton, button).isVisible()


def test_the_ends_of_an_axis_are_picked_by_keyboard_alone(keyboard, qtbot):
    keyboard.press(Qt.Key.Key_4, ALT)
    keyboard.tab_to(QComboBox, "Column of axis 1")
    keyboard.press(Qt.Key.Key_Down)
    for name, key in (("Start of axis 1", Qt.Key.Key_A), ("End of axis 1", Qt.Key.Key_C)):
        keyboard.tab_to(QComboBox, name)
        keyboard.press(key)
    keyboard.tab_to(QAbstractButton, "Show along these axes")
    keyboard.press(Qt.Key.Key_Space)
    assert keyboard.model.layout.axis_names[0] == "a → c"


def test_from_the_search_the_down_key_leads_to_what_was_found(keyboard):
    keyboard.press(Qt.Key.Key_F, CONTROL)
    QTest.keyClicks(keyboard.focus, "p3")
    keyboard.qtbot.waitUntil(lambda: keyboard.model.matches is not None)
    keyboard.press(Qt.Key.Key_Down)
    assert isinstance(keyboard.focus, PointList)
    keyboard.press(Qt.Key.Key_Down)
    keyboard.press(Qt.Key.Key_Return)
    assert keyboard.model.choice.selected == 30  # after p3


def test_the_legend_comes_into_sight_from_another_page(keyboard):
    keyboard.press(Qt.Key.Key_2, ALT)
    keyboard.press(Qt.Key.Key_L, CONTROL | SHIFT)  # shuts the panel
    keyboard.press(Qt.Key.Key_G, CONTROL | SHIFT)
    assert isinstance(keyboard.focus, LineList)
    assert keyboard.is_in_sight


def test_the_field_to_write_into_comes_into_sight(keyboard):
    keyboard.model.choose(selected=4)
    keyboard.settle()
    keyboard.press(Qt.Key.Key_E, CONTROL | ALT)
    assert keyboard.focus.accessibleName() == "Value to write"
    assert keyboard.is_in_sight


def test_going_from_neighbor_to_neighbor_the_list_keeps_the_keyboard(keyboard):
    keyboard.model.choose(selected=4)
    keyboard.settle()
    shown = keyboard.tab_to(PointList, "Nearest neighbors")
    for _ in range(3):
        nearest = int(shown.points.ids[0])
        keyboard.press(Qt.Key.Key_Home)
        keyboard.press(Qt.Key.Key_Return)
        assert keyboard.model.selected == nearest
        assert keyboard.focus is shown


def test_escape_leads_back_to_the_picture_step_by_step(keyboard):
    keyboard.press(Qt.Key.Key_F, CONTROL)
    QTest.keyClicks(keyboard.focus, "p1")
    keyboard.press(Qt.Key.Key_Escape)
    assert keyboard.focus.text() == ""
    keyboard.press(Qt.Key.Key_Escape)
    assert keyboard.focus is keyboard.canvas


def test_the_second_view_follows_the_tools_and_gives_the_keyboard_back(keyboard):
    keyboard.press(Qt.Key.Key_S)
    keyboard.tab_to(QAbstractButton, "View options")
    QTest.keyClick(keyboard.focus, Qt.Key.Key_Tab)
    assert keyboard.focus is keyboard.dashboard.side_by_side.second.canvas
    QTest.keyClick(keyboard.focus, Qt.Key.Key_Tab)
    assert keyboard.focus.accessibleName() == "Close this view"
    QTest.keyClick(keyboard.focus, Qt.Key.Key_Space)
    assert keyboard.focus is keyboard.canvas


def test_keys_of_parts_are_listed_with_the_shortcuts(keyboard):
    keyboard.press(Qt.Key.Key_F1)
    table = keyboard.controller.window.findChild(ShortcutList).findChild(QTreeWidget)
    items = [table.topLevelItem(i) for i in range(table.topLevelItemCount())]
    told = {item.text(1): item.text(0) for item in items}
    assert told["Isolate the category, or show all"] == "Shift+Return in the legend"
    assert "Left" in told["Turn the cloud, in 2D move it"]


def test_every_key_that_is_listed_is_a_key(keyboard):
    for note in keyboard.dashboard.key_notes():
        for key in note.keys:
            assert QKeySequence(key).toString() == key


def test_an_opened_cloud_has_the_keyboard_at_once(new_window, tmp_path, qtbot):
    write_embedding(tmp_path / "logs", np.eye(9, 4, dtype=np.float32))
    controller = new_window(poll_ms=None)
    controller.window.activateWindow()
    qtbot.waitUntil(controller.window.isActiveWindow)
    controller.open(tmp_path / "logs")
    keyboard = Keyboard(controller, qtbot)
    keyboard.settle()
    assert keyboard.focus is keyboard.canvas
