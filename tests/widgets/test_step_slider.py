"""The step slider: what it says, what it announces, and that playback walks around."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QSlider, QToolButton, QWidget

from widgets.shared.step_slider import StepSlider


@pytest.fixture
def slider(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    slider = StepSlider(window)
    window.resize(400, 60)
    window.show()
    slider.set_steps([5, 55, 2**40])
    yield slider
    window.close()


def label_text(slider):
    return slider.findChild(QLabel).text()


def test_it_says_which_step_of_how_many(slider):
    slider.set_index(1)
    assert label_text(slider) == "Step 55 (2 of 3)"


def test_setting_an_index_announces_nothing(slider, qtbot):
    with qtbot.assertNotEmitted(slider.index_chosen):
        slider.set_index(2)
    assert slider.index == 2


def test_arrow_keys_choose_the_next_step(slider, qtbot):
    with qtbot.waitSignal(slider.index_chosen) as chosen:
        QTest.keyClick(slider.findChild(QSlider), Qt.Key.Key_Right)
    assert chosen.args == [1]


def test_a_step_beyond_32_bits_is_shown_whole(slider):
    slider.set_index(2)
    assert label_text(slider).replace(",", "") == "Step 1099511627776 (3 of 3)"


def test_fewer_than_two_steps_hide_it(slider):
    assert slider.isVisible()
    slider.set_steps([7])
    assert not slider.isVisible()


def test_playback_goes_around_and_pauses(slider, qtbot):
    slider.set_index(2)
    button = slider.findChild(QToolButton)
    with qtbot.waitSignal(slider.index_chosen) as chosen:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen.args == [0]
    assert slider.is_playing
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not slider.is_playing


def test_the_tab_key_reaches_both_the_button_and_the_slider(slider, qtbot):
    before = QLineEdit(slider.window())
    before.lower()
    QWidget.setTabOrder(before, slider)
    before.show()
    slider.window().activateWindow()
    before.setFocus()
    reached = []
    for _ in range(2):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget().accessibleName())
    assert reached == ["Play", "Step"]


def test_stepping_stops_at_the_ends(slider, qtbot):
    slider.set_index(2)
    with qtbot.assertNotEmitted(slider.index_chosen):
        slider.step_by(1)


def test_hiding_it_stops_the_playback(slider):
    slider.play()
    slider.hide()
    assert not slider.is_playing


def speed_menu(slider):
    buttons = slider.findChildren(QToolButton)
    return next(one for one in buttons if one.accessibleName() == "Speed of playback")


def test_the_speed_is_picked_from_a_menu_and_announced(slider, qtbot):
    button = speed_menu(slider)
    assert button.text() == "1×"
    usual = slider._timer.interval()
    fastest = button.menu().actions()[-1]
    with qtbot.waitSignal(slider.speed_chosen) as chosen:
        fastest.trigger()
    assert chosen.args == [4.0]
    assert (button.text(), fastest.isChecked()) == ("4×", True)
    assert slider._timer.interval() * 4 == usual


def test_a_speed_that_is_not_offered_becomes_the_nearest(slider, qtbot):
    with qtbot.assertNotEmitted(slider.speed_chosen):
        slider.set_speed(2.3)
    assert slider.speed == 2.0
    assert [one.isChecked() for one in speed_menu(slider).menu().actions()] == [0, 0, 1, 0]
