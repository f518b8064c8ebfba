"""Of very many wide rows most neighbors are found, and how many is said truly."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from projector.arrays import FloatArray
from projector.neighbor_graph import NeighborGraph, approximate, descent, find, find_neighbors
from projector.neighbor_graph.groups import split_into_groups
from projector.neighbors import Metric
from projector.progress import finish


def wide_rows(n: int = 4000, d: int = 300, seed: int = 0) -> FloatArray:
    """Noisy groups that lie near a plane of few dims, as embeddings do."""
    rng = np.random.default_rng(seed)
    centers, basis = 2 * rng.normal(size=(40, 12)), rng.normal(size=(12, d))
    rows = (centers[rng.integers(0, 40, n)] + rng.normal(size=(n, 12))) @ basis
    return (rows + 0.3 * rng.normal(size=(n, d))).astype(np.float32)


@pytest.fixture
def descending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "WIDE_EXACT_ROWS", 10)


def true_recall(found: NeighborGraph, vectors: FloatArray) -> float:
    theirs = NearestNeighbors(n_neighbors=found.k + 1, metric=found.metric, algorithm="brute")
    ids = theirs.fit(vectors).kneighbors(return_distance=False, n_neighbors=found.k)
    return float(np.mean([np.isin(a, b) for a, b in zip(found.ids, ids, strict=True)]))


@pytest.mark.usefixtures("descending")
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("k", [15, 96])
def test_nearly_all_neighbors_are_found_and_the_share_is_told(metric: Metric, k: int) -> None:
    vectors = wide_rows()
    found = finish(find_neighbors(vectors, k, metric))
    assert 0.95 <= found.recall < 1
    assert true_recall(found, vectors) == pytest.approx(found.recall, abs=0.02)


@pytest.mark.usefixtures("descending")
def test_distances_are_exact_and_rise() -> None:
    vectors = wide_rows(1500)
    found = finish(find_neighbors(vectors, 10))
    rows = vectors.astype(np.float64)
    wanted = np.linalg.norm(rows[7] - rows[found.ids[7]], axis=1)
    np.testing.assert_allclose(found.distances[7], wanted, rtol=1e-6)
    assert (np.diff(found.distances, axis=1) >= 0).all()
    assert not (found.ids == np.arange(1500)[:, None]).any()
    assert all(len(set(ids)) == 10 for ids in found.ids.tolist())


@pytest.mark.usefixtures("descending")
def test_rows_that_are_not_finite_take_no_part() -> None:
    vectors = wide_rows(1500)
    vectors[[2, 500]] = [[np.nan], [np.inf]]
    found = finish(find_neighbors(vectors, 10))
    assert (found.ids[[2, 500]] == -1).all()
    assert not np.isin(found.ids, [2, 500]).any()
    assert (np.delete(found.ids, [2, 500], axis=0) >= 0).all()


@pytest.mark.usefixtures("descending")
def test_the_same_seed_finds_the_same() -> None:
    vectors = wide_rows(2000)
    one, other = (finish(find_neighbors(vectors, 10, seed=4)) for _ in "ab")
    assert (one.ids == other.ids).all()
    assert one.recall == other.recall


@pytest.mark.usefixtures("descending")
@pytest.mark.parametrize("n", [11, 12, 60])
def test_few_rows_are_no_fault(n: int) -> None:
    vectors = wide_rows(n)
    found = finish(find_neighbors(vectors, 50))
    assert found.k == min(50, n - 1)
    assert true_recall(found, vectors) == 1.0


@pytest.mark.usefixtures("descending")
@pytest.mark.parametrize("n_finite", [2, 3, 40])
def test_where_few_rows_are_finite_they_have_one_another(n_finite: int) -> None:
    vectors = np.full((300, 280), np.nan, np.float32)
    vectors[:n_finite] = wide_rows(n_finite, 280)
    found = finish(find_neighbors(vectors, 60))
    for row in range(n_finite):
        others = [other for other in range(n_finite) if other != row]
        assert sorted(found.ids[row, : n_finite - 1].tolist()) == others
    assert (found.ids[:, n_finite - 1 :] == -1).all()
    assert np.isinf(found.distances[:, n_finite - 1 :]).all()
    assert (found.ids[n_finite:] == -1).all()


@pytest.mark.usefixtures("descending")
def test_equal_rows_are_no_fault() -> None:
    found = finish(find_neighbors(np.ones((1500, 300), np.float32), 5))
    assert (found.distances == 0).all()
    assert found.recall >= 0.95


@pytest.mark.usefixtures("descending")
@pytest.mark.parametrize("scale", [1e-25, 1e25])
def test_scale_does_not_matter(scale: float) -> None:
    found = finish(find_neighbors(wide_rows(1500) * np.float32(scale), 10))
    assert found.recall >= 0.95


@pytest.mark.usefixtures("descending")
def test_rows_without_groups_are_looked_around_farther(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(0).normal(size=(3000, 260)).astype(np.float32)
    far = finish(find_neighbors(vectors, 15))
    monkeypatch.setattr(descent, "FAR", descent.NEAR)
    near = finish(find_neighbors(vectors, 15))
    assert near.recall < far.recall
    assert true_recall(far, vectors) > far.recall - 0.02


@pytest.mark.usefixtures("descending")
def test_the_work_rises_and_can_be_left() -> None:
    done = [progress.done for progress in find_neighbors(wide_rows(1500), 10)]
    assert done == sorted(done)
    work = find_neighbors(wide_rows(1500), 10)
    for _ in range(len(done) // 2):
        next(work)
    work.close()


def test_of_narrow_rows_the_inverted_file_still_proposes() -> None:
    assert approximate.DESCENT_DIMS > 64


def test_groups_hold_each_row_once_and_are_small() -> None:
    rows = wide_rows(1000, 5)
    order, edges = finish(split_into_groups(rows, 64, np.random.default_rng(0)))
    assert sorted(order.tolist()) == list(range(1000))
    assert np.diff(edges).max() <= 64
    assert (edges[0], edges[-1]) == (0, 1000)
    apart = [rows[order[a:b]].std(axis=0).mean() for a, b in pairwise(edges)]
    assert np.mean(apart) < 0.8 * rows.std(axis=0).mean()
