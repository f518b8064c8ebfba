"""What the cards draw: groups, filters, steps, and the values under the cursor."""

from __future__ import annotations

import numpy as np
import pytest

from projector.curve_frames import (
    PrCurvesChoice,
    card_frame,
    f1_line,
    find_cards,
    find_steps,
    nearest_readings,
    next_threshold,
    readings_at,
    shown_cards,
)
from projector.pr_curves import find_curves, read_curves
from projector.progress import finish
from projector.search import matches
from tests.curve_logs import curve_logs, some_tensor

COLORS = {"a": (1, 2, 3), "b": (4, 5, 6)}


@pytest.fixture
def curves(tmp_path):
    return find_curves(
        curve_logs(
            tmp_path,
            {
                ("a", "pr/10"): {1: some_tensor(0), 5: some_tensor(1)},
                ("a", "pr/2"): {1: some_tensor(2)},
                ("b", "pr/2"): {3: some_tensor(3)},
                ("b", "alone"): {3: some_tensor(4, n_thresholds=21)},
            },
        )
    )[0]


def drawn(curves, tag, **fields):
    card = next(card for card in find_cards(curves) if card.tag == tag)
    wanted = [(series, i) for series in curves for i in range(len(series))]
    return card_frame(card, PrCurvesChoice(**fields), finish(read_curves(wanted)).curves, COLORS)


def test_cards_stand_by_group_and_count_as_people_do(curves):
    assert [card.tag for card in find_cards(curves)] == ["pr/2", "pr/10", "alone"]


def test_steps_are_those_of_all_runs(curves):
    assert find_steps(curves) == (1, 3, 5)


@pytest.mark.parametrize(
    ("pattern", "tags"),
    [("", 3), ("PR/", 2), ("^alone$", 1), ("pr/1|alone", 2), ("pr/(", 0)],
)
def test_the_filter_takes_text_or_a_regular_expression(curves, pattern, tags):
    assert len(shown_cards(find_cards(curves), PrCurvesChoice(tag_filter=pattern))) == tags


def test_text_that_is_no_regular_expression_is_still_found():
    assert matches("f1(", "best f1(x)")


def test_hidden_runs_vanish(curves):
    assert [line.run for line in drawn(curves, "pr/2", hidden_runs=("a",)).lines] == ["b"]


def test_a_card_without_a_shown_run_vanishes(curves):
    shown = shown_cards(find_cards(curves), PrCurvesChoice(hidden_runs=("a",)))
    assert [card.tag for card in shown] == ["pr/2", "alone"]


@pytest.mark.parametrize(
    ("step", "shown"), [(None, [1, 3]), (2, [1, None]), (4, [1, 3]), (0, [None, None])]
)
def test_each_run_shows_its_last_step_not_after_the_chosen_one(curves, step, shown):
    assert [line.step for line in drawn(curves, "pr/2", step=step).lines] == shown


def test_readings_are_each_runs_nearest_point_and_the_nearest_run_comes_first(curves):
    frame = drawn(curves, "pr/2")
    readings = nearest_readings(frame, 0.8, 0.7, (300.0, 200.0))
    for reading in readings:
        curve = next(line.curve for line in frame.lines if line.run == reading.run)
        apart = [
            np.hypot((r - 0.8) * 300, (p - 0.7) * 200)
            for r, p in zip(curve.recall, curve.precision, strict=True)
        ]
        assert reading.point == curve.point(int(np.nanargmin(apart)))
    assert readings[0].distance <= readings[1].distance


def test_the_linked_cursor_reads_every_run_at_its_threshold(curves):
    readings = readings_at(drawn(curves, "pr/2"), 0.5)
    assert [(r.run, r.point.threshold) for r in readings] == [("a", 0.5), ("b", 0.5)]


def test_the_cursor_starts_at_the_best_f1_and_moves_by_logged_thresholds(curves):
    frame = drawn(curves, "alone")
    start = next_threshold(frame, None, 1)
    assert start == frame.lines[0].best_threshold
    assert next_threshold(frame, 0.5, 1) == pytest.approx(0.55)
    assert next_threshold(frame, 0.0, -1) == 0.0
    assert next_threshold(frame, 1.0, 1) == 1.0


@pytest.mark.parametrize("level", [0.2, 0.8])
def test_lines_of_equal_f1_have_that_f1_and_end_at_1(level):
    recall, precision = f1_line(level)
    np.testing.assert_allclose(2 * precision * recall / (precision + recall), level)
    assert recall.max() == pytest.approx(1)
    assert precision.max() == pytest.approx(1)
