"""One moment of a projection that is being made."""

from __future__ import annotations

from dataclasses import dataclass, field

from projector.arrays import FloatArray, MaskArray


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """done: 0..1. positions: float32 (n, 2) or (n, 3), a new array in each step, never
    written to again.

    diagnostics: named figures of this moment, such as {"kl": 1.7}. placed_mask: bool (n,), the
    rows that take no part but are placed among the others, NaN until then; None where there are
    none.
    """

    done: float
    note: str
    positions: FloatArray
    diagnostics: dict[str, float] = field(default_factory=dict)
    placed_mask: MaskArray | None = None
