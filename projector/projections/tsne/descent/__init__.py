"""A layout on its way downhill: points, their velocities and gains, and how good it is."""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import partial
from itertools import pairwise

import numpy as np

from projector.arrays import FloatArray
from projector.parallel import for_each_part
from projector.projections.tsne.affinities import Affinities
from projector.projections.tsne.repulsion import Repulsion, Way

_LONGEST_STEP = 5.0
_N_SLOTS = 8  # the same on all computers, as sums depend on how edges are divided
_EDGES_AT_ONCE = 1 << 23  # between two yields: a few tens of milliseconds on two cores
_LOGARITHMS_AT_ONCE = 1 << 20
_f32 = np.float32

Stops = Generator[None, None, None]
"""Yields where it may be dropped or something else may be looked at."""


class Descent:
    """points: float32 (3, n), the third row zero in 2D. kl: the Kullback-Leibler divergence in nats
    at the start of the last iteration that measured it, NaN before; of the affinities themselves,
    however much they are exaggerated. gradient: norm of the gradient
    with respect to all points, at the start of the last iteration.
    """

    def __init__(
        self, affinities: Affinities, start: FloatArray, seed: int, way: Way = "cheapest"
    ) -> None:
        n, n_dims = start.shape
        self._affinities = affinities
        self._n_dims = n_dims
        self._repulsion = Repulsion(n, n_dims, seed, way)
        self._rng = np.random.default_rng([seed, 2])
        self.points = np.zeros((3, n), _f32)
        self.points[:n_dims] = start.T
        self._attraction = np.zeros((_N_SLOTS, n, n_dims), _f32)
        n_edges = len(affinities.ids)
        self._n_rounds = 1 + n_edges // _EDGES_AT_ONCE
        shares = np.arange(_N_SLOTS * self._n_rounds + 1) * n_edges // (_N_SLOTS * self._n_rounds)
        self._borders = np.searchsorted(affinities.starts, shares).astype(np.int64)
        self._borders[-1] = n
        self._norms = np.zeros(n, _f32)
        self._rest()
        self.kl = math.nan
        self.gradient = math.nan

    @property
    def positions(self) -> FloatArray:
        """float32 (n, n_dims), a new array."""
        return np.ascontiguousarray(self.points[: self._n_dims].T)

    def iterate(
        self, *, exaggeration: float, rate: float, momentum: float, measures: bool
    ) -> Stops:
        """Move all points once. measures: also find the divergence."""
        from projector.projections.tsne.descent import kernels

        yield from self._attract()
        yield from self._repulsion.solve(self.points)
        normalizer = self._repulsion.normalizer
        if measures:
            self.kl = yield from self._divergence(normalizer)
        # the gradient without its factor 4, as is usual: learning rates are made for that
        factors = tuple(map(_f32, (exaggeration, 0.5 / normalizer, rate, momentum, _LONGEST_STEP)))
        repulsion = (self._repulsion.gradient, self._velocities, self._gains, self._norms)
        kernel = partial(kernels.move, self.points, self._attraction, *repulsion, factors)
        for_each_part(self.points.shape[1], kernel, 2000)
        self.gradient = 4 * math.sqrt(float(self._norms.sum(dtype=np.float64)))
        self.points -= self.points.mean(axis=1, keepdims=True)

    def forces(self) -> Generator[None, None, FloatArray]:
        """The gradient of the divergence: float32 (n_dims, n); nothing moves."""
        yield from self._attract()
        yield from self._repulsion.solve(self.points)
        half = _f32(0.5 / self._repulsion.normalizer)
        repulsion = half * self._repulsion.gradient[: self._n_dims]
        return np.asarray(4 * (self._attraction.sum(axis=0).T + repulsion))

    def divergence(self) -> Generator[None, None, float]:
        """The divergence of the points as they are now, as near as an iteration finds it."""
        yield from self._repulsion.solve(self.points)
        return (yield from self._divergence(self._repulsion.normalizer))

    def exact_divergence(self) -> Generator[None, None, float]:
        """The same by all pairs."""
        yield from self._repulsion.solve_pairs(self.points)
        return (yield from self._divergence(self._repulsion.normalizer))

    def perturb(self) -> None:
        """Shake all points, by a tenth of how far they lie apart, and let them start from rest."""
        spread = float(self.points[: self._n_dims].std())
        noise = self._rng.normal(0.0, 0.1 * spread, (self._n_dims, self.points.shape[1]))
        self.points[: self._n_dims] += noise.astype(_f32)
        self._rest()

    def _rest(self) -> None:
        self._velocities = np.zeros_like(self.points)
        self._gains = np.ones_like(self.points)

    def _attract(self) -> Stops:
        """Sum up the forces along all edges, each slot its own."""
        from projector.projections.tsne.descent import kernels

        attract = kernels.attract_flat if self._n_dims == 2 else kernels.attract_deep
        edges = self._affinities
        place = (self.positions, edges.starts, edges.ids, edges.values, self._borders)
        call = partial(attract, *place, self._attraction, self._n_rounds)
        for which in range(self._n_rounds):
            if which:
                yield
            for_each_part(_N_SLOTS, partial(call, which))

    def _divergence(self, normalizer: float) -> Generator[None, None, float]:
        """Sum of p log(p / q), where q = 1 / (1 + distance^2) / normalizer."""
        from projector.projections.tsne.descent import kernels

        edges, rows, total = self._affinities, self.positions, 0.0
        shares = np.arange(0, len(edges.ids), _LOGARITHMS_AT_ONCE)
        borders = [*np.searchsorted(edges.starts, shares, "right") - 1, edges.n]
        for start, stop in pairwise(borders):
            if start:
                yield
            first, last = edges.starts[start], edges.starts[stop]
            squares = np.empty(last - first, _f32)
            call = partial(kernels.distances, rows, edges.starts, edges.ids, squares, start)
            for_each_part(stop - start, call, 256)
            np.log(squares, out=squares)
            squares *= edges.values[first:last]
            total += float(squares.sum(dtype=np.float64))
        return 2 * total - self._affinities.entropy + math.log(normalizer)
