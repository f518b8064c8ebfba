"""What users hand to fit, as projections want it."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

from projector.arrays import FloatArray, IntArray
from projector.errors import InvalidChoice


def checked_vectors(X: Any) -> FloatArray:  # noqa: N803
    """float32 (n, d); a float32 array is taken as it is, memory-mapped or not.

    Numbers beyond single precision become infinite, so that their rows take no part.
    """
    try:
        vectors = np.asarray(X)
        if np.iscomplexobj(vectors):
            raise InvalidChoice("The vectors must be real numbers, got complex ones.")
        if vectors.dtype != np.float32:
            with np.errstate(over="ignore"):
                vectors = vectors.astype(np.float32)
    except (TypeError, ValueError) as error:
        raise InvalidChoice("The vectors must be numbers.") from error
    if vectors.ndim != 2 or 0 in vectors.shape:
        raise InvalidChoice(f"The vectors must be a table of rows, got shape {vectors.shape}.")
    return vectors


def checked_start(start: Any, n: int, n_dims: int) -> FloatArray:
    """float32 (n, n_dims): a layout to go on from."""
    try:
        layout = np.ascontiguousarray(start, np.float32)
    except (TypeError, ValueError) as error:
        raise InvalidChoice("The start must be positions, or one of its words.") from error
    if layout.shape != (n, n_dims):
        raise InvalidChoice(
            f"The start must hold a position for each of the {n:,} rows, of shape "
            f"{(n, n_dims)}, got {layout.shape}."
        )
    return layout


def checked_whole(name: str, value: Any) -> int:
    """A whole number, of Python's or numpy's."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise InvalidChoice(f"{name} must be a whole number, got {value!r}.")
    return int(value)


def checked_labels(y: Any, vectors: FloatArray) -> IntArray | None:
    """int64 (n,) classes from 0, -1 for unknown."""
    if y is None:
        return None
    values = np.asarray(y)
    if values.shape != (len(vectors),):
        raise InvalidChoice(
            f"{len(vectors):,} rows need {len(vectors):,} labels, got shape {values.shape}."
        )
    if values.dtype == object:
        is_unknown = np.array([value is None or value != value for value in values])
        values = np.where(is_unknown, "", values.astype(str))
    elif np.issubdtype(values.dtype, np.floating):
        is_unknown = np.isnan(values) | (values == -1)
    elif np.issubdtype(values.dtype, np.signedinteger):
        is_unknown = values == -1
    else:
        is_unknown = np.zeros(len(values), np.bool_)
    codes = np.full(len(values), -1, np.int64)
    codes[~is_unknown] = np.unique(values[~is_unknown], return_inverse=True)[1]
    return codes
