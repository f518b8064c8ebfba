"""Which batches of points a camera sees, and in which order they are best drawn."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray
from projector.render.geometry import Lens

SMALLEST_ROUND = 256
MOST_GROWTH = 1.7


def visits(balls: FloatArray, lens: Lens, largest: float) -> NDArray[np.int32]:
    """The batches that may be in view, the nearest first, as those hide the others.

    balls: float32 (m, 4), a middle and a radius for each. largest: the factor of the largest point.
    """
    numbers = np.array(lens, dtype=np.float64)
    across, down, onward, depth = numbers[:16].reshape(4, 4)
    near, _focus, width, height, radius, reach = numbers[16:]
    margin = 2 * radius * MOST_GROWTH * max(1.0, largest) * reach + 4
    sides = np.stack(
        [
            onward * (1 + margin / width) + across,
            onward * (1 + margin / width) - across,
            onward * (1 + margin / height) + down,
            onward * (1 + margin / height) - down,
            depth - [0, 0, 0, near],
        ]
    )
    # one after the other: a product of matrices would wake the library's own threads
    x, y, z, radii = np.ascontiguousarray(balls.T)
    is_in = np.ones(len(balls), dtype=np.bool_)
    for a, b, c, d in sides.astype(np.float32):
        away = a * x + b * y + c * z + d
        is_in &= away + radii * np.float32(1.001 * np.sqrt(a * a + b * b + c * c)) >= 0
    seen = np.flatnonzero(is_in)
    return seen[np.argsort(away[seen])].astype(np.int32)  # the last side is the depth


def rounds(n: int, most: int, is_culled: bool) -> list[tuple[int, int]]:
    """Where rounds of n batches begin and end. Where each hides some of the next they are small at
    first; most: of one round."""
    size = max(SMALLEST_ROUND, n // 16) if is_culled else most
    edges = [0]
    while edges[-1] < n:
        edges.append(min(n, edges[-1] + min(size, most)))
        size *= 2
    return list(pairwise(edges))


def strips(rows: FloatArray, counts: NDArray[Any], height: int, n: int, step: int) -> list[int]:
    """Where n strips of the screen begin, and the end of the last, each with about as many points.

    rows, counts: see place_points. Edges are multiples of step.
    """
    middles = np.clip(rows.sum(axis=1) / (2 * step), 0, (height - 1) // step).astype(np.int64)
    upto = np.cumsum(np.bincount(middles, counts, minlength=-(-height // step)))
    inner = np.searchsorted(upto, upto[-1] * np.arange(1, n) / n) * step
    return [0, *np.minimum(inner, height).tolist(), height]
