"""In which order points are kept: neighbors side by side, and each leading part a fair sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, frozen
from projector.parallel import for_each_part

N_LEVELS = 16
MANY, N_LEVELS_OF_MANY = 1_000_000, 128


def fair_order(points: FloatArray) -> NDArray[np.int64]:
    """The order of finite points float32 (n, 3), as their numbers.

    Along the Morton curve every so-many-th point makes one level; the levels follow one another in
    bit-reversed order, so that each fills the widest gaps of those before it.
    """
    from projector.render import kernels

    n = len(points)
    codes = np.empty(n, dtype=np.uint64)
    low = points.min(axis=0, initial=np.inf).astype(np.float64)
    span = float((points.max(axis=0, initial=-np.inf).astype(np.float64) - low).max()) if n else 0.0
    scale = 65535.0 / span if span > 0 else 0.0
    given = as_input(points, np.float32)

    def encode(start: int, stop: int) -> None:
        kernels.morton_codes(given, low, scale, codes, start, stop)

    for_each_part(n, encode, smallest=10_000)
    along = np.argsort(codes, kind="stable")
    return np.concatenate([along[first :: n_levels(n)] for first in _level_starts(n)])


def n_levels(n: int) -> int:
    """How many leading parts n points have."""
    return N_LEVELS if n <= MANY else N_LEVELS_OF_MANY


def count_drawn(n: int, n_most: int | None) -> int:
    """Whole levels only, as part of a level would leave a hole in the cloud."""
    if n_most is None or n_most >= n:
        return n
    levels = max(1, n_most * n_levels(n) // max(1, n))
    return sum(len(range(first, n, n_levels(n))) for first in _level_starts(n)[:levels])


def as_input(array: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Contiguous and read-only, so that each kernel has one signature whoever made the array."""
    return frozen(np.ascontiguousarray(array, dtype=dtype).view())


def _level_starts(n: int) -> list[int]:
    """0 .. levels - 1 with their bits reversed: 0, 8, 4, 12 ..."""
    bits = n_levels(n).bit_length() - 1
    return [int(f"{level:0{bits}b}"[::-1], 2) for level in range(n_levels(n))]
