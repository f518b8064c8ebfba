"""Reads arrays that lie in a file as they are: .npy (numpy's format, 1.0 to 2.0) and raw float32.

Nothing is allocated before the header was checked against the size of the file.
"""

from __future__ import annotations

import math
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from projector.arrays import FloatArray, frozen
from projector.embeddings.memory import check_fits
from projector.errors import NothingToShow, Problem, Unreadable
from projector.progress import Progress, Work

MAGIC = b"\x93NUMPY"

_BLOCK = 1 << 21
_BAD_HEADER = (
    *(ValueError, EOFError, SyntaxError, TypeError, RecursionError, MemoryError),
    tokenize.TokenError,  # from numpy's second attempt at headers that Python 2 wrote
)


@dataclass(frozen=True, slots=True)
class _Header:
    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]
    offset: int


def npy_shape(path: Path) -> tuple[int, int]:
    """(rows, dims) of the matrix in a .npy file. Raises Unreadable, NothingToShow."""
    return _check(path, _read_header(path))


def read_npy(path: Path) -> Work[tuple[FloatArray, str, tuple[Problem, ...]]]:
    """Vectors float32 (n, d), dtype in the file, problems; mapped if nothing is converted.

    Raises Unreadable, NothingToShow, TooLarge.
    """
    header = _read_header(path)
    n, d = _check(path, header)
    name = header.dtype.name
    order: Literal["C", "F"] = "F" if header.is_fortran else "C"
    try:
        mapped = np.asarray(np.memmap(path, header.dtype, "r", header.offset, (n, d), order))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} can't be read: {error}.") from error
    if header.dtype == np.dtype("<f4") and (not header.is_fortran or 1 in (n, d)):
        return frozen(mapped.reshape(n, d)), name, ()
    check_fits(n * d * 4, f"{path} with {n:,} × {d:,} values")
    vectors, n_lost = yield from _convert(mapped, path)
    if not n_lost:
        return vectors, name, ()
    what = f"{n_lost:,} values are too large for 32-bit floats and count as infinite."
    return vectors, name, (Problem(path, what),)


def map_raw(path: Path, shape: tuple[int, int]) -> FloatArray:
    """Raw little-endian float32 in rows. Raises Unreadable, NothingToShow."""
    n, d = shape
    size = path.stat().st_size
    if size != n * d * 4:
        raise Unreadable(
            f"{path} has {size:,} bytes, but {n:,} × {d:,} 32-bit floats take {n * d * 4:,}; "
            "correct tensor_shape in the config."
        )
    if n * d == 0:
        raise NothingToShow(f"{path} holds no values.")
    return frozen(np.asarray(np.memmap(path, np.dtype("<f4"), "r", shape=(n, d))))


def _convert(source: NDArray[Any], path: Path) -> Work[tuple[FloatArray, int]]:
    """A float32 copy made block by block, and how many finite values became infinite."""
    n, d = source.shape
    vectors = np.empty((n, d), np.float32)
    n_lost = 0
    n_rows = max(1, _BLOCK // d)
    for start in range(0, n, n_rows):
        block = source[start : start + n_rows]
        with np.errstate(over="ignore", invalid="ignore"):
            vectors[start : start + n_rows] = block
        infinite = np.isinf(vectors[start : start + n_rows])
        if infinite.any():
            n_lost += int(np.count_nonzero(infinite & np.isfinite(block)))
        yield Progress(start / n, f"Reading {path.name}")
    return frozen(vectors), n_lost


def _read_header(path: Path) -> _Header:
    try:
        with path.open("rb") as file:
            version = npy_format.read_magic(file)
            readers = {
                (1, 0): npy_format.read_array_header_1_0,
                (2, 0): npy_format.read_array_header_2_0,
            }
            if version not in readers:
                raise Unreadable(f"{path} is a .npy file of version {version}, which is not read.")
            shape, is_fortran, dtype = readers[version](file, max_header_size=1 << 16)
            return _Header(shape, is_fortran, dtype, file.tell())
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error
    except _BAD_HEADER as error:
        raise Unreadable(f"{path} is no sound .npy file: its header can't be read.") from error


def _check(path: Path, header: _Header) -> tuple[int, int]:
    """(rows, dims) of a matrix of real numbers that the file is long enough to hold."""
    shape, dtype = header.shape, header.dtype
    if dtype.hasobject:
        raise Unreadable(f"{path} holds Python objects; save a plain array of numbers instead.")
    if dtype.kind not in "fiub":
        raise Unreadable(f"{path} holds {dtype.name} values, but vectors need real numbers.")
    if len(shape) != 2:
        raise Unreadable(f"{path} holds {len(shape)} dimensions; an embedding needs rows × values.")
    if min(shape) < 0 or any(type(size) is not int for size in shape):  # numpy lets True pass
        raise Unreadable(f"{path} is no sound .npy file: its header promises {shape} values.")
    if 0 in shape:
        raise NothingToShow(f"{path} holds no values: its shape is {shape[0]} × {shape[1]}.")
    held = path.stat().st_size - header.offset
    promised = math.prod(shape) * dtype.itemsize
    if promised > held:
        raise Unreadable(
            f"{path} is cut short: {promised:,} bytes were promised, {held:,} are there."
        )
    return shape[0], shape[1]
