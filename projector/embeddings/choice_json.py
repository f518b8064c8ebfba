"""The choice as JSON, for view files: what can be used of it is, and the rest is told."""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from projector.embeddings.choice import EmbeddingChoice
from projector.errors import InvalidChoice, one_line
from projector.selection import Isolation, Selection

MOST_ENTRIES = 100_000
LONGEST_TEXT = 100_000
DEEPEST = 20

_ODD_NUMBERS = {"inf": math.inf, "-inf": -math.inf}
_LARGEST_FIELD = 2**31 - 1  # of numbers that fields show
_BETWEEN: dict[str, tuple[float, float]] = {
    "copy": (0, _LARGEST_FIELD),
    "n_prepared": (1, _LARGEST_FIELD),
    "point_size": (0.01, 100),
    "picture_size": (0.01, 100),
    "label_size": (0.1, 10),
    "opacity": (0, 1),
    "fog": (0, 1),
    "selected": (0, 2**62),
    "n_neighbors": (1, _LARGEST_FIELD),
}
"""Limits of numbers; a number beyond them is no use to anyone."""


WORDS: dict[str, tuple[str, ...]] = {
    "color_scale": ("linear", "log", "symlog", "rank", "diverging"),
    "metric": ("cosine", "euclidean", "manhattan", "dot"),
    "search_mode": ("text", "regex", "sql"),
    "neighbors_in": ("vectors", "layout"),
}
"""What these may be; a test holds them against those who use them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """choice: with the usual value where the saved one can't be used; a sentence in told for each.

    unknown: what another version of the program wrote, to be written again.
    """

    choice: EmbeddingChoice
    told: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def to_json(choice: EmbeddingChoice, unknown: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Plain values by the names of the fields. unknown: what from_json found beside them."""
    return {**(unknown or {}), **_plain_fields(choice)}


def from_json(value: Any, n: int) -> Read:
    """The choice that to_json described, for an embedding of n rows. Raises InvalidChoice where
    the whole is no object."""
    if not isinstance(value, Mapping):
        raise InvalidChoice("The saved choice can't be used: it is no JSON object.")
    fields: dict[str, Any] = {}
    told: list[str] = []
    hints = _hints(EmbeddingChoice)
    for name, hint in hints.items():
        if name not in value:
            continue
        try:
            fields[name] = _in_limits(name, _read(hint, value[name], n, 0))
        except (_Odd, InvalidChoice) as error:
            told.append(f"The saved {name} can't be used, so the usual one is taken: {error}")
    unknown = {str(name): one for name, one in value.items() if name not in hints}
    return Read(EmbeddingChoice(**fields), tuple(told), unknown)


def plain(value: Any) -> Any:
    """A value as JSON holds it: tuples become arrays, infinities words, dataclasses objects."""
    if isinstance(value, Selection | Isolation):
        return value.to_json()
    if dataclasses.is_dataclass(value):
        return _plain_fields(value)
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def plain_value(value: Any) -> Any:
    """What plain() made of words, numbers, tuples and objects of them. Raises InvalidChoice."""
    try:
        return _read_any(value, 0)
    except _Odd as error:
        raise InvalidChoice(str(error)) from error


class _Odd(ValueError):
    """A value is not of its field's kind; the text says what was expected."""


def _plain_fields(value: Any) -> dict[str, Any]:
    fields = dataclasses.fields(value)
    return {field.name: plain(getattr(value, field.name)) for field in fields}


@lru_cache(maxsize=32)
def _hints(owner: Any) -> dict[str, Any]:
    hints = get_type_hints(owner)
    return {field.name: hints[field.name] for field in dataclasses.fields(owner)}


