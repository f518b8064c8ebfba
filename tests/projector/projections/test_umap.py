"""UMAP against umap-learn's own functions, against slow obvious versions, and at its edges."""

from __future__ import annotations

import dataclasses
import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.manifold import trustworthiness

from projector.errors import InvalidChoice, NothingToShow, TooLarge
from projector.neighbor_graph import NeighborGraph, find_neighbors
from projector.progress import Progress, finish
from projector.projections.contract import Control, Inputs
from projector.projections.step import Step
from projector.projections.umap import PROJECTION, UmapParameters, umap_steps
from projector.projections.umap.curve import fit_curve
from projector.projections.umap.epochs import Layout
from projector.projections.umap.fuzzy import FuzzyGraph, fuzzy_graph, supervised
from projector.projections.umap.spectral import spectral_layout


@pytest.fixture(scope="module")
def umap_learn() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap.umap_ as oracle

        return oracle


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return load_digits().data.astype(np.float32)


def blobs(n: int = 300, n_dims: int = 8, n_centers: int = 3) -> np.ndarray:
    points, _ = make_blobs(n, n_dims, centers=n_centers, random_state=0)
    return points.astype(np.float32)


def run(vectors: np.ndarray, control: Control | None = None, **chosen: Any) -> list[Step]:
    given = {name: chosen.pop(name) for name in ("layout", "labels", "graph") if name in chosen}
    if "layout" in given:
        given["start"] = given.pop("layout")
    inputs = Inputs(vectors, **given)
    work = umap_steps(inputs, UmapParameters(**chosen), control or Control())
    return [step for step in work if isinstance(step, Step)]


def last(vectors: np.ndarray, **chosen: Any) -> np.ndarray:
    return run(vectors, **chosen)[-1].positions


def with_itself(graph: NeighborGraph) -> tuple[np.ndarray, np.ndarray]:
    """Ids and distances as umap-learn has them: the point itself is its first neighbor."""
    own = np.arange(len(graph.ids))[:, None]
    return np.hstack([own, graph.ids]), np.hstack([0.0 * own, graph.distances]).astype(np.float32)


def dense(graph: FuzzyGraph) -> np.ndarray:
    matrix = np.zeros((graph.n, graph.n))
    matrix[np.repeat(np.arange(graph.n), np.diff(graph.starts)), graph.ids] = graph.weights
    return matrix


def their_graph(
    umap_learn: ModuleType, vectors: np.ndarray, graph: NeighborGraph, **chosen: Any
) -> Any:
    ids, distances = with_itself(graph)
    return umap_learn.fuzzy_simplicial_set(
        vectors, ids.shape[1], None, "euclidean", knn_indices=ids, knn_dists=distances, **chosen
    )[0]


@pytest.mark.parametrize("connectivity", [1.0, 2.5, 0.5])
@pytest.mark.parametrize("mix", [1.0, 0.3, 0.0])
def test_the_fuzzy_graph_equals_umap_learns(
    umap_learn: ModuleType, digits: np.ndarray, connectivity: float, mix: float
) -> None:
    neighbors = finish(find_neighbors(digits, 14))
    ours = dense(finish(fuzzy_graph(neighbors, connectivity, mix)))
    theirs = their_graph(
        umap_learn, digits, neighbors, local_connectivity=connectivity, set_op_mix_ratio=mix
    )
    np.testing.assert_allclose(ours, theirs.toarray(), atol=1e-5)


def test_the_graph_of_many_duplicates_equals_umap_learns(umap_learn: ModuleType) -> None:
    vectors = np.repeat(blobs(60), 5, axis=0)
    neighbors = finish(find_neighbors(vectors, 14))
    theirs = their_graph(umap_learn, vectors, neighbors)
    np.testing.assert_allclose(dense(finish(fuzzy_graph(neighbors))), theirs.toarray(), atol=1e-5)


@pytest.mark.parametrize("weight", [0.1, 0.5, 1.0])
def test_supervision_equals_umap_learns(umap_learn: ModuleType, weight: float) -> None:
    vectors = blobs()
    labels = np.random.default_rng(0).integers(-1, 3, len(vectors))
    neighbors = finish(find_neighbors(vectors, 14))
    ours = dense(finish(supervised(finish(fuzzy_graph(neighbors)), labels, weight)))
    far = 2.5 / (1 - weight) if weight < 1 else 1e12
    theirs = umap_learn.discrete_metric_simplicial_set_intersection(
        their_graph(umap_learn, vectors, neighbors), labels, far_dist=far
    )
    np.testing.assert_allclose(ours, theirs.toarray(), atol=1e-4)


