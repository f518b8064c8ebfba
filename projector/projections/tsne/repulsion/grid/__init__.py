"""One grid on which charges are spread and convolved with a kernel by FFT."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from functools import partial

import numpy as np

from projector.arrays import FloatArray, IntArray
from projector.parallel import N_CORES, for_each_part

N_NODES = 4
"""Nodes along each axis that a charge touches: those of a cubic B-spline."""

_N_SLABS = 16  # the same on all computers, as sums depend on how points are divided
_LEAST_NODES = 12  # so that the kernel's seam lies far enough from every point
_SMALL = 60_000  # nodes that one core transforms faster than several
_POINTS_AT_ONCE = 200_000  # between two yields
_LARGE = 500_000  # nodes from which on there are yields between the axes
_f32 = np.float32

Stops = Generator[None, None, FloatArray]


class Grid:
    """Charges of one at points of a layout, and their potential.

    kernel: potential of a charge, by squared distance and by the spacing of the nodes.
    """

    def __init__(self, kernel: Callable[[FloatArray, float], FloatArray]) -> None:
        self._kernel = kernel
        self._key: tuple[float, tuple[int, ...]] | None = None
        self._order = np.empty(0, np.int32)
        self._own = np.empty((4, 4, 1), _f32)  # the kernel between nodes up to three apart
        self._origin = np.empty(3, _f32)
        self._per_length = _f32(1)

    def solve(
        self, points: FloatArray, potential: FloatArray, gradient: FloatArray
    ) -> Generator[None, None, None]:
        """Fill the potential, float32 (n,), and its gradient (3, n) at points, float32 (3, n),
        each without what it does to itself. The box must have been laid around them."""
        from projector.projections.tsne.repulsion.grid import kernels

        charges = self._spread(points)
        yield
        nodes = yield from self._convolve(charges)
        gather = kernels.gather_flat if len(self._shape) == 2 else kernels.gather_deep
        place = (points, self._origin, self._per_length, nodes, self._own)
        call = partial(gather, *place, potential, gradient, self._order)
        n = points.shape[1]
        for start in range(0, n, _POINTS_AT_ONCE):
            yield
            for_each_part(min(_POINTS_AT_ONCE, n - start), partial(call, start), 2000)

    def lay(self, low: FloatArray, sides: list[float], spacing: float, shift: FloatArray) -> None:
        """Cover a box with nodes so far apart. shift: float32 (3,), 0..1, moves them by a part of
        the spacing."""
        self._shape = [max(_LEAST_NODES, int(side / spacing) + N_NODES + 2) for side in sides]
        self._full = tuple(_fft_length(2 * m) for m in self._shape)
        if self._key != (spacing, self._full):
            self._key = (spacing, self._full)
            self._transform_kernel(spacing)
        self._origin = (low - _f32(spacing) * shift).astype(_f32)
        self._per_length = _f32(1 / spacing)

    def _transform_kernel(self, spacing: float) -> None:
        """The kernel's transform, divided by what spreading and reading smooth away."""
        import scipy.fft

        n_axes = len(self._full)
        squares = np.zeros((1,) * n_axes, _f32)
        for axis, length in enumerate(self._full):
            steps = np.minimum(np.arange(length), length - np.arange(length))
            squares = squares + _along(axis, n_axes, (steps * spacing).astype(_f32) ** 2)
        transform = scipy.fft.rfftn(
            self._kernel(squares, spacing).astype(_f32), workers=N_CORES
        ).real
        self._transform = np.ascontiguousarray(transform)
        for axis, length in enumerate(self._full):
            angles = np.arange(transform.shape[axis]) * (2 * math.pi / length)
            smoothing = ((2 + np.cos(angles)) / 3).astype(_f32)
            self._transform *= _along(axis, n_axes, smoothing**-2)
        own = scipy.fft.irfftn(self._transform, self._full, workers=N_CORES)
        for axis in range(n_axes):
            own = own.take(np.arange(4), axis=axis)
        self._own = np.ascontiguousarray(own.reshape((*own.shape, *(1,) * (3 - n_axes))))

    def _spread(self, points: FloatArray) -> FloatArray:
        from projector.projections.tsne.repulsion.grid import kernels

        depth = (1,) * (3 - len(self._shape))
        grid = np.zeros((*self._shape, *depth), _f32)
        if len(self._order) != points.shape[1]:
            self._order = np.empty(points.shape[1], np.int32)
        firsts = np.empty(self._shape[0] + 1, np.int64)
        kernels.sort_by_cell(points, self._origin, self._per_length, self._order, firsts)
        borders = _slabs(firsts)
        place = (points, self._origin, self._per_length, self._order, borders, grid)
        n_slabs = len(borders) - 1
        smallest = max(1, 1000 * n_slabs // points.shape[1])
        spread = kernels.spread_flat if len(self._shape) == 2 else kernels.spread_deep
        for parity in (0, 1):
            n = (n_slabs + 1 - parity) // 2
            if n:
                for_each_part(n, partial(spread, *place, parity), smallest)
        return grid

    def _convolve(self, charges: FloatArray) -> Stops:
        """One axis at a time, so that rows of nothing but padding are never touched."""
        import scipy.fft

        workers = N_CORES if charges.size > _SMALL else 1
        last = len(self._full) - 1
        f = scipy.fft.rfft(charges.reshape(self._shape), self._full[last], last, workers=workers)
        for axis in range(last - 1, -1, -1):
            if charges.size > _LARGE:
                yield
            f = scipy.fft.fft(f, self._full[axis], axis, overwrite_x=True, workers=workers)
        f *= self._transform
        for axis in range(last):
            if charges.size > _LARGE:
                yield
            f = scipy.fft.ifft(f, axis=axis, overwrite_x=True, workers=workers)
            f = f[(slice(None),) * axis + (slice(0, self._shape[axis]),)]
        result = scipy.fft.irfft(f, self._full[last], last, workers=workers)
        return np.asarray(result.reshape((*result.shape, *(1,) * (2 - last))))


def _slabs(firsts: IntArray) -> IntArray:
    """Borders that divide sorted points into slabs of about as many, each some cells wide."""
    n_cells, n = len(firsts) - 1, int(firsts[-1])
    wanted = np.searchsorted(firsts, np.arange(1, _N_SLABS) * n // _N_SLABS)
    edges = [0]
    for edge in wanted:
        if edge - edges[-1] >= N_NODES and n_cells - edge >= N_NODES:
            edges.append(int(edge))
    edges.append(n_cells)
    return np.asarray(firsts[edges])


def _along(axis: int, n_axes: int, values: FloatArray) -> FloatArray:
    """Values laid along one of several axes."""
    return values.reshape([-1 if other == axis else 1 for other in range(n_axes)])


def _fft_length(n: int) -> int:
    """A length that transforms fast, in steps so coarse that the kernel's transform lasts."""
    import scipy.fft

    step: int = 2 ** max(1, int(math.log2(n)) - 4)
    return int(scipy.fft.next_fast_len(-(-n // step) * step, real=True))
