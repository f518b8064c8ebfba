"""Colors, the legend and how points look, as a user meets them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QToolButton,
)
from sklearn.metrics import pairwise_distances

from projector.colors import color_by_column, robust_range
from projector.contents import read_contents
from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.edits import Edit, apply_edits
from projector.embeddings.writer import write_embedding
from projector.errors import InvalidChoice
from projector.progress import finish
from projector.selection import Isolation, Selection
from widgets.embedding.coloring.coloring import coloring_work
from widgets.embedding.coloring.gradient_bar import GradientBar
from widgets.embedding.coloring.line_list import LineList
from widgets.embedding.coloring.values import parse_value, value_texts
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.legend import LegendView
from widgets.shared.theme import app_palette

N = 90
KINDS = ("red", "green", "blue")
LEFT, CTRL, ALT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def kind_rows(name):
    return [i for i in range(N) if KINDS[i % 3] == name]


def write_points(folder):
    """Points apart from one another, so that each has pixels of its own."""
    vectors = np.zeros((N, 3), np.float32)
    vectors[:, 0], vectors[:, 1] = np.arange(N) % 10, np.arange(N) // 10
    values = np.arange(N, dtype=float)
    values[5], values[7] = np.nan, 1e6
    metadata = {
        "name": [f"point {i}" for i in range(N)],
        "kind": [KINDS[i % 3] for i in range(N)],
        "value": [str(value) for value in values],
        "class": [f"class {i % 30}" for i in range(N)],
        "day": [f"2024-05-{1 + i % 31:02}" for i in range(N)],
    }
    pictures = np.zeros((N, 8, 8), np.uint8)
    pictures[np.arange(N), np.arange(N) % 8] = 255
    write_embedding(folder, vectors, metadata=metadata, pictures=pictures, step=0, name="grid")


@pytest.fixture
def opened(qtbot, run_job, tmp_path):
    write_points(tmp_path)
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=False))
    qtbot.addWidget(dashboard)
    dashboard.resize(1280, 1000)
    dashboard.show()
    with qtbot.waitSignal(dashboard.canvas.painted):
        dashboard.show_contents(finish(read_contents(tmp_path)))
    dashboard.model.choose(color_by="kind", is_flat=True)
    return dashboard


def painted(dashboard, qtbot, act):
    """The picture after an act, once all points are in it: slow machines paint a part first."""
    with qtbot.waitSignal(dashboard.canvas.painted):
        act()
    return settled(dashboard, qtbot)


def settled(dashboard, qtbot):
    canvas = dashboard.canvas
    qtbot.waitUntil(lambda: canvas._painter.is_whole and not canvas._render_timer.isActive())
    return canvas.image


def named(dashboard, kind, name):
    return next(w for w in dashboard.findChildren(kind) if w.accessibleName() == name)


def pick(combo, text):
    index = combo.findText(text)
    assert index >= 0
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def lines(dashboard):
    return dashboard.findChild(LineList)


def texts(dashboard):
    model = lines(dashboard).model()
    return [model.index(row).data() for row in range(model.rowCount())]


def spot(dashboard, text, part="text"):
    """Where on the list a category's name, swatch or eye is."""
    view = lines(dashboard)
    rect = view.visualRect(view.model().index(texts(dashboard).index(text)))
    x = {"swatch": rect.left() + 8, "text": rect.left() + 40, "eye": rect.right() - 6}[part]
    return QPoint(x, rect.center().y())


def click(dashboard, text, part="text", keys=Qt.KeyboardModifier.NoModifier):
    QTest.mouseClick(lines(dashboard).viewport(), LEFT, keys, spot(dashboard, text, part))


def selected(dashboard):
    return dashboard.model.selection.ids.tolist()


def drawn(dashboard):
    """The points with any pixel in the picture."""
    return sorted(dashboard.canvas.points_in_view().tolist())


def test_a_click_on_a_category_selects_its_points(opened):
    click(opened, "green")
    assert selected(opened) == kind_rows("green")
    click(opened, "blue")
    assert selected(opened) == kind_rows("blue")


