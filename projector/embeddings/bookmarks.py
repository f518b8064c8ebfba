"""Reads and writes bookmarks of TensorBoard's projector: a JSON array of states, each with all that
was on screen. The fields are those of `State` in its vz_projector/data.ts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from projector.arrays import DoubleArray, IntArray, frozen
from projector.drafts import drafting
from projector.embeddings.bookmark_state import KEYS, BookmarkCamera, Bookmarks, State
from projector.embeddings.files import opened
from projector.embeddings.memory import check_fits
from projector.embeddings.text import decode_text
from projector.errors import Problem, ProjectorError, Unreadable
from projector.progress import Progress, Work, finish

_MAX_BYTES = 64 << 20
_BYTES_A_BYTE = 12  # of Python objects, for each byte of JSON
_MOST_STATES = 1000
_MOST_PROBLEMS = 100
_MOST_KINDS = 100
_POINTS_A_STEP = 5000
_WHOLE_LIMIT = 1 << 53  # JavaScript's own


_KINDS = {one.name: str(one.type).split(" | ")[0] for one in fields(State)}


class _Odd(ValueError):
    """A value is not of its field's kind; the text says what was expected."""


def read_bookmarks(path: Path) -> Work[Bookmarks]:
    """All states in a file, as far as they make sense. Raises NotFound, Unreadable, TooLarge."""
    yield Progress(None, f"Reading {path.name}")
    with opened(path) as file:
        size = path.stat().st_size
        if size > _MAX_BYTES:
            raise Unreadable(f"{path} is larger than 64 MB, so no bookmarks are read from it.")
        check_fits(size * _BYTES_A_BYTE, str(path))
        data = file.read()
    yield Progress(0.2, f"Reading {path.name}")
    return (yield from parse_bookmarks(data, path))


def parse_bookmarks(data: bytes, path: Path) -> Work[Bookmarks]:
    """The states in the bytes of a file; `path` is only named. Raises Unreadable."""
    try:
        whole = json.loads(decode_text(data)[0])
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path} holds no bookmarks: it is not JSON ({_short(error)}).") from error
    if isinstance(whole, dict):
        whole = [whole]  # one state by itself
    if not isinstance(whole, list):
        raise Unreadable(f"{path} holds no bookmarks: they are a JSON array of states.")
    problems: list[Problem] = []
    states: list[State] = []
    for number, found in enumerate(whole[:_MOST_STATES], 1):
        yield Progress(0.2 + 0.8 * number / len(whole), f"Reading {path.name}")
        if not isinstance(found, dict):
            problems.append(Problem(path, f"State {number} is no object and was left out."))
            continue
        states.append((yield from _parse_state(found, number, path, problems)))
    if len(whole) > _MOST_STATES:
        what = f"Only the first {_MOST_STATES:,} of {len(whole):,} states were read."
        problems.append(Problem(path, what))
    return Bookmarks(tuple(states), tuple(problems[:_MOST_PROBLEMS]))


def write_bookmarks(states: Sequence[State], path: Path) -> None:
    """Write states as TensorBoard's page does; an older file stays until the new one is whole.

    Raises Unreadable where that can't be done.
    """
    text = json.dumps([_plain_state(state) for state in states], ensure_ascii=False)
    data = text.encode("utf-8", "backslashreplace")
    finish(drafting(path, lambda file: [file.write(data)]))


def _parse_state(
    found: dict[str, Any], number: int, path: Path, problems: list[Problem]
) -> Work[State]:
    values: dict[str, Any] = {}
    for key, name in KEYS.items():
        value = found.get(key)
        if value is None:
            continue
        try:
            if name == "projections":
                values[name] = yield from _parse_projections(value)
            else:
                values[name] = _PARSERS[_KINDS[name]](value)
        except (_Odd, ProjectorError) as error:
            what = f"State {number}: {key} was left out. {error}"
            problems.append(Problem(path, what))
    unknown = {key: value for key, value in found.items() if key not in KEYS}
    nulls = frozenset(key for key in KEYS if key in found and found[key] is None)
    return State(**values, unknown=MappingProxyType(unknown), nulls=nulls)


