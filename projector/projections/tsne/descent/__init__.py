"""A layout on its way downhill: points, their velocities and gains, and how good it is."""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import partial
from typing import Any

import numpy as np

from projector.arrays import FloatArray
from projector.parallel import for_each_part
from projector.projections.tsne.affinities import Affinities
from projector.projections.tsne.repulsion import Repulsion, Way

_LONGEST_STEP = 5.0
_EDGES_AT_ONCE = 1 << 24  # between two yields: a few tens of milliseconds on two cores
_f32 = np.float32

Stops = Generator[None, None, None]
"""Yields where it may be dropped or something else may be looked at."""


class Descent:
    """points: float32 (3, n), the third row zero in 2D. kl: the Kullback-Leibler divergence in nats
    at the start of the last iteration that measured it, NaN before. gradient: norm of the gradient
    with respect to all points, at the start of the last iteration.
    """

    def __init__(
        self, affinities: Affinities, start: FloatArray, seed: int, way: Way = "cheaper"
    ) -> None:
        n, n_dims = start.shape
        self._affinities = affinities
        self._n_dims = n_dims
        self._repulsion = Repulsion(n, n_dims, seed, way)
        self._rng = np.random.default_rng([seed, 2])
        self.points = np.zeros((3, n), _f32)
        self.points[:n_dims] = start.T
        self._attraction = np.zeros_like(self.points)
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

        yield from self._over_edges(kernels.attract, self._attraction)
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
        from projector.projections.tsne.descent import kernels

        yield from self._over_edges(kernels.attract, self._attraction)
        yield from self._repulsion.solve(self.points)
        half = _f32(0.5 / self._repulsion.normalizer)
        gradient = 4 * (self._attraction + half * self._repulsion.gradient)
        return np.asarray(gradient[: self._n_dims])

    def exact_divergence(self) -> Generator[None, None, float]:
        """The divergence of the points as they are now, by all pairs."""
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

    def _divergence(self, normalizer: float) -> Generator[None, None, float]:
        """Sum of p log(p / q), where q = 1 / (1 + distance^2) / normalizer."""
        from projector.projections.tsne.descent import kernels

        sums = np.empty(self.points.shape[1])
        yield from self._over_edges(kernels.log_distances, sums)
        return float(sums.sum()) - self._affinities.entropy + math.log(normalizer)

    def _over_edges(self, kernel: Any, result: Any) -> Stops:
        """Call a kernel of edges for all points."""
        edges, n = self._affinities, self._affinities.n
        call = partial(kernel, self.points, edges.starts, edges.ids, edges.values, result)
        size = max(1024, int(n * _EDGES_AT_ONCE / (len(edges.ids) + 1)))
        for start in range(0, n, size):
            if start:
                yield
            for_each_part(min(size, n - start), partial(call, start), 256)
