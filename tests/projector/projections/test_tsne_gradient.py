"""The gradient and the divergence of t-SNE are those of its formulas."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from projector.arrays import FloatArray
from projector.progress import finish
from projector.projections.contract import Inputs
from projector.projections.tsne import TsneParameters
from projector.projections.tsne.descent import Descent
from projector.projections.tsne.repulsion import Repulsion, Way
from tests.projector.projections.tsne_cases import (
    all_steps,
    digit_affinities,
    digits,
    slow_gradient,
)

STAGES = (1, 30, 60, 110, 120, 130, 150)


@cache
def layouts(n_dims: int) -> dict[int, FloatArray]:
    """Layouts of 600 digits by iteration: from a speck to wide apart."""
    parameters = TsneParameters(n_dims=n_dims, n_early=110, n_iterations=150)
    steps = all_steps(Inputs(digits()[:600]), parameters)
    return {stage: steps[stage].positions for stage in STAGES}


def relative_errors(found: FloatArray, true: FloatArray) -> FloatArray:
    return np.linalg.norm(found - true, axis=1) / np.linalg.norm(true, axis=1)


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("stage", STAGES)
def test_the_gradient_is_that_of_the_formula(stage: int, n_dims: int) -> None:
    positions = layouts(n_dims)[stage]
    found = finish(Descent(digit_affinities(), positions, 0).forces()).T
    true, _ = slow_gradient(digit_affinities(), positions)
    assert np.median(relative_errors(found, true)) <= 1e-2


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage <= 110])
def test_the_gradient_on_grids_is_that_of_the_formula(stage: int, n_dims: int) -> None:
    positions = layouts(n_dims)[stage]
    found = finish(Descent(digit_affinities(), positions, 0, "grid").forces()).T
    true, _ = slow_gradient(digit_affinities(), positions)
    assert np.median(relative_errors(found, true)) <= 1e-2


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("stage", STAGES)
def test_the_repulsion_on_grids_is_that_of_all_pairs(stage: int, n_dims: int) -> None:
    # near the end attraction and repulsion cancel, so the error is measured against repulsion
    points = np.zeros((3, 600), np.float32)
    points[:n_dims] = layouts(n_dims)[stage].T
    found = []
    for way in ("grid", "pairs"):
        repulsion = Repulsion(600, n_dims, 0, way)
        finish(repulsion.solve(points))
        found.append(repulsion.gradient[:n_dims].T)
    assert np.median(relative_errors(*found)) <= 1e-2


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("stage", STAGES)
def test_the_gradient_by_pairs_is_that_of_the_formula(stage: int, n_dims: int) -> None:
    positions = layouts(n_dims)[stage]
    found = finish(Descent(digit_affinities(), positions, 0, "pairs").forces()).T
    true, _ = slow_gradient(digit_affinities(), positions)
    assert np.median(relative_errors(found, true)) <= 1e-4


@pytest.mark.parametrize("way", ["pairs", "grid"])
@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("spread", [1e-4, 1e-2, 0.3, 2, 8, 25, 100])
def test_points_repel_one_another_alike_however_far_they_lie_apart(
    spread: float, n_dims: int, way: Way
) -> None:
    rng = np.random.default_rng(0)
    positions = (spread * rng.normal(size=(1500, n_dims)) * (1, 0.6, 0.3)[:n_dims]).astype("f4")
    repulsion = Repulsion(1500, n_dims, 0, way)
    points = np.zeros((3, 1500), np.float32)
    points[:n_dims] = positions.T
    finish(repulsion.solve(points))
    y = positions.astype(np.float64)
    closeness = 1 / (1 + cdist(y, y, "sqeuclidean"))
    np.fill_diagonal(closeness, 0)
    squares = closeness**2
    gradient = -2 * (squares.sum(axis=1)[:, None] * y - squares @ y)
    assert np.median(relative_errors(repulsion.gradient[:n_dims].T, gradient)) <= 2e-2
    assert repulsion.normalizer == pytest.approx(closeness.sum(), rel=1e-3)


@pytest.mark.parametrize("n_dims", [2, 3])
def test_the_exact_divergence_is_that_of_the_formula(n_dims: int) -> None:
    positions = layouts(n_dims)[150]
    found = finish(Descent(digit_affinities(), positions, 0).exact_divergence())
    assert found == pytest.approx(slow_gradient(digit_affinities(), positions)[1], rel=1e-5)


def test_the_divergence_told_on_the_way_is_of_the_layout_it_names_and_not_exaggerated() -> None:
    parameters = TsneParameters(n_dims=2, n_iterations=20, early_exaggeration=12.0)
    steps = all_steps(Inputs(digits()[:300]), parameters)
    by_iteration = {step.diagnostics.get("iteration"): step for step in steps}
    figures = by_iteration[15.0].diagnostics
    assert figures["kl iteration"] == 10.0
    positions = by_iteration[10.0].positions
    slow = slow_gradient(digit_affinities(300), positions)[1]
    assert figures["kl"] == pytest.approx(slow, rel=1e-3)


def test_beyond_what_is_measured_exactly_the_last_divergence_is_that_of_the_last_layout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("projector.projections.tsne.iterations._EXACT_LIMIT", 100)
    last = all_steps(Inputs(digits()[:300]), TsneParameters(n_dims=2, n_iterations=35))[-1]
    slow = slow_gradient(digit_affinities(300), last.positions)[1]
    assert last.diagnostics["kl iteration"] == 35.0
    assert last.diagnostics["kl"] == pytest.approx(slow, rel=1e-3)
    assert "exact kl" not in last.diagnostics


def test_the_divergence_told_on_the_way_is_near_the_exact_one() -> None:
    parameters = TsneParameters(n_dims=2, n_iterations=401)
    steps = all_steps(Inputs(digits()[:600]), parameters)
    assert steps[-1].diagnostics["exact kl"] == pytest.approx(steps[-2].diagnostics["kl"], rel=1e-2)
