"""Which points deserve a name first, at any zoom: computed once per layout.

Space is cut into ever smaller cells; of each cell without a named point, the point amid the most
others is named next. So the first ones spread over the whole cloud, and each region has its own
when the camera comes near.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray, frozen
from projector.progress import Progress, Work
from projector.render.camera import Camera

N_LEVELS = 16

Codes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class LabelRank:
    """ids: int64 (m,), the points that have a place, the most important first. points: float32
    (m, 3), where they lie, in that order. levels: int16 (m,), rising: up to level L each cell of
    1 / 2**L of the cloud's size that holds points has a named one. places: int32 (n,), where each
    row stands in ids, -1 for rows without a place.
    """

    ids: IntArray
    points: FloatArray
    levels: NDArray[np.int16]
    places: NDArray[np.int32]


def rank_labels(positions: FloatArray) -> Work[LabelRank]:
    """Rank the points: those amid the densest places of ever smaller cells.

    positions: float32 (n, 3), rows with NaN take no part. A million points take about a second.
    """
    note = "Finding out which labels matter"
    yield Progress(0.0, note)
    finite_ids = np.flatnonzero(np.isfinite(positions).all(axis=1))
    codes = _morton_codes(positions[finite_ids])
    along = np.argsort(codes, kind="stable")
    codes = codes[along]
    yield Progress(0.3, note)
    scores = np.zeros(len(codes), np.float32)
    for level in range(1, N_LEVELS + 1):
        counts = np.diff(_starts(codes, level), append=len(codes))
        scores += np.repeat(np.log2(counts).astype(np.float32), counts)
        yield Progress(0.3 + 0.3 * level / N_LEVELS, note)
    levels = np.full(len(codes), N_LEVELS + 1, np.int16)
    for level in range(N_LEVELS + 1):
        _name_one_a_cell(codes, scores, levels, level)
        yield Progress(0.6 + 0.4 * level / N_LEVELS, note)
    ranked = np.lexsort((finite_ids[along], -scores, levels))
    ids = finite_ids[along[ranked]]
    places = np.full(len(positions), -1, np.int32)
    places[ids] = np.arange(len(ids), dtype=np.int32)
    points = np.ascontiguousarray(positions[ids], np.float32)
    rank = LabelRank(frozen(ids), frozen(points), frozen(levels[ranked]), frozen(places))
    _load_kernels(rank)
    return rank


def _load_kernels(rank: LabelRank) -> None:
    """Have them ready, as this may take seconds and the main thread will call them."""
    from projector.labels.candidates import choose_candidates
    from projector.labels.placement import place_labels

    seen = choose_candidates(rank, Camera(), 8, 8, most=1)
    sizes = np.ones((len(seen.ids), 2), np.float32)
    place_labels(seen.ids, seen.xy, sizes, seen.priorities, (8, 8))


def _starts(codes: Codes, level: int) -> IntArray:
    """Where each cell of a level begins among the points along the curve."""
    if not len(codes):
        return np.empty(0, np.int64)
    cells = codes >> np.uint64(3 * (N_LEVELS - level))
    return np.concatenate([[0], np.flatnonzero(cells[1:] != cells[:-1]) + 1])


def _name_one_a_cell(
    codes: Codes, scores: FloatArray, levels: NDArray[np.int16], level: int
) -> None:
    """Give this level to the best point of each cell in which no point is named yet."""
    starts = _starts(codes, level)
    if not len(starts):
        return
    counts = np.diff(starts, append=len(codes))
    best = np.repeat(np.maximum.reduceat(scores, starts), counts)
    n = len(codes)
    first = np.minimum.reduceat(np.where(scores == best, np.arange(n), n), starts)
    is_named = np.minimum.reduceat(levels, starts) < level
    levels[first[~is_named]] = level


def _morton_codes(points: FloatArray) -> Codes:
    """Points near one another get codes near one another: 16 bits an axis, bits taken in turn."""
    if not len(points):
        return np.empty(0, np.uint64)
    low = points.min(axis=0).astype(np.float64)
    span = float((points.max(axis=0) - low).max()) or 1.0
    codes = np.zeros(len(points), np.uint64)
    for axis in range(3):
        share = (points[:, axis] - low[axis]) / span
        codes |= _spread(np.minimum(share * 65536, 65535).astype(np.uint64)) << np.uint64(axis)
    return codes


def _spread(values: Codes) -> Codes:
    """16 bits with two zeros put before each."""
    for shift, mask in (
        (16, 0x0000FF0000FF),
        (8, 0x00F00F00F00F),
        (4, 0x0C30C30C30C3),
        (2, 0x249249249249),
    ):
        values = (values | (values << np.uint64(shift))) & np.uint64(mask)
    return values
