"""Columns become categories or shades, whatever they hold; tables turn those into colors."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pyqtgraph
import pytest
from scipy.stats import rankdata

from projector.colors import (
    MAPS,
    MISSING_SHADE,
    PALETTES,
    SCALES,
    Tick,
    categories,
    category_color,
    category_legend,
    category_table,
    gradient,
    gradient_legend,
    kind_of,
    numbers_of,
    painted,
    robust_range,
    shade_table,
)
from projector.colors.maps import full_map
from projector.colors.oklab import DEUTERANOPIA, oklab
from projector.colors.palettes import BACKGROUND, listed_colors
from projector.errors import InvalidChoice

DAY = datetime.date(2024, 3, 1)


def nearest_pair(colors: object, sight: np.ndarray | None = None) -> float:
    places = oklab(colors, sight)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return float(apart.min())


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("is_dark", [False, True])
def test_the_colors_of_a_palette_differ_for_everyone(palette: str, is_dark: bool) -> None:
    listed = listed_colors(palette, is_dark)
    assert nearest_pair(listed) > 0.1
    assert nearest_pair(listed, DEUTERANOPIA) > 0.045
    assert nearest_pair([category_color(i, is_dark, palette) for i in range(60)]) > 0.04


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("is_dark", [False, True])
def test_hundreds_of_colors_stand_out_from_the_background(palette: str, is_dark: bool) -> None:
    colors = [category_color(i, is_dark, palette) for i in range(300)]
    apart = oklab(colors) - oklab([BACKGROUND[is_dark]])
    assert np.linalg.norm(apart, axis=1).min() > 0.17


@pytest.mark.parametrize("palette", MAPS)
@pytest.mark.parametrize("is_dark", [False, True])
def test_every_shade_stands_out_from_the_background(palette: str, is_dark: bool) -> None:
    table = shade_table(palette, is_dark)
    apart = oklab(table[:, :3]) - oklab([BACKGROUND[is_dark]])
    assert table.shape == (256, 4)
    assert np.linalg.norm(apart, axis=1).min() > 0.15


@pytest.mark.parametrize("name", ["viridis", "cividis", "magma", "inferno", "plasma"])
def test_published_maps_look_as_published(name: str) -> None:
    file = Path(pyqtgraph.__file__).parent / "colors" / "maps" / f"{name}.csv"
    hexes = re.findall(r"^#([0-9a-fA-F]{6})$", file.read_text(), re.MULTILINE)
    rows = re.findall(r"^ *([\d.]+), *([\d.]+), *([\d.]+) *$", file.read_text(), re.MULTILINE)
    published = [[*bytes.fromhex(one)] for one in hexes] or 255 * np.array(rows, float)
    assert np.abs(full_map(name) - published).max() < 7


def test_many_categories_come_by_count_and_then_in_natural_order() -> None:
    found = categories(pl.Series([*(f"item {i}" for i in range(20)), "item 12", "item 12"]))
    assert found.names[:4] == ("item 12", "item 0", "item 1", "item 2")
    assert found.names[11:13] == ("item 10", "item 11")
    assert found.counts.tolist() == [3, *[1] * 19]


@pytest.mark.parametrize("n", [5, 300, 5000])
def test_codes_lead_back_to_the_values(n: int) -> None:
    values = [*(str(i * 7 % n) for i in range(n)), None, ""]
    found = categories(pl.Series(values))
    names = [found.names[code] if code < len(found.names) else None for code in found.codes]
    assert names == [*values[:-2], None, None]
    assert found.n_missing == 2
    assert found.rows_of(found.missing_code).tolist() == [n, n + 1]


def test_an_edited_column_keeps_the_colors_of_the_names_it_had() -> None:
    before = categories(pl.Series(["cat", "dog", "emu"]))
    after = categories(pl.Series(["ant", "dog", "emu", "emu"]), like=before)
    colors = dict(zip(after.names, category_table(after).tolist(), strict=False))
    assert colors["dog"][:3] == list(category_color(1))
    assert colors["emu"][:3] == list(category_color(2))
    assert colors["ant"][:3] == list(category_color(3))


def test_the_user_gives_a_category_a_color() -> None:
    found = categories(pl.Series(["a", "b", None]))
    table = category_table(found, changed={"b": (1, 2, 3), "not there": (0, 0, 0)})
    assert painted(found.codes, table)[1].tolist() == [1, 2, 3, 255]
    assert [entry.color for entry in category_legend(found, table).entries][1] == (1, 2, 3)


def test_numbers_that_look_alike_are_still_different_categories() -> None:
    found = categories(pl.Series([1.0000001, 1.0000002, 1.0000001]))
    assert found.codes.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("values", "holds", "looks_like", "has_gradient"),
    [
        ([1, 2, 1], "numbers", "categories", True),
        ([0.5, 2.0], "numbers", "gradient", True),
        (["1.5", "2", ""], "numbers", "gradient", True),
        (["7", "3"], "numbers", "categories", True),
        (["7", "x"], "texts", "categories", False),
        ([True, False], "truths", "categories", True),
        ([DAY + datetime.timedelta(days=i) for i in range(60)], "times", "gradient", True),
        ([DAY, DAY], "times", "categories", True),
        ([None, None], "nothing", "categories", False),
        ([["a"], ["b"]], "texts", "categories", False),
    ],
)
def test_a_column_says_what_it_holds(
    values: list[object], holds: str, looks_like: str, has_gradient: bool
) -> None:
    kind = kind_of(pl.Series(values))
    assert (kind.holds, kind.looks_like, kind.has_gradient) == (holds, looks_like, has_gradient)


def test_dates_and_moments_count_seconds_since_1970() -> None:
    moment = datetime.datetime(2024, 3, 1, 12, tzinfo=datetime.UTC)
    midnight = moment.timestamp() - 12 * 3600
    assert numbers_of(pl.Series([DAY])) == pytest.approx([midnight])
    assert numbers_of(pl.Series([moment])) == pytest.approx([moment.timestamp()])


def share(values: list[float], **choice: object) -> list[float]:
    """Where values lie, 0..1, to two digits."""
    codes = gradient(np.array(values), **choice).codes  # type: ignore[arg-type]
    return [round(code / 254, 2) for code in codes.tolist()]


def test_each_scale_puts_values_where_it_should() -> None:
    assert share([0, 5, 10]) == [0, 0.5, 1]
    assert share([1, 10, 100], scale="log") == [0, 0.5, 1]
    assert share([0.0, -5.0, 1, 100], scale="log") == [0, 0, 0, 1]
    assert share([-100, 0, 100], scale="symlog") == [0, 0.5, 1]
    assert share([-2, 0, 4], scale="diverging") == [0.25, 0.5, 1]
    assert share([1, 2, 5], scale="diverging", center=2) == [0.33, 0.5, 1]
    assert share([0, 5, 20, -9], low=0, high=10) == [0, 0.5, 1, 0]


def test_ranks_are_the_middle_ranks_of_equal_values() -> None:
    values = np.random.default_rng(0).integers(0, 30, 200).astype(float)
    expected = (rankdata(values) - 1) / 199
    assert gradient(values, scale="rank").codes / 254 == pytest.approx(expected, abs=1 / 400)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    "values", [[1.0, 1.0], [1e-300, 1e300], [3.0], [5.0, np.inf, -np.inf, np.nan], [np.nan], []]
)
def test_odd_values_give_shades_without_complaint(scale: str, values: list[float]) -> None:
    shades = gradient(np.array(values), scale=scale)  # type: ignore[arg-type]
    assert ((shades.codes == MISSING_SHADE) == np.isnan(values)).all()
    assert gradient_legend(shades, True).title == ""


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    ("low", "high"), [(0.001, 0.0013), (0, 1), (-3, 5), (2, 700), (1e5, 3e6), (-1.7e308, 1.7e308)]
)
def test_ticks_rise_within_the_gradient(scale: str, low: float, high: float) -> None:
    ticks = gradient(np.linspace(low / 9, high / 9, 50) * 9, scale=scale).ticks  # type: ignore[arg-type]
    assert 2 <= len(ticks) <= 9
    assert all(a.share <= b.share for a, b in pairwise(ticks))
    assert all(0 <= tick.share <= 1 for tick in ticks)
    assert len({tick.text for tick in ticks}) == len(ticks)


def test_ticks_stand_at_round_values_and_dates() -> None:
    assert gradient(np.array([0.0, 10.0])).ticks[1] == Tick(0.2, "2")
    days = numbers_of(pl.Series([DAY, DAY + datetime.timedelta(days=180)]))
    assert days is not None
    texts = [tick.text for tick in gradient(days, are_times=True).ticks]
    assert texts == [f"2024-0{month}-01" for month in range(3, 9)]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"low": 2.0, "high": 1.0}, "runs upward"),
        ({"low": float("nan")}, "must be numbers"),
        ({"scale": "log", "low": -1.0}, "begins above 0"),
        ({"scale": "cubic"}, "must be one of linear"),
    ],
)
def test_ends_that_make_no_sense_are_refused(choice: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidChoice, match=told):
        gradient(np.array([1.0, 2.0]), **choice)  # type: ignore[arg-type]


def test_a_log_scale_without_values_above_0_is_refused() -> None:
    with pytest.raises(InvalidChoice, match="needs values above 0"):
        gradient(np.array([-1.0, 0.0]), scale="log")


def test_clipped_values_are_counted() -> None:
    shades = gradient(np.arange(10.0), low=2, high=7)
    assert (shades.n_below, shades.n_above) == (2, 2)


def test_the_robust_range_leaves_out_the_outermost_hundredth() -> None:
    values = np.append(np.linspace(0, 1, 999), [1e9, np.nan, np.inf])
    low, high = robust_range(values)
    assert (low, high) == pytest.approx((0.01, 0.99), abs=0.01)
