"""The hyperparameter tab as a user meets it: brushes, one selection for both views, the table."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from projector.hparams.columns import column
from projector.hparams.metrics import Metric
from projector.hparams.trials import Trial, Trials, find_trials
from projector.logs.folder import read_logs
from projector.progress import finish
from widgets.dashboard import Dashboard
from widgets.hparams.axis_menu import ColumnMenu
from widgets.hparams.dashboard import HparamsDashboard
from widgets.hparams.view_model import TRIAL
from widgets.shared.theme import app_palette

RATES = (0.1, 0.01, 0.001, 0.1, 0.01, 0.001)
OPTIMIZERS = ("sgd", "sgd", "sgd", "adam", "adam", "adam")
LOSSES = (0.9, 0.5, None, 0.4, 0.2, 0.7)
STATUSES = ("success", "success", "failure", "success", "success", "running")


def sweep(n: int = 6, hparams=None, metric=LOSSES) -> Trials:
    """Trials run_0, run_1 ...; by default six with a rate, an optimizer and a loss."""
    hparams = hparams or {"lr": RATES, "opt": OPTIMIZERS}
    names = [f"run_{i}" for i in range(n)]
    statuses = [STATUSES[i % 6] for i in range(n)]
    loss = column("loss", list(metric), "metric")
    steps = np.zeros(n, dtype=np.int64)
    hows = ("last", "min", "max")
    metrics = (Metric("", "loss", "", True, dict.fromkeys(hows, loss), dict.fromkeys(hows, steps)),)
    trials = tuple(
        Trial(name, name, s, name, {}, {}) for name, s in zip(names, statuses, strict=True)
    )
    about = (
        column("trial", names, "about", title="Trial"),
        column("status", statuses, "about", title="Status"),
        column("group", names, "about", title="Group"),
    )
    columns = tuple(column(name, list(values), "hparam") for name, values in hparams.items())
    return Trials(columns, metrics, trials, about)


@pytest.fixture
def show(qtbot, run_job):
    """Shows a dashboard with some trials in it."""

    def shown(trials: Trials) -> HparamsDashboard:
        dashboard = HparamsDashboard(run_job)
        qtbot.addWidget(dashboard)
        dashboard.resize(1100, 700)
        dashboard.show()
        dashboard.show_contents(SimpleNamespace(trials=trials))
        qtbot.waitExposed(dashboard)
        QApplication.processEvents()
        return dashboard

    return shown


@pytest.fixture
def dashboard(show) -> HparamsDashboard:
    return show(sweep())


def names(dashboard: HparamsDashboard, rows) -> list[str]:
    return [dashboard.model.name_of(int(row)) for row in rows]


def axis_point(dashboard: HparamsDashboard, column_id: str, position: float) -> QPoint:
    """The pixel of a position on an axis."""
    canvas = dashboard.canvas
    index = [axis.column.id for axis in canvas.axes].index(column_id)
    return QPoint(int(canvas.places.xs[index]), round(canvas.places.y_of(position)))


def drag(widget, start: QPoint, end: QPoint, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, modifier, start)
    QTest.mouseMove(widget, (start + end) / 2)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, modifier, end)


def click(widget, at: QPoint, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, modifier, at)


def brush(dashboard, column_id, low, high, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    start, end = axis_point(dashboard, column_id, low), axis_point(dashboard, column_id, high)
    drag(dashboard.canvas, start, end, modifier)


def free_point(dashboard: HparamsDashboard, row: int) -> QPoint:
    """A place on a trial's line, away from axes and nearest to that line."""
    canvas = dashboard.canvas
    corners = canvas.line_of(row)
    for share in np.linspace(0.1, 0.9, 33):
        for a, b in pairwise(corners):
            point = (a + (b - a) * float(share)).toPoint()
            away = min(abs(point.x() - x) for x in canvas.places.xs) > 12
            if away and canvas.row_at(QPointF(point)) == row:
                return point
    raise AssertionError("the line is hidden behind others")


def test_all_trials_show_at_first_and_the_first_metric_colors(dashboard):
    assert dashboard.table.trials.rowCount() == 6
    assert dashboard.model.choice.color_by == "metric/loss"
    assert dashboard.bar.count.text() == "6 of 6 trials"
    assert len(np.unique(dashboard.model.rgb, axis=0)) > 3


def test_dragging_on_an_axis_brushes_canvas_and_table(dashboard):
    brush(dashboard, "metric/loss", -0.02, 0.6)
    assert names(dashboard, dashboard.model.passing) == ["run_1", "run_3", "run_4"]
    assert dashboard.table.trials.rowCount() == 3
    assert dashboard.bar.count.text() == "3 of 6 trials"


def test_a_brush_to_the_end_of_a_logarithmic_axis_holds_the_extreme(dashboard):
    brush(dashboard, "hparam/lr", 0.9, 1.05)
    assert names(dashboard, dashboard.model.passing) == ["run_0", "run_3"]


