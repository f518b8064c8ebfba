"""The smoothest functions on a graph: eigenvectors of its normalized Laplacian.

By subspace iteration with Chebyshev filters: a few vectors are multiplied by polynomials of the
matrix that raise the wanted part of the spectrum above the rest. It needs no library, yields after
each product, takes a bounded number of them, and each product runs on all cores.
"""

from __future__ import annotations

import math

import numpy as np

from projector.arrays import DoubleArray, FloatArray
from projector.parallel import for_each_part
from projector.progress import Progress, Work
from projector.projections.umap.fuzzy import FuzzyGraph

_N_EXTRA = 4  # vectors carried along, which hastens convergence
_DEGREE = 20
_MOST_ROUNDS = 16
_ACCURACY = 0.1  # residuals over the distance from 1; a start need not be better
_SMALLEST_PART = 1024
_SOLVED_WHOLE = 400


def spectral_layout(graph: FuzzyGraph, n_dims: int, seed: int) -> Work[DoubleArray | None]:
    """The smoothest functions but the constant one, float64 (n, n_dims), unit columns.

    The graph is connected and has more than n_dims + 1 points. None where the iteration broke down.
    """
    matrix = yield from _normalized(graph)
    if graph.n <= _SOLVED_WHOLE:
        return _solved_whole(matrix, n_dims)
    width = n_dims + 1 + _N_EXTRA
    block = np.random.default_rng(seed).normal(size=(graph.n, width))
    block[:, 0] = matrix.roots
    unwanted = 0.5
    for i in range(_MOST_ROUNDS):
        filtered = yield from _filtered(matrix, block.astype(np.float32), unwanted, i)
        if not np.isfinite(filtered).all():
            return None
        basis = np.linalg.qr(filtered.astype(np.float64))[0]
        values, block, residuals = _best_within(matrix, basis)
        yield Progress((i + 1) / _MOST_ROUNDS, "Finding a start")
        if residuals[: n_dims + 1].max() < _ACCURACY * (1 - values[n_dims]):
            break
        unwanted = min(float(values[-1]), 1 - 1e-5)
    return _without_constant(block, matrix.roots, n_dims)


class _Matrix:
    """The normalized weights, with 1 as largest eigenvalue; roots (n,) is its eigenvector."""

    def __init__(self, graph: FuzzyGraph, normal: FloatArray, degrees: DoubleArray) -> None:
        self._graph = graph
        self._normal = normal
        self.roots: DoubleArray = np.sqrt(degrees) / math.sqrt(degrees.sum())

    def product(
        self, x: FloatArray, before: FloatArray, p: float, q: float, r: float
    ) -> FloatArray:
        """p A x + q x + r before."""
        from projector.projections.umap.spectral.kernels import multiply

        graph, out = self._graph, np.empty_like(x)
        factors = (np.float32(p), np.float32(q), np.float32(r))
        given = (graph.starts, graph.ids, self._normal, x, before, factors, out)
        for_each_part(graph.n, lambda a, b: multiply(*given, a, b), _SMALLEST_PART)
        return out

    def whole(self) -> DoubleArray:
        """All n by n values."""
        graph, n = self._graph, self._graph.n
        values = np.zeros((n, n))
        values[np.repeat(np.arange(n), np.diff(graph.starts)), graph.ids] = self._normal
        return values


def _normalized(graph: FuzzyGraph) -> Work[_Matrix]:
    from projector.projections.umap.spectral.kernels import find_degrees, normalize

    degrees = np.empty(graph.n)
    normal = np.empty_like(graph.weights)
    for_each_part(
        graph.n,
        lambda a, b: find_degrees(graph.starts, graph.weights, degrees, a, b),
        _SMALLEST_PART,
    )
    yield Progress(0.0, "Finding a start")
    given = (graph.starts, graph.ids, graph.weights, degrees, normal)
    for_each_part(graph.n, lambda a, b: normalize(*given, a, b), _SMALLEST_PART)
    yield Progress(0.0, "Finding a start")
    return _Matrix(graph, normal, degrees)


def _solved_whole(matrix: _Matrix, n_dims: int) -> DoubleArray:
    vectors = np.linalg.eigh(matrix.whole())[1][:, ::-1]
    return _without_constant(vectors[:, : n_dims + 1], matrix.roots, n_dims)


def _filtered(matrix: _Matrix, block: FloatArray, unwanted: float, i: int) -> Work[FloatArray]:
    """The block times a polynomial that is small on -1..unwanted and grows from there to 1."""
    half, center = (unwanted + 1) / 2, (unwanted - 1) / 2
    sigma = first = half / (1 - center)
    before, now = block, matrix.product(block, block, sigma / half, -center * sigma / half, 0.0)
    for step in range(1, _DEGREE):
        following = 1 / (2 / first - sigma)
        scale = 2 * following / half
        after = matrix.product(now, before, scale, -center * scale, -sigma * following)
        before, now, sigma = now, after, following
        yield Progress((i + step / _DEGREE) / _MOST_ROUNDS, "Finding a start")
    return now


def _best_within(
    matrix: _Matrix, basis: DoubleArray
) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """Eigenvalues (c,), falling, eigenvectors (n, c) and residuals (c,) within a space of c dims.

    basis: float64 (n, c), orthonormal columns.
    """
    small = np.ascontiguousarray(basis, np.float32)
    image = matrix.product(small, small, 1.0, 0.0, 0.0).astype(np.float64)
    projected = basis.T @ image
    values, turns = np.linalg.eigh((projected + projected.T) / 2)
    values, turns = values[::-1], turns[:, ::-1]
    vectors = basis @ turns
    return values, vectors, np.linalg.norm(image @ turns - vectors * values, axis=0)


def _without_constant(vectors: DoubleArray, roots: DoubleArray, n_dims: int) -> DoubleArray:
    """All but the eigenvector most like `roots`, signs fixed: the largest entry is positive."""
    left_out = int(np.abs(roots @ vectors).argmax())
    chosen = np.delete(vectors, left_out, axis=1)[:, :n_dims]
    peaks = chosen[np.abs(chosen).argmax(axis=0), np.arange(chosen.shape[1])]
    turned: DoubleArray = chosen * np.where(peaks < 0, -1.0, 1.0)
    return turned
