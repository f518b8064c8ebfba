"""Turns one layout onto another, so that what still differs is change (Procrustes).

Both may hold rows that the other lacks; those that both hold decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray, frozen
from projector.errors import InvalidChoice, NothingToShow
from projector.progress import Progress, Work

_BLOCK = 1 << 18  # rows turned between two yields


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """position @ rotation * scale + shift. rotation: float64 (d, d), orthogonal, with determinant
    -1 where it mirrors. shift: float64 (d,). n_shared: rows that decided. distance: the root mean
    square of what is left between those rows, in units of the target.
    """

    rotation: DoubleArray
    scale: float
    shift: DoubleArray
    n_shared: int
    distance: float

    @property
    def is_mirrored(self) -> bool:
        return bool(np.linalg.det(self.rotation) < 0)

    def apply(self, positions: FloatArray) -> FloatArray:
        """float32 (n, d), a new array; NaN stays NaN."""
        turned = positions.astype(np.float64) @ self.rotation * self.scale + self.shift
        return frozen(turned.astype(np.float32))


def shared_rows(
    ids: NDArray[Any] | Sequence[Any], other_ids: NDArray[Any] | Sequence[Any]
) -> tuple[IntArray, IntArray]:
    """Rows of both sides that carry the same id, pairwise, int64 (m,) each.

    An id that stands more than once on one side is left out: nobody can say which row is meant.
    """
    (a, rows_a), (b, rows_b) = _unique_rows(np.asarray(ids)), _unique_rows(np.asarray(other_ids))
    _, in_a, in_b = np.intersect1d(a, b, assume_unique=True, return_indices=True)
    order = np.argsort(rows_a[in_a], kind="stable")
    return frozen(rows_a[in_a][order]), frozen(rows_b[in_b][order])


def _unique_rows(ids: NDArray[Any]) -> tuple[NDArray[Any], IntArray]:
    values, first, counts = np.unique(ids, return_index=True, return_counts=True)
    is_single = counts == 1
    return values[is_single], first[is_single].astype(np.int64)


def find_alignment(
    positions: FloatArray,
    target: FloatArray,
    *,
    rows: tuple[IntArray, IntArray] | None = None,
    may_scale: bool = False,
    may_mirror: bool = True,
) -> Alignment:
    """What brings the positions, float32 (n, d), nearest to a target, float32 (m, d).

    rows: pairs of rows that belong together, as shared_rows gives them; None where row i of one is
    row i of the other. Rows with gaps on either side don't count. Schönemann 1966: the least sum of
    squares. Raises InvalidChoice where the two differ in dims or in rows, NothingToShow when they
    share no row.
    """
    a, b = _shared_positions(positions, target, rows)
    center_a, center_b = a.mean(axis=0), b.mean(axis=0)
    a -= center_a
    b -= center_b
    u, sizes, vt = np.linalg.svd(a.T @ b)
    signs = np.ones(len(sizes))
    is_mirror = np.linalg.det(u) * np.linalg.det(vt) < 0
    # of a flat layout the last axis is free: no need to mirror then
    if is_mirror and (not may_mirror or sizes[-1] <= 1e-9 * sizes[0]):
        signs[-1] = -1.0
    rotation = (u * signs) @ vt
    power = float(np.einsum("ij,ij->", a, a))
    scale = float(sizes @ signs) / power if may_scale and power > 0 else 1.0
    if scale <= 0:
        scale = 1.0
    rest = a @ rotation * scale - b
    distance = float(np.sqrt(np.einsum("ij,ij->", rest, rest) / len(a)))
    shift = center_b - center_a @ rotation * scale
    return Alignment(frozen(rotation), scale, frozen(shift), len(a), distance)


def _shared_positions(
    positions: FloatArray, target: FloatArray, rows: tuple[IntArray, IntArray] | None
) -> tuple[DoubleArray, DoubleArray]:
    """float64 (m, d) both, finite, m > 0."""
    if positions.shape[1] != target.shape[1]:
        raise InvalidChoice(
            f"Layouts of {positions.shape[1]} and {target.shape[1]} dimensions can't be aligned."
        )
    if rows is None and len(positions) != len(target):
        raise InvalidChoice(
            f"Layouts of {len(positions):,} and {len(target):,} rows need to be told which rows "
            "belong together."
        )
    a = positions if rows is None else positions[rows[0]]
    b = target if rows is None else target[rows[1]]
    there = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    if not there.any():
        raise NothingToShow("The two layouts share no rows, so they can't be aligned.")
    return a[there].astype(np.float64), b[there].astype(np.float64)


def align_sequence(
    layouts: Sequence[FloatArray],
    *,
    ids: Sequence[NDArray[Any] | Sequence[Any]] | None = None,
    may_scale: bool = False,
    may_mirror: bool = True,
) -> Work[tuple[FloatArray, ...]]:
    """Each layout turned onto the one before, which was turned already; the first stays.

    ids: of the rows of each layout; None where all have the same rows. A layout that shares no row
    with the one before stays as it is. Raises InvalidChoice where they differ in dims.
    """
    aligned: list[FloatArray] = []
    for i, layout in enumerate(layouts):
        yield Progress(i / len(layouts), f"Aligning {i + 1:,} of {len(layouts):,}")
        if i == 0:
            aligned.append(layout)
            continue
        rows = None if ids is None else shared_rows(ids[i], ids[i - 1])
        try:
            found = find_alignment(
                layout, aligned[-1], rows=rows, may_scale=may_scale, may_mirror=may_mirror
            )
        except NothingToShow:
            aligned.append(layout)
            continue
        aligned.append((yield from _apply(found, layout)))
    return tuple(aligned)


def _apply(alignment: Alignment, layout: FloatArray) -> Work[FloatArray]:
    turned = np.empty(layout.shape, np.float32)
    for start in range(0, len(layout), _BLOCK):
        turned[start : start + _BLOCK] = alignment.apply(layout[start : start + _BLOCK])
        yield Progress(None, "Aligning")
    return frozen(turned)