def test_ctrl_adds_another_category(opened):
    click(opened, "green")
    click(opened, "red", keys=CTRL)
    assert selected(opened) == sorted(kind_rows("green") + kind_rows("red"))


@pytest.mark.parametrize(("part", "keys"), [("eye", Qt.KeyboardModifier.NoModifier), ("text", ALT)])
def test_a_category_can_be_hidden_and_shown_again(opened, qtbot, part, keys):
    painted(opened, qtbot, lambda: click(opened, "green", part, keys))
    assert opened.model.choice.hidden_categories == ("green",)
    assert drawn(opened) == sorted(kind_rows("red") + kind_rows("blue"))
    assert selected(opened) == []
    painted(opened, qtbot, lambda: click(opened, "green", part, keys))
    assert drawn(opened) == list(range(N))


def test_a_double_click_isolates_a_category_and_another_shows_all(opened, qtbot):
    view = lines(opened)
    for wanted in (kind_rows("blue"), list(range(N))):
        QTest.mouseClick(view.viewport(), LEFT, pos=spot(opened, "blue"))
        painted(
            opened,
            qtbot,
            lambda: QTest.mouseDClick(view.viewport(), LEFT, pos=spot(opened, "blue")),
        )
        assert drawn(opened) == wanted
        assert selected(opened) == []


def test_a_category_is_isolated_inside_of_what_is_shown_already(opened):
    opened.model.choose(isolation=Isolation(Selection.of([0, 1, 2, 3, 4])))
    lines(opened).isolated.emit(texts(opened).index("red"), False)
    assert opened.model.choice.isolation.rows == Selection.of([0, 3])
    lines(opened).isolated.emit(texts(opened).index("green"), False)
    assert opened.model.choice.isolation.rows == Selection.of(kind_rows("green"))


def test_the_legend_counts_all_points_and_those_shown(opened):
    opened.model.choose(isolation=Isolation(Selection.of([0, 1, 3, 6])))
    model = lines(opened).model()
    told = [model.data(model.index(i), Qt.ItemDataRole.AccessibleTextRole) for i in range(3)]
    assert told == ["blue: 0 of 30 points", "green: 1 of 30 points", "red: 3 of 30 points"]


def test_keys_do_all_that_the_mouse_does(opened):
    view = lines(opened)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert selected(opened) == kind_rows("green")
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert opened.model.choice.hidden_categories == ("green",)
    QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert opened.model.choice.isolation.rows == Selection.of(kind_rows("green"))
    assert opened.model.choice.hidden_categories == ()


def menu_actions(dashboard, code):
    menu = dashboard._data.colors.actions_of_legend.menu_of(code)
    return {action.text(): action for action in menu.actions()}


def test_the_menu_of_a_category_offers_everything(opened, qtbot):
    assert not menu_actions(opened, 1)["Reset color"].isEnabled()
    painted(opened, qtbot, menu_actions(opened, 1)["Hide all others"].trigger)
    assert drawn(opened) == kind_rows("green")
    menu_actions(opened, 1)["Show all"].trigger()
    assert opened.model.choice.hidden_categories == ()
    menu_actions(opened, 1)["Add to selection"].trigger()
    assert selected(opened) == kind_rows("green")
    menu_actions(opened, 1)["Remove from selection"].trigger()
    assert selected(opened) == []
    opened.model.choose(selection=Selection.of(range(opened.model.embedding.n_points)))
    menu_actions(opened, 1)["Keep only these in selection"].trigger()
    assert selected(opened) == kind_rows("green")


def test_a_swatch_gives_a_category_another_color_that_undo_takes_back(opened, qtbot):
    click(opened, "red", "swatch")
    dialog = opened.findChild(QColorDialog) or opened.window().findChild(QColorDialog)
    dialog.setCurrentColor(QColor(1, 2, 3))
    dialog.accept()
    red = kind_rows("red")
    assert opened.model.choice.recolored == {"kind": {"red": "#010203"}}
    assert (opened.model.coloring.rgba[red] == (1, 2, 3, 255)).all()
    opened.history.undo()
    usual = color_by_column(opened.model.embedding.metadata["kind"], is_dark=False).rgba
    np.testing.assert_array_equal(opened.model.coloring.rgba, usual)


