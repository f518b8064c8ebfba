"""The graph of neighbors agrees with scikit-learn's and with slow, obvious versions."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from projector.arrays import DoubleArray, FloatArray
from projector.errors import InvalidChoice, NothingToShow, TooLarge
from projector.neighbor_graph import (
    NeighborGraph,
    estimate_bytes,
    estimate_seconds,
    exact,
    find_neighbors,
    pairs,
)
from projector.neighbor_graph.find import is_exact_search
from projector.neighbor_graph.space import measure
from projector.neighbors import METRICS, Metric
from projector.progress import finish

DIGITS = load_digits().data.astype(np.float32)


@pytest.fixture(autouse=True, params=[0.25, 2.0], ids=["either way", "by candidates"])
def share_up_to_which_candidates_are_chosen(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "_MOST_CHOSEN", request.param)


def some_vectors(n: int = 700, d: int = 9, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32) * 3


def all_distances(vectors: FloatArray, metric: Metric) -> DoubleArray:
    """(n, n) in double precision, inf from a point to itself and wherever a row isn't finite."""
    rows = vectors.astype(np.float64)
    with np.errstate(all="ignore"):
        if metric in ("cosine", "dot"):
            result = -(rows @ rows.T)
        if metric == "cosine":
            lengths = np.linalg.norm(rows, axis=1)
            scale = np.outer(lengths, lengths)
            result = 1 + np.where(scale > 0, result / np.where(scale > 0, scale, 1), 0)
            result = np.clip(result, 0, 2)
        if metric == "euclidean":
            result = np.sqrt(((rows[:, None] - rows[None]) ** 2).sum(axis=2))
        if metric == "manhattan":
            result = np.abs(rows[:, None] - rows[None]).sum(axis=2)
    finite = np.isfinite(vectors).all(axis=1)
    result[~finite] = np.inf
    result[:, ~finite] = np.inf
    np.fill_diagonal(result, np.inf)
    return result


def assert_nearest(graph: NeighborGraph, vectors: FloatArray) -> None:
    """Each neighbor is as far as it says, and none that is nearer was missed."""
    everything = all_distances(vectors, graph.metric)
    wanted = np.sort(everything, axis=1)[:, : graph.k]
    scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=1e-30)
    np.testing.assert_allclose(graph.distances, wanted, rtol=1e-5, atol=1e-6 * scale)
    is_there = graph.ids >= 0
    assert (is_there == np.isfinite(wanted)).all()
    rows = np.broadcast_to(np.arange(len(vectors))[:, None], graph.ids.shape)
    named = everything[rows[is_there], graph.ids[is_there]]
    np.testing.assert_allclose(graph.distances[is_there], named, rtol=1e-5, atol=1e-6 * scale)
    for ids, there in zip(graph.ids, is_there, strict=True):
        assert len(set(ids[there].tolist())) == there.sum()


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
@pytest.mark.parametrize("k", [1, 15, 90])
def test_neighbors_are_those_of_scikit_learn(metric: Metric, k: int) -> None:
    vectors = some_vectors(1500, 20)
    oracle = NearestNeighbors(n_neighbors=k + 1, metric=metric, algorithm="brute")
    distances, ids = oracle.fit(vectors.astype(np.float64)).kneighbors(vectors.astype(np.float64))
    graph = finish(find_neighbors(vectors, k, metric))
    assert (graph.ids == ids[:, 1:]).all()
    np.testing.assert_allclose(graph.distances, distances[:, 1:], rtol=1e-5, atol=1e-6)


def test_without_a_word_the_distance_is_euclidean() -> None:
    graph = finish(find_neighbors(DIGITS, 10))
    assert (graph.metric, graph.k, graph.is_exact, graph.recall) == ("euclidean", 10, True, 1.0)
    oracle = NearestNeighbors(n_neighbors=11, algorithm="brute").fit(DIGITS.astype(np.float64))
    distances, _ = oracle.kneighbors(DIGITS.astype(np.float64))
    np.testing.assert_allclose(graph.distances, distances[:, 1:], rtol=1e-6)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("shape", [(2, 1), (3, 1), (40, 2), (1100, 3), (20, 700)])
