"""The types of numbers in files of arrays, and what keeps an array from being an embedding."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray
from projector.errors import NothingToShow, Unreadable
from projector.logs.dtypes import SMALL_FLOATS

_MOST_DIMENSIONS = 64  # numpy's own limit

Widen = Callable[[NDArray[Any]], FloatArray]


@dataclass(frozen=True, slots=True)
class Element:
    """One number in a file.

    name: for people. stored: how it lies there. widen: makes float32 of stored numbers; None where
    numpy's own conversion does. why_not: what keeps it from being shown, a phrase such as "holds
    text, but ...", or "".
    """

    name: str
    stored: np.dtype[Any]
    widen: Widen | None = None
    why_not: str = ""


def why_no_matrix(shape: tuple[int, ...], element: Element) -> str:
    """What keeps an array from being an embedding: a phrase to go after its name, or ""."""
    if element.why_not:
        return element.why_not
    if not shape:
        return "holds a single number, but an embedding needs rows × values."
    if 0 in shape:
        return f"holds no values: its shape is {sizes(shape)}."
    if len(shape) == 1:
        return f"holds one value a row ({shape[0]:,} in all), but an embedding needs rows × values."
    if len(shape) > 2:
        flat = sizes((shape[0], math.prod(shape[1:])))
        return (
            f"has {len(shape)} dimensions ({sizes(shape)}), but an embedding needs rows × values; "
            f"reshape it, to {flat} for instance."
        )
    return ""


def check_matrix(what: str, shape: tuple[int, ...], element: Element) -> tuple[int, int]:
    """(rows, dims) of an array that can be shown. what: the start of the sentence.

    Raises NothingToShow when it is empty, else Unreadable.
    """
    why_not = why_no_matrix(shape, element)
    if why_not:
        kind = NothingToShow if 0 in shape and not element.why_not else Unreadable
        raise kind(f"{what} {why_not}")
    return shape[0], shape[1]


def is_shape(sizes: object) -> TypeGuard[Sequence[int]]:
    """Whether these sizes, from a file, can be those of an array."""
    if not isinstance(sizes, (tuple, list)) or len(sizes) > _MOST_DIMENSIONS:
        return False
    return all(type(size) is int and 0 <= size < 1 << 62 for size in sizes)  # True is an int, too


def sizes(shape: tuple[int, ...]) -> str:
    """A shape for people: 150 × 4."""
    return " × ".join(f"{size:,}" for size in shape[:8]) + (" × …" if len(shape) > 8 else "")


def numpy_element(dtype: np.dtype[Any]) -> Element:
    """What numpy calls the type."""
    names = {
        "S": "text",
        "U": "text",
        "O": "objects",
        "V": "records" if dtype.names else dtype.name,
    }
    return Element(names.get(dtype.kind, dtype.name), dtype, None, _why_no_number(dtype))


def refused(name: str, n_bytes: int = 1) -> Element:
    """A type that is known and can't be shown."""
    why_not = f"holds {name} values, which can't be shown; save it as float32."
    return Element(name, np.dtype(f"V{n_bytes}"), None, why_not)


def _why_no_number(dtype: np.dtype[Any]) -> str:
    if dtype.hasobject:
        return "holds Python objects; save a plain array of numbers instead."
    if dtype.names is not None:
        return "holds records of several fields; save the columns of numbers as a plain array."
    if dtype.kind == "V" and dtype.itemsize <= 2:
        small = "bfloat16" if dtype.itemsize == 2 else "8-bit floats"
        return (
            f"holds values of a type that .npy can't name (probably {small}); "
            "save array.astype(numpy.float32) instead."
        )
    if dtype.kind in "SU":
        return "holds text, but vectors need numbers."
    if dtype.kind not in "fiub":
        return f"holds {dtype.name} values, but vectors need real numbers."
    return ""


def _widen_bfloat16(stored: NDArray[Any]) -> FloatArray:
    return (stored.astype(np.uint32) << 16).view(np.float32)


def _widen_by(number: int) -> Widen:
    """Looks up 8-bit floats; number: the type's among those of TensorProto."""
    table = SMALL_FLOATS[number]

    def widen(stored: NDArray[Any]) -> FloatArray:
        return np.asarray(table[stored], np.float32)

    return widen


def _widen_exponent(stored: NDArray[Any]) -> FloatArray:
    """8-bit powers of two; the last code is NaN."""
    powers = np.ldexp(1.0, np.arange(256) - 127).astype(np.float32)
    powers[255] = np.nan
    return np.asarray(powers[stored], np.float32)


BFLOAT16 = Element("bfloat16", np.dtype("<u2"), _widen_bfloat16)
FLOAT8_E5M2 = Element("float8_e5m2", np.dtype("u1"), _widen_by(24))
FLOAT8_E4M3 = Element("float8_e4m3fn", np.dtype("u1"), _widen_by(25))
FLOAT8_E4M3FNUZ = Element("float8_e4m3fnuz", np.dtype("u1"), _widen_by(26))
FLOAT8_E5M2FNUZ = Element("float8_e5m2fnuz", np.dtype("u1"), _widen_by(28))
FLOAT8_E8M0 = Element("float8_e8m0fnu", np.dtype("u1"), _widen_exponent)
FLOAT32 = Element("float32", np.dtype("<f4"))
