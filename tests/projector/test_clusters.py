"""Clusters agree with scikit-learn's, and are named by what tells them apart."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from projector.arrays import FloatArray
from projector.clusters import (
    HdbscanParameters,
    KMeansParameters,
    compare_labels,
    hdbscan,
    kmeans,
    n_neighbors,
    name_clusters,
)
from projector.clusters.contract import Clusters
from projector.clusters.span import core_distances, shortest_tree
from projector.errors import InvalidChoice, NothingToShow, TooLarge
from projector.neighbor_graph import find_neighbors
from projector.progress import finish
from projector.warm_up import warm_up_clusters


def blobs(n: int = 600, d: int = 10, k: int = 6, seed: int = 0) -> FloatArray:
    spreads = np.linspace(0.3, 2.0, k)
    points, _ = make_blobs(n, d, centers=k, cluster_std=spreads, random_state=seed)
    return points.astype(np.float32)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("selection", ["eom", "leaf"])
@pytest.mark.parametrize(("least_size", "n_close"), [(5, 5), (15, 5), (10, 1), (20, None)])
def test_hdbscan_with_all_pairs_is_that_of_scikit_learn(
    seed: int, selection: str, least_size: int, n_close: int | None
) -> None:
    points = blobs(seed=seed)
    theirs = HDBSCAN(
        min_cluster_size=least_size,
        min_samples=n_close,
        cluster_selection_method=selection,
        copy=True,
    ).fit(points.astype(np.float64))
    parameters = HdbscanParameters(least_size=least_size, n_close=n_close, selection=selection)  # type: ignore[arg-type]
    ours = finish(hdbscan(points, parameters))
    assert adjusted_rand_score(theirs.labels_, ours.labels) == 1.0
    assert ours.strength == pytest.approx(theirs.probabilities_, abs=1e-4)
    assert ours.is_exact


def test_the_tree_along_all_pairs_is_the_shortest() -> None:
    points = blobs(200, 3)
    graph = finish(find_neighbors(points, 199))
    core = core_distances(graph, 5)
    tree, _ = finish(shortest_tree(points, graph, core, 0))
    apart = cdist(points.astype(float), points.astype(float))
    expected = np.sort(apart, axis=1)[:, 4]
    reach = np.maximum(np.maximum(apart, expected), expected[:, None])
    assert tree.lengths.sum() == pytest.approx(minimum_spanning_tree(reach).sum(), rel=1e-5)


@pytest.mark.parametrize("d", [2, 12])
def test_the_tree_along_few_neighbors_is_hardly_longer(d: int) -> None:
    points = blobs(1200, d, 8)
    graph = finish(find_neighbors(points, 10))
    tree, is_exact = finish(shortest_tree(points, graph, core_distances(graph, 5), 0))
    whole = finish(find_neighbors(points, 1199))
    best, _ = finish(shortest_tree(points, whole, core_distances(whole, 5), 0))
    assert is_exact
    assert len(tree.a) == 1199
    assert best.lengths.sum() <= tree.lengths.sum() * (1 + 1e-6) <= 1.001 * best.lengths.sum()


def test_thousands_of_points_in_the_plane_fall_into_the_same_clusters() -> None:
    points = np.concatenate([blobs(3000, 2, 5), blobs(2000, 2, 3, seed=4) + 60])
    theirs = HDBSCAN(min_cluster_size=50, copy=True).fit(points.astype(np.float64))
    ours = finish(hdbscan(points, HdbscanParameters(least_size=50)))
    assert adjusted_rand_score(theirs.labels_, ours.labels) > 0.97
    assert not ours.is_exact


def test_neighbors_known_before_change_no_label() -> None:
    points = blobs(2500, 12, 8)
    points[[3, 700]] = np.nan
    parameters = HdbscanParameters(least_size=20)
    alone = finish(hdbscan(points, parameters))
    for k in (n_neighbors(2498, parameters), 90):
        graph = finish(find_neighbors(points, k))
        assert (finish(hdbscan(points, parameters, graph)).labels == alone.labels).all()


def test_a_tree_that_does_not_fit_is_refused_with_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projector.embeddings.memory._available_memory", lambda: 1 << 20)
    points = np.random.default_rng(0).normal(size=(2000, 3)).astype(np.float32)
    with pytest.raises(TooLarge, match="HDBSCAN of 2,000 points takes"):
        finish(hdbscan(points, HdbscanParameters()))


def test_two_moons_are_two_clusters() -> None:
    points, moons = make_moons(2000, noise=0.04, random_state=0)
    ours = finish(hdbscan(points.astype(np.float32), HdbscanParameters(least_size=30)))
    assert adjusted_rand_score(moons, ours.labels) > 0.99
    assert ours.sizes.tolist() == sorted(ours.sizes, reverse=True)


def test_rows_that_are_not_finite_belong_nowhere() -> None:
    points = blobs(300, 4, 3)
    points[5], points[100] = np.nan, np.inf
    found = finish(hdbscan(points, HdbscanParameters(least_size=10)))
    means = finish(kmeans(points, KMeansParameters(n_clusters=3)))
    for clusters in (found, means):
        assert clusters.labels[[5, 100]].tolist() == [-1, -1]
        assert clusters.sizes.sum() + clusters.n_noise == 300
    assert means.n_noise == 2


def test_points_in_one_place_are_one_cluster_or_none() -> None:
    points = np.repeat(np.array([[0, 0], [9, 9]], np.float32), 30, axis=0)
    found = finish(hdbscan(points, HdbscanParameters(least_size=10)))
    assert adjusted_rand_score(found.labels, np.repeat([0, 1], 30)) == 1.0
    assert finish(hdbscan(points[:30], HdbscanParameters(least_size=10))).n_clusters == 0
    many = np.repeat(points, 40, axis=0)
    assert finish(hdbscan(many, HdbscanParameters(least_size=10))).n_clusters == 2


@pytest.mark.parametrize("seed", range(3))
def test_kmeans_is_no_worse_than_that_of_scikit_learn(seed: int) -> None:
    points = blobs(2000, 8, 10, seed)
    theirs = KMeans(10, n_init=5, random_state=seed).fit(points)
    ours = finish(kmeans(points, KMeansParameters(n_clusters=10, seed=seed)))
    assert ours.inertia <= 1.01 * theirs.inertia_
    centers = np.stack([points[ours.labels == label].mean(axis=0) for label in range(10)])
    assert ours.inertia == pytest.approx(
        float((cdist(points, centers).min(axis=1) ** 2).sum()), rel=1e-3
    )


def test_kmeans_far_from_the_origin_is_that_near_it() -> None:
    points = np.round(blobs(900, 6, 5) * 8) / 8
    near = finish(kmeans(points, KMeansParameters(n_clusters=5)))
    far = finish(kmeans(points + np.float32(4096), KMeansParameters(n_clusters=5)))
    assert adjusted_rand_score(near.labels, far.labels) == 1.0
    assert far.inertia == pytest.approx(near.inertia, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-40, 1e-30, 1e18, 2e37])
def test_kmeans_of_very_small_and_very_large_values_is_that_of_plain_ones(scale: float) -> None:
    points, parameters = blobs(), KMeansParameters(n_clusters=6)
    plain = finish(kmeans(points, parameters))
    found = finish(kmeans(points * np.float32(scale), parameters))
    assert adjusted_rand_score(plain.labels, found.labels) == 1.0
    assert found.inertia == pytest.approx(plain.inertia * scale**2, rel=1e-4)
    both = np.isin(found.central, plain.central)
    assert both.mean() > 0.9


@pytest.mark.parametrize("n", [200, 2000])
@pytest.mark.parametrize("d", [5, 12])
def test_values_at_both_ends_of_single_precision_can_be_clustered(n: int, d: int) -> None:
    most = np.finfo(np.float32).max
    points = np.random.default_rng(0).choice([-most, most], (n, d)).astype(np.float32)
    points[:3] = most
    found = finish(kmeans(points, KMeansParameters(n_clusters=4)))
    assert found.sizes.sum() == n
    assert np.isfinite(found.inertia)
    assert len(finish(hdbscan(points, HdbscanParameters())).labels) == n


def test_the_progress_of_kmeans_rises_and_tells_the_start_and_the_round() -> None:
    told = list(kmeans(blobs(30_000, 4, 5), KMeansParameters(n_clusters=5, n_starts=2)))
    done = [one.done for one in told if one.done is not None]
    assert done == sorted(done)
    notes = {one.note for one in told}
    assert {"Start 1 of 2", "Start 2 of 2", "Moving the centers, round 1"} <= notes


def test_kmeans_of_more_points_than_its_sample() -> None:
    points = blobs(60_000, 3, 4)
    ours = finish(kmeans(points, KMeansParameters(n_clusters=4, n_starts=2)))
    theirs = KMeans(4, n_init=2, random_state=0).fit(points)
    assert ours.inertia <= 1.01 * theirs.inertia_


def test_the_same_seed_gives_the_same_clusters() -> None:
    one, other = (finish(kmeans(blobs(), KMeansParameters(n_clusters=9, seed=3))) for _ in "ab")
    assert (one.labels == other.labels).all()


def test_as_many_clusters_as_points_and_fewer_different_ones() -> None:
    points = blobs(8, 2, 2)
    assert finish(kmeans(points, KMeansParameters(n_clusters=8))).sizes.tolist() == [1] * 8
    same = np.zeros((20, 2), np.float32)
    assert finish(kmeans(same, KMeansParameters(n_clusters=3))).sizes.sum() == 20


def test_central_rows_are_those_nearest_to_the_mean() -> None:
    points = blobs(200, 3, 2)
    found = finish(kmeans(points, KMeansParameters(n_clusters=2)))
    for label in range(2):
        rows = np.flatnonzero(found.labels == label)
        apart = np.linalg.norm(points[rows] - points[rows].mean(axis=0), axis=1)
        assert found.central[label].tolist() == rows[np.argsort(apart)[:3]].tolist()


def test_what_can_not_be_clustered_is_told() -> None:
    with pytest.raises(InvalidChoice, match="3 points can't make 4 clusters"):
        finish(kmeans(blobs(3, 2, 2), KMeansParameters(n_clusters=4)))
    with pytest.raises(NothingToShow):
        finish(hdbscan(np.full((5, 2), np.nan, np.float32), HdbscanParameters()))
    with pytest.raises(InvalidChoice, match="least size of a cluster must lie between 2"):
        HdbscanParameters(least_size=1)
    with pytest.raises(InvalidChoice, match="must be eom or leaf"):
        HdbscanParameters(selection="all")  # type: ignore[arg-type]
    with pytest.raises(InvalidChoice, match="number of clusters must lie between 1"):
        KMeansParameters(n_clusters=0)


def clusters(labels: list[int]) -> Clusters:
    array = np.array(labels, np.int32)
    sizes = np.bincount(array[array >= 0]).astype(np.int64)
    nothing = np.zeros((len(sizes), 3), np.int64)
    return Clusters(array, sizes, np.ones(len(array), np.float32), nothing, KMeansParameters())


def names(labels: list[int], table: pl.DataFrame | None) -> tuple[str, ...]:
    return finish(name_clusters(clusters(labels), table))


def test_a_value_that_half_of_a_cluster_shares_names_it() -> None:
    table = pl.DataFrame({"digit": [3, 3, 1, 7, 7, 7, 1, 2], "same": ["x"] * 8})
    assert names([0, 0, 0, 1, 1, 1, -1, 2], table) == ("3", "7", "2")


def test_texts_name_clusters_by_their_telling_words() -> None:
    texts = ["the red apple", "a red apple pie", "red apple of the year", "the blue car"]
    texts += ["a blue car", "blue car in the year", "green", None]
    assert names([0, 0, 0, 1, 1, 1, -1, -1], pl.DataFrame({"text": texts})) == (
        "apple, red", "blue, car"
    )  # fmt: skip


def test_clusters_that_nothing_tells_apart_are_numbered() -> None:
    assert names([0, 0, 1, -1], None) == ("cluster 1", "cluster 2")
    words = pl.DataFrame({"word": [f"w{i}" for i in range(6)]})
    assert names([0, 0, 0, 1, 1, 1], words) == ("cluster 1", "cluster 2")


def test_names_are_all_different() -> None:
    table = pl.DataFrame({"kind": ["a", "a", "a", "a", "b", "c", "d", "e"]})
    assert names([0, 0, 1, 1, 2, 2, 3, 3], table)[:2] == ("a", "a (2)")


def test_no_clusters_need_no_names() -> None:
    assert names([-1, -1], pl.DataFrame({"a": ["x", "y"]})) == ()


def test_kernels_warm_up_on_their_own() -> None:
    warm_up_clusters()


def test_where_each_row_has_its_own_word_the_words_at_the_center_name_a_cluster() -> None:
    points = np.array([[0, 0], [1, 0], [2, 0], [50, 0], [51, 0], [52, 0], [54, 0]], np.float32)
    found = finish(kmeans(points, KMeansParameters(n_clusters=2)))
    table = pl.DataFrame({"word": ["ab", "cd", None, "ef", "gh", "ij", "kl"]})
    assert finish(name_clusters(found, table, "word")) == ("ij, gh, ef", "cd, ab")
    assert finish(name_clusters(found, table)) == ("cluster 1", "cluster 2")


@pytest.mark.parametrize("seed", range(4))
def test_agreement_with_labels_is_that_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ours, theirs = rng.integers(-1, 5, 300).astype(np.int32), rng.integers(-1, 4, 300)
    theirs[:120] = ours[:120]
    both = (ours >= 0) & (theirs >= 0)
    found = compare_labels(ours, theirs)
    assert found.n == both.sum()
    assert found.rand == pytest.approx(adjusted_rand_score(theirs[both], ours[both]))
    right = sum(np.bincount(theirs[both & (ours == one)]).max() for one in range(5))
    assert found.purity == pytest.approx(right / both.sum())


def test_the_same_groups_under_other_numbers_agree_wholly() -> None:
    found = compare_labels(np.array([0, 0, 1, 1], np.int32), np.array([7, 7, 2, 2]))
    assert (found.rand, found.purity) == (1.0, 1.0)


def test_one_group_of_all_agrees_with_itself() -> None:
    assert compare_labels(np.zeros(5, np.int32), np.zeros(5, np.int64)).rand == 1.0


def test_nothing_is_compared_where_no_row_has_both() -> None:
    with pytest.raises(NothingToShow, match="both a cluster and a label"):
        compare_labels(np.array([0, -1], np.int32), np.array([-1, 3]))