def test_colors_of_ones_own_stay_with_their_column(opened):
    opened.model.choose(recolored={"kind": {"red": "#010203"}})
    opened.model.choose(color_by="class")
    opened.model.choose(color_by="kind")
    assert (opened.model.coloring.rgba[0] == (1, 2, 3, 255)).all()


def test_many_categories_are_found_by_typing(opened, qtbot):
    opened.model.choose(color_by="class")
    field = named(opened, QLineEdit, "Find a category")
    assert field.isVisible()
    QTest.keyClicks(field, "CLASS 2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sorted(texts(opened)) == sorted(["class 2", *(f"class {i}" for i in range(20, 30))])
    assert lines(opened).hasFocus()


def test_another_column_shows_what_the_one_before_hid(opened):
    opened.model.choose(hidden_categories=("red",))
    pick(named(opened, QComboBox, "Color by"), "class")
    assert opened.model.choice.hidden_categories == ()
    opened.history.undo()
    assert opened.model.choice.hidden_categories == ("red",)


def drag(bar, start, end, keys=Qt.KeyboardModifier.NoModifier):
    at = [QPoint(round(share * bar.width()), 6) for share in (start, end)]
    QTest.mousePress(bar, LEFT, keys, at[0])
    QTest.mouseMove(bar, at[1])
    QTest.mouseRelease(bar, LEFT, keys, at[1])


@pytest.mark.parametrize("scale", ["linear", "symlog", "rank", "diverging"])
def test_a_drag_over_the_gradient_selects_the_values_there(opened, scale):
    opened.model.choose(color_by="value", color_range=(0.0, 89.0), color_scale=scale)
    bar = opened.findChild(GradientBar)
    drag(bar, 0.55, 0.8)
    values = opened.model.embedding.metadata["value"].cast(pl.Float64).to_numpy()
    codes = opened.model.coloring.shades.codes
    low, high = bar.part
    wanted = np.flatnonzero((codes >= round(low * 254)) & (codes <= round(high * 254)))
    assert len(wanted)
    assert selected(opened) == wanted.tolist()
    inside = (values >= values[wanted].min()) & (values <= values[wanted].max())
    assert np.flatnonzero(inside).tolist() == wanted.tolist()


def test_the_gradient_is_marked_by_keys(opened):
    opened.model.choose(color_by="value", color_range=(0.0, 89.0))
    bar = opened.findChild(GradientBar)
    bar.setFocus()
    QTest.keyClick(bar, Qt.Key.Key_Left)
    QTest.keyClick(bar, Qt.Key.Key_Return)
    assert selected(opened)[0] == 7  # beyond the high end
    assert selected(opened)[1:] == list(range(81, 90))


def test_outliers_are_left_out_at_one_click(opened):
    opened.model.choose(color_by="value")
    values = opened.model.coloring.numbers
    button = named(opened, QToolButton, "Usual range")
    QTest.mouseClick(button, LEFT)
    assert opened.model.choice.color_range == robust_range(values)
    QTest.mouseClick(button, LEFT)
    assert opened.model.choice.color_range is None


def test_a_range_is_typed_and_a_wrong_one_is_told(opened):
    opened.model.choose(color_by="value")
    low = named(opened, QLineEdit, "Low end of the gradient")
    high = named(opened, QLineEdit, "High end of the gradient")
    QTest.keyClicks(high, "50")
    QTest.keyClick(high, Qt.Key.Key_Return)
    assert opened.model.choice.color_range == (0.0, 50.0)
    low.selectAll()
    QTest.keyClicks(low, "70")
    QTest.keyClick(low, Qt.Key.Key_Return)
    assert opened.model.choice.color_range == (0.0, 50.0)
    labels = [label.text() for label in opened.findChildren(QLabel)]
    assert "The low end must be below the high end, got 70 and 50." in labels


def test_a_scale_that_does_not_suit_is_told_and_the_points_keep_colors(opened):
    opened.model.choose(color_by="value", color_range=(-5.0, 5.0), color_scale="log")
    assert opened.model.coloring.note == "A logarithmic scale begins above 0, got -5."
    assert opened.model.coloring.shades.scale == "linear"


def test_numbers_switch_between_gradient_and_categories(opened):
    opened.model.choose(color_by="value")
    box = next(b for b in opened.findChildren(QCheckBox) if b.text() == "As categories")
    assert not box.isChecked()
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert opened.model.coloring.categories is not None
    assert "(no value)" in texts(opened)


def test_missing_values_can_be_hidden_from_a_gradient(opened, qtbot):
    opened.model.choose(color_by="value")
    painted(opened, qtbot, lambda: click(opened, "(no value)", "eye"))
    assert drawn(opened) == [row for row in range(N) if row != 5]


def test_palettes_are_offered_by_kind_and_used(opened):
    palette = named(opened, QComboBox, "Palette")
    pick(palette, "Okabe and Ito")
    assert opened.model.choice.palette == "okabe_ito"
    opened.model.choose(color_by="value")
    assert palette.currentText() == "Viridis"
    pick(palette, "Magma")
    assert opened.model.coloring.shades.palette == "magma"
    assert not palette.itemIcon(palette.currentIndex()).isNull()


def test_sizes_follow_a_column(opened, qtbot):
    before = opened.canvas.image
    after = painted(opened, qtbot, lambda: pick(named(opened, QComboBox, "Size by"), "value"))
    assert after != before
    assert opened.model.sizes.title == "value"
    pick(named(opened, QComboBox, "Size by"), "All alike")
    assert opened.model.sizes is None


@pytest.mark.parametrize(
    ("name", "field"), [("Opacity", "opacity"), ("Point size", "point_size"), ("Depth", "fog")]
)
def test_sliders_choose_how_points_look(opened, name, field):
    slider = named(opened, QSlider, name)
    before = getattr(opened.model.choice, field)
    slider.setValue(slider.value() - 5)
    assert getattr(opened.model.choice, field) < before


def distances_drawn(dashboard):
    places = dashboard.canvas.places_of(np.arange(N))[:, :2]
    return pairwise_distances(places)


@pytest.mark.parametrize("with_pictures", [False, True])
def test_isolating_keeps_pictures_colors_and_distances(opened, qtbot, with_pictures):
    if with_pictures:
        painted(opened, qtbot, lambda: opened.model.choose(shows_pictures=True))
    whole, distances = settled(opened, qtbot), distances_drawn(opened)
    places = opened.canvas.places_of(np.arange(N))
    rows = kind_rows("green")
    isolated = painted(
        opened,
        qtbot,
        lambda: opened.model.choose(isolation=Isolation(Selection.of(rows))),
    )
    assert drawn(opened) == rows
    np.testing.assert_array_equal(distances_drawn(opened), distances)
    for row in range(N):
        x, y = places[row, :2].round().astype(int).tolist()
        is_same = [
            whole.pixelColor(x + dx, y + dy) == isolated.pixelColor(x + dx, y + dy)
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
        ]
        if row in rows:
            assert all(is_same), row
    again = painted(opened, qtbot, opened.model.show_all)
    assert again == whole


def test_the_table_is_read_once_for_all_palettes_and_themes(opened):
    codes = opened.model.coloring.codes
    opened.model.choose(palette="tol_muted")
    opened.model.choose(hidden_categories=("red",))
    opened.setPalette(app_palette(is_dark=True))
    assert opened.model.coloring.codes is codes
    opened.model.choose(color_by="class")
    opened.model.choose(color_by="kind")
    assert opened.model.coloring.codes is codes


def test_an_edited_category_leaves_the_colors_of_the_others(opened):
    before = opened.model.coloring.rgba
    table = opened.model.embedding.metadata
    kinds = ["new", *table["kind"].to_list()[1:]]
    opened.model.set_table(table.with_columns(pl.Series("kind", kinds)))
    np.testing.assert_array_equal(opened.model.coloring.rgba[1:], before[1:])
    assert not (opened.model.coloring.rgba[0] == before[0]).all()


def colored(table, edits, before, own):
    """The colors of the column kind after these edits, and its categories."""
    choice = EmbeddingChoice(color_by="kind", edits=tuple(edits))
    edited = finish(apply_edits(table, len(table), edits)).table
    found = finish(coloring_work(edited, len(table), choice, False, None, before, own))
    return found.rgba, found.categories


@pytest.mark.parametrize(
    "written",
    [
        [((0,), "zzz"), ((1,), "aaa")],
        [((0,), "aaa"), ((0,), "bbb")],
        [(tuple(range(0, 30, 3)), "all of them"), ((1,), "other")],
        [((0,), "aaa"), ((0,), "red"), ((1,), "bbb"), ((2,), "aaa")],
        [((0,), "9"), ((1,), "8"), ((1,), "")],
        [((0,), "word"), (tuple(range(1, 30, 3)), "word"), ((1,), "other")],
    ],
    ids=[
        *("in no order", "one over the other", "a category is gone", "back again", "numbers"),
        "a category is gone after the type",
    ],
)
@pytest.mark.parametrize("n_seen", [0, 1])
@pytest.mark.parametrize(
    "kinds",
    [("red", "green", "blue"), (1, 2, 3), (0.5, 1.0, 2.0), (True, False, True), ("", "", "")],
)
def test_edits_in_one_go_give_the_colors_that_they_gave_one_by_one(written, kinds, n_seen):
    """As a view that is opened again does. n_seen: edits before the first colors."""
    own = pl.DataFrame({"kind": [kinds[row % 3] for row in range(30)]})
    edits = [Edit("kind", Selection.of(list(rows)), value) for rows, value in written]
    before = None
    for number in range(n_seen, len(edits) + 1):
        rgba, before = colored(own, edits[:number], before, own)
    np.testing.assert_array_equal(colored(own, edits, None, own)[0], rgba)


def test_colors_by_default_are_those_of_the_library(opened):
    for name in ("kind", "value", "class"):
        opened.model.choose(color_by=name)
        oracle = color_by_column(opened.model.embedding.metadata[name], is_dark=False)
        np.testing.assert_array_equal(opened.model.coloring.rgba, oracle.rgba)
        assert opened.model.legend == oracle.legend


def test_seventy_thousand_categories_make_a_short_list(qtbot):
    table = pl.DataFrame({"word": [f"word {i}" for i in range(70_000)]})
    coloring = finish(coloring_work(table, len(table), EmbeddingChoice(color_by="word"), False))
    view = LegendView()
    qtbot.addWidget(view)
    view.set_coloring(coloring)
    assert view.lines.rowCount() == 70_000
    assert view.list.sizeHint().height() == 10 * view.list.line_height
    view.field.setText("word 6999")
    qtbot.waitUntil(lambda: view.lines.rowCount() == 11)


def test_days_are_a_gradient_with_dates():
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 12, 31), eager=True)
    table = pl.DataFrame({"day": days})
    coloring = finish(coloring_work(table, len(table), EmbeddingChoice(color_by="day"), False))
    assert coloring.are_times
    assert coloring.legend.gradient.ticks[0].text.startswith("2024-")


@pytest.mark.parametrize(
    ("values", "are_times", "wanted"),
    [
        ([0.0, 12345.678], False, ["0", "1.235e+04"]),
        ([100000.0, 100001.5], False, ["100000", "100001.5"]),
        ([1704067200.0, 1704070800.0], True, ["2024-01-01", "2024-01-01 01:00:00"]),
        ([1e300], True, ["1e+300"]),
    ],
)
def test_values_are_written_as_short_as_can_be(values, are_times, wanted):
    assert value_texts(values, are_times) == wanted


@pytest.mark.parametrize(
    ("text", "are_times", "value"),
    [("1,500", False, 1500.0), (" 2e3 ", False, 2000.0), ("2024-01-01", True, 1704067200.0)],
)
def test_values_are_read_as_they_are_written(text, are_times, value):
    assert parse_value(text, are_times) == value


@pytest.mark.parametrize(("text", "are_times"), [("x", False), ("nan", False), ("2024-13", True)])
def test_what_is_no_value_is_told(text, are_times):
    with pytest.raises(InvalidChoice, match="The ends of the range must be"):
        parse_value(text, are_times)
