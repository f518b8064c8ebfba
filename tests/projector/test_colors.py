"""Colors can be told apart, also by those who see fewer; legends say what they mean."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest

from projector.colors import (
    MISSING,
    PALETTES,
    POINT,
    Rgb,
    category_color,
    color_by_column,
    gradient_stops,
    run_color,
)
from projector.colors.palettes import category_colors

# Machado, Oliveira and Fernandes 2009: full deuteranopia, on linear RGB
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def oklab(color: Rgb, sight: np.ndarray) -> np.ndarray:
    channels = np.array(color) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    red, green, blue = np.clip(sight @ linear, 0, 1)
    long = 0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue
    middle = 0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue
    short = 0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue
    root = np.cbrt([long, middle, short])
    return (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ root
    )


def smallest_difference(colors: list[Rgb], sight: np.ndarray) -> float:
    places = [oklab(color, sight) for color in colors]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(places, 2))


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_first_eight_categories_differ_with_deuteranopia(is_dark: bool) -> None:
    colors = [category_color(i, is_dark) for i in range(8)]
    assert smallest_difference(colors, DEUTERANOPIA) > 0.08
    assert smallest_difference(colors, np.eye(3)) > 0.12


@pytest.mark.parametrize("is_dark", [False, True])
def test_sixty_categories_have_sixty_colors(is_dark: bool) -> None:
    colors = [category_color(i, is_dark) for i in range(60)]
    assert smallest_difference(colors, np.eye(3)) > 0.005
    assert len(set(colors)) == 60


@pytest.mark.parametrize(
    ("is_dark", "background"), [(False, (255, 255, 255)), (True, (26, 29, 34))]
)
def test_no_color_drowns_in_the_background(is_dark: bool, background: Rgb) -> None:
    colors = [run_color(i, is_dark) for i in range(60)]
    colors += [*gradient_stops(is_dark), MISSING[is_dark], POINT[is_dark]]
    assert min(smallest_difference([color, background], np.eye(3)) for color in colors) > 0.15


@pytest.mark.parametrize("palette", PALETTES)
def test_the_first_colors_stay_however_many_there_are(palette: str) -> None:
    few, many = (category_colors(n, palette=palette).tolist() for n in (16, 300))
    assert few == many[:16]
    assert [list(category_color(i, palette=palette)) for i in range(300)] == many


def test_a_handful_of_categories_is_listed_and_colored_by_name() -> None:
    colors = color_by_column(pl.Series("digit", ["b", "a", "b", "c", "b", "a"]), False)
    entries = colors.legend.entries
    assert [(e.label, e.count) for e in entries] == [("a", 2), ("b", 3), ("c", 1)]
    assert [e.color for e in entries] == [category_color(i) for i in range(3)]
    assert colors.legend.title == "digit"
    assert colors.rgba[:, :3].tolist() == [list(category_color("abc".index(x))) for x in "babcba"]
    assert not colors.rgba.flags.writeable


def test_a_category_keeps_its_color_when_the_counts_change() -> None:
    few = color_by_column(pl.Series(["10", "9", "2"]), False).legend.entries
    more = color_by_column(pl.Series(["9", "9", "9", "2", "10", "2"]), False).legend.entries
    assert {e.label: e.color for e in few} == {e.label: e.color for e in more}
    assert {e.label: e.color for e in few}["2"] == category_color(0)


def test_of_many_categories_twenty_are_listed() -> None:
    texts = [f"name {i % 33}" for i in range(100)]
    legend = color_by_column(pl.Series(texts), False).legend
    assert len(legend.entries) == 20
    assert legend.n_more == 13


@pytest.mark.parametrize(
    "column",
    [
        pl.Series(["x", None, "", "x"]),
        pl.Series([1, None, None, 1]),
        pl.Series([1.0, None, float("nan"), 1.0]),
        pl.Series([True, None, None, True]),
        pl.Series([[1], None, None, [1]]),
    ],
)
def test_missing_values_have_their_own_gray_and_entry(column: pl.Series) -> None:
    colors = color_by_column(column, True)
    last = colors.legend.entries[-1]
    assert (last.is_missing, last.label, last.count, last.color) == (True, "", 2, MISSING[True])
    assert colors.rgba[1:3, :3].tolist() == [list(MISSING[True])] * 2
    assert colors.rgba[0, :3].tolist() == colors.rgba[3, :3].tolist() != list(MISSING[True])


def test_few_whole_numbers_are_categories_and_others_a_gradient() -> None:
    def gradient(values: list[float] | list[int]) -> object:
        return color_by_column(pl.Series(values), False).legend.gradient

    assert gradient([3, 1, 2]) is None
    assert gradient([3.0, 1.0, 2.0]) is None
    assert gradient([0.5, 1.0]) is not None
    assert gradient(list(range(51))) is not None


def test_the_user_decides_between_categories_and_gradient() -> None:
    assert color_by_column(pl.Series([1, 2]), False, as_categories=False).legend.gradient
    halves = color_by_column(pl.Series([0.5, 1.5]), False, as_categories=True).legend
    assert [e.label for e in halves.entries] == ["0.5", "1.5"]


def test_a_gradient_runs_from_low_to_high_with_infinities_at_its_ends() -> None:
    values = pl.Series([0.5, 9.0, float("inf"), float("-inf"), float("nan")])
    colors = color_by_column(values, False)
    gradient = colors.legend.gradient
    assert gradient is not None
    assert (gradient.low, gradient.high) == (0.5, 9.0)
    assert [tuple(row) for row in colors.rgba[:, :3].tolist()] == [
        gradient.stops[0], gradient.stops[-1], gradient.stops[-1], gradient.stops[0], MISSING[False]
    ]  # fmt: skip


@pytest.mark.parametrize("values", [[2.5, 2.5], [-1.7e308, 1.7e308, 0.1], [float("inf"), 0.5]])
def test_odd_ranges_give_a_gradient_without_complaint(values: list[float]) -> None:
    assert color_by_column(pl.Series(values), False).legend.gradient is not None


@pytest.mark.parametrize("column", [pl.Series([None, None]), pl.Series([], dtype=pl.Float64)])
def test_a_column_without_any_value_is_all_missing(column: pl.Series) -> None:
    colors = color_by_column(column, False, as_categories=False)
    assert colors.legend.gradient is None
    assert len(colors.rgba) == len(column)


def test_without_a_column_all_points_look_alike() -> None:
    colors = color_by_column(None, True, n_points=4)
    assert colors.rgba.tolist() == [[*POINT[True], 255]] * 4
    assert colors.legend.entries == ()
