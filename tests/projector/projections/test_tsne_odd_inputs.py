"""Few points, equal points, missing values, nonsense: a layout or one clear sentence."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from projector.arrays import FloatArray
from projector.errors import InvalidChoice, NothingToShow, ProjectorError
from projector.projections.contract import Inputs, Parameters
from projector.projections.tsne import TsneParameters
from tests.projector.projections.tsne_cases import digits, last_step


def short(**more: Any) -> TsneParameters:
    return TsneParameters(n_early=10, n_iterations=20, **more)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("n_dims", [2, 3])
def test_few_points_get_places(n: int, n_dims: int) -> None:
    positions = last_step(Inputs(digits()[:n]), TsneParameters(n_dims=n_dims)).positions
    assert positions.shape == (n, n_dims)
    assert np.isfinite(positions).all()
    assert len(np.unique(positions, axis=0)) == n


def test_two_points_that_lie_far_apart_stay_where_they_are() -> None:
    start = np.array([[-60, 0], [60, 0]], np.float32)
    inputs = Inputs(digits()[:2], start=start)
    positions = last_step(inputs, TsneParameters(n_dims=2)).positions
    np.testing.assert_allclose(positions, start, atol=0.5)


@pytest.mark.parametrize("rate", [1e-3, 1e7])
def test_no_learning_rate_loses_points(rate: float) -> None:
    parameters = TsneParameters(n_dims=2, learning_rate=rate, early_exaggeration=1000.0)
    assert np.isfinite(last_step(Inputs(digits()[:100]), parameters).positions).all()


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_equal_vectors_are_parted(value: float) -> None:
    vectors = np.full((60, 3), value, np.float32)
    positions = last_step(Inputs(vectors), short()).positions
    assert np.isfinite(positions).all()
    assert len(np.unique(positions, axis=0)) == 60


def test_duplicates_come_to_lie_together() -> None:
    vectors = np.repeat(digits()[:40], 5, axis=0)
    y = last_step(Inputs(vectors), TsneParameters(n_dims=2, perplexity=3)).positions
    groups = y.reshape(40, 5, 2)
    within = np.linalg.norm(groups - groups.mean(axis=1, keepdims=True), axis=2).mean()
    assert within < 0.1 * y.std()


def test_vectors_of_one_value_are_laid_out() -> None:
    vectors = np.arange(100, dtype=np.float32)[:, None]
    tries = [
        last_step(Inputs(vectors), TsneParameters(n_dims=2, perplexity=5, seed=seed))
        for seed in range(3)  # one in five tears the line, and has a far larger divergence
    ]
    y = min(tries, key=lambda step: step.diagnostics["exact kl"]).positions
    steps = np.linalg.norm(np.diff(y, axis=0), axis=1)
    assert steps.max() < 0.2 * np.ptp(y)


def test_rows_with_missing_values_take_no_part() -> None:
    vectors = digits()[:120].copy()
    vectors[[3, 50]] = np.nan
    vectors[70, 2] = np.inf
    is_whole = np.isfinite(vectors).all(axis=1)
    step = last_step(Inputs(vectors), short())
    alone = last_step(Inputs(vectors[is_whole]), short())
    assert np.isnan(step.positions[~is_whole]).all()
    np.testing.assert_allclose(step.positions[is_whole], alone.positions, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (3, 4)])
def test_nothing_to_project_is_said(shape: tuple[int, int]) -> None:
    with pytest.raises(NothingToShow, match="nothing to project"):
        last_step(Inputs(np.full(shape, np.nan, np.float32)), short())


@pytest.mark.parametrize("scale", [1e-30, 1e-10, 1e10])
def test_the_scale_of_vectors_does_not_matter(scale: float) -> None:
    positions = last_step(Inputs((digits()[:50] * scale).astype(np.float32)), short()).positions
    assert np.isfinite(positions).all()


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"perplexity": 0.5}, "The perplexity must lie between 1 and"),
        ({"perplexity": float("nan")}, "The perplexity must lie between 1 and"),
        ({"learning_rate": 0.0}, "The learning rate must lie between"),
        ({"early_exaggeration": 0.0}, "The early exaggeration must lie between"),
        ({"n_iterations": -1}, "The number of iterations must lie between 0 and"),
        ({"n_early": -1}, "The number of early iterations must lie between 0 and"),
        ({"supervision": 1.5}, "The supervision must lie between 0 and 1, got 1.5"),
        ({"metric": "chess"}, "The distance must be one of cosine, euclidean"),
        ({"start": "here"}, "The start must be one of pca, random, got here"),
        ({"n_dims": 4}, "The number of dimensions must lie between 2 and 3, got 4"),
        ({"seed": -1}, "The seed must lie between 0 and"),
    ],
)
def test_what_cannot_be_is_refused_in_words(choice: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidChoice, match=sentence):
        TsneParameters(**choice)


def test_every_choice_of_its_own_is_explained() -> None:
    common = {field.name for field in fields(Parameters)}
    for field in fields(TsneParameters):
        assert field.name in common or field.metadata["help"].endswith(".")


def test_a_perplexity_beyond_a_third_of_the_points_is_refused() -> None:
    with pytest.raises(InvalidChoice, match=r"at most 33 for 100 points .* got 40"):
        last_step(Inputs(digits()[:100]), short(perplexity=40))


def test_labels_that_are_too_few_are_refused() -> None:
    inputs = Inputs(digits()[:50], labels=np.zeros(3, np.int64))
    with pytest.raises(InvalidChoice, match="50 labels, one a row, got 3"):
        last_step(inputs, short(supervision=0.5))


floats = st.floats(width=32) | st.sampled_from([0.0, 1.0])
shapes = st.tuples(st.integers(0, 12), st.integers(0, 4))


@settings(max_examples=60, deadline=None)
@given(
    vectors=shapes.flatmap(lambda shape: arrays.arrays(np.float32, shape, elements=floats)),
    n_dims=st.sampled_from([2, 3]),
    metric=st.sampled_from(["euclidean", "cosine", "manhattan", "dot"]),
    supervision=st.sampled_from([0.0, 1.0]),
)
def test_any_numbers_give_finite_places_or_a_sentence(
    vectors: FloatArray, n_dims: int, metric: Any, supervision: float
) -> None:
    labels = np.arange(len(vectors)) % 3 - 1
    parameters = TsneParameters(
        n_dims=n_dims, metric=metric, supervision=supervision, n_early=3, n_iterations=6
    )
    try:
        positions = last_step(Inputs(vectors, labels=labels), parameters).positions
    except ProjectorError:
        return
    has_place = np.isfinite(vectors).all(axis=1)
    np.testing.assert_array_equal(np.isfinite(positions).all(axis=1), has_place)
