"""Outliers as scikit-learn finds them; duplicates as comparing all rows would find them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist
from sklearn.neighbors import LocalOutlierFactor

from projector.arrays import FloatArray
from projector.duplicates import find_duplicates, find_near_duplicates, suggested_threshold
from projector.errors import InvalidChoice
from projector.neighbor_graph import NeighborGraph, find_neighbors
from projector.outliers import outlier_scores
from projector.progress import finish


def points(n: int = 300, d: int = 5) -> FloatArray:
    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)


def graph(vectors: FloatArray, k: int, metric: str = "euclidean") -> NeighborGraph:
    return finish(find_neighbors(vectors, k, metric))  # type: ignore[arg-type]


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
@pytest.mark.parametrize("k", [5, 20])
def test_scores_equal_those_of_scikit_learn(metric: str, k: int) -> None:
    theirs = LocalOutlierFactor(k, metric=metric).fit(points().astype(np.float64))
    ours = finish(outlier_scores(graph(points(), 25, metric), k))
    assert ours.scores == pytest.approx(-theirs.negative_outlier_factor_, rel=1e-5)


def test_the_point_far_from_all_others_comes_first() -> None:
    vectors = points()
    vectors[17] += 50
    found = finish(outlier_scores(graph(vectors, 20), 20))
    assert found.ranked[0] == 17
    assert len(found.ranked) == 300
    assert (np.diff(found.scores[found.ranked]) <= 0).all()


def test_rows_without_neighbors_have_no_score() -> None:
    vectors = points()
    vectors[3] = np.nan
    found = finish(outlier_scores(graph(vectors, 10), 10))
    assert np.isnan(found.scores[3])
    assert np.isfinite(np.delete(found.scores, 3)).all()
    assert 3 not in found.ranked


def test_dot_products_and_too_many_neighbors_are_refused() -> None:
    with pytest.raises(InvalidChoice, match="dot products are none"):
        finish(outlier_scores(graph(points(), 5, "dot"), 5))
    with pytest.raises(InvalidChoice, match="between 1 and 5, got 6"):
        finish(outlier_scores(graph(points(), 5), 6))


def test_rows_with_the_same_values_are_found() -> None:
    vectors = points(100, 3)
    vectors[[7, 50, 99]] = vectors[3]
    vectors[[20, 10]] = 0.0
    vectors[10, 1] = -0.0
    found = finish(find_duplicates(vectors))
    assert [found.group(i).tolist() for i in range(found.n_groups)] == [[3, 7, 50, 99], [10, 20]]
    assert found.group_of[[3, 99, 10, 0]].tolist() == [0, 0, 1, -1]
    assert found.n_spare == 4


def test_many_duplicates_as_a_plain_count_finds_them() -> None:
    vectors = np.random.default_rng(1).integers(0, 4, (5000, 5)).astype(np.float32)
    found = finish(find_duplicates(vectors))
    _, counts = np.unique(vectors, axis=0, return_counts=True)
    expected = sorted(counts[counts > 1].tolist(), reverse=True)
    assert np.diff(found.starts).tolist() == expected
    for i in range(0, found.n_groups, 50):
        assert len(np.unique(vectors[found.group(i)], axis=0)) == 1


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_rows_have_no_duplicates(n: int) -> None:
    assert finish(find_duplicates(points(n))).n_groups == 0


def test_near_rows_are_joined_as_by_all_pairs() -> None:
    vectors = points(400, 2)
    found = finish(find_near_duplicates(graph(vectors, 399), 0.05))
    near = cdist(vectors.astype(float), vectors.astype(float)) <= 0.05
    _, labels = connected_components(near)
    expected = sorted((c for c in np.bincount(labels) if c > 1), reverse=True)
    assert np.diff(found.starts).tolist() == expected
    for i in range(found.n_groups):
        assert len(set(labels[found.group(i)])) == 1


def test_a_suggested_threshold_joins_twins_only() -> None:
    vectors = points(200, 4)
    vectors[5] = vectors[9] + 1e-5
    near = graph(vectors, 10)
    found = finish(find_near_duplicates(near, suggested_threshold(near)))
    assert found.rows.tolist() == [5, 9]
    assert finish(find_near_duplicates(near, -1.0)).n_groups == 0
    with pytest.raises(InvalidChoice, match="must be a number"):
        finish(find_near_duplicates(near, float("nan")))
