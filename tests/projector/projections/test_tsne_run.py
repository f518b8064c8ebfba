"""A t-SNE shows itself at once, can be steered, stopped, gone on with and repeated."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness

from projector.arrays import FloatArray
from projector.errors import InvalidChoice, TooLarge
from projector.neighbor_graph import NeighborGraph, find_neighbors
from projector.progress import Progress, finish
from projector.projections.contract import Control, Inputs
from projector.projections.step import Step
from projector.projections.tsne import PROJECTION, TsneParameters, tsne_steps, warm_up
from projector.projections.tsne.descent import Descent
from projector.projections.tsne.repulsion import Repulsion
from tests.projector.projections.tsne_cases import (
    all_steps,
    digit_affinities,
    digits,
    last_step,
)

SHORT = TsneParameters(n_dims=2, n_early=20, n_iterations=40)


def few() -> Inputs:
    return Inputs(digits()[:200])


def radius(positions: FloatArray) -> float:
    return float(np.sqrt(np.square(positions - positions.mean(axis=0)).sum(axis=1).mean()))


def test_the_divergence_is_at_most_that_of_opentsne() -> None:
    opentsne = pytest.importorskip("openTSNE")
    method = opentsne.TSNE(
        negative_gradient_method="bh", neighbors="exact", random_state=0, n_jobs=1
    )
    theirs = np.asarray(method.fit(digits()[:300]), np.float32)
    kl = finish(Descent(digit_affinities(300), theirs, 0).exact_divergence())
    ours = last_step(Inputs(digits()[:300]), TsneParameters(n_dims=2))
    assert ours.diagnostics["exact kl"] <= 1.01 * kl


def test_the_divergence_is_at_most_that_of_scikit_learn() -> None:
    vectors = digits()[:300]
    theirs = TSNE(random_state=0, max_iter=750, method="exact").fit_transform(vectors)
    kl = finish(Descent(digit_affinities(300), theirs, 0).exact_divergence())
    ours = last_step(Inputs(vectors), TsneParameters(n_dims=2))
    assert ours.diagnostics["exact kl"] <= 1.01 * kl


@pytest.mark.parametrize("n_dims", [2, 3])
def test_neighbors_stay_neighbors(n_dims: int) -> None:
    step = last_step(Inputs(digits()[:800]), TsneParameters(n_dims=n_dims))
    assert trustworthiness(digits()[:800], step.positions, n_neighbors=10) > 0.98


@pytest.mark.parametrize("n_dims", [2, 3])
def test_the_first_step_is_the_principal_components_before_any_neighbors(n_dims: int) -> None:
    seen = tsne_steps(few(), TsneParameters(n_dims=n_dims), Control())
    told = []
    for step in seen:
        if isinstance(step, Step):
            break
        told.append(step.note)
    assert not any("eighbor" in note for note in told)
    from sklearn.decomposition import PCA

    theirs = PCA(n_dims).fit_transform(digits()[:200])
    for axis in range(n_dims):
        assert abs(np.corrcoef(step.positions[:, axis], theirs[:, axis])[0, 1]) > 0.99


def test_every_iteration_is_a_step_with_an_array_of_its_own() -> None:
    steps = all_steps(few(), SHORT)
    iterations = [step.diagnostics.get("iteration") for step in steps]
    assert iterations == [None, *range(1, 41), 40]
    assert len({id(step.positions) for step in steps}) == len(steps)
    assert not any(step.positions.flags.writeable for step in steps)
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert done[-1] == 1


@pytest.mark.parametrize("n_dims", [2, 3])
def test_the_same_seed_gives_the_same_layout_bit_by_bit(n_dims: int) -> None:
    parameters = TsneParameters(n_dims=n_dims, n_early=60, n_iterations=100, seed=3)
    first, second = (last_step(Inputs(digits()[:800]), parameters) for _ in range(2))
    assert_array_equal(first.positions, second.positions)


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("spread", [1.0, 20.0])
def test_grids_add_up_alike_however_many_cores_there_are(
    monkeypatch: pytest.MonkeyPatch, spread: float, n_dims: int
) -> None:
    points = np.zeros((3, 8000), np.float32)
    points[:n_dims] = np.random.default_rng(0).normal(0, spread, (n_dims, 8000))
    found = []
    for n_cores in (1, 2, 3):
        monkeypatch.setattr("projector.parallel.N_CORES", n_cores)
        repulsion = Repulsion(8000, n_dims, 0, "grid")
        finish(repulsion.solve(points))
        found.append(repulsion.gradient)
    assert_array_equal(found[0], found[1])
    assert_array_equal(found[1], found[2])


def test_another_seed_gives_another_layout_from_a_random_start() -> None:
    one, other = (
        last_step(few(), TsneParameters(n_iterations=30, start="random", seed=seed)).positions
        for seed in (0, 1)
    )
    assert not np.array_equal(one, other)


def test_a_run_goes_on_from_where_it_was_dropped() -> None:
    steps = all_steps(few(), TsneParameters(n_dims=2, n_iterations=300))
    stopped = steps[300]
    again = Inputs(digits()[:200], start=stopped.positions)
    further = all_steps(again, TsneParameters(n_dims=2, n_iterations=100))
    centered = stopped.positions - stopped.positions.mean(axis=0)
    np.testing.assert_allclose(further[0].positions, centered, atol=1e-5)
    assert radius(further[1].positions) == pytest.approx(radius(stopped.positions), rel=0.02)
    assert further[-1].diagnostics["exact kl"] < stopped.diagnostics["kl"]


def test_principal_components_can_be_gone_on_from_too() -> None:
    start = 1000 * np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    step = last_step(Inputs(digits()[:200], start=start), TsneParameters(n_dims=2))
    fresh = last_step(few(), TsneParameters(n_dims=2))
    assert step.diagnostics["exact kl"] < 1.25 * fresh.diagnostics["exact kl"]


def test_a_start_of_another_shape_is_refused() -> None:
    inputs = Inputs(digits()[:200], start=np.zeros((200, 3), np.float32))
    with pytest.raises(InvalidChoice, match="200 points in 2D, got 200 in 3D"):
        last_step(inputs, SHORT)


def test_neighbors_found_before_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = finish(find_neighbors(digits()[:200], 120, "euclidean"))
    usual = last_step(few(), SHORT)

    def refuse(*_: object, **__: object) -> NeighborGraph:
        pytest.fail("neighbors were looked for again")

    monkeypatch.setattr("projector.neighbor_graph.find_neighbors", refuse)
    shared = last_step(Inputs(digits()[:200], graph=graph), SHORT)
    assert_array_equal(shared.positions, usual.positions)


def test_neighbors_of_another_distance_are_not_used() -> None:
    graph = finish(find_neighbors(digits()[:200], 120, "manhattan"))
    shared = last_step(Inputs(digits()[:200], graph=graph), SHORT)
    assert_array_equal(shared.positions, last_step(few(), SHORT).positions)


def run_with(change: Control, after: int) -> tuple[list[Step], list[Step]]:
    """Steps before and after the user changed something; the later ones are at most 60."""
    control = Control()
    steps = (
        step
        for step in tsne_steps(few(), TsneParameters(n_dims=2, n_iterations=600), control)
        if isinstance(step, Step)
    )
    before = list(islice(steps, after))
    for name in Control.__slots__:
        setattr(control, name, getattr(change, name))
    return before, list(islice(steps, 60))


def test_perturbing_shakes_the_layout_once() -> None:
    before, after = run_with(Control(n_perturbations=1), 500)
    moves = [
        float(np.abs(b.positions - a.positions).mean())
        for a, b in zip([before[-1], *after], after, strict=False)
    ]
    assert moves[0] > 5 * np.median(moves)


def test_a_learning_rate_of_next_to_nothing_halts_the_layout() -> None:
    before, after = run_with(Control(learning_rate=0.001), 350)
    usual = np.abs(before[-1].positions - before[-2].positions).mean()
    assert np.abs(after[-1].positions - after[-2].positions).mean() < 1e-3 * usual


def test_exaggeration_draws_the_layout_together() -> None:
    parameters = TsneParameters(n_dims=2, n_early=50, n_iterations=150)
    start = last_step(few(), parameters).positions
    control = Control(exaggeration=12.0)
    inputs = Inputs(digits()[:200], start=start)
    drawn = all_steps(inputs, TsneParameters(n_dims=2, n_iterations=50), control)
    assert radius(drawn[-1].positions) < 0.6 * radius(start)


def test_no_step_is_made_while_it_pauses() -> None:
    control = Control()
    work = tsne_steps(few(), SHORT, control)
    for told in work:
        if isinstance(told, Step) and told.diagnostics.get("iteration") == 5:
            break
    control.is_paused = True
    assert {told.note for told in islice(work, 4)} == {"Paused"}
    control.is_paused = False
    following = next(told for told in work if isinstance(told, Step))
    assert following.diagnostics["iteration"] == 6


def test_more_iterations_can_be_asked_for_on_the_way() -> None:
    step = finish(tsne_steps(few(), SHORT, Control(n_more=10)))
    assert step.diagnostics["iteration"] == 50


def test_labels_draw_classes_together() -> None:
    labels = load_digits().target[:400].astype(np.int64)

    def separation(supervision: float) -> float:
        inputs = Inputs(digits()[:400], labels=labels)
        y = last_step(inputs, TsneParameters(n_dims=2, supervision=supervision)).positions
        centers = np.array([y[labels == digit].mean(axis=0) for digit in range(10)])
        within = np.linalg.norm(y - centers[labels], axis=1).mean()
        return float(within / radius(y))

    assert separation(0.9) < 0.85 * separation(0.0)


def test_it_can_be_dropped_at_any_yield() -> None:
    for n in (0, 1, 5, 12, 25):
        work = tsne_steps(few(), SHORT, Control())
        assert all(isinstance(told, Progress | Step) for told in islice(work, n))
        work.close()


def test_too_many_rows_are_refused_with_numbers_before_any_work() -> None:
    rows = np.lib.stride_tricks.as_strided(np.zeros(2, np.float32), (1 << 31, 2), (0, 4))
    with pytest.raises(TooLarge, match=r"t-SNE of 2,147,483,648 rows takes [\d,.]+ GB"):
        next(tsne_steps(Inputs(rows), TsneParameters(), Control()))


def test_more_rows_dims_and_iterations_cost_more() -> None:
    base = PROJECTION.estimate(10_000, 50, TsneParameters())
    assert PROJECTION.estimate(100_000, 50, TsneParameters()).n_bytes > 2 * base.n_bytes
    assert PROJECTION.estimate(10_000, 50, TsneParameters(n_iterations=2000)).seconds > base.seconds


def test_warming_up_runs_through() -> None:
    finish(warm_up())
