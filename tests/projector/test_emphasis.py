"""What hides or marks points, combined; areas that follow numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.emphasis import DIM, HIDDEN, NORMAL, RAISED, emphasis
from projector.selection import NOTHING, Isolation, Selection
from projector.sizes import LARGEST, SMALLEST, sizes_by

N = 8
ROWS = st.sets(st.integers(0, N - 1))


def test_nothing_said_leaves_all_points_as_they_are():
    assert emphasis(N) is None
    assert emphasis(N, selection=Selection.of([3])) is None
    assert emphasis(N, selection=Selection.of(range(N))) is None


def test_what_is_hidden_stays_hidden_whatever_else_is_said():
    hidden = np.arange(N) == 2
    found = emphasis(
        N, hidden_mask=hidden, matches=np.array([2, 3]), selection=Selection.of([2, 4])
    )
    assert found[2] == HIDDEN


@given(
    isolated=st.none() | ROWS.filter(len),
    hidden=st.none() | ROWS,
    matches=st.none() | ROWS,
    selected=ROWS,
)
def test_emphasis_is_that_of_each_point_by_itself(isolated, hidden, matches, selected):
    found = emphasis(
        N,
        isolation=Isolation(None if isolated is None else Selection.of(isolated)),
        hidden_mask=None if hidden is None else np.isin(np.arange(N), list(hidden)),
        matches=None if matches is None else np.array(sorted(matches), dtype=np.int64),
        selection=Selection.of(selected) if selected else NOTHING,
    )
    is_marked = 1 < len(selected) < N
    for row in range(N):
        if (isolated is not None and row not in isolated) or row in (hidden or ()):
            wanted = HIDDEN
        elif is_marked and row in selected:
            wanted = RAISED
        elif row in (matches or ()) or (matches is None and not is_marked):
            wanted = NORMAL
        else:
            wanted = DIM
        assert (NORMAL if found is None else found[row]) == wanted


def test_areas_are_proportional_to_the_values():
    factors = sizes_by(np.array([1.0, 2.0, 4.0])).factors
    np.testing.assert_allclose(factors**2 / factors[0] ** 2, [1, 2, 4], rtol=1e-5)
    assert factors.max() == pytest.approx(LARGEST)


def test_an_outlier_does_not_make_all_others_vanish():
    values = np.append(np.linspace(1, 2, 999), 1e9)
    factors = sizes_by(values).factors
    assert factors[-1] == pytest.approx(LARGEST)
    assert factors[:-1].min() > 1.5


def test_no_value_and_no_area_are_the_smallest():
    sizes = sizes_by(np.array([np.nan, 0.0, 5.0, np.inf, -np.inf]))
    np.testing.assert_allclose(
        sizes.factors, [SMALLEST, SMALLEST, LARGEST, LARGEST, SMALLEST], rtol=1e-6
    )
    assert sizes.n_missing == 1


@pytest.mark.parametrize("values", [[], [np.nan, np.nan]])
def test_without_values_there_are_no_sizes(values):
    assert sizes_by(np.array(values)) is None


@pytest.mark.parametrize("values", [[0.0, 0.0], [-3.0, -3.0], [7.0], [-1e308, 1e308]])
def test_sizes_of_odd_values_are_finite(values):
    factors = sizes_by(np.array(values)).factors
    assert ((factors >= np.float32(SMALLEST)) & (factors <= np.float32(LARGEST))).all()
