"""What is done to vectors before they are compared is chosen, exact, and said."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from projector.arrays import FloatArray
from projector.errors import InvalidChoice, NothingToShow, TooLarge
from projector.neighbor_graph import NeighborCache
from projector.progress import finish
from projector.projections.prepare import (
    Preparation,
    PreparationCache,
    Prepared,
    estimate_bytes,
    prepare,
)

DIGITS = load_digits().data.astype(np.float32)
MEAN = DIGITS.astype(np.float64).mean(axis=0)


def prepared(vectors: FloatArray = DIGITS, **steps: Any) -> Prepared:
    return finish(prepare(vectors, Preparation(**steps)))


def up_to_signs(positions: FloatArray, wanted: FloatArray) -> FloatArray:
    signs: FloatArray = np.sign((positions * wanted).sum(axis=0))
    return positions * signs


def test_by_default_nothing_is_done() -> None:
    result = prepared()
    assert result.vectors is DIGITS
    assert result.notes == ("The vectors are as they came: nothing was done to them.",)


def test_centering_subtracts_the_mean() -> None:
    result = prepared(center=True)
    np.testing.assert_allclose(result.vectors, DIGITS - MEAN, atol=1e-5)
    assert result.notes == ("Centered: the mean of 1,797 rows was subtracted.",)


def test_unit_length_is_that_of_scikit_learn() -> None:
    result = prepared(unit_length=True)
    np.testing.assert_allclose(result.vectors, normalize(DIGITS.astype(np.float64)), atol=1e-6)
    assert result.notes == ("Each row was scaled to length 1.",)


def test_rows_are_centered_before_they_are_scaled() -> None:
    result = prepared(center=True, unit_length=True)
    np.testing.assert_allclose(result.vectors, normalize(DIGITS - MEAN), atol=1e-6)
    assert len(result.notes) == 2


def test_components_are_those_of_scikit_learn() -> None:
    result = prepared(n_components=10)
    oracle = PCA(10, svd_solver="full").fit(DIGITS.astype(np.float64))
    wanted = oracle.transform(DIGITS)
    np.testing.assert_allclose(up_to_signs(result.vectors, wanted), wanted, atol=1e-3)
    share = oracle.explained_variance_ratio_.sum()
    assert result.notes == (
        "Centered and reduced from 64 to 10 dimensions by PCA: "
        f"they hold {share:.1%} of the variance.",
    )


def test_whitening_is_that_of_scikit_learn() -> None:
    result = prepared(n_components=10, whiten=True)
    wanted = PCA(10, whiten=True, svd_solver="full").fit_transform(DIGITS.astype(np.float64))
    np.testing.assert_allclose(up_to_signs(result.vectors, wanted), wanted, atol=1e-4)
    assert "Whitened" in result.notes[-1]


def test_components_without_variance_are_not_blown_up() -> None:
    result = prepared(whiten=True)  # three pixels of the digits are always 0
    assert result.vectors.shape == (1797, 64)
    deviations = result.vectors.astype(np.float64).std(axis=0, ddof=1)
    np.testing.assert_allclose(deviations, [1] * 61 + [0] * 3, atol=1e-4)


def test_components_of_scaled_rows_are_those_of_scikit_learn() -> None:
    result = prepared(unit_length=True, n_components=5)
    wanted = PCA(5, svd_solver="full").fit_transform(normalize(DIGITS.astype(np.float64)))
    np.testing.assert_allclose(up_to_signs(result.vectors, wanted), wanted, atol=1e-5)


def test_more_components_than_there_are_is_said() -> None:
    result = prepared(DIGITS[:8], n_components=50)
    assert result.vectors.shape[1] <= 8
    assert any("50 components were asked for" in note for note in result.notes)


@pytest.mark.parametrize(
    "steps",
    [
        {"center": True},
        {"unit_length": True},
        {"n_components": 3},
        {"center": True, "unit_length": True, "whiten": True, "n_components": 3},
    ],
)
def test_the_source_is_never_changed(steps: dict[str, Any]) -> None:
    source = DIGITS.copy()
    source.setflags(write=False)
    result = prepared(source, **steps)
    assert (source == DIGITS).all()
    assert result.vectors.dtype == np.float32
    assert not result.vectors.flags.writeable


@pytest.mark.parametrize(
    "steps", [{"center": True}, {"unit_length": True}, {"whiten": True, "n_components": 3}]
)
def test_rows_that_are_not_finite_take_no_part(steps: dict[str, Any]) -> None:
    vectors = np.insert(DIGITS, [0, 700], [[np.nan], [np.inf]], axis=0)
    result = prepared(vectors, **steps)
    assert np.isnan(result.vectors[[0, 701]]).all()
    whole = prepared(**steps).vectors
    np.testing.assert_allclose(np.delete(result.vectors, [0, 701], axis=0), whole, atol=1e-4)
    assert result.notes[-1] == "2 rows hold values that are not finite and take no part."


def test_rows_of_zeros_have_no_length() -> None:
    vectors = DIGITS[:10].copy()
    vectors[4] = 0
    result = prepared(vectors, unit_length=True)
    assert (result.vectors[4] == 0).all()
    assert result.notes == ("Each row was scaled to length 1. 1 row of zeros stayed as before.",)


@pytest.mark.parametrize(
    "steps",
    [
        {},
        {"center": True},
        {"unit_length": True},
        {"n_components": 4},
        {"center": True, "unit_length": True, "whiten": True, "n_components": 4},
    ],
)
def test_the_same_is_done_to_new_rows(steps: dict[str, Any]) -> None:
    result = prepared(**steps)
    again = finish(result.apply(DIGITS[100:200]))
    np.testing.assert_allclose(again, result.vectors[100:200], atol=1e-4)


@pytest.mark.parametrize("steps", [{"center": True}, {"n_components": 4}])
def test_new_rows_of_another_length_are_refused(steps: dict[str, Any]) -> None:
    with pytest.raises(InvalidChoice, match="64 values"):
        finish(prepared(**steps).apply(DIGITS[:, :60]))


def test_wrong_choices_are_refused() -> None:
    with pytest.raises(InvalidChoice, match="at least 1"):
        Preparation(n_components=0)
    wide = np.broadcast_to(np.float32(0), (5000, 5000))
    with pytest.raises(InvalidChoice, match="needs a number of components"):
        prepared(wide, whiten=True)


def test_what_does_not_fit_is_refused_with_numbers() -> None:
    wide = np.broadcast_to(np.float32(0), (100_000_000, 5000))
    with pytest.raises(TooLarge, match="GB"):
        prepared(wide, center=True)


def test_no_finite_row_is_nothing_to_show() -> None:
    vectors = np.full((3, 2), np.nan, np.float32)
    for steps in ({"center": True}, {"n_components": 1}):
        with pytest.raises(NothingToShow):
            prepared(vectors, **steps)


def test_no_more_memory_is_taken_than_was_estimated() -> None:
    vectors = np.random.default_rng(0).normal(size=(40_000, 60)).astype(np.float32)
    for preparation in (Preparation(center=True), Preparation(whiten=True, n_components=20)):
        tracemalloc.start()
        finish(prepare(vectors, preparation))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= estimate_bytes(40_000, 60, preparation)


@settings(max_examples=50, deadline=None)
@given(
    vectors=arrays(
        np.float32,
        st.tuples(st.integers(1, 8), st.integers(1, 5)),
        elements=st.one_of(
            st.floats(-1e6, 1e6, width=32, allow_subnormal=False),
            st.sampled_from([0.0, np.nan, np.inf]),
        ),
    ),
    preparation=st.builds(
        Preparation, st.booleans(), st.booleans(), st.booleans(), st.none() | st.integers(1, 9)
    ),
)
def test_odd_vectors_are_prepared_or_refused(vectors: FloatArray, preparation: Preparation) -> None:
    finite = np.isfinite(vectors).all(axis=1)
    if preparation != Preparation() and not finite.any():
        with pytest.raises(NothingToShow):
            finish(prepare(vectors, preparation))
        return
    result = finish(prepare(vectors, preparation))
    assert (np.isfinite(result.vectors).all(axis=1) == finite).all() or not result.vectors.size
    assert result.notes


def test_the_same_choice_gives_the_same_array_again() -> None:
    cache = PreparationCache()
    first = finish(cache.prepare(DIGITS, Preparation(n_components=10)))
    assert finish(cache.prepare(DIGITS, Preparation(n_components=10))) is first
    assert finish(cache.prepare(DIGITS, Preparation(n_components=11))) is not first
    assert finish(cache.prepare(DIGITS.copy(), Preparation(n_components=10))) is not first


def test_fewer_neighbors_redo_neither_components_nor_the_search() -> None:
    preparations, neighbors = PreparationCache(), NeighborCache()
    first = finish(preparations.prepare(DIGITS, Preparation(n_components=10))).vectors
    finish(neighbors.find(first, 30))
    again = finish(preparations.prepare(DIGITS, Preparation(n_components=10))).vectors
    assert list(neighbors.find(again, 15)) == []  # not one step of work
    assert neighbors.known(again, 31) is None
