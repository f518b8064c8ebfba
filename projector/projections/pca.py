"""Principal components: the directions in which vectors vary most.

Exact, through the covariance or the Gram matrix, where one of the two is at most 4000 wide; beyond
that by subspace iteration, which needs a few passes over the vectors and no large matrix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray, FloatArray, MaskArray, frozen
from projector.errors import InvalidChoice, NothingToShow
from projector.mapped import release
from projector.parallel import for_each_part
from projector.progress import Progress, Work, finish

EXACT_LIMIT = 4000

_BLOCK = 1 << 19  # values of a block: 4 MB as float64
_OPERATIONS = 1 << 29  # multiplications between two yields, some 50 ms
_ALONE = 1 << 18  # multiplications up to which BLAS stays on one core
_LARGEST = float(np.finfo(np.float32).max)
_NARROW = 128  # dims up to which a covariance can be summed up from pieces so small
_MOST_ROWS = 1024  # whose pieces take at most 9 MB
_LEAST_ROWS = 256  # of a block, for a covariance: fewer would leave the processor waiting
_N_ROUNDS = 12
_MOST_SOLVED_WHOLE = 1000
_N_EXTRA = 10  # directions carried along by the subspace iteration, which then converges faster


@dataclass(frozen=True, slots=True, eq=False)
class Pca:
    """positions: float32 (n, c), NaN for rows that hold NaN or infinities.

    variance_ratio: float64 (c,), share of the whole variance, falling. components: float64 (c, d),
    unit rows, the entry of largest magnitude positive. mean: float64 (d,). is_exact: False where
    they were found approximately. n_left_out: rows that took no part as they are not finite.
    """

    positions: FloatArray
    variance_ratio: DoubleArray
    components: DoubleArray
    mean: DoubleArray
    is_exact: bool = True
    n_left_out: int = 0

    def transform(self, vectors: FloatArray) -> FloatArray:
        """Where rows fall that took no part in finding the components.

        vectors: (m, d), possibly memory-mapped. Returns positions as above, float32 (m, c). Raises
        InvalidChoice for another number of dims.
        """
        return finish(self.transform_work(vectors))

    def transform_work(self, vectors: FloatArray) -> Work[FloatArray]:
        """The same as a job: yields Progress between blocks."""
        d = len(self.mean)
        if vectors.ndim != 2 or vectors.shape[1] != d:
            held = vectors.shape[-1] if vectors.ndim else 0
            raise InvalidChoice(f"The vectors must hold {d:,} values each, got {held:,}.")
        positions = np.full((len(vectors), len(self.components)), np.nan, np.float32)
        for place in _places(len(vectors), _n_rows(d, len(self.components) + 1)):
            block = vectors[place]
            mask = np.isfinite(block).all(axis=1)
            rows = block[mask].astype(np.float64) - self.mean
            positions[place][mask] = _held(rows @ self.components.T)
            release(block)
            yield Progress(place.stop / len(vectors), "Projecting")
        return frozen(positions)


def estimate_bytes(n: int, d: int, n_components: int) -> int:
    """Memory that fit_pca takes at its peak, beyond the vectors: mostly the covariance, or the
    products of all rows, whichever is smaller."""
    c, narrow = min(n_components, n, d), min(n, d)
    matrix = 3 * narrow**2 if narrow <= EXACT_LIMIT else 4 * d * (c + _N_EXTRA)
    return 8 * (matrix + c * d) + 4 * n * c + n + (16 << 20)


def fit_pca(vectors: FloatArray, n_components: int = 10) -> Work[Pca]:
    """Centered, not scaled. Fewer components come back where rows or dims don't allow for as many.

    vectors: float32 (n, d), possibly memory-mapped. Raises NothingToShow when no row is finite, or
    rows hold no values.
    """
    if vectors.shape[1] == 0:
        raise NothingToShow("The rows hold no values, so there is nothing to project.")
    data = yield from _measure(vectors)
    c = min(n_components, data.n, data.d)
    is_exact = min(data.n, data.d) <= EXACT_LIMIT
    if data.d <= EXACT_LIMIT:
        variances, components = yield from _from_covariance(data, c)
    elif is_exact:
        variances, components = yield from _from_gram(data, c)
    else:
        variances, components = yield from _from_iteration(data, c)
    components = _with_fixed_signs(components)
    positions = yield from _project(data, components)
    ratio = np.clip(variances / (data.variance or 1.0), 0.0, 1.0)
    n_left_out = len(vectors) - data.n
    return Pca(positions, frozen(ratio), frozen(components), data.mean, is_exact, n_left_out)


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """mask: the rows that are finite. variance: sum of squared distances from the mean."""

    vectors: FloatArray
    mask: MaskArray
    mean: DoubleArray
    variance: float

    @property
    def n(self) -> int:
        return int(np.count_nonzero(self.mask))

    @property
    def d(self) -> int:
        return int(self.vectors.shape[1])

    def blocks(self, n_rows: int) -> Iterator[tuple[slice, DoubleArray]]:
        """Places and centered values of the finite rows, float64 (at most n_rows, d)."""
        for place in _places(len(self.vectors), n_rows):
            block = self.vectors[place]
            mask = self.mask[place]
            rows = (block if mask.all() else block[mask]).astype(np.float64)
            rows -= self.mean
            release(block)
            yield place, rows


def _places(n: int, size: int) -> Iterator[slice]:
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _n_rows(d: int, operations: int = 1) -> int:
    """Rows of a block that is neither too large nor too slow; operations: for each value."""
    return max(16, min(_BLOCK // d, _OPERATIONS // (d * operations)))


def _measure(vectors: FloatArray) -> Work[_Data]:
    """Which rows are finite, their mean and variance."""
    n, d = vectors.shape
    mask = np.empty(n, np.bool_)
    total = np.zeros(d)
    for place in _places(n, _n_rows(d)):
        block = vectors[place]
        mask[place] = np.isfinite(block).all(axis=1)
        finite = block if mask[place].all() else block[mask[place]]
        total += finite.sum(axis=0, dtype=np.float64)
        release(block)
        yield Progress(0.1 * place.stop / n, "Finding the mean")
    if not mask.any():
        raise NothingToShow("No row holds finite numbers only, so there is nothing to project.")
    mean = total / np.count_nonzero(mask)
    data = _Data(vectors, mask, mean, 0.0)
    variance = 0.0
    for place, rows in data.blocks(_n_rows(d)):
        variance += float(np.einsum("ij,ij->", rows, rows))
        yield Progress(0.1 + 0.1 * place.stop / n, "Finding the variance")
    return _Data(vectors, mask, frozen(mean), variance)


def _from_covariance(data: _Data, c: int) -> Work[tuple[DoubleArray, DoubleArray]]:
    summing = _narrow_covariance if data.d <= _NARROW else _wide_covariance
    covariance = yield from summing(data)
    variances, axes = yield from _largest(covariance, c)
    return variances, np.ascontiguousarray(axes.T)


def _narrow_covariance(data: _Data) -> Work[DoubleArray]:
    """In small pieces on threads of our own: BLAS would use its own, which on a busy computer wait
    for one another at each product."""
    d = data.d
    covariance = np.zeros((d, d))
    size = max(1, _ALONE // d**2)
    for place, rows in data.blocks(max(size, min(_n_rows(d), _MOST_ROWS))):
        n_pieces = len(rows) // size
        pieces = rows[: n_pieces * size].reshape(n_pieces, size, d)
        products = np.empty((n_pieces, d, d))

        def part(
            start: int, stop: int, pieces: DoubleArray = pieces, products: DoubleArray = products
        ) -> None:
            few = pieces[start:stop]
            np.matmul(few.transpose(0, 2, 1), few, out=products[start:stop])

        for_each_part(n_pieces, part, 8)
        rest = rows[n_pieces * size :]
        covariance += products.sum(axis=0) + rest.T @ rest
        yield Progress(0.2 + 0.5 * place.stop / len(data.vectors), "Finding how dimensions vary")
    return covariance


def _wide_covariance(data: _Data) -> Work[DoubleArray]:
    """Only the upper half is summed up, in strips: the other half mirrors it."""
    d = data.d
    covariance = np.zeros((d, d))
    n_rows = max(_LEAST_ROWS, _n_rows(d))
    width = max(16, _OPERATIONS // (n_rows * d))
    for place, rows in data.blocks(n_rows):
        for strip in _places(d, width):
            covariance[strip, strip.start :] += rows[:, strip].T @ rows[:, strip.start :]
            done = (place.start + (place.stop - place.start) * strip.stop / d) / len(data.vectors)
            yield Progress(0.2 + 0.5 * done, "Finding how dimensions vary")
    for strip in _places(d, width):
        covariance[strip.start :, strip] = covariance[strip, strip.start :].T
        yield Progress(0.7, "Finding how dimensions vary")
    return covariance


def _from_gram(data: _Data, c: int) -> Work[tuple[DoubleArray, DoubleArray]]:
    """Through the products of rows; directions without any variance are left out."""
    ids = np.flatnonzero(data.mask)
    gram = np.zeros((data.n, data.n))
    for place in _places(data.d, max(16, _OPERATIONS // data.n**2)):
        columns = data.vectors[:, place][ids].astype(np.float64) - data.mean[place]
        gram += columns @ columns.T
        yield Progress(0.2 + 0.5 * place.stop / data.d, "Finding how rows vary")
    variances, weights = yield from _largest(gram, c)
    has_variance = variances > data.variance * np.finfo(np.float64).eps * data.n
    variances, weights = variances[has_variance], weights[:, has_variance]
    components = np.empty((len(variances), data.d))
    for place in _places(data.d, max(16, _BLOCK // data.n)):
        columns = data.vectors[:, place][ids].astype(np.float64) - data.mean[place]
        components[:, place] = weights.T @ columns
        yield Progress(0.75, "Finding components")
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    return variances, components


def _from_iteration(data: _Data, c: int) -> Work[tuple[DoubleArray, DoubleArray]]:
    """Subspace iteration: random directions are multiplied by the covariance again and again."""
    width = min(c + _N_EXTRA, data.n, data.d)
    start = np.random.default_rng(0).normal(size=(data.d, width))
    axes = np.linalg.qr(start)[0]
    for i in range(_N_ROUNDS):
        image = np.zeros_like(axes)
        for place, rows in data.blocks(_n_rows(data.d, 2 * width)):
            image += rows.T @ (rows @ axes)
            done = (i + place.stop / len(data.vectors)) / _N_ROUNDS
            yield Progress(0.2 + 0.6 * done, f"Approximating components, round {i + 1}")
        if i < _N_ROUNDS - 1:
            axes = np.linalg.qr(image)[0]
    small = axes.T @ image
    variances, weights = yield from _largest((small + small.T) / 2, c)
    return variances, np.ascontiguousarray((axes @ weights).T)


def _largest(matrix: DoubleArray, c: int) -> Work[tuple[DoubleArray, DoubleArray]]:
    """The c largest eigenvalues of a symmetric matrix, falling, with their vectors as columns.

    numpy's solver and Lanczos iteration let other threads run meanwhile; scipy's `eigh` would hold
    the interpreter lock, and with it the window, for its whole length.
    """
    yield Progress(None, "Finding components")
    n = len(matrix)
    if n > _MOST_SOLVED_WHOLE and c < n // 4:
        values, vectors = _by_lanczos(matrix, c)
    else:
        values, vectors = np.linalg.eigh(matrix)
    return np.maximum(values[::-1][:c], 0.0), vectors[:, ::-1][:, :c]


def _by_lanczos(matrix: DoubleArray, c: int) -> tuple[DoubleArray, DoubleArray]:
    """The c largest eigenvalues, rising, to machine precision; the same on each call."""
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    try:
        values, vectors = eigsh(matrix, k=c, which="LA", v0=np.ones(len(matrix)))
    except ArpackNoConvergence:
        values, vectors = np.linalg.eigh(matrix)
    return values, vectors


def _with_fixed_signs(components: DoubleArray) -> DoubleArray:
    """Each row turned so that its entry of largest magnitude is positive."""
    peaks = np.abs(components).argmax(axis=1)
    signs = np.where(components[np.arange(len(components)), peaks] < 0, -1.0, 1.0)
    turned: DoubleArray = components * signs[:, None]
    return turned


def _held(positions: DoubleArray) -> DoubleArray:
    """Within what float32 holds: values near its end lie beyond it once several are added up."""
    return np.clip(positions, -_LARGEST, _LARGEST)


def _project(data: _Data, components: DoubleArray) -> Work[FloatArray]:
    n = len(data.vectors)
    positions = np.full((n, len(components)), np.nan, np.float32)
    few = max(_LEAST_ROWS, _ALONE // max(1, components.size))
    for place, rows in data.blocks(min(few, _n_rows(data.d, len(components) + 1))):
        positions[place][data.mask[place]] = _held(rows @ components.T)
        yield Progress(0.8 + 0.2 * place.stop / n, "Projecting")
    return frozen(positions)
