"""Selections behave like sets of rows, and come back from JSON as they were."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.errors import InvalidChoice
from projector.selection import (
    COMBINATIONS,
    NOTHING,
    Isolation,
    NamedSelection,
    Selection,
    with_selection,
)

N = 60
ROWS = st.sets(st.integers(0, N - 1))
AS_SETS = {
    "replace": lambda a, b: b,
    "union": set.union,
    "intersect": set.intersection,
    "subtract": set.difference,
    "toggle": set.symmetric_difference,
}


@given(a=ROWS, b=ROWS, how=st.sampled_from(COMBINATIONS))
def test_selections_combine_as_sets_do(a, b, how):
    result = Selection.of(a).combined(Selection.of(b), how)
    assert result.ids.tolist() == sorted(AS_SETS[how](a, b))


@given(rows=ROWS)
def test_inverting_takes_the_others(rows):
    assert set(Selection.of(rows).inverted(N).ids.tolist()) == set(range(N)) - rows


@given(rows=ROWS)
def test_a_selection_comes_back_from_json(rows):
    selection = Selection.of(rows)
    told = json.loads(json.dumps(selection.to_json()))
    assert Selection.from_json(told, N) == selection


@given(rows=ROWS)
def test_a_mask_and_a_selection_are_the_same(rows):
    selection = Selection.of(rows)
    assert Selection.from_mask(selection.mask(N)) == selection
    assert {row for row in range(N) if row in selection} == rows


def test_runs_of_rows_are_written_as_ranges():
    assert Selection.of([3, 5, 6, *range(10, 401)]).to_json() == [3, 5, 6, [10, 400]]
    assert Selection.of(range(1_000_000)).to_json() == [[0, 999_999]]
    assert NOTHING.to_json() == []


def test_rows_come_in_any_order_and_twice():
    assert Selection.of([5, 1, 5]).ids.tolist() == [1, 5]
    assert Selection.of([5, 1]) == Selection.of([1, 5])
    assert hash(Selection.of([5, 1])) == hash(Selection.of([1, 5]))
    assert Selection.of([5]) != Selection.of([6])


def test_the_rows_of_a_selection_never_change():
    rows = np.array([1, 2, 3])
    selection = Selection(rows)
    rows[0] = 2
    assert selection.ids.tolist() == [1, 2, 3]
    assert not selection.ids.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        [None],
        ["1"],
        [1.5],
        [True],
        [-1],
        [[0]],
        [[0, 1, 2]],
        [[5, 2]],
        [N],
        [[0, 10**18]],
    ],
)
def test_a_damaged_selection_is_a_sentence(value):
    with pytest.raises(InvalidChoice, match="saved selection can't be used"):
        Selection.from_json(value, N)


def test_rows_below_zero_are_refused():
    with pytest.raises(InvalidChoice, match="from 0"):
        Selection.of([-1, 4])


def test_a_name_is_given_once():
    first, again = NamedSelection("a", NOTHING), NamedSelection("a", Selection.of([1]))
    other = NamedSelection("b", NOTHING)
    assert with_selection((first, other), again) == (again, other)
    assert with_selection((first,), other) == (first, other)
    with pytest.raises(InvalidChoice, match="needs a name"):
        NamedSelection(" ", NOTHING)


def test_isolating_twice_narrows_what_is_shown():
    shown = Isolation().isolated(Selection.of(range(10))).isolated(Selection.of([3, 4, 30]))
    assert shown.ids(N).tolist() == [3, 4]
    assert shown.n_shown(N) == 2
    assert np.flatnonzero(shown.mask(N)).tolist() == [3, 4]


def test_what_is_hidden_stays_hidden():
    hidden = Isolation().without(Selection.of([0, 1]), 5)
    assert hidden.ids(5).tolist() == [2, 3, 4]
    assert hidden.without(Selection.of([2]), 5).ids(5).tolist() == [3, 4]


def test_showing_all_needs_no_mask():
    assert Isolation().mask(5) is None
    assert Isolation().shows_all
    assert Isolation().ids(3).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: Isolation().isolated(NOTHING),
        lambda: Isolation().without(Selection.of(range(5)), 5),
    ],
)
def test_an_empty_picture_is_refused(attempt):
    with pytest.raises(InvalidChoice, match="No point would be left"):
        attempt()


@pytest.mark.parametrize("shown", [Isolation(), Isolation(Selection.of([1, 2, 3, 9]))])
def test_an_isolation_comes_back_from_json(shown):
    assert Isolation.from_json(json.loads(json.dumps(shown.to_json())), N) == shown
