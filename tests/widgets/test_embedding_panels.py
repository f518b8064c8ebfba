"""Panels in sight: what gets the keyboard is scrolled to, and stays while lists grow above it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from widgets.embedding.section import Panel, Section


@pytest.fixture
def panel(qtbot):
    panel = Panel("Panel", 30)
    panel.list = QWidget()
    panel.list.setFixedHeight(20)
    panel.field = QLineEdit()
    content = QWidget()
    QVBoxLayout(content).addWidget(panel.field)
    panel.add(panel.list)
    panel.edit = Section("Edit", content, is_open=False)
    panel.add(panel.edit)
    panel.add_stretch()
    qtbot.addWidget(panel)
    panel.resize(260, 200)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def is_in_sight(widget):
    return not widget.visibleRegion().isEmpty()


def test_a_field_that_is_unfolded_far_below_comes_into_sight(panel, qtbot):
    panel.list.setFixedHeight(900)
    panel.edit.set_open(True)
    panel.field.setFocus()
    qtbot.waitUntil(lambda: is_in_sight(panel.field))


def test_a_field_stays_in_sight_when_a_list_above_it_grows_a_moment_later(panel, qtbot):
    panel.edit.set_open(True)
    panel.field.setFocus()
    qtbot.waitUntil(lambda: is_in_sight(panel.field))
    panel.list.setFixedHeight(900)
    qtbot.waitUntil(lambda: panel.verticalScrollBar().maximum() > 500)
    qtbot.waitUntil(lambda: is_in_sight(panel.field))


def test_what_is_scrolled_away_later_by_the_user_is_left_alone(panel, qtbot):
    panel.list.setFixedHeight(900)
    panel.edit.set_open(True)
    panel.field.setFocus()
    qtbot.waitUntil(lambda: is_in_sight(panel.field))
    qtbot.waitUntil(lambda: panel._target is None)
    panel.verticalScrollBar().setValue(0)
    panel.list.setFixedHeight(1000)
    qtbot.waitUntil(lambda: panel.verticalScrollBar().maximum() > 800)
    assert panel.verticalScrollBar().value() == 0