def test_every_shape_is_searched(metric: Metric, shape: tuple[int, int]) -> None:
    vectors = some_vectors(*shape)
    assert_nearest(finish(find_neighbors(vectors, 7, metric)), vectors)


@pytest.mark.parametrize("metric", METRICS)
def test_no_more_neighbors_are_found_than_there_are(metric: Metric) -> None:
    vectors = some_vectors(12)
    graph = finish(find_neighbors(vectors, 500, metric))
    assert graph.k == 11
    assert_nearest(graph, vectors)


@pytest.mark.parametrize("metric", METRICS)
def test_rows_that_are_not_finite_take_no_part(metric: Metric) -> None:
    vectors = some_vectors(30, 4)
    vectors[[2, 5, 7], [0, 1, 2]] = [np.nan, np.inf, -np.inf]
    graph = finish(find_neighbors(vectors, 28, metric))
    assert_nearest(graph, vectors)
    assert (graph.ids[[2, 5, 7]] == -1).all()
    assert not np.isin(graph.ids, [2, 5, 7]).any()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_scale_does_not_matter(metric: Metric, scale: float) -> None:
    vectors = some_vectors(300)
    wanted = finish(find_neighbors(vectors, 9, metric)).ids
    assert (finish(find_neighbors(vectors * np.float32(scale), 9, metric)).ids == wanted).all()


@pytest.mark.parametrize("metric", METRICS)
def test_points_far_from_the_origin_keep_their_neighbors(metric: Metric) -> None:
    vectors = some_vectors(600) + np.float32(30_000)
    assert_nearest(finish(find_neighbors(vectors, 9, metric)), vectors)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_one_outlier_does_not_blur_the_others(metric: Metric) -> None:
    vectors = some_vectors(600)
    vectors[100] = 1e9
    assert_nearest(finish(find_neighbors(vectors, 9, metric)), vectors)


@pytest.mark.parametrize("metric", METRICS)
def test_equal_points_come_in_row_order(metric: Metric) -> None:
    graph = finish(find_neighbors(np.ones((40, 3), np.float32), 6, metric))
    assert graph.ids[4].tolist() == [0, 1, 2, 3, 5, 6]
    assert graph.ids[0].tolist() == [1, 2, 3, 4, 5, 6]


def test_many_equal_points_find_one_another() -> None:
    vectors = np.repeat(some_vectors(200), 5, axis=0)
    graph = finish(find_neighbors(vectors, 4))
    assert (graph.distances == 0).all()
    assert (graph.ids // 5 == np.arange(1000)[:, None] // 5).all()


def test_a_zero_vector_is_one_away_by_angle() -> None:
    vectors = np.array([[1, 0], [0, 0], [2, 0], [-1, 0]], np.float32)
    graph = finish(find_neighbors(vectors, 3, "cosine"))
    assert graph.ids[0].tolist() == [2, 1, 3]
    assert graph.distances[:2].tolist() == [[0, 1, 2], [1, 1, 1]]


@settings(max_examples=60, deadline=None)
@given(
    vectors=arrays(
        np.float32,
        st.tuples(st.integers(2, 12), st.integers(1, 4)),
        elements=st.one_of(
            st.integers(-3, 3).map(float),
            st.floats(-1e6, 1e6, width=32, allow_subnormal=False),
            st.sampled_from([np.nan, np.inf, -np.inf]),
        ),
    ),
    k=st.integers(1, 14),
    metric=st.sampled_from(METRICS),
)
def test_odd_vectors_have_the_right_neighbors(vectors: FloatArray, k: int, metric: Metric) -> None:
    if np.isfinite(vectors).all(axis=1).sum() < 2:
        with pytest.raises(NothingToShow):
            finish(find_neighbors(vectors, k, metric))
        return
    assert_nearest(finish(find_neighbors(vectors, k, metric)), vectors)


def test_a_file_on_disk_is_searched_and_left_alone(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", some_vectors())
    before = (tmp_path / "v.npy").read_bytes()
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    graph = finish(find_neighbors(mapped, 9))
    assert (graph.ids == finish(find_neighbors(some_vectors(), 9)).ids).all()
    assert (tmp_path / "v.npy").read_bytes() == before


def test_half_precision_is_searched_too() -> None:
    vectors = some_vectors(100).astype(np.float16)
    assert_nearest(finish(find_neighbors(vectors, 5)), vectors)


def test_fewer_neighbors_are_the_first_of_more() -> None:
    graph = finish(find_neighbors(DIGITS, 30))
    fewer = graph.nearest(10)
    assert fewer.k == 10
    assert (fewer.ids == finish(find_neighbors(DIGITS, 10)).ids).all()


def test_results_can_not_be_changed_and_say_their_size() -> None:
    graph = finish(find_neighbors(some_vectors(50), 3))
    assert (graph.ids.dtype, graph.distances.dtype) == (np.int32, np.float32)
    assert not graph.ids.flags.writeable
    assert not graph.distances.flags.writeable
    assert graph.n_bytes == 50 * 3 * 8


def test_long_work_tells_how_far_it_is() -> None:
    done = [progress.done for progress in find_neighbors(some_vectors(5000, 60), 10)]
    assert len(done) > 5
    assert done == sorted(done)
    assert 0 <= done[0] <= done[-1] <= 1


def test_wrong_choices_are_refused() -> None:
    with pytest.raises(InvalidChoice, match="at least 1"):
        finish(find_neighbors(some_vectors(), 0))
    with pytest.raises(InvalidChoice, match="hamming"):
        finish(find_neighbors(some_vectors(), 3, "hamming"))  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (5, 0)])
