"""Layouts are turned onto one another as scipy does it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import orthogonal_procrustes
from scipy.spatial import procrustes
from scipy.stats import ortho_group

from projector.arrays import DoubleArray, FloatArray
from projector.errors import InvalidChoice, NothingToShow
from projector.progress import finish
from projector.projections.align import align_sequence, find_alignment, shared_rows


def some_layout(n: int = 60, d: int = 3, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32) * [9, 4, 2][:d]


def turned(layout: FloatArray, seed: int = 1, scale: float = 1.0) -> FloatArray:
    rotation: DoubleArray = ortho_group.rvs(layout.shape[1], random_state=seed)
    return (scale * layout @ rotation + 5).astype(np.float32)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_a_turned_or_mirrored_layout_comes_back(d: int, seed: int) -> None:
    layout = some_layout(d=d)
    found = find_alignment(turned(layout, seed), layout)
    np.testing.assert_allclose(found.apply(turned(layout, seed)), layout, atol=1e-4)
    assert found.distance < 1e-4


@pytest.mark.parametrize("d", [2, 3])
def test_the_rotation_is_scipys(d: int) -> None:
    layout = some_layout(d=d).astype(np.float64)
    other = some_layout(d=d, seed=7).astype(np.float64)
    wanted, _ = orthogonal_procrustes(layout - layout.mean(0), other - other.mean(0))
    found = find_alignment(layout.astype(np.float32), other.astype(np.float32))
    np.testing.assert_allclose(found.rotation, wanted, atol=1e-5)


@pytest.mark.parametrize("d", [2, 3])
def test_with_a_scale_what_is_left_is_scipys_disparity(d: int) -> None:
    layout = some_layout(d=d)
    other = turned(layout, scale=3) + some_layout(d=d, seed=2) / 3
    _, _, disparity = procrustes(other.astype(np.float64), layout.astype(np.float64))
    found = find_alignment(layout, other, may_scale=True)
    power = ((other - other.mean(0)) ** 2).sum(dtype=np.float64)
    assert found.distance**2 * len(layout) / power == pytest.approx(disparity, rel=1e-4)


def test_a_mirror_may_be_forbidden() -> None:
    layout = some_layout(d=2)
    mirrored = layout * np.float32([-1, 1])
    assert find_alignment(mirrored, layout).is_mirrored
    found = find_alignment(mirrored, layout, may_mirror=False)
    assert not found.is_mirrored
    angles = np.linspace(0, 2 * np.pi, 3601)
    a, b = mirrored - mirrored.mean(0), layout - layout.mean(0)
    left = [
        ((a @ [[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]] - b) ** 2).sum() for t in angles
    ]
    assert found.distance**2 * len(layout) == pytest.approx(min(left), rel=1e-3)


def test_rows_with_gaps_do_not_count_and_stay_gaps() -> None:
    layout = some_layout()
    other = turned(layout).copy()
    other[3], layout[8] = np.nan, np.nan
    found = find_alignment(other, layout)
    assert found.n_shared == 58
    back = found.apply(other)
    assert np.isnan(back[3]).all()
    there = np.isfinite(back).all(axis=1) & np.isfinite(layout).all(axis=1)
    np.testing.assert_allclose(back[there], layout[there], atol=1e-4)


def test_shared_ids_decide_and_all_rows_move() -> None:
    layout = some_layout(50)
    ids, other_ids = np.arange(50), np.arange(20, 80)[::-1]
    other = turned(some_layout(100))[other_ids]
    other[other_ids >= 50] += 1000  # rows of its own, which must not count
    other[other_ids < 50] = turned(layout)[other_ids[other_ids < 50]]
    found = find_alignment(other, layout, rows=shared_rows(other_ids, ids))
    assert found.n_shared == 30
    back = found.apply(other)[other_ids < 50]
    np.testing.assert_allclose(back, layout[other_ids[other_ids < 50]], atol=1e-4)


def test_ids_may_be_texts_and_doubtful_ones_are_left_out() -> None:
    a, b = shared_rows(["x", "y", "y", "z"], ["z", "y", "x", "w"])
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == [(0, 2), (3, 0)]


def test_layouts_without_shared_rows_are_a_sentence() -> None:
    with pytest.raises(NothingToShow, match="share no rows"):
        find_alignment(some_layout(4), some_layout(4), rows=shared_rows([1, 2], [3, 4]))


def test_layouts_of_other_dims_are_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="2 and 3 dimensions"):
        find_alignment(some_layout(4, 2), some_layout(4, 3))


def test_layouts_of_other_lengths_need_their_rows() -> None:
    with pytest.raises(InvalidChoice, match="4 and 5 rows"):
        find_alignment(some_layout(4), some_layout(5))


def test_a_single_shared_row_only_shifts() -> None:
    layout = some_layout(5)
    found = find_alignment(layout, layout + 7, rows=(np.array([2]), np.array([2])))
    np.testing.assert_allclose(found.apply(layout)[2], layout[2] + 7, rtol=1e-5)
    assert not found.is_mirrored


def test_steps_follow_the_ones_before() -> None:
    layouts = [turned(some_layout() + np.float32(0.01 * i), seed=i) for i in range(5)]
    aligned = finish(align_sequence(layouts))
    assert aligned[0] is layouts[0]
    for before, after in itertools.pairwise(aligned):
        np.testing.assert_allclose(after, before, atol=0.05)


def test_steps_with_rows_of_their_own_are_aligned_by_ids() -> None:
    whole = some_layout(40)
    ids = [np.arange(0, 30), np.arange(10, 40), np.arange(5, 35)]
    layouts = [turned(whole, seed=i)[own] for i, own in enumerate(ids)]
    aligned = finish(align_sequence(layouts, ids=ids))
    for own, layout in zip(ids, aligned, strict=True):
        np.testing.assert_allclose(layout, turned(whole, seed=0)[own], atol=1e-3)


def test_a_step_that_shares_no_row_stays_as_it_is() -> None:
    layouts = [some_layout(5), some_layout(5, seed=1)]
    aligned = finish(align_sequence(layouts, ids=[range(5), range(5, 10)]))
    assert aligned[1] is layouts[1]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.sampled_from([2, 3]), st.integers(0, 2), st.booleans(), st.booleans())
def test_any_two_layouts_get_no_farther_apart(
    n: int, d: int, spread: int, may_scale: bool, may_mirror: bool
) -> None:
    rng = np.random.default_rng(n)
    a = rng.integers(-spread, spread + 1, (n, d)).astype(np.float32)  # often flat, or one point
    b = rng.normal(size=(n, d)).astype(np.float32)
    found = find_alignment(a, b, may_scale=may_scale, may_mirror=may_mirror)
    np.testing.assert_allclose(found.rotation @ found.rotation.T, np.eye(d), atol=1e-9)
    before = np.sqrt(((a - b) ** 2).sum() / n)
    assert found.distance <= before + 1e-5
    assert may_mirror or not found.is_mirrored