def test_shift_adds_a_second_range(dashboard):
    brush(dashboard, "hparam/lr", 0.9, 1.05)
    brush(dashboard, "hparam/lr", 0.1, -0.05, Qt.KeyboardModifier.ShiftModifier)
    assert names(dashboard, dashboard.model.passing) == ["run_0", "run_2", "run_3", "run_5"]


def test_without_shift_a_new_range_replaces_the_old(dashboard):
    brush(dashboard, "hparam/lr", 0.9, 1.05)
    brush(dashboard, "hparam/lr", 0.1, -0.05)
    assert names(dashboard, dashboard.model.passing) == ["run_2", "run_5"]


def test_a_brush_moves_when_dragged_inside(dashboard):
    brush(dashboard, "hparam/lr", 0.8, 1.05)
    brush(dashboard, "hparam/lr", 0.9, 0.4)
    (moved,) = dashboard.model.choice.brushes
    assert names(dashboard, dashboard.model.passing) == ["run_1", "run_4"]
    assert 0.001 < moved.low < 0.01 < moved.high < 0.1


def test_a_brush_stretches_by_its_end(dashboard):
    brush(dashboard, "hparam/lr", 0.8, 1.05)
    brush(dashboard, "hparam/lr", 0.8, -0.05)
    assert dashboard.model.n_passing == 6


def test_a_click_beside_the_brush_clears_it(dashboard):
    brush(dashboard, "hparam/lr", 0.8, 1.05)
    click(dashboard.canvas, axis_point(dashboard, "hparam/lr", 0.3))
    assert dashboard.model.choice.brushes == ()


def test_a_double_click_clears_one_of_two_brushes(dashboard):
    brush(dashboard, "hparam/lr", 0.8, 1.05)
    brush(dashboard, "hparam/lr", 0.2, -0.05, Qt.KeyboardModifier.ShiftModifier)
    at = axis_point(dashboard, "hparam/lr", 0.9)
    QTest.mouseDClick(
        dashboard.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
    )
    assert names(dashboard, dashboard.model.passing) == ["run_2", "run_5"]


def test_a_click_on_a_category_keeps_only_that(dashboard):
    click(dashboard.canvas, axis_point(dashboard, "hparam/opt", 0.25))
    assert set(dashboard.model.choice.brushes[0].labels) == {"adam"}
    assert names(dashboard, dashboard.model.passing) == ["run_3", "run_4", "run_5"]


def test_a_trial_without_a_value_lies_in_the_lane_and_can_be_brushed_there(dashboard):
    canvas = dashboard.canvas
    index = [axis.column.id for axis in canvas.axes].index("metric/loss")
    assert canvas.line_of(2)[index].y() == pytest.approx(canvas.places.lane)
    click(canvas, QPoint(int(canvas.places.xs[index]), int(canvas.places.lane)))
    assert names(dashboard, dashboard.model.passing) == ["run_2"]
    assert dashboard.bar.count.text() == "1 of 6 trials"


def test_no_lane_where_nothing_is_missing(show):
    assert show(sweep(metric=[1.0, 2, 3, 4, 5, 6])).canvas.places.lane is None


def test_a_click_on_a_line_selects_the_trial_in_the_table(dashboard):
    click(dashboard.canvas, free_point(dashboard, 4))
    assert dashboard.model.choice.selected == ("run_4",)
    rows = {index.row() for index in dashboard.table.selectionModel().selectedRows()}
    assert names(dashboard, dashboard.table.trials.order[list(rows)]) == ["run_4"]


def test_ctrl_and_click_adds_to_the_selection(dashboard):
    click(dashboard.canvas, free_point(dashboard, 4))
    click(dashboard.canvas, free_point(dashboard, 0), Qt.KeyboardModifier.ControlModifier)
    assert dashboard.model.choice.selected == ("run_0", "run_4")


def test_a_click_on_a_row_selects_the_trial_on_the_canvas(dashboard):
    table = dashboard.table
    at = table.visualRect(table.trials.index(3, 1)).center()
    click(table.viewport(), at)
    assert dashboard.model.choice.selected == ("run_3",)
    assert "1 selected" in dashboard.canvas.accessibleDescription()


def test_the_frozen_names_select_as_the_table_does(dashboard):
    frozen = dashboard.table.frozen
    click(frozen.viewport(), frozen.visualRect(dashboard.table.trials.index(2, 0)).center())
    assert dashboard.model.choice.selected == ("run_2",)


def test_the_selection_stays_when_the_table_is_sorted(dashboard):
    dashboard.model.choose(selected=("run_4",))
    dashboard.model.sort_by("metric/loss", is_added=False)
    rows = [index.row() for index in dashboard.table.selectionModel().selectedRows()]
    assert rows == [0]
    assert dashboard.model.choice.selected == ("run_4",)


