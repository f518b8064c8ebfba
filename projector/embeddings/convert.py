"""Makes a matrix of float32 from an array in a file: a large one mapped as it is, all else block by
block."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, frozen
from projector.embeddings.elements import Element
from projector.embeddings.format import Matrix
from projector.embeddings.memory import BLOCK_VALUES, check_fits
from projector.errors import Problem
from projector.progress import Progress, Work

ReadRows = Callable[[int, int], NDArray[Any]]
"""Rows start to stop as they lie in the file; called once for each block, from first to last."""

MAPPED_BYTES = 128 << 20
"""Smaller matrices are read into memory: a mapped file that is written anew while it is open ends
the whole program, and a training may write its vectors every minute."""

_ADVICE = (
    "Close other programs, or save the rows you need as a float32 .npy, which stays on the disk."
)


def matrix_in_bytes(
    held: ByteArray, shape: tuple[int, int], element: Element, path: Path, *, fortran: bool = False
) -> Work[Matrix]:
    """The matrix in a part of a file, without a copy where it is large and lies there as aligned
    float32 rows.

    held: at least as many bytes as the shape takes. path: named in problems. Raises TooLarge.
    """
    n, d = shape
    flat = held[: n * d * element.stored.itemsize].view(element.stored)
    stored = flat.reshape(d, n).T if fortran else flat.reshape(n, d)
    return (yield from matrix_in_array(stored, element, path))


def matrix_in_array(stored: NDArray[Any], element: Element, path: Path) -> Work[Matrix]:
    """The same for an array (n, d) that is mapped, of any strides."""
    is_float32 = element.widen is None and stored.dtype == np.float32
    # numba's kernels are not built for values that straddle words
    is_as_needed = is_float32 and stored.flags.c_contiguous and stored.flags.aligned
    if is_as_needed and stored.nbytes >= MAPPED_BYTES:
        return Matrix(frozen(stored), element.name)
    n, d = stored.shape
    return (yield from matrix_in_rows(lambda a, b: stored[a:b], (n, d), element, path))


def matrix_in_rows(
    read: ReadRows,
    shape: tuple[int, int],
    element: Element,
    path: Path,
    *,
    extra_bytes: int = 0,
    least_rows: int = 1,
) -> Work[Matrix]:
    """A float32 copy made block by block. extra_bytes: what reading takes beside it. least_rows:
    how many rows a block must have, where fewer would be read over and over.

    Values beyond float32 become infinite, and a problem says how many. Raises TooLarge, and what
    `read` raises.
    """
    n, d = shape
    n_rows = min(n, max(least_rows, BLOCK_VALUES // d, 1))
    n_bytes = n * d * 4 + n_rows * d * (element.stored.itemsize + 4) + extra_bytes
    check_fits(n_bytes, f"{path} with {n:,} × {d:,} values", _ADVICE)
    vectors = np.empty((n, d), np.float32)
    n_lost = 0
    for start in range(0, n, n_rows):
        stop = min(n, start + n_rows)
        block = read(start, stop)
        with np.errstate(over="ignore", invalid="ignore"):
            vectors[start:stop] = element.widen(block) if element.widen else block
        if element.widen is None:
            n_lost += _count_lost(block, vectors[start:stop])
        yield Progress(stop / n, f"Reading {path.name}")
    problems: tuple[Problem, ...] = ()
    if n_lost:
        what = f"{n_lost:,} values are too large for 32-bit floats and count as infinite."
        problems = (Problem(path, what),)
    return Matrix(frozen(vectors), element.name, None, problems)


def _count_lost(block: NDArray[Any], converted: NDArray[np.float32]) -> int:
    infinite = np.isinf(converted)
    return int(np.count_nonzero(infinite & np.isfinite(block))) if infinite.any() else 0
