"""Elements of any type as float32, and the types' names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray
from projector.logs import dtypes

COMPLEX = (dtypes.COMPLEX64, dtypes.COMPLEX128)

_NAMES = (
    *("", "float32", "float64", "int32", "uint8", "int16", "int8", "string", "complex64"),
    *("int64", "bool", "qint8", "quint8", "qint32", "bfloat16", "qint16", "quint16", "uint16"),
    *("complex128", "float16", "resource", "variant", "uint32", "uint64", "float8_e5m2"),
    *("float8_e4m3fn", "float8_e4m3fnuz", "float8_e4m3b11fnuz", "float8_e5m2fnuz", "int4"),
    *("uint4", "int2", "uint2", "float4_e2m1fn"),
)


@dataclass(slots=True)
class Filled:
    """What came of filling a part of a matrix. n_lost: finite values that became infinite. what: a
    sentence on what is wrong with the values, or ""."""

    n_lost: int = 0
    what: str = ""

    def put(self, floats: NDArray[Any], target: FloatArray) -> None:
        """Write real numbers of the same shape to `target` as float32."""
        with np.errstate(over="ignore", invalid="ignore"):
            target[...] = floats
        if floats.dtype != np.float64:
            return
        infinite = np.isinf(target)
        if infinite.any():
            self.n_lost += int(np.count_nonzero(infinite & np.isfinite(floats)))


def dtype_name(number: int) -> str:
    """A word such as "bfloat16" for TensorFlow's number of a type."""
    return _NAMES[number] if 0 < number < len(_NAMES) else f"type number {number}"


def element_dtype(number: int) -> np.dtype[Any] | None:
    """One little-endian element; None for types of no fixed size, and unknown ones."""
    return dtypes.RAW.get(number)


def real_numbers(number: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """What makes real numbers out of elements: of bit patterns, codes and complex numbers too.

    number: of a type that `element_dtype` knows.
    """
    if number == dtypes.BFLOAT16:
        return _from_bfloat16
    if dtypes.IS_SMALL_FLOAT[number]:
        return partial(np.take, dtypes.SMALL_FLOATS[number])
    return _real_part


def _from_bfloat16(codes: NDArray[Any]) -> NDArray[Any]:
    return (codes.astype(np.uint32) << 16).view(np.float32)


def _real_part(elements: NDArray[Any]) -> NDArray[Any]:
    return elements.real if elements.dtype.kind == "c" else elements