@pytest.mark.qt_log_ignore("does not support raise")  # tips, on the offscreen platform
def test_pointing_at_a_line_raises_it(dashboard):
    QTest.mouseMove(dashboard.canvas, free_point(dashboard, 1))
    assert dashboard.model.hovered_row == 1


def header_click(dashboard, column_id, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    table = dashboard.table
    section = [col.id for col in table.trials.shown].index(column_id)
    header = table.horizontalHeader()
    x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
    click(header.viewport(), QPoint(x, header.height() // 2), modifier)


def test_header_clicks_sort_up_then_down_with_missing_last(dashboard):
    header_click(dashboard, "metric/loss")
    up = names(dashboard, dashboard.table.trials.order)
    header_click(dashboard, "metric/loss")
    down = names(dashboard, dashboard.table.trials.order)
    assert up == ["run_4", "run_3", "run_1", "run_5", "run_0", "run_2"]
    assert down == ["run_0", "run_5", "run_1", "run_3", "run_4", "run_2"]


def test_the_table_shows_missing_values_and_the_best_ones(dashboard):
    table = dashboard.table.trials
    loss = [col.id for col in table.shown].index("metric/loss")
    texts = [table.data(table.index(row, loss)) for row in range(6)]
    assert texts == ["0.9", "0.5", "–", "0.4", "★ 0.2", "0.7"]
    assert table.data(table.index(4, loss), Qt.ItemDataRole.FontRole).bold()


def test_what_is_best_can_be_turned(dashboard):
    loss = dashboard.model.columns["metric/loss"]
    menu = ColumnMenu(dashboard.model, loss, dashboard)
    next(action for action in menu.actions() if action.data() == "maximize").trigger()
    assert dashboard.model.best_rows(loss) == {0}


def test_the_table_model_is_sound(dashboard, qtmodeltester):
    qtmodeltester.check(dashboard.table.trials, force_py=True)


def test_rows_are_copied_with_run_names_and_all_digits(dashboard):
    dashboard.model.choose(selected=("run_2", "run_3"))
    QTest.keyClick(dashboard.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().split("\n")
    assert lines[0].split("\t")[:4] == ["run", "lr", "opt", "loss"]
    assert [line.split("\t")[:4] for line in lines[1:]] == [
        ["run_2", "0.001", "sgd", ""],
        ["run_3", "0.1", "adam", "0.4"],
    ]


def test_status_is_a_filter(dashboard):
    dashboard.bar.status.menu().actions()[0].trigger()
    assert names(dashboard, dashboard.model.passing) == ["run_2", "run_5"]
    assert dashboard.bar.count.text() == "2 of 6 trials"


def test_only_what_differs_hides_constant_columns(show):
    dashboard = show(sweep(hparams={"lr": RATES, "same": [1.0] * 6}))
    dashboard.model.set_columns({*dashboard.model.choice.columns, "hparam/same"})
    dashboard.bar.differing.click()
    assert "hparam/same" not in [axis.column.id for axis in dashboard.canvas.axes]


def test_unchecking_a_column_takes_its_axis_and_its_brush(dashboard, qtbot):
    brush(dashboard, "hparam/lr", 0.9, 1.05)
    item = dashboard.chooser.list.topLevelItem(0).child(0)
    item.setCheckState(0, Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: "hparam/lr" not in dashboard.model.choice.columns)
    assert dashboard.model.n_passing == 6
    assert "hparam/lr" not in [axis.column.id for axis in dashboard.canvas.axes]


def test_the_filter_hides_other_columns_in_the_chooser(dashboard):
    QTest.keyClicks(dashboard.chooser.filter, "op")
    group = dashboard.chooser.list.topLevelItem(0)
    assert [group.child(i).isHidden() for i in range(2)] == [True, False]
    assert dashboard.chooser.list.topLevelItem(1).isHidden()


def test_dragging_a_title_reorders_axes_and_columns(dashboard):
    places = dashboard.canvas.places
    drag(dashboard.canvas, QPoint(int(places.xs[0]), 12), QPoint(int(places.xs[2]), 12))
    order = [axis.column.id for axis in dashboard.canvas.axes]
    assert order[:3] == ["hparam/opt", "metric/loss", "hparam/lr"]
    assert [col.id for col in dashboard.table.trials.shown][:4] == [TRIAL, *order[:3]]


def test_a_double_click_on_a_title_inverts_the_axis(dashboard):
    at = QPoint(int(dashboard.canvas.places.xs[0]), 12)
    before = dashboard.canvas.axes[0].positions
    QTest.mouseDClick(
        dashboard.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
    )
    assert dashboard.canvas.axes[0].positions == pytest.approx(1 - before)


@pytest.mark.parametrize("scale", ["linear", "log", "quantile", "category"])
def test_the_menu_of_an_axis_sets_its_scale(dashboard, scale):
    menu = ColumnMenu(dashboard.model, dashboard.canvas.axes[0].column, dashboard)
    next(action for action in menu.actions() if action.data() == scale).trigger()
    assert dashboard.canvas.axes[0].scale == scale


def test_the_keyboard_moves_along_axes_and_trials(dashboard):
    canvas = dashboard.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.axes[canvas.current].column.id == "metric/loss"
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert dashboard.model.choice.selected == ("run_0",)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert dashboard.model.choice.selected == ("run_5",)
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert [axis.column.id for axis in canvas.axes][1] == "metric/loss"


def test_return_colors_by_the_axis_and_escape_clears_brushes_then_selection(dashboard):
    canvas = dashboard.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert dashboard.model.choice.color_by == "hparam/lr"
    brush(dashboard, "hparam/lr", 0.9, 1.05)
    dashboard.model.choose(selected=("run_0",))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (dashboard.model.choice.brushes, dashboard.model.choice.selected) == ((), ("run_0",))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert dashboard.model.choice.selected == ()


def test_categories_color_the_lines_with_a_legend(dashboard):
    dashboard.model.choose(color_by="hparam/opt")
    labels = {entry.label for entry in dashboard.model.legend.entries}
    assert labels == {"sgd", "adam"}
    assert len(np.unique(dashboard.model.rgb, axis=0)) == 2


def test_a_reload_keeps_what_the_user_chose(dashboard):
    dashboard.model.choose(selected=("run_1",), sort=(("metric/loss", True),))
    brush(dashboard, "hparam/opt", 0.3, 0.2)
    before = dashboard.model.choice
    dashboard.show_contents(SimpleNamespace(trials=sweep()))
    assert dashboard.model.choice == before
    assert dashboard.table.trials.rowCount() == 3


def test_an_empty_folder_is_told_what_to_write(show):
    dashboard = show(Trials())
    texts = [label.text() for label in dashboard.findChildren(QLabel) if label.isVisible()]
    assert any("add_hparams" in text and "hp.hparams" in text for text in texts)
    assert not HparamsDashboard.has_data(SimpleNamespace(trials=Trials()))


def test_one_trial_with_one_column_is_shown(show):
    dashboard = show(sweep(1, {"lr": [0.1]}, [0.5]))
    assert dashboard.table.trials.rowCount() == 1
    assert not dashboard.grab().isNull()


def test_a_dark_theme_gives_dark_pictures(dashboard):
    dashboard.setPalette(app_palette(True))
    QApplication.processEvents()
    corner = dashboard.canvas.grab().toImage().pixelColor(2, 2)
    assert corner.lightness() < 60


def test_every_command_has_a_text_and_a_tip(dashboard):
    assert isinstance(dashboard, Dashboard)
    for command in dashboard.commands():
        assert command.text
        assert command.tip.endswith(".")


def test_ten_thousand_trials_on_thirty_axes_work(show):
    rng = np.random.default_rng(0)
    hparams = {f"p{j}": rng.uniform(size=10_000).tolist() for j in range(29)}
    dashboard = show(sweep(10_000, hparams, rng.uniform(size=10_000).tolist()))
    dashboard.model.set_columns({*(f"hparam/p{j}" for j in range(29)), "metric/loss"})
    QApplication.processEvents()
    assert len(dashboard.canvas.axes) == 30
    assert dashboard.canvas.width() > dashboard.width()
    brush(dashboard, "hparam/p0", 0.5, 1.05)
    values = dashboard.model.columns["hparam/p0"].values
    assert dashboard.model.n_passing == pytest.approx((values > 0.5).sum(), abs=100)
    header_click(dashboard, "hparam/p1")
    order = dashboard.model.columns["hparam/p1"].values[dashboard.table.trials.order]
    assert (np.diff(order) >= 0).all()


@pytest.mark.parametrize(
    "name", ["torch_hparams", "tf2_hparams", "torch_hparams_uneven", "edge_nan_inf"]
)
def test_logs_of_real_writers_are_shown(fixtures: Path, show, name: str):
    trials, _ = find_trials(finish(read_logs(fixtures / name)))
    dashboard = show(trials)
    assert dashboard.table.trials.rowCount() == len(trials)
    assert dashboard.canvas.layers.n_images == 3
    assert not dashboard.grab().isNull()


def test_markup_in_names_and_values_is_shown_and_not_read(show):
    dashboard = show(sweep(hparams={"<b>opt</b>": ["<img src=x>", *"abcde"]}))
    model, tip = dashboard.table.trials, Qt.ItemDataRole.ToolTipRole
    assert "&lt;b&gt;opt" in model.headerData(1, Qt.Orientation.Horizontal, tip)
    assert "&lt;img" in model.index(0, 1).data(tip)
