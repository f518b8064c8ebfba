"""How fast steps are played is one choice for the whole program, kept until the next start."""

from __future__ import annotations

from widgets.shared.step_slider import StepSlider


def sliders(controller):
    return controller.window.findChildren(StepSlider)


def pick(slider, text):
    actions = slider._speeds.actions()
    next(action for action in actions if action.text() == text).trigger()


def test_the_speed_holds_for_all_playback_and_for_the_next_start(new_window):
    first = new_window()
    assert len(sliders(first)) > 1
    pick(sliders(first)[0], "2×")
    assert {slider.speed for slider in sliders(first)} == {2.0}
    first.settings._store.sync()
    assert {slider.speed for slider in sliders(new_window())} == {2.0}
