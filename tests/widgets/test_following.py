"""What a dashboard keeps while its logs grow: choices, places scrolled to, pictures, zoom."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from projector.contents import Place
from projector.embeddings.writer import write_embedding
from projector.logs.writer import EventWriter
from projector.progress import finish
from tests.widgets.conftest import run_now
from widgets.dashboards import DASHBOARDS
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.hparams.dashboard import HparamsDashboard
from widgets.pr_curves.dashboard import PrCurvesDashboard
from widgets.shared.run_list import RunList
from widgets.shared.step_slider import StepSlider

N_TRIALS = 40


@pytest.fixture
def logs(tmp_path):
    """Trials with hyperparameters and a curve each, and an embedding at two steps."""
    for trial in range(N_TRIALS):
        with EventWriter(tmp_path / f"trial{trial:02d}") as writer:
            writer.hparams({"lr": 0.1 / (trial + 1), "kind": "abc"[trial % 3]})
            writer.scalar("accuracy", trial / N_TRIALS, 1)
            write_curve(writer, 1, trial)
    for step in (1, 2):
        write_vectors(tmp_path, step)
    return tmp_path


def write_curve(writer, step, seed=0):
    rng = np.random.default_rng(seed)
    writer.pr_curve("pr/cat", rng.integers(0, 2, 60).astype(bool), rng.random(60), step)


def write_vectors(folder, step):
    vectors = np.random.default_rng(step).normal(size=(20, 4)).astype(np.float32)
    write_embedding(folder, vectors, metadata={"label": ["a"] * 20}, step=step, name="words")


@pytest.fixture
def place(logs):
    return Place(logs, uses_index=False)


@pytest.fixture
def open_in(qtbot, place):
    """Shows what the place holds in a dashboard of some kind."""

    def opened(kind, run_job=run_now):
        dashboard = kind(run_job)
        qtbot.addWidget(dashboard)
        dashboard.resize(1100, 700)
        dashboard.show()
        dashboard.show_contents(finish(place.read()))
        QApplication.processEvents()
        return dashboard

    return opened


def follow(dashboard, place):
    dashboard.follow_contents(finish(place.read()))
    QApplication.processEvents()


def grow(logs, trial=0, step=9):
    with EventWriter(logs / f"trial{trial:02d}") as writer:
        writer.scalar("accuracy", 0.99, step)
        write_curve(writer, step, seed=99)


@pytest.mark.parametrize("kind", DASHBOARDS)
def test_nothing_differs_where_only_a_scalar_of_no_trial_came(kind, place, logs):
    before = finish(place.read())
    with EventWriter(logs / "notes") as writer:
        writer.scalar("speed", 1.0, 1)
    assert not kind.differs(before, finish(place.read()))


@pytest.mark.parametrize("kind", DASHBOARDS)
def test_nothing_differs_between_two_fresh_readings(kind, logs):
    one, other = (finish(Place(logs, uses_index=False).read()) for _ in range(2))
    assert kind is EmbeddingDashboard or not kind.differs(one, other)


def test_a_grown_curve_differs_for_its_dashboard(place, logs):
    before = finish(place.read())
    grow(logs)
    after = finish(place.read())
    assert [kind.name for kind in DASHBOARDS if kind.differs(before, after)] == [
        "pr-curves",
        "hparams",
    ]


def the_card(dashboard):
    ((_, widget),) = dashboard.board.cards
    return widget


def test_the_zoom_of_a_card_and_the_place_in_its_table_stay(open_in, place, logs, qtbot):
    dashboard = open_in(PrCurvesDashboard)
    qtbot.waitUntil(lambda: bool(dashboard.board.cards))
    card = the_card(dashboard)
    card.plot._box.setRange(xRange=(0.2, 0.4), yRange=(0.3, 0.6), padding=0)
    zoomed = card.plot.range
    card.legend.verticalScrollBar().setValue(5)
    grow(logs)
    follow(dashboard, place)
    qtbot.waitUntil(lambda: the_card(dashboard).plot.frame.lines[0].step == 9)
    assert the_card(dashboard) is card
    assert card.plot.range == zoomed
    assert card.legend.verticalScrollBar().value() == 5


def test_only_the_new_curve_is_read(open_in, place, logs, qtbot, monkeypatch):
    read = []
    dashboard = open_in(PrCurvesDashboard)
    qtbot.waitUntil(lambda: bool(dashboard.board.cards))
    of_model = "widgets.pr_curves.view_model.read_curves"
    from projector.pr_curves import read_curves

    monkeypatch.setattr(of_model, lambda wanted: read.extend(wanted) or read_curves(wanted))
    grow(logs)
    follow(dashboard, place)
    qtbot.waitUntil(lambda: bool(read))
    assert [(series.run, i) for series, i in read] == [("trial00", 1)]


def test_a_line_is_drawn_as_it_was_until_its_new_curve_is_read(open_in, place, logs, qtbot):
    waiting = []

    def run(key, title, work, **callbacks):
        if key == "pr-curves/read" and waiting:
            waiting.append(work)
            return SimpleNamespace(is_running=True, cancel=work.close)
        return run_now(key, title, work, **callbacks)

    dashboard = open_in(PrCurvesDashboard, run)
    qtbot.waitUntil(lambda: bool(dashboard.board.cards))
    before = the_card(dashboard).plot.frame.lines[0].curve
    waiting.append(None)
    grow(logs)
    follow(dashboard, place)
    qtbot.waitUntil(lambda: len(waiting) > 1)
    assert the_card(dashboard).plot.frame.lines[0].curve is before


def test_numbers_under_the_pointer_stay_while_the_logs_grow(open_in, place, logs, qtbot):
    dashboard = open_in(PrCurvesDashboard)
    qtbot.waitUntil(lambda: bool(dashboard.board.cards))
    plot = the_card(dashboard).plot
    target = plot.focusProxy().viewport()
    point = QPointF(target.mapFrom(plot, plot.position_of(0.5, 0.5)))
    there = QPointF(target.mapToGlobal(point))
    none, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, point, there, none, none, no_key)
    QApplication.sendEvent(target, move)
    assert dashboard.board.readout.isVisible()
    grow(logs)
    follow(dashboard, place)
    qtbot.waitUntil(lambda: plot.frame.lines[0].step == 9)
    assert dashboard.board.readout.isVisible()
    assert len(plot.readings) == N_TRIALS


def test_runs_that_come_when_many_are_shown_wait_to_be_asked_for(open_in, place, logs):
    dashboard = open_in(PrCurvesDashboard)
    with EventWriter(logs / "one more") as writer:
        write_curve(writer, 1)
    follow(dashboard, place)
    assert dashboard.model.choice.hidden_runs == ("one more",)


def test_the_table_of_trials_stays_where_it_was_scrolled_to(open_in, place, logs):
    dashboard = open_in(HparamsDashboard)
    table = dashboard.table
    table.setCurrentIndex(table.model().index(30, 1))
    bar = table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before, chosen = bar.value(), dashboard.model.choice
    grow(logs)
    follow(dashboard, place)
    assert bar.value() == before > 0
    assert (table.currentIndex().row(), table.currentIndex().column()) == (30, 1)
    assert dashboard.model.choice == chosen


def test_a_metric_that_comes_later_gets_a_column(qtbot, tmp_path):
    for trial in range(2):
        with EventWriter(tmp_path / f"{trial}") as writer:
            writer.hparams({"lr": trial + 0.5})
    place = Place(tmp_path, uses_index=False)
    dashboard = HparamsDashboard(run_now)
    qtbot.addWidget(dashboard)
    dashboard.show_contents(finish(place.read()))
    with EventWriter(tmp_path / "0") as writer:
        writer.scalar("accuracy", 0.5, 1)
    follow(dashboard, place)
    assert dashboard.model.choice.columns == ("hparam/lr", "metric/accuracy")


def test_a_column_the_user_hid_stays_hidden(open_in, place, logs):
    dashboard = open_in(HparamsDashboard)
    shown = set(dashboard.model.choice.columns) - {"hparam/kind"}
    dashboard.model.set_columns(shown)
    grow(logs)
    follow(dashboard, place)
    assert set(dashboard.model.choice.columns) == shown


def test_lines_keep_their_colors_until_the_new_ones_are_there(open_in, place, logs):
    coloring = []

    def run(key, title, work, **callbacks):
        if key == "hparams/colors" and coloring:
            return SimpleNamespace(is_running=True, cancel=work.close)
        return run_now(key, title, work, **callbacks)

    dashboard = open_in(HparamsDashboard, run)
    coloring.append(True)
    before = dashboard.model.rgb.copy()
    grow(logs)
    follow(dashboard, place)
    assert (dashboard.model.rgb == before).all()


def test_a_filter_that_is_being_typed_stays(open_in, place, logs):
    dashboard = open_in(HparamsDashboard)
    dashboard.chooser.filter.setText("acc")
    tree = dashboard.chooser.list
    tree.topLevelItem(0).setExpanded(False)
    grow(logs)
    with EventWriter(logs / "trial00") as writer:
        writer.scalar("accuracy of the other", 0.5, 1)
    follow(dashboard, place)
    assert dashboard.chooser.filter.text() == "acc"
    assert not tree.topLevelItem(0).isExpanded()


def test_all_steps_stay_in_the_axes_that_were_shown_first(open_in, place, logs):
    dashboard = open_in(EmbeddingDashboard)
    dashboard.model.choose(step=1)
    before = dashboard.model.shown.coordinates
    write_vectors(logs, 3)
    follow(dashboard, place)
    dashboard.model.choose(step=3)
    assert not dashboard.model.shown.are_own_axes
    dashboard.model.choose(step=1)
    np.testing.assert_array_equal(dashboard.model.shown.coordinates, before)


def test_an_embedding_found_later_does_not_take_the_place_of_the_one_shown(open_in, place, logs):
    dashboard = open_in(EmbeddingDashboard)
    dashboard.model.choose(selected=3)
    seen = dashboard.model.shown
    write_vectors(logs / "an earlier name", 1)
    follow(dashboard, place)
    assert len(dashboard.model.groups) == 2
    assert dashboard.model.shown is seen
    assert dashboard.model.selected == 3


def test_a_list_of_runs_stays_where_it_was_scrolled_to(qtbot):
    runs = [(f"run {i}", (i, 0, 0)) for i in range(200)]
    listed = RunList()
    qtbot.addWidget(listed)
    listed.resize(200, 300)
    listed.show()
    listed.set_runs(runs)
    listed._view.setCurrentIndex(listed.model.index(100))
    before = listed._view.verticalScrollBar().value()
    listed.set_runs([*runs, ("run 200", (200, 0, 0))])
    assert listed._view.verticalScrollBar().value() == before > 0
    assert listed._view.currentIndex().data() == "run 100"


def test_equal_runs_are_not_listed_anew(qtbot):
    listed = RunList()
    qtbot.addWidget(listed)
    listed.set_runs([("a", (1, 2, 3))])
    with qtbot.assertNotEmitted(listed.model.modelReset):
        listed.set_runs([("a", (1, 2, 3))])


def test_a_slider_that_is_playing_goes_on_when_it_gets_longer(qtbot):
    slider = StepSlider()
    qtbot.addWidget(slider)
    slider.set_steps([1, 2, 3])
    slider.set_index(1)
    slider.show()
    slider.play()
    slider.set_steps([1, 2, 3, 4])
    assert slider.is_playing
    assert slider.index == 1
    slider.pause()