def test_too_little_is_nothing_to_show(shape: tuple[int, int]) -> None:
    with pytest.raises(NothingToShow):
        finish(find_neighbors(np.zeros(shape, np.float32), 3))


def test_what_does_not_fit_is_refused_with_numbers() -> None:
    vectors = np.broadcast_to(np.float32(0), (3_000_000, 4))
    with pytest.raises(TooLarge, match="GB"):
        finish(find_neighbors(vectors, 2_999_999))


@pytest.mark.parametrize("k", [10, 1499])
def test_no_more_memory_is_taken_than_was_estimated(k: int) -> None:
    vectors = some_vectors(1500, 30)
    tracemalloc.start()
    finish(find_neighbors(vectors, k))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= estimate_bytes(1500, 30, k)


def test_more_rows_and_dims_are_estimated_to_take_longer() -> None:
    assert estimate_seconds(1000, 10) < estimate_seconds(1000, 100) < estimate_seconds(9000, 100)
    assert estimate_seconds(100_000, 10) < estimate_seconds(1_000_000, 10)


def test_a_graph_of_some_rows_is_that_of_a_search_among_them() -> None:
    vectors = some_vectors(200)
    mask = np.ones(200, np.bool_)
    mask[::7] = False
    gaps = np.where(mask[:, None], vectors, np.float32(np.nan))
    found, alone = finish(find_neighbors(gaps, 6)), finish(find_neighbors(vectors[mask], 6))
    np.testing.assert_array_equal(found.among(mask).ids, alone.ids)
    approximate = NeighborGraph(found.ids, found.distances, found.metric, 0.97)
    assert approximate.among(mask).recall == 0.97


def test_neighbors_without_dimensions_are_a_sentence() -> None:
    with pytest.raises(NothingToShow, match="without any dimension"):
        finish(measure(np.zeros((5, 0), np.float32), "euclidean", keep_copy=False))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("side", [64, 99, 333])
def test_tiles_of_any_size_find_the_same(
    metric: Metric, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = np.repeat(some_vectors(200, 5), 2, axis=0)  # equals come in row order
    vectors[[3, 70, 398]] = np.nan
    wanted = finish(find_neighbors(vectors, 30, metric))
    monkeypatch.setattr(pairs, "_MOST_SIDE", side)
    found = finish(find_neighbors(vectors, 30, metric))
    assert_nearest(found, vectors)
    assert (found.ids == wanted.ids).all()
    assert (found.distances == wanted.distances).all()


@pytest.mark.parametrize(
    ("n", "d", "is_exact"),
    [(10_000, 784, True), (71_291, 384, True), (100_000, 64, False), (500_000, 384, False)],
)
def test_rows_too_wide_for_lists_are_compared_with_all_others(
    n: int, d: int, is_exact: bool
) -> None:
    assert is_exact_search(n, d) == is_exact
