"""Sorting, axes, brushes and the drawing of lines, checked against slow and obvious ways."""

from __future__ import annotations

import math

import numpy as np
import pytest

from projector.hparams.axes import (
    allowed_scales,
    axis_of,
    brush_between,
    brush_mask,
    brush_span,
    guess_scale,
    passing_mask,
)
from projector.hparams.choice import Brush
from projector.hparams.columns import column, sorted_order
from projector.hparams.lines import LineLayer, LinePicture, draw_lines, nearest_line
from projector.hparams.texts import number_spec, value_text
from projector.progress import finish


def numbers(*values):
    return column("x", values, "hparam")


def slow_order(values, is_descending):
    """Rows by a plain sort: values, then NaN, then what is missing."""
    real = [i for i, v in enumerate(values) if v is not None and v == v]
    nans = [i for i, v in enumerate(values) if v is not None and v != v]
    missing = [i for i, v in enumerate(values) if v is None]
    real.sort(key=lambda i: -values[i] if is_descending else values[i])
    return real + nans + missing


@pytest.mark.parametrize("is_descending", [False, True])
def test_numbers_sort_as_a_plain_sort_does(is_descending):
    rng = np.random.default_rng(3)
    values = rng.integers(0, 20, 200).astype(float).tolist()
    for i in range(0, 200, 7):
        values[i] = None if i % 2 else math.nan
    values[5] = math.inf
    order = sorted_order([(numbers(*values), is_descending)], np.arange(200))
    assert order.tolist() == slow_order(values, is_descending)


def test_several_keys_sort_by_the_first_then_the_second():
    rng = np.random.default_rng(4)
    first, second = rng.integers(0, 3, 60).tolist(), rng.integers(0, 9, 60).tolist()
    order = sorted_order([(numbers(*first), True), (numbers(*second), False)], np.arange(60))
    assert order.tolist() == sorted(range(60), key=lambda i: (-first[i], second[i]))


def test_words_sort_by_the_numbers_inside_them():
    words = column("x", ["run 10", None, "run 9", 3.0], "hparam")
    assert sorted_order([(words, False)], np.arange(4)).tolist() == [3, 2, 0, 1]


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ((0.1, 0.01, 0.001), "log"),
        ((1.0, 2.0, 3.0), "linear"),
        ((0.0, 0.1, 100.0), "linear"),
        ((True, False), "category"),
        (("a", "b"), "category"),
    ],
)
def test_the_scale_fits_the_values(values, scale):
    assert guess_scale(column("x", values, "hparam")) == scale


def test_logarithms_need_positive_numbers():
    assert "log" not in allowed_scales(numbers(0.0, 1.0))
    assert axis_of(numbers(0.0, 1.0), "log").scale == "linear"


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("linear", [0, 9 / 99, 1]),
        ("log", [0, 0.5, 1]),
        ("quantile", [0, 0.5, 1]),
        ("category", [1 / 6, 3 / 6, 5 / 6]),
    ],
)
def test_positions_follow_the_scale(scale, expected):
    assert axis_of(numbers(1.0, 10.0, 100.0), scale).positions == pytest.approx(expected)
    turned = axis_of(numbers(1.0, 10.0, 100.0), scale, is_inverted=True)
    assert turned.positions == pytest.approx([1 - p for p in expected])


def test_what_is_missing_or_not_finite_lies_in_the_lane():
    axis = axis_of(numbers(1.0, None, math.nan, math.inf, 2.0))
    assert axis.n_missing == 3
    assert brush_mask(axis, Brush("hparam/x", is_missing=True)).tolist() == [0, 1, 1, 1, 0]


@pytest.mark.parametrize("is_inverted", [False, True])
@pytest.mark.parametrize("scale", ["linear", "log", "quantile", "category"])
def test_a_brush_over_the_whole_axis_holds_the_extremes(scale, is_inverted):
    rng = np.random.default_rng(5)
    axis = axis_of(numbers(*(10 ** rng.uniform(-5, 3, 50)).tolist()), scale, is_inverted)
    assert brush_mask(axis, brush_between(axis, 0.0, 1.0)).all()
    assert brush_mask(axis, brush_between(axis, 1.02, -0.02)).all()


@pytest.mark.parametrize("is_inverted", [False, True])
@pytest.mark.parametrize("scale", ["linear", "log", "quantile"])
def test_a_brush_holds_what_lies_between_its_ends(scale, is_inverted):
    rng = np.random.default_rng(6)
    axis = axis_of(numbers(*rng.uniform(1, 9, 80).tolist()), scale, is_inverted)
    brush = brush_between(axis, 0.31, 0.77)
    inside = (axis.positions >= 0.31) & (axis.positions <= 0.77)
    assert brush_mask(axis, brush).tolist() == inside.tolist()
    assert brush_span(axis, brush) == pytest.approx((0.31, 0.77))


