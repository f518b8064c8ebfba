"""Sequences as line segments in an order of which any beginning is a fair part of all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import FloatArray, IntArray, MaskArray, frozen
from projector.sequences import Sequences

LONGEST_PIECE = 1000
"""Longer lines are cut into pieces of so many segments, which are chosen one by one."""

_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True, eq=False)
class FairPairs:
    """pairs: int64 (m, 2), rows and those that follow them, piece behind piece. shares: float32
    (m,), how far along its line each is, 0..1. ends: int64 (k,), rising, where each piece ends.
    highest: the last row in it, -1 for none."""

    pairs: IntArray
    shares: FloatArray
    ends: IntArray
    highest: int

    def chosen(self, most: int, is_wanted: MaskArray | None = None) -> IntArray:
        """int64, rising: so many of the wanted pairs at most, in whole pieces spread evenly over
        all lines. is_wanted: bool (m,), None for all."""
        wanted = np.arange(len(self.pairs)) if is_wanted is None else np.flatnonzero(is_wanted)
        if len(wanted) <= most:
            return wanted
        piece = int(np.searchsorted(self.ends, wanted[most], side="right"))
        last = int(self.ends[piece - 1]) if piece else 0
        whole = wanted[: int(np.searchsorted(wanted, last))]
        return whole if len(whole) else wanted[:most]


def fair_pairs(sequences: Sequences) -> FairPairs:
    """The segments of all lines; neighboring lines come far from one another."""
    lengths = np.diff(sequences.offsets) - 1
    before = np.cumsum(lengths) - lengths
    n_pieces = -(-lengths // LONGEST_PIECE)
    number = np.arange(int(n_pieces.sum())) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    starts = np.repeat(before, n_pieces) + LONGEST_PIECE * number
    sizes = np.minimum(LONGEST_PIECE, np.repeat(lengths, n_pieces) - LONGEST_PIECE * number)
    # multiples of the golden ratio fill 0..1 evenly, however many of them are taken
    order = np.argsort(np.arange(len(starts)) * _GOLDEN % 1.0, kind="stable")
    starts, sizes = starts[order], sizes[order]
    ends = np.cumsum(sizes)
    places = np.repeat(starts - (ends - sizes), sizes) + np.arange(int(sizes.sum()))
    along = np.arange(int(lengths.sum())) - np.repeat(before, lengths)
    shares = (along + 0.5) / np.maximum(1, np.repeat(lengths, lengths))
    pairs = sequences.pairs[places]
    return FairPairs(
        frozen(np.ascontiguousarray(pairs, np.int64)),
        frozen(shares[places].astype(np.float32)),
        frozen(ends.astype(np.int64)),
        int(pairs.max(initial=-1)),
    )
