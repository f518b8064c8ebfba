"""How far to trust a layout: figures equal those of scikit-learn and of slow, obvious counts."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from scipy.stats import spearmanr
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from projector.arrays import DoubleArray, FloatArray
from projector.errors import InvalidChoice, NothingToShow
from projector.neighbor_graph import NeighborGraph
from projector.neighbors import METRICS, Metric
from projector.progress import Progress, finish
from projector.quality import (
    class_codes,
    distance_correlation,
    estimate_seconds,
    label_disagreement,
    measure_quality,
    measure_ranks,
    neighbor_overlap,
    triplet_accuracy,
)
from projector.quality.order import spearman

DIGITS = load_digits().data.astype(np.float32)
LABELS = load_digits().target.astype(np.int64)
FLAT = PCA(2).fit_transform(DIGITS).astype(np.float32)
SCIPY = {"cosine": "cosine", "euclidean": "euclidean", "manhattan": "cityblock"}


def clouds(n: int = 300, d: int = 7, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Vectors, and their first two dims with some noise as a layout."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, d)).astype(np.float32) * 3 + 2
    layout = vectors[:, :2] + rng.normal(size=(n, 2)).astype(np.float32)
    return vectors, layout


def slow_distances(vectors: FloatArray, metric: Metric) -> DoubleArray:
    values = vectors.astype(np.float64)
    found = -values @ values.T if metric == "dot" else cdist(values, values, SCIPY[metric])
    np.fill_diagonal(found, np.inf)
    return np.asarray(found)


def graph_of(vectors: FloatArray, k: int) -> NeighborGraph:
    search = NearestNeighbors(n_neighbors=k).fit(vectors)
    distances, ids = search.kneighbors()
    return NeighborGraph(ids.astype(np.int32), distances.astype(np.float32), "euclidean")


@pytest.mark.parametrize("k", [1, 5, 15])
@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
def test_trustworthiness_is_that_of_scikit_learn(k: int, metric: Metric) -> None:
    vectors, layout = clouds()
    found = finish(measure_ranks(vectors, layout, k, metric))
    wanted = trustworthiness(vectors.astype(np.float64), layout, n_neighbors=k, metric=metric)
    assert found.trustworthiness.is_exact
    assert found.trustworthiness.value == pytest.approx(wanted, abs=1e-9)


def test_digits_are_trusted_as_by_scikit_learn() -> None:
    # scikit-learn takes equal distances in any order, so there must be none
    noise = np.random.default_rng(0).normal(size=DIGITS.shape).astype(np.float32)
    digits = DIGITS + 0.1 * noise
    found = finish(measure_ranks(digits, FLAT, 10))
    wanted = trustworthiness(digits.astype(np.float64), FLAT.astype(np.float64), n_neighbors=10)
    assert found.trustworthiness.value == pytest.approx(wanted, abs=1e-9)


def test_of_equal_distances_the_first_row_is_nearer() -> None:
    squares = (DIGITS**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * DIGITS @ DIGITS.T  # whole numbers: exact
    np.fill_diagonal(distances, np.inf)
    ranks = np.argsort(np.argsort(distances, axis=1, kind="stable"), axis=1) + 1
    near = NearestNeighbors(n_neighbors=10).fit(FLAT).kneighbors(return_distance=False)
    beyond = np.maximum(np.take_along_axis(ranks, near, axis=1) - 10, 0).sum(axis=1)
    n = len(DIGITS)
    found = finish(measure_ranks(DIGITS, FLAT, 10)).trustworthiness.per_point
    np.testing.assert_allclose(found, 1 - beyond * 2 / (10 * (2 * n - 31)), atol=1e-6)


def test_continuity_is_trustworthiness_seen_from_the_layout() -> None:
    vectors, layout = clouds()
    found = finish(measure_ranks(vectors, layout, 12))
    wanted = trustworthiness(layout.astype(np.float64), vectors.astype(np.float64), n_neighbors=12)
    assert found.continuity.value == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("metric", METRICS)
def test_all_figures_of_each_point_are_those_of_a_full_sort(metric: Metric) -> None:
    vectors, layout = clouds(120, 5)
    n, k = len(vectors), 7
    order_high = np.argsort(slow_distances(vectors, metric), axis=1, kind="stable")
    order_low = np.argsort(slow_distances(layout, "euclidean"), axis=1, kind="stable")
    ranks_high, ranks_low = (np.argsort(o, axis=1) + 1 for o in (order_high, order_low))
    scale = 2 / (k * (2 * n - 3 * k - 1))
    found = finish(measure_ranks(vectors, layout, k, metric))
    for i in range(n):
        near_high, near_low = order_high[i, :k], order_low[i, :k]
        lost = 1 - scale * np.maximum(ranks_low[i, near_high] - k, 0).sum()
        intruding = 1 - scale * np.maximum(ranks_high[i, near_low] - k, 0).sum()
        shared = len(set(near_high) & set(near_low)) / k
        assert found.trustworthiness.per_point is not None
        assert found.continuity.per_point is not None
        assert found.overlap.per_point is not None
        assert found.trustworthiness.per_point[i] == pytest.approx(intruding, abs=1e-6)
        assert found.continuity.per_point[i] == pytest.approx(lost, abs=1e-6)
        assert found.overlap.per_point[i] == pytest.approx(shared, abs=1e-6)


def test_large_common_values_cost_no_digits() -> None:
    vectors, layout = clouds(200)
    far = vectors + np.float32(1024)
    wanted = trustworthiness(far.astype(np.float64), layout, n_neighbors=5)
    assert finish(measure_ranks(far, layout, 5)).trustworthiness.value == pytest.approx(wanted)


def test_a_perfect_layout_is_wholly_trusted() -> None:
    layout = clouds(50)[1]
    found = finish(measure_quality(layout, layout, 5))
    assert [figure.value for figure in found.figures] == pytest.approx([1.0] * 5)


def test_many_small_blocks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, layout = clouds(200)
    whole = finish(measure_ranks(vectors, layout, 6))
    monkeypatch.setattr("projector.quality.spaces._MOST_QUERIES", 17)
    monkeypatch.setattr("projector.quality.spaces._BLOCK", 16 * 7)
    pieces = finish(measure_ranks(vectors, layout, 6))
    for a, b in ((whole.trustworthiness, pieces.trustworthiness), (whole.overlap, pieces.overlap)):
        np.testing.assert_allclose(a.per_point, b.per_point, atol=1e-7)


def test_a_sample_says_its_size_and_its_error_holds() -> None:
    exact = finish(measure_ranks(DIGITS, FLAT, 10)).trustworthiness
    errors = []
    for seed in range(12):
        found = finish(measure_ranks(DIGITS, FLAT, 10, n_sample=300, seed=seed)).trustworthiness
        assert found.kind == "sampled"
        assert found.n_looked_at == 300
        assert "300 rows" in found.text
        errors.append((found.value - exact.value) / found.standard_error)
    assert 0.3 < np.std(errors) < 2.0
    assert np.abs(errors).max() < 4.0


def test_a_sampled_point_has_the_figure_it_has_among_all() -> None:
    exact = finish(measure_ranks(DIGITS, FLAT, 10)).overlap.per_point
    sampled = finish(measure_ranks(DIGITS, FLAT, 10, n_sample=50)).overlap.per_point
    assert exact is not None
    assert sampled is not None
    there = np.isfinite(sampled)
    assert there.sum() == 50
    np.testing.assert_allclose(sampled[there], exact[there])


def test_a_seed_repeats_its_sample() -> None:
    first, again = (finish(measure_ranks(DIGITS, FLAT, 5, n_sample=40, seed=3)) for _ in range(2))
    assert first.continuity.value == again.continuity.value


def test_rows_with_gaps_take_no_part() -> None:
    vectors, layout = clouds(80)
    with_gaps, flat = np.insert(vectors, 10, np.nan, axis=0), np.insert(layout, 10, 0.0, axis=0)
    with_gaps, flat = np.append(with_gaps, vectors[:1], 0), np.append(flat, flat[:1] * np.inf, 0)
    found = finish(measure_quality(with_gaps, flat, 5))
    wanted = finish(measure_quality(vectors, layout, 5))
    assert found.trustworthiness.value == pytest.approx(wanted.trustworthiness.value, abs=1e-9)
    assert found.overlap.value == pytest.approx(wanted.overlap.value, abs=1e-9)
    assert found.distances.value == pytest.approx(wanted.distances.value, abs=1e-9)
    assert found.overlap.per_point is not None
    assert np.flatnonzero(np.isnan(found.overlap.per_point)).tolist() == [10, 81]


def test_too_many_neighbors_are_refused_with_the_limit() -> None:
    vectors, layout = clouds(20)
    with pytest.raises(InvalidChoice, match=r"between 1 and 9, .* got 10"):
        finish(measure_ranks(vectors, layout, 10))


def test_two_rows_are_too_few() -> None:
    vectors, layout = clouds(2)
    with pytest.raises(NothingToShow, match="at least 3 rows"):
        finish(measure_quality(vectors, layout, 1))


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 40), st.integers(1, 6), st.integers(0, 3), st.data())
def test_any_layout_has_figures_between_0_and_1(
    n: int, d: int, kinds: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    vectors = rng.integers(-kinds, kinds + 1, (n, d)).astype(np.float32)  # many equal rows
    layout = rng.normal(size=(n, 3)).astype(np.float32)
    k = data.draw(st.integers(1, (n - 1) // 2))
    found = finish(measure_ranks(vectors, layout, k, data.draw(st.sampled_from(METRICS))))
    for figure in (found.trustworthiness, found.continuity, found.overlap):
        assert figure.per_point is not None
        assert ((figure.per_point >= -1e-6) & (figure.per_point <= 1 + 1e-6)).all()


def test_triplets_of_few_rows_are_all_counted() -> None:
    vectors, layout = clouds(12)
    high, low = slow_distances(vectors, "euclidean"), slow_distances(layout, "euclidean")
    agrees = [
        (high[a, b] < high[a, c]) == (low[a, b] < low[a, c])
        for a in range(12)
        for b, c in itertools.combinations([i for i in range(12) if i != a], 2)
    ]
    found = finish(triplet_accuracy(vectors, layout))
    assert found.is_exact
    assert found.n_looked_at == len(agrees)
    assert found.value == pytest.approx(np.mean(agrees))


def test_random_triplets_come_near_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, layout = clouds(50)
    exact = finish(triplet_accuracy(vectors, layout))
    monkeypatch.setattr("projector.quality.order._MOST_ROWS_WHOLE", 3)
    found = finish(triplet_accuracy(vectors, layout, n_triplets=40_000))
    assert found.kind == "sampled"
    assert abs(found.value - exact.value) < 5 * found.standard_error
    assert found.per_point is not None
    assert exact.per_point is not None
    assert np.abs(found.per_point - exact.per_point).max() < 0.1


def test_distance_correlation_is_scipys() -> None:
    vectors, layout = clouds(100)
    upper = np.triu_indices(100, 1)
    high, low = (slow_distances(one, "euclidean")[upper] for one in (vectors, layout))
    found = finish(distance_correlation(vectors, layout))
    assert found.is_exact
    assert found.value == pytest.approx(spearmanr(high, low).statistic, abs=1e-6)


def test_ranks_of_equals_are_shared_as_in_scipy() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, 200).astype(np.float64), rng.integers(0, 9, 200).astype(np.float64)
    assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)


def test_sampled_pairs_come_near_all_of_them() -> None:
    vectors, layout = clouds(400)
    exact = finish(distance_correlation(vectors, layout))
    found = finish(distance_correlation(vectors, layout, n_pairs=20_000))
    assert found.kind == "sampled"
    assert found.n_looked_at == 20_000
    assert abs(found.value - exact.value) < 5 * found.standard_error


def test_overlap_of_two_graphs_counts_shared_neighbors() -> None:
    vectors, layout = clouds(150)
    truth, flat = graph_of(vectors, 20), graph_of(layout, 10)
    found = finish(neighbor_overlap(truth, flat, 10))
    wanted = finish(measure_ranks(vectors, layout, 10)).overlap
    assert found.value == pytest.approx(wanted.value)
    np.testing.assert_allclose(found.per_point, wanted.per_point)


def test_overlap_of_approximate_graphs_says_so() -> None:
    truth = graph_of(clouds()[0], 5)
    near = NeighborGraph(truth.ids, truth.distances, "euclidean", recall=0.96)
    found = finish(neighbor_overlap(truth, near, 5))
    assert found.kind == "approximate"
    assert "approximate" in found.text


def test_disagreement_is_the_share_of_neighbors_with_another_label() -> None:
    graph = graph_of(DIGITS, 10)
    found = finish(label_disagreement(graph, LABELS, 8))
    wanted = (LABELS[graph.ids[:, :8]] != LABELS[:, None]).mean(axis=1)
    np.testing.assert_allclose(found.share, wanted, atol=1e-7)
    assert found.share[found.ranked].tolist() == sorted(found.share[found.ranked], reverse=True)
    assert set(found.ranked) == set(np.flatnonzero(wanted))
    assert found.mean == pytest.approx(wanted.mean(), abs=1e-6)


def test_a_mislabeled_digit_comes_first_with_its_likely_label() -> None:
    labels = LABELS.copy()
    labels[3] = 7  # it is a 3
    found = finish(label_disagreement(graph_of(DIGITS, 10), labels, 10))
    assert found.share[3] == 1.0
    assert found.likely[3] == 3
    assert 3 in found.ranked[:20]


def test_unknown_labels_neither_agree_nor_disagree() -> None:
    ids = np.array([[1, 2], [0, 2], [0, 1], [0, -1]], np.int32)
    graph = NeighborGraph(ids, np.zeros((4, 2), np.float32), "euclidean")
    found = finish(label_disagreement(graph, np.array([5, 6, -1, 5]), 2))
    assert found.share[[0, 1, 3]].tolist() == [1.0, 1.0, 0.0]
    assert np.isnan(found.share[2])
    assert found.likely.tolist() == [6, 5, 5, 5]


def test_no_labels_at_all_are_a_sentence() -> None:
    with pytest.raises(NothingToShow, match="No point has both a label"):
        finish(label_disagreement(graph_of(DIGITS, 2), np.full(len(DIGITS), -1), 2))


def test_a_column_becomes_labels_with_its_empty_cells_unknown() -> None:
    codes, names = class_codes(pl.Series("digit", ["b", None, "a", "b"]))
    assert codes.tolist() == [0, -1, 1, 0]
    assert names == ["b", "a"]
    assert class_codes(pl.Series([3, 1, None, 3]))[0].tolist() == [0, 1, -1, 0]


def test_progress_rises_to_its_end() -> None:
    steps = list(measure_quality(DIGITS, FLAT, 5, n_sample=100))
    assert all(isinstance(step, Progress) for step in steps)
    done = [step.done for step in steps if step.done is not None]
    assert done == sorted(done)
    assert done[-1] > 0.8


def test_vectors_mapped_from_a_file_are_read_and_left_alone(tmp_path: object) -> None:
    path = f"{tmp_path}/vectors.npy"
    np.save(path, DIGITS)
    mapped = np.load(path, mmap_mode="r")
    found = finish(measure_ranks(mapped, FLAT, 5, n_sample=100))
    wanted = finish(measure_ranks(DIGITS, FLAT, 5, n_sample=100))
    assert found.trustworthiness.value == pytest.approx(wanted.trustworthiness.value)


def test_cells_that_are_no_number_have_no_class():
    codes, names = class_codes(pl.Series("size", [1.0, float("nan"), None, 1.0, 2.0]))
    assert codes.tolist() == [0, -1, -1, 0, 1]
    assert names == ["1.0", "2.0"]


def test_lists_are_no_classes():
    with pytest.raises(InvalidChoice, match="The column tags holds List"):
        class_codes(pl.Series("tags", [["a"], ["b"]]))


def test_the_time_told_counts_reading_the_vectors_and_grows_with_them() -> None:
    assert estimate_seconds(1000, 10) < estimate_seconds(1000, 100) < estimate_seconds(9000, 100)
    assert estimate_seconds(1_000_000, 64, 1) > 0.3
    assert estimate_seconds(1_000_000, 64) < 2 * estimate_seconds(1_000_000, 64, 576)
