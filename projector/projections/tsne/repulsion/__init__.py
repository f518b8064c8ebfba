"""What drives points of a layout apart.

It follows from one field, phi(y) = sum over the others of 1 / (1 + |y - other|^2): its sum over all
points is the normalizer of t-SNE, and its gradient, divided by twice that, the force. Three ways
lead to the same numbers, and the cheapest is taken: all pairs; a grid fine enough for the kernel;
or, for a layout much wider than that, a coarse grid for the smooth part of the kernel and pairs of
points near one another for the rest.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import partial
from typing import Literal

import numpy as np

from projector.arrays import FloatArray
from projector.parallel import for_each_part
from projector.projections.tsne.repulsion.cells import add_short, count_near, smooth_part
from projector.projections.tsne.repulsion.grid import Grid
from projector.projections.tsne.repulsion.plan import (
    PER_REACH,
    Plan,
    pairs_cost,
    split_plan,
    whole_plan,
)

Way = Literal["cheapest", "pairs", "grid"]

_PLAN_LASTS = 20  # iterations; while a layout grows, the best reach changes slowly
_GROWTH = 1.2  # of a layout, after which a plan is made anew
_PAIRS_AT_ONCE = 1 << 27  # between two yields
_f32 = np.float32


def _whole(squares: FloatArray, _: float) -> FloatArray:
    return np.asarray(1 / (1 + squares))


def _near(squares: FloatArray, _: float) -> FloatArray:
    """What is missing to 1, the potential of a point's own charge."""
    return np.asarray(-squares / (1 + squares))


class Repulsion:
    """potential: float32 (n,), gradient: float32 (3, n), of the points last solved for, each
    without what it does to itself. is_exact: by all pairs."""

    def __init__(self, n: int, n_dims: int, seed: int, way: Way = "cheapest") -> None:
        self._n_dims = n_dims
        self._way = way
        self._rng = np.random.default_rng([seed, 1])
        self._close, self._single = Grid(_near), Grid(_whole)
        self._rough = Grid(lambda squares, h: smooth_part(squares, PER_REACH[n_dims] * h))
        self._plan: Plan | None = None
        self._age, self._width = 0, math.nan
        self.potential = np.zeros(n, _f32)
        self.gradient = np.zeros((3, n), _f32)
        self.is_exact = True

    @property
    def normalizer(self) -> float:
        """The sum of 1 / (1 + distance^2) over all ordered pairs, > 0."""
        total = float(self.potential.sum(dtype=np.float64))
        # on a grid, rounding may swallow what points far apart do to one another
        return max(total, 1e-30 if self.is_exact else 1e-3 * len(self.potential))

    def solve(self, points: FloatArray) -> Generator[None, None, None]:
        """Fill potential and gradient for points, float32 (3, n)."""
        if self._way == "pairs":
            return (yield from self.solve_pairs(points))
        low, high = points.min(axis=1), points.max(axis=1)
        sides = [float(side) for side in (high - low)[: self._n_dims]]
        plan = self._planned(points, low, sides)
        if plan is None:
            return (yield from self.solve_pairs(points))
        return (yield from self._solve_grid(points, plan, low, sides))

    def solve_pairs(self, points: FloatArray) -> Generator[None, None, None]:
        """The same by all pairs: exact but for rounding."""
        from projector.projections.tsne.repulsion import kernels

        n = points.shape[1]
        all_pairs = kernels.all_pairs_flat if self._n_dims == 2 else kernels.all_pairs
        kernel = partial(all_pairs, points, self.potential, self.gradient)
        size = max(64, _PAIRS_AT_ONCE // n)
        for start in range(0, n, size):
            if start:
                yield
            for_each_part(min(size, n - start), partial(kernel, start), 1 + 200_000 // n)
        self.is_exact = True

    def _planned(self, points: FloatArray, low: FloatArray, sides: list[float]) -> Plan | None:
        """None for all pairs. A reach that was found is kept for some iterations."""
        n, width = points.shape[1], max(sides)
        whole = whole_plan(n, sides)
        least = pairs_cost(n, self._n_dims) if self._way == "cheapest" else math.inf
        if whole.is_near:
            return whole if whole.cost < least else None
        is_alike = self._width / _GROWTH < width < self._width * _GROWTH
        if self._age % _PLAN_LASTS == 0 or not is_alike:
            self._age, self._width = 0, width
            count = partial(count_near, points, low, sides)
            plan = split_plan(n, sides, count, min(least, whole.cost))
            self._plan = plan or (whole if whole.cost < least else None)
        self._age += 1
        if self._plan is not None and not self._plan.reach:
            return whole
        return self._plan

    def _solve_grid(
        self, points: FloatArray, plan: Plan, low: FloatArray, sides: list[float]
    ) -> Generator[None, None, None]:
        # the grid lies elsewhere each time, so that its errors don't add up
        shift = self._rng.random(3, dtype=_f32)
        shift[self._n_dims :] = 0
        grid = self._rough if plan.reach else self._close if plan.is_near else self._single
        grid.lay(low, sides, plan.spacing, shift)
        yield from grid.solve(points, self.potential, self.gradient)
        if plan.reach:
            both = (self.potential, self.gradient)
            yield from add_short(points, low, sides, plan.reach, *both, plan.n_pairs)
        elif plan.is_near:
            self.potential += points.shape[1] - 1
        self.is_exact = False
