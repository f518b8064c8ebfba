"""Parameters hold values of the kind that their fields say: checked, and made Python's own."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from functools import lru_cache
from numbers import Integral, Real
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from projector.errors import InvalidChoice

_LONGEST = 60
_WANTED = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a word",
}


def make_plain(parameters: Any) -> None:
    """Turn the fields of a frozen dataclass that is being made into what their annotations say.

    Whole numbers, numbers, truth values, words and tuples of them are looked at; fields of any
    other kind are left alone. Raises InvalidChoice, naming the field and what it takes.
    """
    owner: Any = type(parameters)
    for name, (kind, is_many, is_optional) in _kinds(owner).items():
        value = getattr(parameters, name)
        if value is None and is_optional:
            continue
        plain = _each(name, kind, value) if is_many else _plain(name, kind, value)
        object.__setattr__(parameters, name, plain)


@lru_cache(maxsize=32)
def _kinds(owner: Any) -> dict[str, tuple[Any, bool, bool]]:
    """By field: int, float, bool or str; whether it is a tuple of them; whether it may be None."""
    hints, found = get_type_hints(owner), {}
    for field in dataclasses.fields(owner):
        parts = _parts(hints[field.name])
        kinds = [part for part in parts if part is not types.NoneType]
        is_many = len(kinds) == 1 and get_origin(kinds[0]) is tuple
        kind = get_args(kinds[0])[0] if is_many else kinds[0]
        if get_origin(kind) is Literal:
            kind = type(get_args(kind)[0])
        if len(kinds) == 1 and kind in _WANTED:
            found[field.name] = (kind, is_many, len(parts) > 1)
    return found


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _each(name: str, kind: Any, value: Any) -> tuple[Any, ...]:
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise _refused(name, f"several values, each {_WANTED[kind]}", value)
    return tuple(_plain(name, kind, one) for one in value)


def _plain(name: str, kind: Any, value: Any) -> Any:
    is_kind, make = _TESTS[kind]
    if not is_kind(value):
        raise _refused(name, _WANTED[kind], value)
    return make(value)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not _is_truth(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not _is_truth(value)


def _is_truth(value: object) -> bool:
    return isinstance(value, bool | np.bool_)


def _float(value: Any) -> float | int:
    """A whole number stays one: 12 and 12.0 are equal, and 12 is how it was written."""
    return int(value) if isinstance(value, Integral) else float(value)


_TESTS: dict[Any, tuple[Callable[[object], bool], Callable[[Any], Any]]] = {
    int: (_is_whole, int),
    float: (_is_number, _float),
    bool: (_is_truth, bool),
    str: (lambda value: isinstance(value, str), str),
}


def _refused(name: str, wanted: str, value: object) -> InvalidChoice:
    told = " ".join(repr(value).split())
    if len(told) > _LONGEST:
        told = f"{told[:_LONGEST]}\N{HORIZONTAL ELLIPSIS}"
    return InvalidChoice(f"{name} must be {wanted}, got {told}.")
