"""The element types of a TensorProto, by number: how each lies in bytes and in typed fields."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FLOAT, DOUBLE, INT32, UINT8, STRING, INT64, BOOL = 1, 2, 3, 4, 7, 9, 10
COMPLEX64, COMPLEX128, BFLOAT16, HALF = 8, 18, 14, 19

RAW: dict[int, np.dtype[np.generic]] = {
    number: np.dtype(code)
    for code, numbers in {
        "<f4": (FLOAT,),
        "<f8": (DOUBLE,),
        "<i4": (INT32, 13),
        "u1": (UINT8, 12, 30, 32, BOOL, 24, 25, 26, 27, 28, 33),
        "<i2": (5, 15),
        "i1": (6, 11, 29, 31),
        "<u2": (16, 17, BFLOAT16),
        "<i8": (INT64,),
        "<u4": (22,),
        "<u8": (23,),
        "<f2": (HALF,),
        "<c8": (COMPLEX64,),
        "<c16": (COMPLEX128,),
    }.items()
    for number in numbers
}
"""One element as it lies in tensor_content, little-endian. 4- and 2-bit integers take a byte."""

TYPED_FIELD: dict[int, str] = {
    number: field
    for field, numbers in {
        "float_val": (FLOAT,),
        "double_val": (DOUBLE,),
        "int_val": (INT32, 13, UINT8, 12, 5, 15, 6, 11, 16, 17, 29, 30, 31, 32),
        "string_val": (STRING,),
        "scomplex_val": (COMPLEX64,),
        "int64_val": (INT64,),
        "bool_val": (BOOL,),
        "dcomplex_val": (COMPLEX128,),
        "half_val": (BFLOAT16, HALF),
        "uint32_val": (22,),
        "uint64_val": (23,),
        "float8_val": (24, 25, 26, 27, 28, 33),
    }.items()
    for number in numbers
}

INTEGER_FIELDS = ("int_val", "uint32_val", "int64_val", "uint64_val", "bool_val")

# exponent bits, mantissa bits, exponent bias, and where the format keeps what is not finite
_SMALL_FLOATS: dict[int, tuple[int, int, int, str]] = {
    24: (5, 2, 15, "ieee"),  # E5M2
    25: (4, 3, 7, "nan at all ones"),  # E4M3FN
    26: (4, 3, 8, "nan at minus zero"),  # E4M3FNUZ
    27: (4, 3, 11, "nan at minus zero"),  # E4M3B11FNUZ
    28: (5, 2, 16, "nan at minus zero"),  # E5M2FNUZ
    33: (2, 1, 1, "finite"),  # E2M1FN
}


def _small_float(code: int, exponent_bits: int, mantissa_bits: int, bias: int, rest: str) -> float:
    """The value of one code of at most eight bits."""
    width = 1 + exponent_bits + mantissa_bits
    code &= (1 << width) - 1
    negative = code >> (width - 1)
    exponent = (code >> mantissa_bits) & ((1 << exponent_bits) - 1)
    mantissa = code & ((1 << mantissa_bits) - 1)
    is_top = exponent == (1 << exponent_bits) - 1
    is_full = is_top and mantissa == (1 << mantissa_bits) - 1
    if rest == "nan at minus zero" and code == 1 << (width - 1):
        return float("nan")
    if (rest == "nan at all ones" and is_full) or (rest == "ieee" and is_top and mantissa):
        return float("nan")
    sign = -1.0 if negative else 1.0
    if rest == "ieee" and is_top:
        return float(sign * float("inf"))
    if exponent == 0:
        return float(sign * mantissa * 2.0 ** (1 - bias - mantissa_bits))
    return float(sign * (1 + mantissa / (1 << mantissa_bits)) * 2.0 ** (exponent - bias))


def _small_float_tables() -> NDArray[np.float32]:
    """float32 (34, 256): row d holds the 256 values of dtype d, zeros where d is no small float."""
    tables = np.zeros((34, 256), np.float32)
    for number, form in _SMALL_FLOATS.items():
        tables[number] = [_small_float(code, *form) for code in range(256)]
    return tables


SMALL_FLOATS = _small_float_tables()
IS_SMALL_FLOAT = np.isin(np.arange(34), list(_SMALL_FLOATS))