def test_a_brush_on_categories_snaps_to_whole_ones():
    axis = axis_of(column("x", ["a", "b", "c", None], "hparam"))
    brush = brush_between(axis, 0.4, 0.45)
    assert brush.labels == ("b",)
    assert brush_span(axis, brush) == pytest.approx((1 / 3, 2 / 3))
    assert brush_mask(axis, brush).tolist() == [False, True, False, False]


def test_brushes_add_up_on_one_axis_and_narrow_down_across_axes():
    x = axis_of(column("x", [1.0, 2.0, 3.0, 4.0], "hparam"))
    y = axis_of(column("y", [1.0, 2.0, 3.0, 4.0], "hparam"))
    brushes = [Brush("hparam/x", 1, 1.5), Brush("hparam/x", 3, 4), Brush("hparam/y", 2, 4)]
    assert passing_mask([x, y], brushes, 4).tolist() == [False, False, True, True]


def test_a_single_value_stands_in_the_middle():
    axis = axis_of(numbers(5.0, 5.0))
    assert axis.positions.tolist() == [0.5, 0.5]
    assert brush_mask(axis, brush_between(axis, 0.4, 0.6)).all()
    assert not brush_mask(axis, brush_between(axis, 0.7, 0.9)).any()


def test_a_log_axis_has_round_ticks_even_when_it_is_short():
    values = np.geomspace(0.00034, 0.076, 40)
    axis = axis_of(numbers(*values.tolist()), "log")
    assert [tick.label for tick in axis.ticks] == [
        *("0.0005", "0.001", "0.002", "0.005", "0.01", "0.02", "0.05"),
    ]


def test_few_values_are_the_ticks():
    axis = axis_of(numbers(16.0, 32.0, 32.0, 128.0))
    assert [tick.label for tick in axis.ticks] == ["16", "32", "128"]


def test_huge_spans_do_not_overflow():
    axis = axis_of(numbers(-1.7e308, 0.0, 1.7e308), "linear")
    assert axis.positions == pytest.approx([0, 0.5, 1])


def test_a_column_shares_its_digits():
    rates = numbers(0.1, 0.01, 0.001)
    spec = number_spec(rates)
    assert [value_text(rates.value(i), spec) for i in range(3)] == ["0.100", "0.010", "0.001"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (True, "true"), (math.nan, "NaN"), (-math.inf, "-∞"), ("a", "a")],
)
def test_each_kind_of_value_has_its_text(value, text):
    assert value_text(value) == text


def picture(ys, rows, thickness=2.0):
    ys = np.array(ys, dtype=np.float32)
    rgb = np.tile(np.array([200, 100, 50], np.uint8), (len(ys), 1))
    layer = LineLayer(np.array(rows, np.int64), rgb, 0.9, thickness)
    return LinePicture(40, 30, np.array([5.0, 35.0], np.float32), ys, (layer,))


def test_a_level_line_is_as_thick_and_as_opaque_as_asked():
    (image,) = finish(draw_lines(picture([[10.0, 10.0]], [0])))
    alpha = image[:, 20, 3] / 255
    assert alpha[9:11] == pytest.approx([0.9, 0.9], abs=0.01)
    assert alpha.sum() == pytest.approx(1.8, abs=0.02)
    assert image[10, 20, :3] == pytest.approx(np.array([200, 100, 50]) * 0.9, abs=2)
    assert not image[:, :4].any()
    assert not image[:, 36:].any()


def test_a_steep_line_has_no_holes():
    (image,) = finish(draw_lines(picture([[1.0, 29.0]], [0])))
    assert (image[2:28, :, 3].max(axis=1) > 150).all()


def test_no_rows_leave_the_picture_empty():
    (image,) = finish(draw_lines(picture([[1.0, 29.0]], [])))
    assert not image.any()


def test_lines_outside_the_picture_do_no_harm():
    (image,) = finish(draw_lines(picture([[-1e6, 1e6], [10.0, 10.0]], [0, 1])))
    assert image[10, 20, 3] > 0


def test_the_nearest_line_is_the_one_a_slow_search_finds():
    rng = np.random.default_rng(7)
    xs = np.array([0.0, 50.0, 120.0])
    ys = rng.uniform(0, 100, (40, 3)).astype(np.float32)
    x, y = 70.0, 42.0

    def distance(row):
        a, b = np.array([50.0, ys[row, 1]]), np.array([120.0, ys[row, 2]])
        normal = np.array([b[1] - a[1], a[0] - b[0]]) / np.hypot(*(b - a))
        return abs(float(normal @ (np.array([x, y]) - a)))

    row, far = nearest_line(xs, ys, np.arange(40), x, y)
    assert row == min(range(40), key=distance)
    assert far == pytest.approx(distance(row), rel=1e-3)
    assert nearest_line(xs, ys, np.arange(40), 130.0, y) is None
