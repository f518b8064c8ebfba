"""Nearest neighbors agree with scikit-learn's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from projector.arrays import FloatArray
from projector.errors import InvalidChoice, NothingToShow
from projector.neighbors import (
    METRICS,
    Metric,
    nearest,
    nearest_to_any_work,
    nearest_to_center_work,
    nearest_to_work,
    nearest_work,
)
from projector.progress import finish

DIGITS = load_digits().data.astype(np.float32)


def some_vectors(n: int = 400, d: int = 9) -> FloatArray:
    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32) * 3


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
@pytest.mark.parametrize("vectors", [some_vectors(), DIGITS, some_vectors(40, 1)])
def test_neighbors_are_those_of_scikit_learn(metric: Metric, vectors: FloatArray) -> None:
    oracle = NearestNeighbors(n_neighbors=11, metric=metric, algorithm="brute")
    distances, _ = oracle.fit(vectors.astype(np.float64)).kneighbors(vectors[:1])
    all_distances = pairwise_distances(vectors[:1].astype(np.float64), vectors, metric=metric)[0]
    found = nearest(vectors, 0, 10, metric)
    np.testing.assert_allclose(found.distances, distances[0, 1:], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.distances, all_distances[found.ids], rtol=1e-5, atol=1e-6)
    assert 0 not in found.ids
    assert len(set(found.ids.tolist())) == 10


def test_ids_of_digits_are_those_of_scikit_learn() -> None:
    oracle = NearestNeighbors(n_neighbors=8, metric="cosine", algorithm="brute").fit(DIGITS)
    for point in (0, 100, 1796):
        wanted = oracle.kneighbors(DIGITS[point : point + 1], return_distance=False)[0, 1:]
        assert nearest(DIGITS, point, 7, "cosine").ids.tolist() == wanted.tolist()


def test_the_largest_product_comes_first() -> None:
    vectors = some_vectors()
    products = vectors.astype(np.float64) @ vectors[3]
    products[3] = -np.inf
    found = nearest(vectors, 3, 5, "dot")
    assert found.ids.tolist() == np.argsort(-products)[:5].tolist()
    np.testing.assert_allclose(found.distances, -products[found.ids], rtol=1e-6)


def test_france_is_near_other_countries(fixtures: Path) -> None:
    folder = fixtures.parent / "data" / "words"
    lines = (folder / "words.tsv").read_text(encoding="utf-8").splitlines()[1:]
    words = [line.split("\t")[0] for line in lines]
    vectors = np.load(folder / "embeddings_f16.npy", mmap_mode="r")
    found = nearest(vectors, words.index("france"), 5, "cosine")
    assert {words[i] for i in found.ids} == {"germany", "french", "paris", "italy", "belgium"}


@pytest.mark.parametrize("metric", METRICS)
def test_equal_points_come_in_row_order(metric: Metric) -> None:
    found = nearest(np.ones((100, 3), np.float32), 4, 6, metric)
    assert found.ids.tolist() == [0, 1, 2, 3, 5, 6]


def test_a_zero_vector_is_one_away_by_angle() -> None:
    vectors = np.array([[1, 0], [0, 0], [2, 0], [-1, 0]], np.float32)
    found = nearest(vectors, 0, 3, "cosine")
    assert (found.ids.tolist(), found.distances.tolist()) == ([2, 1, 3], [0, 1, 2])
    assert nearest(vectors, 1, 3, "cosine").distances.tolist() == [1, 1, 1]


@pytest.mark.parametrize("metric", METRICS)
def test_rows_that_are_not_finite_are_left_out(metric: Metric) -> None:
    vectors = some_vectors(20, 3)
    vectors[[2, 5, 7], [0, 1, 2]] = [np.nan, np.inf, -np.inf]
    found = nearest(vectors, 0, 100, metric)
    assert sorted(found.ids.tolist()) == [i for i in range(1, 20) if i not in (2, 5, 7)]


@pytest.mark.parametrize("scale", [1e-30, 1e30])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_scale_does_not_matter(metric: Metric, scale: float) -> None:
    vectors = some_vectors()
    scaled = vectors * np.float32(scale)
    assert nearest(scaled, 1, 9, metric).ids.tolist() == nearest(vectors, 1, 9, metric).ids.tolist()


def test_results_can_not_be_changed() -> None:
    found = nearest(some_vectors(), 0, 3, "cosine")
    assert (found.ids.dtype, found.distances.dtype) == (np.int64, np.float32)
    assert not found.ids.flags.writeable
    assert not found.distances.flags.writeable


def test_long_work_can_be_left() -> None:
    work = nearest_work(some_vectors(60_000, 200), 0, 3, "cosine")
    assert [0 <= progress.done < 1 for progress in work] == [True] * 3


@pytest.mark.parametrize("wrong", [{"point": -1}, {"point": 400}, {"k": 0}, {"metric": "hamming"}])
def test_wrong_choices_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidChoice):
        nearest(**{"vectors": some_vectors(), "point": 0, "k": 3, "metric": "cosine", **wrong})


@pytest.mark.parametrize("vectors", [some_vectors(1), np.full((5, 2), np.nan, np.float32)])
def test_no_neighbors_is_nothing_to_show(vectors: FloatArray) -> None:
    with pytest.raises(NothingToShow):
        nearest(vectors, 0, 3, "cosine")


def distances_between(rows: FloatArray, others: FloatArray, metric: Metric) -> Any:
    rows, others = rows.astype(np.float64), others.astype(np.float64)
    if metric == "dot":
        return -(rows @ others.T)
    return pairwise_distances(rows, others, metric=metric)


@pytest.mark.parametrize("metric", METRICS)
def test_a_vector_from_outside_has_neighbors(metric: Metric) -> None:
    outside = DIGITS[7] + np.float32(0.25)
    found = finish(nearest_to_work(DIGITS, outside, 10, metric))
    wanted = distances_between(outside[None], DIGITS, metric)[0]
    np.testing.assert_allclose(found.distances, np.sort(wanted)[:10], rtol=1e-5)
    np.testing.assert_allclose(found.distances, wanted[found.ids], rtol=1e-5)


def test_a_row_that_equals_the_vector_from_outside_comes_first() -> None:
    found = finish(nearest_to_work(DIGITS, DIGITS[300], 3, "euclidean"))
    assert (found.ids[0], found.distances[0]) == (300, 0)


@pytest.mark.parametrize("metric", METRICS)
def test_a_selection_has_neighbors_of_its_middle(metric: Metric) -> None:
    points = np.array([30, 4, 4, 900])
    found = finish(nearest_to_center_work(DIGITS, points, 10, metric))
    wanted = distances_between(DIGITS[[4, 30, 900]].mean(axis=0)[None], DIGITS, metric)[0]
    wanted[points] = np.inf
    np.testing.assert_allclose(found.distances, np.sort(wanted)[:10], rtol=1e-5)
    assert not np.isin(found.ids, points).any()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("n_selected", [1, 5, 700])
def test_a_selection_has_neighbors_of_any_of_its_points(metric: Metric, n_selected: int) -> None:
    points = np.random.default_rng(1).choice(len(DIGITS), n_selected, replace=False)
    found = finish(nearest_to_any_work(DIGITS, points, 25, metric))
    wanted = distances_between(DIGITS, DIGITS[points], metric).min(axis=1)
    wanted[points] = np.inf
    np.testing.assert_allclose(found.distances, np.sort(wanted)[:25], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found.distances, wanted[found.ids], rtol=1e-5, atol=1e-7)


def test_points_far_from_the_origin_are_told_apart_from_a_selection() -> None:
    vectors = some_vectors() + np.float32(100_000)
    points = np.array([1, 2])
    found = finish(nearest_to_any_work(vectors, points, 5, "euclidean"))
    wanted = distances_between(vectors, vectors[points], "euclidean").min(axis=1)
    wanted[points] = np.inf
    assert found.ids.tolist() == np.argsort(wanted, kind="stable")[:5].tolist()


@pytest.mark.parametrize("n_dims", [2, 3])
def test_neighbors_are_found_among_positions_too(n_dims: int) -> None:
    positions = some_vectors(500, n_dims)
    positions[17] = np.nan
    found = nearest(positions, 3, 8, "euclidean")
    wanted = np.linalg.norm(positions.astype(np.float64) - positions[3], axis=1)
    wanted[[3, 17]] = np.inf
    assert found.ids.tolist() == np.argsort(wanted)[:8].tolist()


def test_rows_of_a_selection_that_are_not_finite_take_no_part() -> None:
    vectors = some_vectors(20, 3)
    vectors[2] = np.nan
    for work in (nearest_to_center_work, nearest_to_any_work):
        found = finish(work(vectors, np.array([2, 5]), 30, "euclidean"))
        assert found.ids.tolist() == nearest(vectors, 5, 30, "euclidean").ids.tolist()
        with pytest.raises(NothingToShow):
            finish(work(vectors, np.array([2]), 3, "euclidean"))
        with pytest.raises(NothingToShow, match="selected"):
            finish(work(vectors, np.array([], np.int64), 3, "euclidean"))


@pytest.mark.parametrize("wrong", [np.zeros(8), np.zeros((1, 9))])
def test_a_vector_of_another_length_is_refused(wrong: FloatArray) -> None:
    with pytest.raises(InvalidChoice, match="9 values"):
        finish(nearest_to_work(some_vectors(), wrong, 3, "cosine"))


def test_a_vector_that_is_not_finite_has_no_neighbors() -> None:
    with pytest.raises(NothingToShow):
        finish(nearest_to_work(some_vectors(), np.full(9, np.nan), 3, "cosine"))
