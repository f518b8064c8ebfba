"""What is done to vectors before they are compared or projected: chosen, and said in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray, FloatArray, MaskArray, frozen
from projector.embeddings.memory import check_fits
from projector.errors import InvalidChoice, NothingToShow
from projector.kept import KeptResults
from projector.mapped import release
from projector.progress import Progress, Work
from projector.projections.pca import EXACT_LIMIT, Pca, fit_pca
from projector.projections.pca import estimate_bytes as pca_bytes

_BLOCK = 1 << 19  # values of a block: 4 MB as float64
_LEAST_VARIANCE = 1e-12  # share of the largest component's below which one is noise of rounding
_MOST_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is done, in this order; by default nothing.

    center: subtract the mean of all rows. unit_length: scale each row to length 1; rows of zeros
    stay. n_components: reduce to so many principal components (which are centered in any case), or
    None. whiten: scale each component so that its variance is 1; without n_components, of all
    components. Raises InvalidChoice when n_components is less than 1.
    """

    center: bool = False
    unit_length: bool = False
    whiten: bool = False
    n_components: int | None = None

    def __post_init__(self) -> None:
        if self.n_components is not None and self.n_components < 1:
            raise InvalidChoice(
                f"The number of components must be at least 1, got {self.n_components:,}."
            )

    @property
    def uses_pca(self) -> bool:
        return self.whiten or self.n_components is not None

    @property
    def changes_rows(self) -> bool:
        """Whether the rows are changed before, or without, principal components."""
        return self.unit_length or (self.center and not self.uses_pca)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """vectors: float32 (n, c), never to be written to; the source itself where nothing was done.
    notes: a sentence each on what was done. center (d,), pca, deviations (c,): what was subtracted,
    projected on, and divided by, None where it wasn't.
    """

    vectors: FloatArray
    preparation: Preparation
    notes: tuple[str, ...]
    center: DoubleArray | None = None
    pca: Pca | None = None
    deviations: DoubleArray | None = None

    def apply(self, vectors: FloatArray) -> Work[FloatArray]:
        """The same done to other rows: float32 (m, d) to (m, c); rows that are not finite get NaN.

        Raises InvalidChoice for another number of dims.
        """
        if self.center is not None and vectors.shape[1] != len(self.center):
            raise InvalidChoice(
                f"The vectors must hold {len(self.center):,} values each, got {vectors.shape[1]:,}."
            )
        if self.preparation.changes_rows:
            vectors, _ = yield from _changed(vectors, self.center, self.preparation)
        if self.pca is not None:
            positions = yield from self.pca.transform_work(vectors)
            vectors = _whitened(positions, self.deviations)
        return vectors


def estimate_bytes(n: int, d: int, preparation: Preparation) -> int:
    """Memory that `prepare` takes at its peak, beyond the vectors."""
    changed = 4 * n * d if preparation.changes_rows else 0
    if not preparation.uses_pca:
        return changed + (16 << 20)
    c = _n_components(n, d, preparation)
    whitened = 4 * n * c if preparation.whiten else 0
    return changed + pca_bytes(n, d, c) + whitened


def prepare(vectors: FloatArray, preparation: Preparation) -> Work[Prepared]:
    """Do what the preparation says; the vectors themselves are left as they are.

    vectors: float32 (n, d), possibly memory-mapped; rows that hold NaN or infinities take no part,
    and are NaN in the result. Raises InvalidChoice (whitening all of very many dims), NothingToShow
    (no finite row), TooLarge.
    """
    n, d = vectors.shape
    if preparation == Preparation():
        return _as_they_came(vectors)
    if preparation.uses_pca and preparation.n_components is None and min(n, d) > EXACT_LIMIT:
        raise InvalidChoice(
            f"Whitening {d:,} dimensions needs a number of components, {EXACT_LIMIT:,} at most."
        )
    check_fits(
        estimate_bytes(n, d, preparation),
        f"Preparing {n:,} rows of {d:,} values",
        "Ask for fewer components, or leave out a step.",
    )
    notes: list[str] = []
    center = None
    if preparation.changes_rows:
        mask, mean = yield from _measured(vectors)
        center = frozen(mean) if preparation.center else None
        vectors, n_zero = yield from _changed(vectors, center, preparation)
        notes += _notes_on_rows(preparation, mask, n_zero)
    if not preparation.uses_pca:
        return Prepared(vectors, preparation, tuple(notes), center)
    pca = yield from fit_pca(vectors, _n_components(n, d, preparation))
    deviations = _deviations(pca) if preparation.whiten else None
    result = _whitened(pca.positions, deviations)
    notes += _notes_on_components(preparation, pca, d, has_rows=preparation.changes_rows)
    return Prepared(result, preparation, tuple(notes), center, pca, deviations)


