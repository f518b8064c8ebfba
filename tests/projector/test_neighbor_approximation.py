"""Beyond the limit most neighbors are found, and how many is said truly."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs

from projector.arrays import FloatArray
from projector.neighbor_graph import NeighborGraph, approximate, find, find_neighbors, lists
from projector.neighbors import METRICS, Metric
from projector.progress import finish

DIGITS = load_digits().data.astype(np.float32)


def blobs(n: int = 6000, d: int = 12) -> FloatArray:
    rows, _ = make_blobs(n, d, centers=40, cluster_std=3.0, random_state=0)
    return np.asarray(rows, np.float32)


def approximately(
    monkeypatch: pytest.MonkeyPatch, vectors: FloatArray, k: int, metric: Metric, seed: int = 0
) -> NeighborGraph:
    with monkeypatch.context() as patch:
        patch.setattr(find, "EXACT_ROWS", 10)
        return finish(find_neighbors(vectors, k, metric, seed=seed))


def true_recall(found: NeighborGraph, vectors: FloatArray) -> float:
    exact = finish(find_neighbors(vectors, found.k, found.metric))
    assert exact.is_exact
    hits = [np.isin(ours, all_) for ours, all_ in zip(found.ids, exact.ids, strict=True)]
    return float(np.mean(hits))


@pytest.mark.parametrize("metric", METRICS)
def test_nearly_all_neighbors_are_found_and_the_share_is_told(
    metric: Metric, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = blobs()
    found = approximately(monkeypatch, vectors, 96, metric)
    assert not found.is_exact
    assert 0.95 <= found.recall < 1
    assert true_recall(found, vectors) == pytest.approx(found.recall, abs=0.02)


def test_of_the_nearest_at_least_the_share_that_is_told_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = blobs()
    found = approximately(monkeypatch, vectors, 15, "euclidean")
    assert true_recall(found, vectors) > found.recall - 0.01


@pytest.mark.parametrize("metric", METRICS)
def test_distances_are_exact_and_rise(metric: Metric, monkeypatch: pytest.MonkeyPatch) -> None:
    found = approximately(monkeypatch, DIGITS, 10, metric)
    rows = DIGITS.astype(np.float64)
    a, b = rows[5], rows[found.ids[5]]
    wanted = {
        "euclidean": np.linalg.norm(a - b, axis=1),
        "manhattan": np.abs(a - b).sum(axis=1),
        "dot": -(b @ a),
        "cosine": 1 - b @ a / np.linalg.norm(a) / np.linalg.norm(b, axis=1),
    }[metric]
    np.testing.assert_allclose(found.distances[5], wanted, rtol=1e-6, atol=1e-7)
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_no_row_is_its_own_neighbor(monkeypatch: pytest.MonkeyPatch) -> None:
    found = approximately(monkeypatch, np.repeat(DIGITS, 3, axis=0), 8, "euclidean")
    assert not (found.ids == np.arange(len(found.ids))[:, None]).any()
    assert (found.distances[:, :2] == 0).all()


def test_the_same_seed_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = blobs()
    first = approximately(monkeypatch, vectors, 10, "euclidean", seed=4)
    again = approximately(monkeypatch, vectors, 10, "euclidean", seed=4)
    assert (first.ids == again.ids).all()
    assert (first.distances == again.distances).all()
    assert first.recall == again.recall


@pytest.mark.parametrize("metric", METRICS)
def test_rows_that_are_not_finite_take_no_part(
    metric: Metric, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = DIGITS.copy()
    vectors[[2, 500, 1700], [0, 1, 2]] = [np.nan, np.inf, -np.inf]
    found = approximately(monkeypatch, vectors, 10, metric)
    assert (found.ids[[2, 500, 1700]] == -1).all()
    assert np.isinf(found.distances[[2, 500, 1700]]).all()
    assert not np.isin(found.ids, [2, 500, 1700]).any()
    assert (np.delete(found.ids, [2, 500, 1700], axis=0) >= 0).all()


@pytest.mark.parametrize("scale", [1e-25, 1e25])
def test_scale_does_not_matter(scale: float, monkeypatch: pytest.MonkeyPatch) -> None:
    found = approximately(monkeypatch, blobs() * np.float32(scale), 10, "euclidean")
    assert found.recall >= 0.95


@pytest.mark.parametrize("n", [11, 12, 30])
def test_few_rows_are_no_fault(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = approximately(monkeypatch, blobs(n), 50, "euclidean")
    assert found.k == n - 1


def test_equal_rows_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    found = approximately(monkeypatch, np.ones((500, 4), np.float32), 5, "euclidean")
    assert (found.distances == 0).all()
    assert found.recall >= 0.95


def test_many_rows_in_one_place_leave_none_without_neighbors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = blobs(2000)
    vectors[::2] = vectors[0]
    found = approximately(monkeypatch, vectors, 20, "euclidean")
    assert (found.ids >= 0).all()
    assert (found.distances[::2] == 0).all()
    assert found.recall >= 0.95


def test_no_more_memory_is_taken_than_was_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = blobs()
    approximately(monkeypatch, vectors[:200], 5, "euclidean")  # loads the kernels
    monkeypatch.setattr(find, "EXACT_ROWS", 10)
    tracemalloc.start()
    finish(find_neighbors(vectors, 30))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= find.estimate_bytes(*vectors.shape, 30)


def test_recall_that_costs_too_much_is_not_raised_but_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = np.random.default_rng(0).normal(size=(6000, 40)).astype(np.float32)  # no groups
    monkeypatch.setattr(approximate, "MOST_COST", 1.0)
    found = approximately(monkeypatch, vectors, 96, "euclidean")
    assert found.recall < 0.95
    assert true_recall(found, vectors) == pytest.approx(found.recall, abs=0.03)


def test_very_many_values_are_kept_in_half_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = blobs()
    monkeypatch.setattr(lists, "_MOST_SINGLE", 1000)
    found = approximately(monkeypatch, vectors, 10, "euclidean")
    assert found.recall >= 0.95
    wanted = np.linalg.norm(vectors[7].astype(np.float64) - vectors[found.ids[7]], axis=1)
    np.testing.assert_allclose(found.distances[7], wanted, rtol=1e-6)


def test_a_file_on_disk_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "v.npy", DIGITS)
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    found = approximately(monkeypatch, mapped, 5, "euclidean")
    assert found.recall >= 0.95


def test_the_work_rises_and_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "EXACT_ROWS", 10)
    done = [progress.done for progress in find_neighbors(blobs(), 10)]
    assert done == sorted(done)
    work = find_neighbors(blobs(), 10)
    for _ in range(len(done) // 2):
        next(work)
    work.close()
