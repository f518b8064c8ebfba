"""The order in which points are kept: compact pieces, and fair leading parts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from projector.render import kernels
from projector.render.order import count_drawn, fair_order


def test_the_curve_visits_every_cell_of_a_grid_without_a_jump() -> None:
    cells = np.indices((16, 16, 16)).reshape(3, -1).T.astype(np.float32)
    codes = np.empty(len(cells), dtype=np.uint64)
    kernels.hilbert_codes(cells, np.zeros(3), 65535 / 15, codes, 0, len(cells))
    steps = np.abs(np.diff(cells[np.argsort(codes)], axis=0)).sum(axis=1)
    assert len(np.unique(codes)) == len(cells)
    assert (steps == 1).all()


@pytest.mark.parametrize("n", [0, 1, 15, 16, 17, 1000])
def test_every_point_has_one_place(n: int) -> None:
    points = np.random.default_rng(n).normal(size=(n, 3)).astype(np.float32)
    assert sorted(fair_order(points)) == list(range(n))


def test_points_that_are_all_the_same_have_an_order_too() -> None:
    assert sorted(fair_order(np.ones((40, 3), dtype=np.float32))) == list(range(40))


@pytest.mark.parametrize("n", [1, 100, 4096, 3_000_000])
def test_each_further_part_doubles_what_is_drawn(n: int) -> None:
    counts = sorted({count_drawn(n, -(-n >> halved)) for halved in range(9)})
    assert counts[-1] == n == count_drawn(n, None) == count_drawn(n, n + 5)
    assert all(1.8 < more / fewer <= 2 for fewer, more in pairwise(counts))
    assert all(count_drawn(n, n_most) <= max(n_most, counts[0]) for n_most in (1, n // 3, n - 1))


def test_each_part_has_every_so_many_th_point_along_the_curve() -> None:
    points = np.random.default_rng(0).uniform(0, 1, (640, 3)).astype(np.float32)
    order = fair_order(points)
    codes = np.empty(len(points), dtype=np.uint64)
    low, span = points.min(axis=0).astype(float), float(np.ptp(points, axis=0).max())
    kernels.hilbert_codes(points, low, 65535 / span, codes, 0, len(points))
    place_along = np.argsort(np.argsort(codes))
    for n_drawn in (40, 80, 160, 320, 640):
        drawn = np.sort(place_along[order[:n_drawn]])
        np.testing.assert_array_equal(drawn, np.arange(0, 640, 640 // n_drawn))