class PreparationCache:
    """Prepares each array once for each preparation, so that the same array comes back.

    Vectors are known by their identity and must not be written to. most_bytes: of what is kept.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._kept: KeptResults[Prepared] = KeptResults(most_bytes)

    def prepare(self, vectors: FloatArray, preparation: Preparation) -> Work[Prepared]:
        """As the function of that name, at once where it was done before."""
        known = self.known(vectors, preparation)
        if known is not None:
            return known
        prepared = yield from prepare(vectors, preparation)
        if prepared.vectors is not vectors:
            n_bytes = prepared.vectors.nbytes
            if prepared.pca is not None and prepared.pca.positions is not prepared.vectors:
                n_bytes += prepared.pca.positions.nbytes
            self._kept.keep(vectors, preparation, prepared, n_bytes)
        return prepared

    def known(self, vectors: FloatArray, preparation: Preparation) -> Prepared | None:
        """What was prepared before, or None; where nothing is to be done, it is always known."""
        if preparation == Preparation():
            return _as_they_came(vectors)
        return self._kept.find(vectors, preparation)

    def clear(self) -> None:
        self._kept.clear()


def _as_they_came(vectors: FloatArray) -> Prepared:
    note = "The vectors are as they came: nothing was done to them."
    return Prepared(vectors, Preparation(), (note,))


def _n_components(n: int, d: int, preparation: Preparation) -> int:
    return min(n, d, preparation.n_components or d)


def _measured(vectors: FloatArray) -> Work[tuple[MaskArray, DoubleArray]]:
    """Which rows are finite, and their mean. Raises NothingToShow when none is."""
    n, d = vectors.shape
    mask = np.empty(n, np.bool_)
    total = np.zeros(d)
    for place in _places(n, d):
        block = vectors[place]
        mask[place] = np.isfinite(block).all(axis=1)
        total += block[mask[place]].sum(axis=0, dtype=np.float64)
        release(block)
        yield Progress(0.5 * place.stop / n, "Finding the mean")
    if not mask.any():
        raise NothingToShow("No row holds finite numbers only, so there is nothing to prepare.")
    return mask, total / np.count_nonzero(mask)


def _changed(
    vectors: FloatArray, center: DoubleArray | None, preparation: Preparation
) -> Work[tuple[FloatArray, int]]:
    """Centered and scaled rows, and how many were all zeros and could not be scaled."""
    n, d = vectors.shape
    result = np.empty((n, d), np.float32)
    n_zero = 0
    for place in _places(n, d):
        block = vectors[place]
        rows = block.astype(np.float64)
        rows[~np.isfinite(block).all(axis=1)] = np.nan
        if center is not None:
            rows -= center
        if preparation.unit_length:
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
            n_zero += int(np.count_nonzero(lengths == 0))
            rows /= np.where(lengths == 0, 1.0, lengths)[:, None]
        with np.errstate(over="ignore"):  # beyond single precision: such a row takes no part
            result[place] = rows
        release(block)
        yield Progress(0.5 + 0.5 * place.stop / n, "Preparing the vectors")
    return frozen(result), n_zero


def _places(n: int, d: int) -> list[slice]:
    size = max(1, _BLOCK // max(1, d))
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def _deviations(pca: Pca) -> DoubleArray:
    """Standard deviation of each component (c,); inf where it has none, which makes it 0."""
    squares = np.zeros(pca.positions.shape[1])
    n = len(pca.positions) - pca.n_left_out
    for place in _places(*pca.positions.shape):
        squares += np.nansum(pca.positions[place].astype(np.float64) ** 2, axis=0)
    variances = squares / max(1, n - 1)
    has_variance = variances > _LEAST_VARIANCE * variances.max(initial=0.0)
    return frozen(np.where(has_variance, np.sqrt(variances), np.inf))


def _whitened(positions: FloatArray, deviations: DoubleArray | None) -> FloatArray:
    if deviations is None:
        return positions
    whitened = np.empty_like(positions)
    for place in _places(*positions.shape):
        whitened[place] = positions[place] / deviations
    return frozen(whitened)


def _notes_on_rows(preparation: Preparation, mask: MaskArray, n_zero: int) -> list[str]:
    n_finite = int(np.count_nonzero(mask))
    notes = []
    if preparation.center:
        notes.append(f"Centered: the mean of {_rows(n_finite)} was subtracted.")
    if preparation.unit_length:
        zeros = f" {_rows(n_zero)} of zeros stayed as before." if n_zero else ""
        notes.append(f"Each row was scaled to length 1.{zeros}")
    if n_finite < len(mask):
        notes.append(_note_on_left_out(len(mask) - n_finite))
    return notes


def _notes_on_components(
    preparation: Preparation, pca: Pca, d: int, *, has_rows: bool
) -> list[str]:
    c = pca.positions.shape[1]
    share = float(pca.variance_ratio.sum())
    how = "" if pca.is_exact else ", found approximately"
    what = f"reduced from {d:,} to {c:,} dimensions" if c < d else f"turned to {c:,} components"
    notes = [f"Centered and {what} by PCA{how}: they hold {share:.1%} of the variance."]
    if preparation.n_components is not None and c < preparation.n_components:
        notes.append(f"{preparation.n_components:,} components were asked for, {c:,} exist.")
    if preparation.whiten:
        notes.append("Whitened: each component was scaled to a variance of 1.")
    if pca.n_left_out and not has_rows:
        notes.append(_note_on_left_out(pca.n_left_out))
    return notes


def _note_on_left_out(n: int) -> str:
    hold, take = ("holds", "takes") if n == 1 else ("hold", "take")
    return f"{_rows(n)} {hold} values that are not finite and {take} no part."


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n:,} rows"