def _read(hint: Any, value: Any, n: int, depth: int) -> Any:
    """The value as the annotation of its field has it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _read_one_of(parts, value, n, depth)
    if origin is Literal:
        if value not in parts:
            raise _Odd(f"It must be one of {', '.join(map(str, parts))}, got {_told(value)}.")
        return value
    if origin is tuple:
        return _read_tuple(parts, value, n, depth)
    if origin is dict:
        return _read_dict(parts[1], value, n, depth)
    if hint in _READERS:
        return _READERS[hint](value, n)
    if hint is Any:
        return _read_any(value, depth)
    return _read_dataclass(hint, value, n, depth)


def _read_one_of(parts: tuple[Any, ...], value: Any, n: int, depth: int) -> Any:
    kinds = [part for part in parts if part is not types.NoneType]
    errors: list[Exception] = []
    for kind in kinds:
        try:
            return _read(kind, value, n, depth)
        except (_Odd, InvalidChoice) as error:
            errors.append(error)
    raise errors[0]


def _read_tuple(parts: tuple[Any, ...], value: Any, n: int, depth: int) -> tuple[Any, ...]:
    entries = _checked_list(value)
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(_read(parts[0], one, n, depth + 1) for one in entries)
    if len(entries) != len(parts):
        raise _Odd(f"It must hold {len(parts)} values, got {len(entries):,}.")
    return tuple(_read(part, one, n, depth + 1) for part, one in zip(parts, entries, strict=True))


def _read_dict(kind: Any, value: Any, n: int, depth: int) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _Odd(f"It must be an object, got {_told(value)}.")
    _check_size(value)
    return {_text(name, n): _read(kind, one, n, depth + 1) for name, one in value.items()}


def _read_dataclass(kind: Any, value: Any, n: int, depth: int) -> Any:
    """A value of a frozen dataclass of our own; its other fields have their usual values."""
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        raise _Odd(f"Values of the kind {kind} are not saved.")
    if not isinstance(value, Mapping) or depth > DEEPEST:
        raise _Odd(f"It must be an object, got {_told(value)}.")
    fields = {
        name: _read(hint, value[name], n, depth + 1)
        for name, hint in _hints(kind).items()
        if name in value
    }
    try:
        return kind(**fields)
    except TypeError as error:
        raise _Odd(f"An entry of it lacks a field ({error}).") from error


def _read_any(value: Any, depth: int) -> Any:
    """Whatever JSON holds, with tuples for its arrays."""
    if depth > DEEPEST:
        raise _Odd(f"It is nested deeper than {DEEPEST} levels.")
    if isinstance(value, Mapping):
        _check_size(value)
        return {_text(name, 0): _read_any(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_read_any(one, depth + 1) for one in _checked_list(value))
    if isinstance(value, str):
        return _text(value, 0)
    return value


def _checked_list(value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _Odd(f"It must be an array, got {_told(value)}.")
    _check_size(value)
    return value


def _check_size(value: Any) -> None:
    if len(value) > MOST_ENTRIES:
        raise _Odd(f"It holds {len(value):,} entries; {MOST_ENTRIES:,} is the most.")


def _text(value: Any, _n: int) -> str:
    if not isinstance(value, str):
        raise _Odd(f"It must be a text, got {_told(value)}.")
    if len(value) > LONGEST_TEXT:
        raise _Odd(f"Its text is longer than {LONGEST_TEXT:,} characters.")
    return value


def _flag(value: Any, _n: int) -> bool:
    if not isinstance(value, bool):
        raise _Odd(f"It must be true or false, got {_told(value)}.")
    return value


def _whole(value: Any, _n: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise _Odd(f"It must be a whole number, got {_told(value)}.")
    return value


def _number(value: Any, _n: int) -> float:
    if isinstance(value, str) and value in _ODD_NUMBERS:
        return _ODD_NUMBERS[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Odd(f"It must be a number, got {_told(value)}.")
    try:
        return float(value)
    except OverflowError as error:
        raise _Odd(f"It must be a number, got {_told(value)}.") from error


_READERS: dict[Any, Callable[[Any, int], Any]] = {
    str: _text,
    bool: _flag,
    int: _whole,
    float: _number,
    Selection: Selection.from_json,
    Isolation: Isolation.from_json,
}


def _in_limits(name: str, value: Any) -> Any:
    _check_words(name, value)
    if name == "axes" and min(value) < 0:
        raise _Odd(f"Components are counted from 0, got {min(value)}.")
    if name == "structure":
        _check_fields(value)
    if name in _BETWEEN and value is not None:
        least, most = _BETWEEN[name]
        if not least <= value <= most:
            raise _Odd(f"It must lie between {least:g} and {most:g}, got {value:g}.")
    return value


def _check_fields(value: dict[str, dict[str, Any]]) -> None:
    """Settings of tools; whole numbers of JSON know no end."""
    for one in (one for settings in value.values() for one in settings.values()):
        if isinstance(one, int) and abs(one) > _LARGEST_FIELD:
            raise _Odd(f"{_told(one)} is larger than {_LARGEST_FIELD:,}.")


def _check_words(name: str, value: Any) -> None:
    if name in WORDS and value not in WORDS[name]:
        raise _Odd(f"It must be one of {', '.join(WORDS[name])}, got {_told(value)}.")


def _told(value: Any) -> str:
    text = one_line(repr(value)[:80])
    return text if len(text) < 40 else f"{text[:40]}\N{HORIZONTAL ELLIPSIS}"
