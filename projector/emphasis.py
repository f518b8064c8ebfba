"""Which points are drawn, and how much they stand out: all that hides or marks them, combined."""

from __future__ import annotations

import numpy as np

from projector.arrays import ByteArray, IntArray, MaskArray, frozen
from projector.selection import NOTHING, Isolation, Selection

HIDDEN, DIM, NORMAL, RAISED = 0, 1, 2, 3

ALL_SHOWN = Isolation()


def emphasis(
    n: int,
    *,
    isolation: Isolation = ALL_SHOWN,
    hidden_mask: MaskArray | None = None,
    matches: IntArray | None = None,
    selection: Selection = NOTHING,
) -> ByteArray | None:
    """uint8 (n,), read-only: HIDDEN, DIM, NORMAL or RAISED for each point; None: all are normal.

    hidden_mask: bool (n,), set for those that a legend switched off. matches: rows that a search
    found, None where nothing is searched for. What is hidden stays hidden, whatever is said of it.
    Several selected points are raised; then, and while something is searched for, all that are
    neither selected nor found are dim. One selected point has a ring of its own; it changes
    nothing.
    """
    shown_mask = isolation.mask(n)
    selection = selection.within(n)
    is_marked = 1 < len(selection) < n
    if shown_mask is None and hidden_mask is None and matches is None and not is_marked:
        return None
    result = np.full(n, NORMAL if matches is None and not is_marked else DIM, np.uint8)
    if matches is not None:
        result[matches[matches < n]] = NORMAL
    if is_marked:
        result[selection.ids] = RAISED
    if shown_mask is not None:
        result[~shown_mask] = HIDDEN
    if hidden_mask is not None:
        result[hidden_mask] = HIDDEN
    return frozen(result)
