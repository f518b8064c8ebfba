"""Lines of equal height on a grid, by marching squares."""

from __future__ import annotations

import numpy as np

from projector.arrays import DoubleArray

# sides of a cell: 0 below, 1 right, 2 above, 3 left; from side to side with the high corners on
# the left, by the corners that are high (1 lower left, 2 lower right, 4 upper right, 8 upper left)
_STEPS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((0, 3),), 2: ((1, 0),), 3: ((1, 3),), 4: ((2, 1),), 6: ((2, 0),), 7: ((2, 3),),
    8: ((3, 2),), 9: ((0, 2),), 11: ((1, 2),), 12: ((3, 1),), 13: ((0, 1),), 14: ((3, 0),),
}  # fmt: skip
# where opposite corners are high, the middle decides whether they belong together
_SADDLES: dict[tuple[int, bool], tuple[tuple[int, int], ...]] = {
    (5, False): ((0, 3), (2, 1)), (5, True): ((0, 1), (2, 3)),
    (10, False): ((1, 0), (3, 2)), (10, True): ((1, 2), (3, 0)),
}  # fmt: skip


def level_lines(heights: DoubleArray, level: float) -> list[DoubleArray]:
    """Closed lines around what is higher than the level, which lies on their left.

    heights: float64 (rows, columns), no higher than the level along the border. Lines are (k, 2),
    x (column) and y (row) in cells, the first point repeated at the end.
    """
    following = _steps(heights > level, heights, level)
    lines = []
    while following:
        start, at = following.popitem()
        line = [start]
        while at != start:
            line.append(at)
            at = following.pop(at)
        line.append(start)
        lines.append(_crossings(heights, level, line))
    return lines


def _steps(
    is_high: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], heights: DoubleArray, level: float
) -> dict[int, int]:
    """From the edge of the grid on which a line enters a cell to the one on which it leaves."""
    high = is_high.astype(np.int8)
    kinds = high[:-1, :-1] + 2 * high[:-1, 1:] + 4 * high[1:, 1:] + 8 * high[1:, :-1]
    rows, columns = np.nonzero((kinds > 0) & (kinds < 15))
    middles = (heights[:-1, :-1] + heights[:-1, 1:] + heights[1:, 1:] + heights[1:, :-1])[
        rows, columns
    ] / 4 > level
    width = heights.shape[1]
    first = 2 * (rows * width + columns)
    # edges are twice the place of their lower or left end, and one more where they run upward
    sides = np.stack([first, first + 3, first + 2 * width, first + 1], axis=1).tolist()
    following = {}
    cells = zip(kinds[rows, columns].tolist(), middles.tolist(), sides, strict=True)
    for kind, middle, edges in cells:
        for enter, leave in _STEPS.get(kind) or _SADDLES[kind, middle]:
            following[edges[enter]] = edges[leave]
    return following


def _crossings(heights: DoubleArray, level: float, edges: list[int]) -> DoubleArray:
    """float64 (k, 2): where the level is met along each edge, x and y."""
    width = heights.shape[1]
    flat = heights.ravel()
    places, is_upward = np.divmod(np.array(edges), 2)
    low, high = flat[places], flat[places + np.where(is_upward, width, 1)]
    share = (level - low) / (high - low)
    rows, columns = np.divmod(places, width)
    return np.stack(
        [columns + np.where(is_upward, 0.0, share), rows + np.where(is_upward, share, 0.0)], axis=1
    )
