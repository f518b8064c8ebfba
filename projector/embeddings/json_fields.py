"""Tells which fields JSON records have, and which of them hold vectors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from projector.embeddings.rows import lines_of
from projector.errors import NothingToShow, TooLarge, Unreadable
from projector.progress import Progress, Work

BARE = "vector"
"""What the values of lines that are no records are called."""

BAD_JSON = (ValueError, RecursionError, MemoryError)
"""What the parser raises."""

_MOST_FIELDS = 10_000
_RECORDS_PER_YIELD = 500
_STRING = re.compile(rb'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"?([ \t\r]*:)?')


@dataclass(frozen=True, slots=True)
class Fields:
    """dims: of each column of vectors, by name. texts: the names of all others. is_bare: whether
    the lines are no records but one value each."""

    dims: Mapping[str, int]
    texts: tuple[str, ...]
    is_bare: bool = False


def fields_of(sample: list[Any], path: Path) -> Fields:
    """The fields of the first records. Raises Unreadable, NothingToShow."""
    if not sample:
        raise NothingToShow(f"{path} is empty.")
    is_bare = not isinstance(sample[0], dict)
    records = [{BARE: one} for one in sample] if is_bare else sample
    names: dict[str, list[Any]] = {}
    for record in records:
        if not isinstance(record, dict):
            raise Unreadable(f"{path} mixes records with other values.")
        for name, value in record.items():
            names.setdefault(name, []).append(value)
    dims = {name: d for name, values in names.items() if (d := _dims(values))}
    return Fields(dims, tuple(name for name in names if name not in dims), is_bare)


def _dims(values: list[Any]) -> int:
    """The length that all lists of numbers have; 0 where they are none."""
    lists = [value for value in values if value is not None]
    if not lists or not all(isinstance(value, list) for value in lists):
        return 0
    n = len(lists[0])
    are_even = all(len(value) == n for value in lists)
    are_numbers = all(
        isinstance(number, (int, float)) or number is None for value in lists for number in value
    )
    return n if are_even and are_numbers else 0


def with_late_fields(fields: Fields, pieces: Iterable[bytes], path: Path) -> Work[Fields]:
    """The same fields, and those that only later records have, as texts. Raises TooLarge."""
    if fields.is_bare:
        return fields
    names = {*fields.texts, *fields.dims}
    late: list[str] = []
    known: set[bytes] = set()
    for piece in pieces:
        yield Progress(None, f"Looking through {path.name}")
        keys = {key for key, colon in _STRING.findall(piece) if colon} - known
        known |= {key for key in keys if _decoded(key) in names}
        if keys <= known:
            continue  # else some are new, or of objects within records
        for number, line in enumerate(lines_of(piece)):
            found = [name for name in _names_in(line) if name not in names]
            names.update(found)
            late += found
            if len(late) > _MOST_FIELDS:
                raise TooLarge(f"{path} has records of more than {_MOST_FIELDS:,} fields in all.")
            if number % _RECORDS_PER_YIELD == 0:
                yield Progress(None, f"Looking through {path.name}")
    return replace(fields, texts=(*fields.texts, *late))


def _decoded(key: bytes) -> str | None:
    try:
        return str(json.loads(b'"%s"' % key))
    except BAD_JSON:
        return None


def _names_in(line: str) -> Iterable[str]:
    """Of a sound record; reading tells of others."""
    try:
        record = json.loads(line)
    except BAD_JSON:
        return ()
    return record if isinstance(record, dict) else ()
