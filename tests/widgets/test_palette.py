"""The command palette finds any enabled command by a few letters and runs it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QWidget

from widgets.shared.palette import CommandPalette, matches


@pytest.fixture
def palette(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    ran = []
    actions = []
    for text in ("&Open folder…", "Reset camera", "Reload"):
        action = QAction(text, owner)
        action.triggered.connect(lambda _=False, text=text: ran.append(text))
        actions.append(action)
    actions[2].setEnabled(False)
    palette = CommandPalette(actions, owner)
    palette.ran, palette.owner = ran, owner
    palette.show()
    return palette


def shown(palette):
    tree = palette.findChild(QTreeWidget)
    items = [tree.topLevelItem(i) for i in range(tree.topLevelItemCount())]
    return [item.text(0) for item in items if not item.isHidden()]


def test_it_lists_what_is_enabled(palette):
    assert shown(palette) == ["Open folder…", "Reset camera"]


def test_typing_narrows_the_list(palette, qtbot):
    qtbot.keyClicks(palette.findChild(QLineEdit), "cam")
    assert shown(palette) == ["Reset camera"]


def test_enter_runs_the_first_match(palette, qtbot):
    field = palette.findChild(QLineEdit)
    qtbot.keyClicks(field, "cam")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert palette.ran == ["Reset camera"]


def test_a_command_named_so_comes_before_one_described_so(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = [QAction(text, owner) for text in ("Open view", "A view to save", "Save view as…")]
    actions[0].setStatusTip("A view that you did save")
    palette = CommandPalette(actions, owner)
    palette.show()
    assert shown(palette) == ["Open view", "A view to save", "Save view as…"]
    qtbot.keyClicks(palette.findChild(QLineEdit), "save view")
    assert shown(palette) == ["Save view as…", "A view to save", "Open view"]


def test_down_moves_to_the_next_command(palette, qtbot):
    field = palette.findChild(QLineEdit)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert palette.ran == ["Reset camera"]


def test_enter_on_no_match_does_nothing(palette, qtbot):
    field = palette.findChild(QLineEdit)
    qtbot.keyClicks(field, "zzz")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert palette.ran == []
    assert palette.isVisible()


@pytest.mark.parametrize(
    ("typed", "expected"), [("", True), ("open FOLD", True), ("fold open", True), ("xyz", False)]
)
def test_words_match_in_any_order_and_case(typed, expected):
    assert matches("Open folder…", typed) is expected
