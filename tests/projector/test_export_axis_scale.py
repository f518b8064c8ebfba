"""A scale tells the numbers of a layout at round values, wherever its points are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from projector.export.axis_scale import AxisScale, find_scale, round_ticks

rng = np.random.default_rng(1)


def test_the_scale_undoes_shift_and_size():
    values = rng.normal(40, 12, 500).astype(np.float32)
    values[3] = np.nan
    places = ((values - 37) / 29).astype(np.float32)
    scale = find_scale(places, values)
    assert scale.per_unit == pytest.approx(29, rel=1e-4)
    assert scale.at_zero == pytest.approx(37, rel=1e-4)
    assert scale.value(scale.place(41.5)) == pytest.approx(41.5)


@pytest.mark.parametrize("largest", [1e-30, 1.0, 3.4e38])
def test_any_size_of_numbers_has_a_scale(largest):
    values = (rng.uniform(-1, 1, 50) * largest).astype(np.float32)
    places = (values / np.abs(values).max()).astype(np.float32)
    assert find_scale(places, values).per_unit == pytest.approx(np.abs(values).max(), rel=1e-3)


def test_places_that_follow_no_rule_have_no_scale():
    places, values = rng.normal(size=(2, 100)).astype(np.float32)
    assert find_scale(places, values) is None
    assert find_scale(np.zeros(5, np.float32), values[:5]) is None
    assert find_scale(places[:1], values[:1]) is None


@pytest.mark.parametrize(
    ("low", "high", "n", "texts"),
    [
        (-1.3, 2.2, 8, ["−1.0", "−0.5", "0", "0.5", "1.0", "1.5", "2.0"]),
        (0.001, 0.0092, 7, ["0.002", "0.004", "0.006", "0.008"]),
        (-12, 1999, 4, ["0", "1,000"]),
        (-3e38, 3e38, 4, ["−2e38", "0", "2e38"]),
    ],
)
def test_ticks_stand_at_round_values(low, high, n, texts):
    assert [text for _, text in round_ticks(low, high, n)] == texts


@pytest.mark.parametrize("n", [2, 5, 9])
def test_there_are_no_more_ticks_than_asked_for_and_all_within(n):
    for low, width in rng.uniform(0.01, 100, (40, 2)):
        values = [value for value, _ in round_ticks(low, low + width, n)]
        assert len(values) <= n + 1
        assert all(low <= value <= low + width for value in values)


@pytest.mark.parametrize("ends", [(1, 1), (1e9, 1e9 + 1e-3), (0, np.inf), (np.nan, 1)])
def test_where_nothing_can_be_told_apart_there_is_no_tick(ends):
    assert round_ticks(*ends, 5) == ()


def test_a_scale_may_run_backward():
    scale = AxisScale(-2.0, 1.0)
    assert scale.place(scale.value(0.25)) == 0.25
