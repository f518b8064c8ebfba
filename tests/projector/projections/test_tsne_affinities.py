"""Affinities agree with scikit-learn's, and labels raise and lower them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.manifold._t_sne import _joint_probabilities, _joint_probabilities_nn

from projector.neighbor_graph import NeighborGraph, find_neighbors
from projector.progress import finish
from projector.projections.tsne.affinities import fit_affinities
from tests.projector.projections.tsne_cases import dense, digit_affinities, digits


def test_affinities_are_those_of_scikit_learn() -> None:
    graph = finish(find_neighbors(digits()[:400], 90, "euclidean"))
    ours = dense(finish(fit_affinities(graph, 30.0)))
    squares = (graph.distances.astype(np.float64) ** 2).ravel()
    starts = np.arange(0, 400 * 90 + 1, 90)
    theirs = _joint_probabilities_nn(
        csr_matrix((squares, graph.ids.ravel().copy(), starts), (400, 400)), 30.0, verbose=0
    ).toarray()
    np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=1e-9)


def test_with_all_neighbors_they_are_the_joint_probabilities() -> None:
    vectors = digits()[:60]
    graph = finish(find_neighbors(vectors, 59, "euclidean"))
    ours = dense(finish(fit_affinities(graph, 15.0)))
    squares = ((vectors[:, None] - vectors[None]) ** 2).sum(axis=2)
    theirs = _joint_probabilities(squares, 15.0, verbose=0)
    upper = np.triu_indices(60, 1)
    np.testing.assert_allclose(ours[upper], theirs, rtol=2e-3, atol=1e-9)


def test_they_are_symmetric_and_sum_to_one() -> None:
    found = digit_affinities()
    matrix = dense(found)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix.sum() == pytest.approx(1, abs=1e-6)
    p = matrix[matrix > 0]
    assert found.entropy == pytest.approx(-(p * np.log(p)).sum(), rel=1e-5)


def test_missing_neighbors_weigh_nothing() -> None:
    ids = np.array([[1, 2], [0, -1], [0, 1], [-1, -1]], np.int32)
    distances = np.array([[1, 2], [1, np.inf], [1, 1], [np.inf, np.inf]], np.float32)
    graph = NeighborGraph(ids, distances, "euclidean")
    matrix = dense(finish(fit_affinities(graph, 1.0)))
    assert np.isfinite(matrix).all()
    assert not matrix[3].any()


@pytest.mark.parametrize("scale", [1e-18, 1e18])
def test_the_scale_of_the_vectors_does_not_matter(scale: float) -> None:
    graph = finish(find_neighbors(digits()[:200], 30, "euclidean"))
    distances = (graph.distances * scale).astype(np.float32)
    scaled = NeighborGraph(graph.ids, distances, "euclidean")
    ours, theirs = (dense(finish(fit_affinities(g, 10.0))) for g in (scaled, graph))
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize("metric", ["cosine", "dot", "manhattan"])
def test_every_distance_gives_affinities_of_the_perplexity(metric: str) -> None:
    graph = finish(find_neighbors(digits()[:300], 60, metric))
    matrix = dense(finish(fit_affinities(graph, 20.0)))
    assert np.isfinite(matrix).all()
    assert np.median((matrix > 0).sum(axis=1)) >= 60


def test_labels_raise_affinities_within_classes_and_lower_those_between() -> None:
    graph = finish(find_neighbors(digits()[:400], 90, "euclidean"))
    labels = (np.arange(400) % 4 - 1).astype(np.int64)  # a class of unknown ones, and three
    plain = dense(finish(fit_affinities(graph, 30.0)))
    is_same = (labels[:, None] == labels) & (labels[:, None] >= 0)
    shares = [plain[is_same].sum()]
    for supervision in (0.3, 0.9):
        matrix = dense(finish(fit_affinities(graph, 30.0, labels, supervision)))
        assert matrix.sum() == pytest.approx(1, abs=1e-6)
        shares.append(matrix[is_same].sum())
    assert shares[0] < 0.9 * shares[1] < 0.8 * shares[2]


def test_a_supervision_of_zero_changes_nothing() -> None:
    graph = finish(find_neighbors(digits()[:100], 30, "euclidean"))
    labels = np.arange(100) % 3
    with_labels = dense(finish(fit_affinities(graph, 10.0, labels, 0.0)))
    np.testing.assert_array_equal(with_labels, dense(finish(fit_affinities(graph, 10.0))))


def test_a_point_among_strangers_keeps_its_neighbors() -> None:
    graph = finish(find_neighbors(digits()[:50], 9, "euclidean"))
    labels = np.arange(50)  # nobody has a companion
    matrix = dense(finish(fit_affinities(graph, 3.0, labels, 1.0)))
    assert (matrix.sum(axis=1) > 0).all()
