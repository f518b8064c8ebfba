"""What drives points of a layout apart.

It follows from one field, phi(y) = sum over the others of 1 / (1 + |y - other|^2): its sum over all
points is the normalizer of t-SNE, and its gradient, divided by twice that, the force. Two ways lead
to the same numbers, and the cheaper one is taken: all pairs, or grids. A layout much wider than the
kernel takes two grids: a Gaussian cut-off divides the kernel exactly into a short part, which needs
a fine grid with narrow margins, and a smooth part, for which a coarse grid will do.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from projector.arrays import FloatArray
from projector.parallel import for_each_part
from projector.projections.tsne.repulsion.mesh import N_NODES, Mesh

Way = Literal["cheaper", "pairs", "mesh"]

REACH = 12.0  # where the short part of the kernel ends
_SHARPNESS = np.float32(5.0 / REACH**2)
_COARSE = REACH / 4
_WIDEST = {2: 0.25, 3: 0.35}  # spacing of the fine grid, by dims
_NODES_ACROSS = 24  # a narrow layout
_NARROWEST = 1e-12
_NEAR = 2.0  # width below which all points count as close together
_MOST_NODES = 8e6  # some 300 MB
_PAIR_COST = 0.11e-9
_PAIRS_AT_ONCE = 1 << 27  # between two yields
_POINTS_AT_ONCE = 200_000
_f32 = np.float32


def _whole(squares: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + squares))


def _near(squares: FloatArray) -> FloatArray:
    """What is missing to 1, the potential of a point's own charge."""
    return np.asarray(-squares / (1 + squares))


def _short(squares: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-_SHARPNESS * (1 + squares)) / (1 + squares))


def _smooth(squares: FloatArray) -> FloatArray:
    return np.asarray(-np.expm1(-_SHARPNESS * (1 + squares)) / (1 + squares))


@dataclass(frozen=True, slots=True)
class _Plan:
    """spacing: of the (fine) grid. is_near: all points lie so close together that nearly nothing
    tells their potentials apart. is_split: two grids. costs: CPU seconds, roughly, with
    a penalty for a grid that had to be made coarse."""

    spacing: float
    is_near: bool
    is_split: bool
    mesh_cost: float
    pairs_cost: float


class Repulsion:
    """potential: float32 (n,), gradient: float32 (3, n), of the points last solved for, each
    without what it does to itself. is_exact: by all pairs."""

    def __init__(self, n: int, n_dims: int, seed: int, way: Way = "cheaper") -> None:
        self._n_dims = n_dims
        self._way = way
        self._rng = np.random.default_rng([seed, 1])
        self._close = Mesh(_near, math.inf)
        self._single = Mesh(_whole, math.inf)
        self._fine = Mesh(_short, REACH)
        self._rough = Mesh(_smooth, math.inf)
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
        low, high = points.min(axis=1), points.max(axis=1)
        sides = [float(side) for side in (high - low)[: self._n_dims]]
        plan = _plan(points.shape[1], sides)
        by_pairs = plan.pairs_cost < plan.mesh_cost
        if self._way == "pairs" or (self._way == "cheaper" and by_pairs):
            yield from self.solve_pairs(points)
        else:
            yield from self._solve_mesh(points, plan, low, sides)

    def solve_pairs(self, points: FloatArray) -> Generator[None, None, None]:
        """The same by all pairs: exact but for rounding."""
        from projector.projections.tsne.repulsion import kernels

        n = points.shape[1]
        kernel = partial(kernels.all_pairs, points, self.potential, self.gradient)
        size = max(64, _PAIRS_AT_ONCE // n)
        for start in range(0, n, size):
            if start:
                yield
            for_each_part(min(size, n - start), partial(kernel, start), 1 + 200_000 // n)
        self.is_exact = True

    def _solve_mesh(
        self, points: FloatArray, plan: _Plan, low: FloatArray, sides: list[float]
    ) -> Generator[None, None, None]:
        # the grid lies elsewhere each time, so that its errors don't add up
        shift = self._rng.random(3, dtype=_f32)
        shift[self._n_dims :] = 0
        meshes = [(self._single, plan.spacing)]
        if plan.is_near:
            meshes = [(self._close, plan.spacing)]
        elif plan.is_split:
            meshes = [(self._fine, plan.spacing), (self._rough, _COARSE)]
        for i, (mesh, spacing) in enumerate(meshes):
            mesh.lay(low, sides, spacing, shift)
            nodes = yield from mesh.potential(points)
            yield from self._gather(points, mesh, nodes, is_added=i > 0)
        if plan.is_near:
            self.potential += points.shape[1] - 1
        self.is_exact = False

    def _gather(
        self, points: FloatArray, mesh: Mesh, nodes: FloatArray, *, is_added: bool
    ) -> Generator[None, None, None]:
        from projector.projections.tsne.repulsion import kernels

        place = (points, mesh.origin, mesh.per_length, nodes, mesh.own)
        kernel = partial(kernels.gather, *place, self.potential, self.gradient, is_added)
        n = points.shape[1]
        for start in range(0, n, _POINTS_AT_ONCE):
            yield
            for_each_part(min(_POINTS_AT_ONCE, n - start), partial(kernel, start), 500)


def _plan(n: int, sides: list[float]) -> _Plan:
    """How the mesh would be laid, and what both ways would cost."""
    n_dims, widest = len(sides), max(sides)
    is_split = widest > 2 * REACH
    margin = REACH if is_split else math.inf
    # in a few steps only, so that a kernel's transform serves many iterations
    steps = math.ceil(4 * math.log2(max(widest, _NARROWEST) / _NODES_ACROSS))
    spacing = min(_WIDEST[n_dims], 2 ** (steps / 4))
    while (n_nodes := _count_nodes(sides, spacing, margin)) > _MOST_NODES:
        spacing *= 2**0.25  # a layout so wide that it gets coarser instead of slower
    if is_split:
        n_nodes += _count_nodes(sides, _COARSE, math.inf)
    per_point = (1 + is_split) * (80e-9 if n_dims == 2 else 270e-9)
    mesh_cost = n_nodes * 20e-9 + n * per_point + 8e-4
    # the noise of a grid too coarse is paid for too
    mesh_cost *= max(1.0, spacing / _WIDEST[n_dims]) ** 2
    return _Plan(spacing, widest < _NEAR, is_split, mesh_cost, n * n * _PAIR_COST)


def _count_nodes(sides: list[float], spacing: float, margin: float) -> float:
    """Nodes of the grid with its padding."""
    counts = [side / spacing + N_NODES + 2 for side in sides]
    return math.prod(min(2 * count, count + margin / spacing) for count in counts)
