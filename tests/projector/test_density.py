"""Contours hold the share of points they say, at the density a kernel estimate gives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import gaussian_kde

from projector.arrays import FloatArray
from projector.density import Contour, density_contours
from projector.errors import InvalidChoice, NothingToShow
from projector.level_lines import level_lines
from projector.progress import finish


def two_groups(n: int = 3000) -> FloatArray:
    random = np.random.default_rng(0)
    groups = random.normal(size=(n, 2)) * np.where(np.arange(n) < n // 2, 1.0, 0.5)[:, None]
    groups[: n // 2, 0] += 8
    return groups.astype(np.float32)


def area(line: np.ndarray) -> float:
    x, y = line.T.astype(float)
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def share_inside(contour: Contour, points: FloatArray) -> float:
    """By counting how often a ray to the right meets the lines."""
    hits = np.zeros(len(points), int)
    for line in contour.lines:
        for (x0, y0), (x1, y1) in pairwise(line):
            crosses = (points[:, 1] < y0) != (points[:, 1] < y1)
            at = x0 + (points[:, 1] - y0) * (x1 - x0) / np.where(y1 == y0, 1, y1 - y0)
            hits += crosses & (points[:, 0] < at)
    return float((hits % 2).mean())


def test_each_contour_holds_its_share_of_the_points() -> None:
    points = two_groups()
    for contour in finish(density_contours(points, bandwidth=0.15)):
        assert share_inside(contour, points) == pytest.approx(contour.share, abs=0.04)


def test_the_density_on_a_contour_is_that_of_a_kernel_estimate() -> None:
    points = np.random.default_rng(1).normal(size=(400, 2))
    points = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[0] * 20
    estimate = gaussian_kde(points.T)
    for contour in finish(density_contours(points.astype(np.float32))):
        for line in contour.lines:
            there = 400 * estimate(line[::10].T.astype(float))
            assert there == pytest.approx(np.full(len(there), contour.level), rel=0.06)


def test_contours_lie_within_one_another_and_run_around_what_is_dense() -> None:
    contours = finish(density_contours(two_groups(), bandwidth=0.4))
    areas = [sum(area(line) for line in contour.lines) for contour in contours]
    assert [contour.share for contour in contours] == [0.9, 0.75, 0.5, 0.25]
    assert all(a > b > 0 for a, b in pairwise(areas))
    assert len(contours[0].lines) == 2
    for contour in contours:
        assert all((line[0] == line[-1]).all() for line in contour.lines)


def test_scotts_rule_is_the_default_and_nan_takes_no_part() -> None:
    points = two_groups()
    points[::7] = np.nan
    kept = points[~np.isnan(points[:, 0])]
    with_gaps = finish(density_contours(points))
    alone = finish(density_contours(kept))
    assert [c.level for c in with_gaps] == [c.level for c in alone]


@pytest.mark.parametrize("shape", [(0.0, 1.0), (0.0, 0.0), (1e-6, 1e6)])
def test_points_in_a_line_or_one_place_have_contours_too(shape: tuple[float, float]) -> None:
    points = (two_groups(50) * np.array(shape)).astype(np.float32)
    assert len(finish(density_contours(points))) == 4


def test_a_circle_is_met_where_it_lies() -> None:
    y, x = np.mgrid[-20:21, -20:21]
    [line] = level_lines(-np.hypot(x, y).astype(float), -10.0)
    assert np.hypot(*(line - 20).T) == pytest.approx(10, abs=0.05)
    assert area(line) == pytest.approx(np.pi * 100, rel=0.01)


def test_saddles_are_neither_crossed_nor_lost() -> None:
    heights = np.zeros((4, 4))
    heights[1, 1] = heights[2, 2] = 1.0
    assert len(level_lines(heights, 0.6)) == 2
    assert len(level_lines(heights, 0.4)) == 1


def test_what_makes_no_sense_is_told() -> None:
    with pytest.raises(NothingToShow, match="Fewer than three"):
        finish(density_contours(np.zeros((2, 2), np.float32)))
    with pytest.raises(InvalidChoice, match="between 0 and 1"):
        finish(density_contours(two_groups(), (1.5,)))
    with pytest.raises(InvalidChoice, match="must be above 0"):
        finish(density_contours(two_groups(), bandwidth=-1.0))
    with pytest.raises(InvalidChoice, match=r"16 to 1,024 cells"):
        finish(density_contours(two_groups(), n_cells=5))