def _parse_projections(value: Any) -> Work[Mapping[str, DoubleArray]]:
    if not isinstance(value, list) or not all(isinstance(point, dict) for point in value):
        raise _Odd("It must be an array with an object for each point.")
    names = list(dict.fromkeys(key for point in value[:100] for key in point))
    if len(names) > _MOST_KINDS:
        raise _Odd(f"It holds {len(names):,} numbers a point.")
    check_fits(len(names) * len(value) * 8, "The positions of a bookmark")
    columns = {name: np.full(len(value), np.nan) for name in names}
    for start in range(0, len(value), _POINTS_A_STEP):
        part = value[start : start + _POINTS_A_STEP]
        for name, column in columns.items():
            column[start : start + len(part)] = [_number(point.get(name)) for point in part]
        yield Progress(start / len(value), "Reading the positions of a bookmark")
    return MappingProxyType({name: frozen(column) for name, column in columns.items()})


def _number(value: Any) -> float:
    """NaN for null and for what is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _parse_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Odd("It must be a text.")
    return value


def _parse_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Odd("It must be true or false.")
    return value


def _parse_number(value: Any) -> float:
    number = _number(value)
    if not math.isfinite(number):
        raise _Odd("It must be a number.")
    return number


def _parse_whole(value: Any) -> int:
    number = _parse_number(value)
    if number != int(number) or abs(number) > _WHOLE_LIMIT:
        raise _Odd("It must be a whole number.")
    return int(number)


def _parse_wholes(value: Any) -> IntArray:
    if not isinstance(value, list):
        raise _Odd("It must be an array of whole numbers.")
    kinds = set(map(type, value))
    if not kinds <= {int, float}:
        raise _Odd("It must be a whole number.")
    # numbers beyond 64 bits become objects, and those are beyond the limit in any case
    try:
        numbers = np.array(value, np.float64 if float in kinds else None) if value else np.empty(0)
    except OverflowError as error:
        raise _Odd("It must hold only whole numbers.") from error
    are_small = numbers.dtype != np.object_ and bool(
        ((numbers >= -_WHOLE_LIMIT) & (numbers <= _WHOLE_LIMIT)).all()
    )
    if not are_small or (float in kinds and bool((numbers != np.floor(numbers)).any())):
        raise _Odd("It must hold only whole numbers.")
    return frozen(numbers.astype(np.int64))


def _parse_camera(value: Any) -> BookmarkCamera:
    if not isinstance(value, dict):
        raise _Odd("It must be an object.")
    places: list[tuple[float, ...]] = []
    for key in ("position", "target"):
        place = value.get(key, [0, 0, 0])
        if not isinstance(place, list) or len(place) != 3:
            raise _Odd(f"Its {key} must be three numbers.")
        places.append(tuple(_parse_number(one) for one in place))
    is_flat = _parse_flag(value.get("orthographic", False))
    return BookmarkCamera(is_flat, places[0], places[1], _parse_number(value.get("zoom", 1)))


_PARSERS = {
    "str": _parse_text,
    "bool": _parse_flag,
    "int": _parse_whole,
    "float": _parse_number,
    "IntArray": _parse_wholes,
    "BookmarkCamera": _parse_camera,
}


def _plain_state(state: State) -> dict[str, Any]:
    """The state as JSON has it."""
    found: dict[str, Any] = {}
    for key, name in KEYS.items():
        value = getattr(state, name)
        if value is not None:
            found[key] = _plain(value)
        elif key in state.nulls:
            found[key] = None
    return found | dict(state.unknown)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, BookmarkCamera):
        return {
            "orthographic": value.is_flat,
            "position": list(value.position),
            "target": list(value.target),
            "zoom": value.zoom,
        }
    if isinstance(value, Mapping):
        columns = [_without_nan(column) for column in value.values()]
        return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]
    return value


def _without_nan(column: DoubleArray) -> list[float | None]:
    return [one if math.isfinite(one) else None for one in column.tolist()]


def _short(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error)[:100]
