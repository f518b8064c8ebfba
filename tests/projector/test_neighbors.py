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
from projector.neighbors import METRICS, Metric, nearest, nearest_work

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
