"""The dashboard of precision-recall curves, used as a user does."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from projector.contents import Contents
from projector.curve_frames import PrCurvesChoice
from projector.errors import Stopped
from projector.logs.folder import read_logs
from projector.logs.roots import Root
from projector.logs.series import Logs
from projector.pr_curves import find_curves
from projector.progress import finish
from tests.curve_logs import curve_logs, some_tensor
from widgets.pr_curves.dashboard import PrCurvesDashboard
from widgets.pr_curves.legend import AP, AT, BEST_F1, RUN, STEP, LegendModel
from widgets.shared.theme import app_palette, plot_colors

NO_BUTTON = Qt.MouseButton.NoButton
NO_KEY = Qt.KeyboardModifier.NoModifier


def contents_of(logs):
    curves, problems = find_curves(logs)
    return Contents((Root(logs.path),), logs, (), curves, None, problems)


@pytest.fixture
def dashboard(qtbot, run_job):
    widget = PrCurvesDashboard(run_job)
    qtbot.addWidget(widget)
    widget.resize(1280, 800)
    widget.show()
    return widget


@pytest.fixture
def logs(tmp_path):
    return curve_logs(
        tmp_path,
        {
            ("test", "pr/cat"): {1: some_tensor(0), 9: some_tensor(1)},
            ("test", "pr/dog"): {1: some_tensor(2), 9: some_tensor(3)},
            ("train", "pr/cat"): {4: some_tensor(4)},
        },
    )


@pytest.fixture
def shown(dashboard, logs, qtbot):
    dashboard.show_contents(contents_of(logs))
    qtbot.waitUntil(lambda: bool(dashboard.board.cards))
    return dashboard


def card(dashboard, tag):
    return next(widget for found, widget in dashboard.board.cards if found.tag == tag)


def point_at(plot, recall, precision):
    """Move the pointer to that place of the plot."""
    target = plot.focusProxy().viewport()
    place = QPointF(target.mapFrom(plot, plot.position_of(recall, precision)))
    there = QPointF(target.mapToGlobal(place))
    event = QMouseEvent(QEvent.Type.MouseMove, place, there, NO_BUTTON, NO_BUTTON, NO_KEY)
    QApplication.sendEvent(target, event)
    return place.toPoint()


def legend_texts(widget, column):
    model = widget.legend.legend
    return [model.data(model.index(row, column)) for row in range(model.rowCount())]


def test_a_card_stands_for_each_tag(shown):
    assert [found.tag for found, _ in shown.board.cards] == ["pr/cat", "pr/dog"]


def test_the_legend_says_step_and_figures_of_each_run(shown):
    cat = card(shown, "pr/cat")
    curve = shown.model.cards[0].series[0].curve(1)
    f1, threshold = curve.best_f1
    assert legend_texts(cat, RUN) == ["test", "train"]
    assert legend_texts(cat, STEP) == ["9", "4"]
    assert legend_texts(cat, AP)[0] == f"{curve.average_precision:.4f}"
    assert legend_texts(cat, BEST_F1)[0] == f"{f1:.4f}"
    assert legend_texts(cat, AT)[0] == f"{threshold:.4f}"


def test_the_step_slider_shows_each_runs_nearest_earlier_step(shown):
    shown.slider.step_by(-1)
    assert legend_texts(card(shown, "pr/cat"), STEP) == ["1", "4"]
    shown.slider.step_by(-1)
    assert legend_texts(card(shown, "pr/cat"), STEP) == ["1", "–"]


def test_a_hidden_run_vanishes_from_plot_and_legend(shown):
    checked = shown.side.runs.model.index(0)
    shown.side.runs.model.setData(checked, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    QApplication.processEvents()
    assert [found.tag for found, _ in shown.board.cards] == ["pr/cat"]
    assert [line.run for line in card(shown, "pr/cat").plot.frame.lines] == ["train"]


def test_the_tag_filter_leaves_matching_cards(shown):
    QTest.keyClicks(shown.filter, "do.$")
    QApplication.processEvents()
    assert [found.tag for found, _ in shown.board.cards] == ["pr/dog"]


def test_pointing_at_a_curve_reads_its_nearest_points_exactly(shown):
    plot = card(shown, "pr/cat").plot
    curve = plot.frame.lines[0].curve
    middle = len(curve) // 2
    point = curve.point(middle)
    point_at(plot, point.recall, point.precision)
    reading = next(r for r in plot.readings if r.run == "test")
    assert reading.point == point
    text = shown.board.readout.text()
    for said in (f"{point.threshold:.4f}", f"{point.precision:.4f}", f"{point.tp:.0f}"):
        assert f">{said}<" in text


def test_pointing_at_one_card_marks_the_threshold_on_all_others(shown):
    plot = card(shown, "pr/cat").plot
    point_at(plot, 0.8, 0.7)
    nearest = plot.readings[0].point.threshold
    dog = card(shown, "pr/dog").plot
    assert [r.point.threshold for r in dog.readings] == [nearest]


def test_leaving_the_plot_takes_the_marks_away(shown):
    plot = card(shown, "pr/cat").plot
    point_at(plot, 0.8, 0.7)
    QApplication.sendEvent(plot.focusProxy().viewport(), QEvent(QEvent.Type.Leave))
    assert plot.readings == ()
    assert shown.board.readout.isHidden()


def test_a_click_pins_the_threshold_and_escape_frees_it(shown):
    plot = card(shown, "pr/cat").plot
    place = point_at(plot, 0.8, 0.7)
    QTest.mouseClick(plot.focusProxy().viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.model.choice.threshold == plot.readings[0].point.threshold
    QTest.keyClick(plot.focusProxy(), Qt.Key.Key_Escape)
    assert shown.model.choice.threshold is None


def test_arrow_keys_move_the_threshold_by_what_was_logged(shown):
    plot = card(shown, "pr/cat").plot
    shown.model.choose(threshold=0.5)
    QTest.keyClick(plot.focusProxy(), Qt.Key.Key_Right)
    assert shown.model.choice.threshold == pytest.approx(0.6)
    assert shown.board.readout.isVisible()


def test_a_typed_threshold_is_marked_on_every_card(shown):
    shown.side.threshold.setValue(0.3)
    for _, widget in shown.board.cards:
        thresholds = [r.point.threshold for r in widget.plot.readings]
        assert thresholds == [pytest.approx(0.3)] * len(widget.plot.frame.lines)


def test_dragging_zooms_into_a_box_and_a_double_click_resets(shown):
    plot = card(shown, "pr/cat").plot
    target = plot.focusProxy().viewport()
    start, end = (
        target.mapFrom(plot, plot.position_of(*place)) for place in ((0.4, 0.9), (0.8, 0.5))
    )
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(target, left, pos=start)
    for part in (0.3, 0.6, 1.0):
        QTest.mouseMove(target, start + (end - start) * part)
        place = QPointF(start + (end - start) * part)
        there = QPointF(target.mapToGlobal(place))
        move = QMouseEvent(QEvent.Type.MouseMove, place, there, NO_BUTTON, left, NO_KEY)
        QApplication.sendEvent(target, move)
    QTest.mouseRelease(target, left, pos=end)
    (low, high), _ = plot.range
    assert (low, high) == (pytest.approx(0.4, abs=0.03), pytest.approx(0.8, abs=0.03))
    QTest.mouseDClick(target, left, pos=end)
    assert plot.range[0] == pytest.approx((-0.02, 1.02))


def test_enlarging_a_card_and_coming_back(shown):
    dog = card(shown, "pr/dog")
    QTest.keyClick(dog.plot.focusProxy(), Qt.Key.Key_Return)
    assert shown.model.choice.expanded == "pr/dog"
    (only,) = shown.board.cards
    assert only[1].plot.frame.tag == "pr/dog"
    QTest.keyClick(only[1].plot.focusProxy(), Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert len(shown.board.cards) == 2


def test_a_group_folds_up(shown):
    shown.board.grid.group_clicked.emit("pr")
    QApplication.processEvents()
    assert shown.board.cards == ()


def test_a_curve_that_is_none_is_told_and_the_rest_stays(dashboard, tmp_path, qtbot):
    tensors = {("a", "cat"): {1: some_tensor()[:5]}, ("b", "cat"): {1: some_tensor()}}
    told = []
    dashboard.problem_found.connect(told.append)
    dashboard.show_contents(contents_of(curve_logs(tmp_path, tensors)))
    qtbot.waitUntil(lambda: bool(dashboard.board.cards))
    assert ["cat of run a at step 1" in problem.what for problem in told] == [True]
    assert [math.isnan(x.average_precision) for x in card(dashboard, "cat").plot.frame.lines] == [
        True,
        False,
    ]


def test_without_curves_it_says_what_to_write(dashboard, tmp_path):
    dashboard.show_contents(contents_of(Logs(tmp_path)))
    seen = [label.text() for label in dashboard.findChildren(QLabel) if label.isVisible()]
    assert any("add_pr_curve" in text for text in seen)


def test_hiding_all_runs_says_why_nothing_is_seen(shown):
    shown.model.choose(hidden_runs=("test", "train"))
    seen = [label.text() for label in shown.findChildren(QLabel) if label.isVisible()]
    assert any("All runs are hidden" in text for text in seen)


def test_only_cards_in_sight_are_built(dashboard, tmp_path, qtbot):
    tensor = some_tensor()
    tensors = {("run", f"pr/{i}"): {1: tensor} for i in range(100)}
    dashboard.show_contents(contents_of(curve_logs(tmp_path, tensors)))
    qtbot.waitUntil(lambda: bool(dashboard.board.cards))
    assert len(dashboard.board.cards) < 20
    bar = dashboard.board.grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: dashboard.board.cards[-1][0].tag == "pr/99")
    assert len(dashboard.board.cards) < 20
    assert dashboard.board.cards[-1][1].plot.frame.tag == "pr/99"


def test_with_very_many_runs_the_first_are_shown(dashboard, tmp_path):
    tensors = {(f"run{i:02}", "pr/cat"): {1: some_tensor()} for i in range(45)}
    dashboard.show_contents(contents_of(curve_logs(tmp_path, tensors)))
    assert dashboard.model.choice.hidden_runs == tuple(f"run{i}" for i in range(40, 45))


def test_a_reload_keeps_the_choice_and_follows_the_newest_step(shown, tmp_path):
    shown.model.choose(hidden_runs=("train",))
    more = {("test", "pr/cat"): {1: some_tensor(), 99: some_tensor(1)}}
    shown.show_contents(contents_of(curve_logs(tmp_path, more)))
    QApplication.processEvents()
    assert shown.model.choice.hidden_runs == ("train",)
    assert legend_texts(card(shown, "pr/cat"), STEP) == ["99"]


def test_other_logs_are_shown_from_the_start(shown, tmp_path, qtbot):
    shown.model.choose(step=1, hidden_runs=("train",), tag_filter="dog", shows_f1_lines=False)
    (tmp_path / "other").mkdir()
    other = curve_logs(tmp_path / "other", {("train", "pr/cat"): {4: some_tensor()}})
    shown.show_contents(contents_of(other))
    qtbot.waitUntil(lambda: bool(shown.board.cards))
    assert legend_texts(card(shown, "pr/cat"), STEP) == ["4"]
    assert shown.filter.text() == ""
    assert shown.model.choice == PrCurvesChoice(shows_f1_lines=False)


def test_cards_of_other_logs_are_forgotten_while_the_tab_is_hidden(shown, tmp_path):
    said = []
    shown.said.connect(said.append)
    shown.hide()
    shown.show_contents(contents_of(Logs(tmp_path / "other")))
    shown.setPalette(app_palette(True))
    QApplication.processEvents()
    assert shown.board.cards == ()
    assert said == [""]


def test_a_reload_drops_what_is_still_being_read(qtbot, run_job, logs):
    cancelled, held = [], []

    class HeldJob:
        def cancel(self):
            cancelled.append(self)

    def hold(key, title, work, **callbacks):
        if key != "pr-curves/read":
            return run_job(key, title, work, **callbacks)
        held.append(HeldJob())
        return held[-1]

    dashboard = PrCurvesDashboard(hold)
    qtbot.addWidget(dashboard)
    dashboard.show()
    dashboard.show_contents(contents_of(logs))
    qtbot.waitUntil(lambda: bool(held))
    dashboard.show_contents(contents_of(logs))
    assert cancelled == held[:1]


def test_plots_that_were_stopped_are_not_waited_for(qtbot, logs):
    def stop(key, title, work, *, on_done, on_step=None, on_failed=None):
        on_failed(Stopped(f"{title} was stopped."))

    dashboard = PrCurvesDashboard(stop)
    qtbot.addWidget(dashboard)
    dashboard.show()
    dashboard.show_contents(contents_of(logs))
    seen = [label.text() for label in dashboard.findChildren(QLabel) if label.isVisible()]
    assert any("Preparing the plots was stopped. Reload" in text for text in seen)


def test_the_dark_theme_reaches_the_plots(shown):
    shown.setPalette(app_palette(True))
    QApplication.processEvents()
    view = card(shown, "pr/cat").plot.focusProxy()
    assert view.backgroundBrush().color() == plot_colors(app_palette(True)).background


def test_every_command_can_be_run(shown):
    for command in shown.commands():
        command.run()


@pytest.mark.parametrize("name", ["torch_pr_curves", "tf2_pr_curves", "edge_nan_inf"])
def test_logs_by_real_writers_are_shown_without_complaint(dashboard, fixtures, qtbot, name):
    told = []
    dashboard.problem_found.connect(told.append)
    dashboard.show_contents(contents_of(finish(read_logs(fixtures / name))))
    qtbot.waitUntil(lambda: bool(dashboard.board.cards))
    dashboard.grab()
    assert told == []


def test_the_legend_sorts_with_missing_values_last(shown):
    cat = card(shown, "pr/cat")
    shown.model.choose(step=1)
    cat.legend.sortByColumn(AP, Qt.SortOrder.AscendingOrder)
    assert legend_texts(cat, RUN) == ["test", "train"]
    cat.legend.sortByColumn(RUN, Qt.SortOrder.DescendingOrder)
    assert legend_texts(cat, RUN) == ["train", "test"]


def test_the_legend_keeps_the_rules_of_qt(shown, qtmodeltester):
    model = LegendModel()
    model.set_lines(card(shown, "pr/cat").plot.frame.lines)
    qtmodeltester.check(model)
