"""New rows find their place in a finished layout; of huge data a sample is laid out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq, minimize
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import KNeighborsClassifier

from projector.arrays import DoubleArray, FloatArray
from projector.errors import InvalidChoice, NothingToShow
from projector.neighbors import METRICS, Metric
from projector.progress import finish
from projector.projections import PROJECTIONS
from projector.projections.contract import Control, Inputs
from projector.projections.place import Anchors, find_anchors, place_rows, refine_places
from projector.projections.sample import How, Sampling, on_sample, sample_rows
from projector.projections.step import Step

DIGITS = load_digits().data.astype(np.float32)
LABELS = load_digits().target
OLD, NEW = DIGITS[:1500], DIGITS[1500:]
LAYOUT = (40 * PCA(2, random_state=0).fit_transform(OLD) / OLD.std()).astype(np.float32)


def slow_weights(costs: DoubleArray, perplexity: float) -> DoubleArray:
    """Weights of one row by a root finder."""

    def shares(beta: float) -> DoubleArray:
        found = np.exp(-beta * (costs - costs.min()))
        return np.asarray(found / found.sum())

    def excess(log_beta: float) -> float:
        own = shares(np.exp(log_beta))
        own = own[own > 0]
        return float(-(own * np.log(own)).sum() - np.log(perplexity))

    return shares(np.exp(brentq(excess, -30, 30, xtol=1e-12)))


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
def test_anchors_are_the_nearest_rows_weighted_by_perplexity(metric: Metric) -> None:
    noise = np.random.default_rng(0).normal(size=DIGITS.shape).astype(np.float32)
    old, new = (DIGITS + noise)[:400], (DIGITS + noise)[400:430]
    found = finish(find_anchors(new, old, k=12, perplexity=4.0, metric=metric))
    distances = pairwise_distances(new.astype(np.float64), old.astype(np.float64), metric=metric)
    order = np.argsort(distances, axis=1)[:, :12]
    assert (found.ids == order).all()
    for i, row in enumerate(np.take_along_axis(distances, order, axis=1)):
        np.testing.assert_allclose(found.weights[i], slow_weights(row**2, 4.0), atol=1e-5)


def test_anchors_by_product_have_the_largest_products() -> None:
    found = finish(find_anchors(NEW, OLD, k=8, metric="dot"))
    products = NEW.astype(np.float64) @ OLD.T.astype(np.float64)
    wanted = -np.sort(-products, axis=1)[:, :8]
    np.testing.assert_allclose(np.take_along_axis(products, found.ids, axis=1), wanted)
    assert (np.diff(found.weights, axis=1) <= 1e-6).all()
    np.testing.assert_allclose(found.weights.sum(axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
def test_a_row_that_is_there_already_comes_to_lie_on_itself(metric: Metric) -> None:
    step = finish(place_rows(OLD[:50], OLD, LAYOUT, metric=metric))
    np.testing.assert_allclose(step.positions, LAYOUT[:50], rtol=1e-5)


def test_new_digits_come_to_lie_among_their_kind() -> None:
    apart = (LAYOUT + 200 * np.eye(10)[LABELS[:1500]][:, :2]).astype(np.float32)
    step = finish(place_rows(NEW, OLD, apart))
    near = KNeighborsClassifier(5).fit(apart, LABELS[:1500])
    best = near.score(apart, LABELS[:1500])
    assert near.score(step.positions, LABELS[1500:]) > 0.9 * best
    assert step.placed_mask is not None
    assert step.placed_mask.all()


def test_places_are_weighted_means_in_three_dims_too() -> None:
    layout = np.random.default_rng(0).normal(size=(1500, 3)).astype(np.float32)
    anchors = finish(find_anchors(NEW, OLD))
    wanted = (layout[anchors.ids] * anchors.weights[:, :, None]).sum(axis=1)
    np.testing.assert_allclose(anchors.place(layout), wanted, atol=1e-5)


@pytest.mark.parametrize("metric", METRICS)
def test_rows_with_gaps_get_no_place_and_give_none(metric: Metric) -> None:
    new, old, layout = NEW[:5].copy(), OLD.copy(), LAYOUT.copy()
    new[2, 3] = np.nan
    old[7, 0] = np.inf
    layout[9] = np.nan
    step = finish(place_rows(new, old, layout, metric=metric))
    assert np.isnan(step.positions[2]).all()
    assert np.isfinite(np.delete(step.positions, 2, axis=0)).all()
    anchors = finish(find_anchors(new, old, metric=metric))
    assert 7 not in anchors.ids


def divergence(
    at: DoubleArray, ids: DoubleArray, weights: DoubleArray, layout: FloatArray
) -> float:
    near = 1 / (1 + ((layout - at) ** 2).sum(axis=1))
    there = weights > 0
    shares = weights[there] * np.log(weights[there] / (near / near.sum())[ids[there]])
    return float(shares.sum())


@pytest.mark.parametrize("d", [2, 3])
def test_steps_downhill_end_where_scipy_ends(d: int) -> None:
    layout = (PCA(d, random_state=0).fit_transform(OLD)).astype(np.float32)
    anchors = finish(find_anchors(NEW[:12], OLD, perplexity=8))
    before = anchors.place(layout)
    after = finish(refine_places(before, anchors, layout, n_rounds=200))
    for i in range(12):
        own = (anchors.ids[i], anchors.weights[i].astype(np.float64), layout.astype(np.float64))
        best = minimize(divergence, before[i].astype(np.float64), own, tol=1e-8)
        assert divergence(after[i].astype(np.float64), *own) <= best.fun + 1e-3


def test_steps_downhill_never_lead_up() -> None:
    anchors = finish(find_anchors(NEW[:40], OLD, perplexity=8))
    before = anchors.place(LAYOUT)
    after = finish(refine_places(before, anchors, LAYOUT, n_rounds=3))
    for i in range(40):
        own = (anchors.ids[i], anchors.weights[i].astype(np.float64), LAYOUT.astype(np.float64))
        assert divergence(after[i].astype(np.float64), *own) <= (
            divergence(before[i].astype(np.float64), *own) + 1e-4
        )


def test_placing_with_rounds_shows_the_first_places_at_once() -> None:
    work = place_rows(NEW[:20], OLD, LAYOUT, n_rounds=5)
    steps = [step for step in work if isinstance(step, Step)]
    assert len(steps) == 2
    assert steps[0].positions is not steps[1].positions
    assert [step.done for step in steps] == [0.5, 1.0]


def test_rows_of_another_width_are_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match=r"Rows of 3 values .* rows of 64"):
        finish(place_rows(NEW[:, :3], OLD, LAYOUT))


def test_a_layout_of_another_length_is_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="A layout of 1,500 rows is needed, got one of 3"):
        finish(place_rows(NEW, OLD, LAYOUT[:3]))


def test_a_layout_without_positions_is_a_sentence() -> None:
    with pytest.raises(NothingToShow, match="No row of the layout has a position"):
        finish(place_rows(NEW, OLD, LAYOUT * np.float32(np.nan)))


def sampled(vectors: FloatArray, n_rows: int, how: How = "random", seed: int = 0) -> Step:
    pca = PROJECTIONS["pca"]
    parameters = pca.parameters(n_dims=2, seed=seed)
    projection = on_sample(pca, Sampling(n_rows=n_rows, how=how))
    return finish(projection.steps(Inputs(vectors), parameters, Control()))


def test_of_a_sample_all_rows_have_a_place_and_it_is_said_which_were_placed() -> None:
    step = sampled(DIGITS, 400)
    assert step.positions.shape == (1797, 2)
    assert np.isfinite(step.positions).all()
    assert step.placed_mask is not None
    assert step.placed_mask.sum() == 1397
    assert "1,397 of 1,797 rows placed" in step.note
    whole = finish(
        PROJECTIONS["pca"].steps(Inputs(DIGITS), PROJECTIONS["pca"].parameters(n_dims=2), Control())
    )
    for axis in (0, 1):
        pair = np.corrcoef(step.positions[:, axis], whole.positions[:, axis])
        assert abs(pair[0, 1]) > 0.9


def test_the_sample_is_shown_before_the_others_have_a_place() -> None:
    umap = PROJECTIONS["umap"]
    work = on_sample(umap, Sampling(n_rows=300)).steps(
        Inputs(DIGITS), umap.parameters(n_epochs=30), Control()
    )
    told = list(work)
    steps = [one for one in told if isinstance(one, Step)]
    assert np.isfinite(steps[0].positions).all(axis=1).sum() < len(DIGITS)
    assert np.isfinite(steps[0].positions[~steps[0].placed_mask]).all()
    assert np.isfinite(steps[-1].positions).all()
    done = [one.done for one in told if one.done is not None]
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_what_is_shown_in_the_end_does_not_depend_on_the_pace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = sampled(DIGITS, 200).positions
    monkeypatch.setattr("projector.projections.sample.time.monotonic", lambda: 0.0)
    np.testing.assert_array_equal(sampled(DIGITS, 200).positions, usual)


def test_a_sample_as_large_as_the_data_is_the_projection_itself() -> None:
    step = sampled(DIGITS[:100], 100)
    assert step.placed_mask is None


def test_the_same_seed_takes_the_same_sample() -> None:
    first, again, other = (sampled(DIGITS, 200, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.positions, again.positions)
    assert (first.placed_mask != other.placed_mask).any()


def test_gaps_are_neither_sampled_nor_placed() -> None:
    vectors = DIGITS.copy()
    vectors[::50] = np.nan
    step = sampled(vectors, 300)
    assert (np.isnan(step.positions).any(axis=1) == np.isnan(vectors).any(axis=1)).all()


def test_a_spread_sample_finds_the_rare_kind() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(5000, 6)).astype(np.float32)
    vectors[:3] += 60
    spread = finish(sample_rows(vectors, Sampling(n_rows=40, how="spread")))
    assert len(np.unique(spread)) == 40
    assert (spread < 3).any()


def test_a_spread_sample_of_copies_is_still_as_large_as_asked_for() -> None:
    vectors = np.repeat(np.eye(3, dtype=np.float32), 40, axis=0)
    rows = finish(sample_rows(vectors, Sampling(n_rows=30, how="spread")))
    assert len(np.unique(rows)) == 30
    assert len(np.unique(vectors[rows], axis=0)) == 3


def test_a_sample_is_taken_from_a_mapped_file(tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", DIGITS)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    np.testing.assert_array_equal(sampled(mapped, 200).positions, sampled(DIGITS, 200).positions)


def test_senseless_samples_are_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="The number of rows of the sample"):
        Sampling(n_rows=1)
    with pytest.raises(InvalidChoice, match="one of random, spread, got all"):
        Sampling(how="all")  # type: ignore[arg-type]


def test_anchors_without_weight_have_no_place() -> None:
    anchors = Anchors(np.full((1, 2), -1, np.int32), np.zeros((1, 2), np.float32))
    assert np.isnan(anchors.place(LAYOUT)).all()
