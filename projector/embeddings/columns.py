"""Makes a column of metadata from an array of one value a row: numbers, or text of fixed width."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from projector.embeddings.convert import ReadRows
from projector.embeddings.elements import Element
from projector.embeddings.memory import check_fits
from projector.errors import Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

_TEXTS_PER_STEP = 20_000
_BYTES_PER_STEP = 1 << 22
_BYTES_PER_TEXT = 100  # a Python string, roughly


def column_in_rows(
    name: str, read: ReadRows, n: int, element: Element, path: Path
) -> Work[pl.Series]:
    """The n values behind `read`, which gives blocks of (rows, 1), as a column.

    Raises Unreadable for values that are neither numbers nor text, TooLarge.
    """
    import polars as pl

    dtype = element.stored
    is_text = dtype.kind in "SU" and dtype.itemsize > 0
    if dtype.kind not in "fiub" and not is_text:
        raise Unreadable(f"{name!r} {element.why_not or 'holds no values.'}")
    per_value = 2 * dtype.itemsize + (_BYTES_PER_TEXT if is_text else 8)
    check_fits(n * per_value, f"The column {name!r} of {path}")
    step = max(1, min(_TEXTS_PER_STEP, _BYTES_PER_STEP // dtype.itemsize))
    pieces = [pl.Series(name, [], _polars_type(dtype))]
    for start in range(0, n, step):
        block = read(start, min(n, start + step))[:, 0]
        values = _texts(block) if is_text else _numbers(block)
        pieces.append(pl.Series(name, values, dtype=pieces[0].dtype))
        yield Progress(start / n, f"Reading {name}")
    return pl.concat(pieces)


def _polars_type(dtype: np.dtype[Any]) -> Any:
    import polars as pl

    kinds = {"f": pl.Float64, "i": pl.Int64, "u": pl.UInt64, "b": pl.Boolean}
    if dtype.kind == "u" and dtype.itemsize < 8:
        return pl.Int64
    return kinds.get(dtype.kind, pl.String)


def _numbers(block: NDArray[Any]) -> NDArray[Any]:
    kinds = {"f": np.float64, "i": np.int64, "u": np.uint64, "b": np.bool_}
    is_small = block.dtype.kind == "u" and block.dtype.itemsize < 8
    return block.astype(np.int64 if is_small else kinds[block.dtype.kind])


def _texts(block: NDArray[Any]) -> list[str]:
    """Each text decoded by itself, as a file may hold what is no Unicode."""
    kind, width = block.dtype.kind, block.dtype.itemsize
    order = "be" if block.dtype.str.startswith(">") else "le"
    encoding = "utf-8" if kind == "S" else f"utf-32-{order}"
    data = block.tobytes()
    starts = range(0, len(data), width)
    return [data[at : at + width].decode(encoding, "replace").rstrip("\0") for at in starts]
