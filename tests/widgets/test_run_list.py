"""The list of runs: checking, filtering, isolating."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView, QToolButton

from widgets.shared.run_list import RunList, RunListModel

NAMES = ("train/1", "train/2", "test(")


@pytest.fixture
def runs(qtbot):
    widget = RunList()
    qtbot.addWidget(widget)
    widget.set_runs([(name, (i, i, i)) for i, name in enumerate(NAMES)])
    widget.hidden_chosen.connect(widget.set_hidden)
    widget.show()
    return widget


def button(runs, text):
    return next(b for b in runs.findChildren(QToolButton) if b.text() == text)


def chosen(runs, act):
    heard = []
    runs.hidden_chosen.connect(heard.append)
    act()
    return heard[-1] if heard else None


def type_filter(runs, text):
    QTest.keyClicks(runs.findChild(QLineEdit), text)


def test_unchecking_a_run_hides_it(runs):
    index = runs.model.index(1)
    unchecked = Qt.CheckState.Unchecked
    role = Qt.ItemDataRole.CheckStateRole
    assert chosen(runs, lambda: runs.model.setData(index, unchecked, role)) == ("train/2",)
    assert runs.model.data(index, role) == unchecked


def test_the_space_key_toggles_the_current_run(runs):
    view = runs.findChild(QListView)
    view.setCurrentIndex(runs.model.index(0))
    assert chosen(runs, lambda: QTest.keyClick(view, Qt.Key.Key_Space)) == ("train/1",)


def test_a_double_click_shows_one_run_alone_and_another_brings_all_back(runs):
    view = runs.findChild(QListView)
    place = view.visualRect(runs.model.index(2)).center()
    left = Qt.MouseButton.LeftButton

    def double_click():
        QTest.mouseClick(view.viewport(), left, pos=place)
        QTest.mouseDClick(view.viewport(), left, pos=place)

    assert chosen(runs, double_click) == ("train/1", "train/2")
    assert chosen(runs, double_click) == ()


def test_none_and_all_act_on_the_listed_runs(runs):
    type_filter(runs, "train")
    assert chosen(runs, button(runs, "None").click) == ("train/1", "train/2")
    assert chosen(runs, button(runs, "All").click) == ()


@pytest.mark.parametrize(
    ("text", "listed"), [("TRAIN", 2), ("/1$", 1), ("1|test", 2), ("test(", 1), ("nothing", 0)]
)
def test_the_filter_takes_text_or_a_regular_expression(runs, text, listed):
    type_filter(runs, text)
    assert len(runs.model.shown_rows) == listed


def test_setting_the_hidden_runs_announces_nothing(runs):
    assert chosen(runs, lambda: runs.set_hidden(("test(",))) is None


def test_the_model_keeps_the_rules_of_qt(qtmodeltester):
    model = RunListModel()
    model.set_runs([(name, (0, 0, 0)) for name in NAMES])
    qtmodeltester.check(model)