@pytest.mark.parametrize(("min_dist", "spread"), [(0.1, 1.0), (0.0, 1.0), (0.5, 1.0), (0.5, 3.0)])
def test_the_curve_equals_umap_learns(
    umap_learn: ModuleType, min_dist: float, spread: float
) -> None:
    theirs = umap_learn.find_ab_params(spread, min_dist)
    np.testing.assert_allclose(fit_curve(min_dist, spread), theirs, rtol=1e-4)


def test_the_spectral_start_spans_the_eigenvectors_of_the_laplacian() -> None:
    angles = np.linspace(0, 2 * np.pi, 700, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    graph = finish(fuzzy_graph(finish(find_neighbors(ring, 14))))
    found = finish(spectral_layout(graph, 2, 0))
    assert found is not None
    weights = dense(graph)
    roots = np.sqrt(weights.sum(axis=1))
    vectors = np.linalg.eigh(weights / np.outer(roots, roots))[1]
    shares = np.linalg.norm(vectors[:, -3:-1].T @ found, axis=0)
    assert shares.min() > 0.99


@pytest.mark.parametrize("n_dims", [2, 3])
def test_digits_keep_their_neighbors_as_well_as_in_umap_learn(
    digits: np.ndarray, n_dims: int
) -> None:
    positions = last(digits, n_dims=n_dims)
    least = {2: 0.985, 3: 0.990}[n_dims]  # umap-learn over four seeds: 0.986-0.988 and 0.991
    assert trustworthiness(digits, positions, n_neighbors=15) > least


def test_an_epoch_pulls_an_edge_together_as_written_down() -> None:
    graph = FuzzyGraph(
        np.array([0, 1, 2]), np.array([1, 0], np.int32), np.array([1, 1], np.float32)
    )
    start = np.array([[0.0, 0.0], [3.0, 4.0]], np.float32)
    a, b = curve = fit_curve(0.1, 1.0)
    layout = Layout(graph, start, curve, 1.0, 0, 0)
    finish(layout.run_epoch(0, 0.01))
    expected = start.astype(float)
    for _ in range(2):  # an edge of full weight is used once for each of its ends
        apart = expected[0] - expected[1]
        square = apart @ apart
        pull = -2 * a * b * square ** (b - 1) / (1 + a * square**b)
        expected += 0.01 * np.clip(pull * np.array([apart, -apart]), -4, 4)
    np.testing.assert_allclose(layout.positions, expected, atol=1e-5)


def test_edges_are_used_in_proportion_to_their_weights() -> None:
    pairs = np.arange(400).reshape(200, 2)
    ids = pairs[:, ::-1].ravel().astype(np.int32)
    weights = np.repeat(np.r_[np.float32(1), np.full(199, 0.25, np.float32)], 2)
    start = np.zeros((400, 2), np.float32)
    start[1::2, 0] = 1000.0  # far off: each use moves by the same small step
    layout = Layout(FuzzyGraph(np.arange(401), ids, weights), start, (1.0, 1.0), 1.0, 0, 0)
    for epoch in range(40):
        finish(layout.run_epoch(epoch, 1.0))
    moved = layout.positions[::2, 0]
    assert moved[1:].mean() / moved[0] == pytest.approx(0.25, rel=0.02)


def test_the_same_seed_gives_the_same_positions_and_another_seed_others() -> None:
    first, again = (last(blobs(), n_epochs=30, seed=4) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, last(blobs(), n_epochs=30, seed=5))


def test_positions_do_not_depend_on_the_number_of_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = last(blobs(900), n_epochs=10)
    monkeypatch.setattr("projector.parallel.N_CORES", 1)
    np.testing.assert_array_equal(usual, last(blobs(900), n_epochs=10))


def test_a_run_goes_on_from_a_given_layout_which_it_shows_first() -> None:
    stopped = last(blobs(), n_epochs=40, n_dims=2)
    steps = run(blobs(), n_epochs=40, n_dims=2, layout=stopped)
    np.testing.assert_array_equal(steps[0].positions, stopped)
    assert steps[0].done == 0
    assert steps[-1].done == 1


def test_rows_that_are_not_finite_take_no_part() -> None:
    vectors = blobs()
    vectors[[3, 50]] = np.nan
    positions = last(vectors, n_epochs=20)
    assert np.isnan(positions[[3, 50]]).all()
    assert np.isfinite(np.delete(positions, [3, 50], axis=0)).all()


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("start", ["spectral", "pca", "random"])
def test_few_points_are_all_neighbors(n: int, start: str) -> None:
    positions = last(blobs()[:n], n_epochs=20, start=start)
    assert positions.shape == (n, 3)
    assert np.isfinite(positions).all()


def test_equal_points_part() -> None:
    positions = last(np.ones((50, 4), np.float32), n_epochs=50)
    assert len(np.unique(positions, axis=0)) == 50


@pytest.mark.parametrize("n_centers", [2, 12])
def test_parts_that_do_not_touch_stay_apart(n_centers: int) -> None:
    points, labels = make_blobs(40 * n_centers, 8, centers=n_centers, random_state=0)
    positions = last((points * 100).astype(np.float32) * 10, n_dims=2, n_epochs=200, n_neighbors=8)
    from sklearn.neighbors import KNeighborsClassifier

    neighbors = KNeighborsClassifier(3).fit(positions, labels)
    assert neighbors.score(positions, labels) > 0.98


def test_each_part_of_the_points_moves_the_progress_of_the_start() -> None:
    points = np.concatenate([blobs(3000, n_centers=1) + 100 * shift for shift in range(4)])
    work = umap_steps(Inputs(points), UmapParameters(n_epochs=5), Control())
    told = [step.done for step in work if step.note == "Finding a start"]
    assert told == sorted(told)
    assert told[-1] - told[0] > 0.06  # of the 0.08 that a start is counted as


def test_labels_draw_classes_apart() -> None:
    vectors = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    labels = np.arange(300) % 2
    from sklearn.metrics import silhouette_score

    free = silhouette_score(last(vectors, n_epochs=200), labels)
    led = silhouette_score(last(vectors, n_epochs=200, labels=labels, target_weight=0.9), labels)
    assert led > free + 0.2


@pytest.mark.parametrize("metric", ["cosine", "manhattan", "dot"])
def test_any_metric_gives_a_layout(metric: str) -> None:
    assert np.isfinite(last(blobs(), n_epochs=20, metric=metric)).all()


def test_given_neighbors_are_used_where_they_suffice() -> None:
    vectors = blobs()
    graph = finish(find_neighbors(vectors, 30))
    with_more = last(vectors, n_epochs=20, graph=graph)
    np.testing.assert_array_equal(with_more, last(vectors, n_epochs=20))
    too_few = last(vectors, n_epochs=20, graph=graph.nearest(5))
    np.testing.assert_array_equal(too_few, with_more)


def test_while_paused_no_step_is_made_and_then_it_goes_on() -> None:
    control = Control()
    work = umap_steps(Inputs(blobs()), UmapParameters(n_epochs=300), control)
    assert any(isinstance(step, Step) for step in work)
    control.is_paused = True
    told = [next(work) for _ in range(4)]
    assert all(isinstance(step, Progress) and step.note == "Paused" for step in told[1:])
    control.is_paused = False
    assert any(isinstance(step, Step) and step.done == 1 for step in work)


def test_a_shake_and_another_rate_change_the_layout_and_more_epochs_are_made() -> None:
    plain = last(blobs(), n_epochs=20)
    more = run(blobs(), control=Control(n_more=15), n_epochs=20)[-1]
    assert more.diagnostics["epoch"] == 35
    slow = run(blobs(), control=Control(learning_rate=0.1), n_epochs=20)[-1]
    assert not np.array_equal(slow.positions, plain)
    control = Control()
    work = umap_steps(Inputs(blobs()), UmapParameters(n_epochs=20), control)
    assert any(isinstance(step, Step) for step in work)
    control.n_perturbations += 1
    steps = [step for step in work if isinstance(step, Step)]
    assert not np.array_equal(steps[-1].positions, plain)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"n_neighbors": 1}, "neighbors must lie between 2"),
        ({"min_dist": 2.0}, "minimum distance must lie between 0 and 1"),
        ({"min_dist": float("nan")}, "minimum distance"),
        ({"metric": "hamming"}, "distance must be one of"),
        ({"start": "middle"}, "start must be one of spectral, pca, random"),
        ({"n_epochs": -1}, "epochs"),
        ({"target_weight": 1.5}, "weight of labels"),
        ({"n_dims": 4}, "dimensions"),
    ],
)
def test_choices_out_of_range_are_refused_in_words(chosen: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidChoice, match=told):
        UmapParameters(**chosen)


def test_each_parameter_of_its_own_has_a_help_text() -> None:
    for field in dataclasses.fields(UmapParameters):
        if field.name not in ("n_dims", "seed"):
            assert len(field.metadata["help"]) > 20, field.name


def test_without_finite_rows_there_is_nothing_to_show() -> None:
    with pytest.raises(NothingToShow):
        run(np.full((5, 3), np.nan, np.float32))
    with pytest.raises(NothingToShow):
        run(np.empty((0, 3), np.float32))


def test_what_does_not_fit_is_refused_with_numbers_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("projector.embeddings.memory._available_memory", lambda: 1 << 20)
    with pytest.raises(TooLarge, match="UMAP of 300 rows takes"):
        run(blobs())


def test_more_rows_and_neighbors_cost_more() -> None:
    few, many = (
        PROJECTION.estimate(1000, 50, UmapParameters()),
        PROJECTION.estimate(100_000, 50, UmapParameters()),
    )
    assert many.n_bytes > few.n_bytes
    assert many.seconds > few.seconds
