"""In which order points are kept: neighbors side by side, and each leading part a fair sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, frozen
from projector.parallel import for_each_part

FIRST_SHARE = 16
MANY, FIRST_SHARE_OF_MANY = 1_000_000, 128
"""The first part is one point in so many; each further part doubles what is drawn."""


def fair_order(points: FloatArray) -> NDArray[np.int64]:
    """The order of finite points float32 (n, 3), as their numbers.

    Along the Hilbert curve every so-many-th point makes the first part; each part that follows
    has those halfway between all that were before. The last one, half of the points, is nearly as
    dense as all of them: its batches are small, so few of them need to be looked at.
    """
    from projector.render import kernels

    n = len(points)
    codes = np.empty(n, dtype=np.uint64)
    low = points.min(axis=0, initial=np.inf).astype(np.float64)
    span = float((points.max(axis=0, initial=-np.inf).astype(np.float64) - low).max()) if n else 0.0
    scale = 65535.0 / span if span > 0 else 0.0
    given = as_input(points, np.float32)

    def encode(start: int, stop: int) -> None:
        kernels.hilbert_codes(given, low, scale, codes, start, stop)

    for_each_part(n, encode, smallest=10_000)
    along = np.argsort(codes, kind="stable")
    steps = _steps(n)
    halfway = [along[step // 2 :: step] for step in steps[:-1]]
    return np.concatenate([along[:: steps[0]], *halfway])


def count_drawn(n: int, n_most: int | None) -> int:
    """Whole parts only, as part of one would leave a hole in the cloud; at least the first."""
    steps = _steps(n)
    leading = [-(-n // step) for step in steps]
    wanted = n if n_most is None else n_most
    return max([leading[0], *(count for count in leading if count <= wanted)])


def as_input(array: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Contiguous and read-only, so that each kernel has one signature whoever made the array."""
    return frozen(np.ascontiguousarray(array, dtype=dtype).view())


def _steps(n: int) -> list[int]:
    """After each part every so-many-th point along the curve is drawn; at last, each."""
    first = FIRST_SHARE if n <= MANY else FIRST_SHARE_OF_MANY
    return [first >> halved for halved in range(first.bit_length())]
