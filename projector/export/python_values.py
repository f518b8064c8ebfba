"""Values as Python source that makes them again, and the imports it needs."""

from __future__ import annotations

import dataclasses
import math
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from projector.arrays import IntArray

_WIDEST = 88


class Imports:
    """Names collected while source is written."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}
        self._modules: dict[str, str] = {}

    def add(self, module: str, *names: str) -> None:
        self._names.setdefault(module, set()).update(names)

    def add_module(self, module: str, short: str) -> None:
        self._modules[module] = short

    def lines(self) -> list[str]:
        """The standard library first, then others, then our own; each group by name."""
        plain = [f"import {module} as {short}" for module, short in sorted(self._modules.items())]
        own: list[str] = []
        others: list[str] = []
        for module, names in sorted(self._names.items()):
            line = f"from {module} import {', '.join(sorted(names))}"
            (own if module.startswith("projector") else others).append(line)
        groups = (others, plain, own)
        return "\n\n".join("\n".join(group) for group in groups if group).split("\n")


def python_value(value: Any, imports: Imports, depth: int = 0) -> str:
    """Source of a plain value, a path, an array of whole numbers, or a dataclass of such.

    Raises TypeError for anything else.
    """
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, Enum):
        imports.add(type(value).__module__, type(value).__name__)
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, np.generic):
        return python_value(value.item(), imports, depth)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, str):
        return ascii(value)  # any sign survives any editor and any encoding
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Path):
        imports.add("pathlib", "Path")
        return f"Path({str(value)!a})"
    if isinstance(value, np.ndarray):
        return _array(value, imports)
    if isinstance(value, tuple | list):
        return _sequence(value, imports, depth)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _call(value, imports, depth)
    raise TypeError(f"{type(value).__name__} can't be written as source")


def _array(rows: IntArray, imports: Imports) -> str:
    imports.add_module("numpy", "np")
    if rows.dtype.kind not in "iu" or rows.ndim != 1:
        raise TypeError(f"an array of {rows.dtype} can't be written as source")
    numbers = rows.tolist()
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"np.arange({numbers[0]}, {numbers[-1] + 1})"
    return f"np.array({numbers}, dtype=np.int64)"


def _sequence(values: tuple[Any, ...] | list[Any], imports: Imports, depth: int) -> str:
    parts = [python_value(value, imports, depth + 1) for value in values]
    if isinstance(values, list):
        return _wrapped("[", parts, "]", depth)
    return f"({parts[0]},)" if len(parts) == 1 else _wrapped("(", parts, ")", depth)


def _call(value: Any, imports: Imports, depth: int) -> str:
    """The constructor with what differs from its defaults."""
    kind = type(value)
    imports.add(kind.__module__, kind.__name__)
    parts = []
    for one in dataclasses.fields(value):
        held = getattr(value, one.name)
        if one.init and not _is_default(one, held):
            parts.append(f"{one.name}={python_value(held, imports, depth + 1)}")
    return _wrapped(f"{kind.__name__}(", parts, ")", depth)


def _is_default(one: dataclasses.Field[Any], held: Any) -> bool:
    if one.default is dataclasses.MISSING:
        return False
    return type(held) is type(one.default) and bool(held == one.default)


def _wrapped(start: str, parts: list[str], end: str, depth: int) -> str:
    line = f"{start}{', '.join(parts)}{end}"
    if len(line) <= _WIDEST and "\n" not in line:
        return line
    inner, outer = "    " * (depth + 1), "    " * depth
    return "\n".join([start, *(f"{inner}{part}," for part in parts), f"{outer}{end}"])
