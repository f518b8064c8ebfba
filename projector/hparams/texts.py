"""Values as text: digits shared by a column, so that decimal points stand below one another."""

from __future__ import annotations

import math

import numpy as np

from projector.hparams.columns import Column, Value

MISSING = "\N{EN DASH}"


def value_text(value: Value, spec: str = ".5g") -> str:
    """One value as the table and tips show it. spec: of numbers."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return number_text(value, spec)


def number_text(number: float, spec: str = ".5g") -> str:
    """A number, non-finite ones in words of one sign."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    text = format(number, spec)
    if "e" in text:
        digits, exponent = text.split("e")
        text = f"{digits}e{int(exponent)}"
    return text


def number_spec(column: Column) -> str:
    """A format that all numbers of a column share, at most about five digits that matter."""
    if column.kind != "number":
        return ".5g"
    used = column.values[np.isfinite(column.values) & (column.values != 0)]
    if len(used) == 0:
        return ".0f"
    sizes = np.abs(used)
    low, high = float(sizes.min()), float(sizes.max())
    if high >= 1e7 or low < 1e-4:
        return ".4g"
    for digits in range(5):
        if np.allclose(used, np.round(used, digits), rtol=1e-6, atol=0):
            return f".{digits}f"
    return f".{min(6, max(0, 4 - math.floor(math.log10(high))))}f"
