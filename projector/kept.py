"""Results that are kept for arrays, so that what looks at the same array need not work twice."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

Result = TypeVar("Result")
AnyArray = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Entry(Generic[Result]):
    array: weakref.ref[AnyArray]
    result: Result
    n_bytes: int


class KeptResults(Generic[Result]):
    """One result for each array and key.

    Arrays are known by their identity and not kept alive: when one is gone, so are its results. A
    result must not hold the array it is kept for. most_bytes: of all results; those unused for
    longest go first, the newest always stays. May be used from several jobs at a time.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._entries: OrderedDict[tuple[int, Hashable], _Entry[Result]] = OrderedDict()

    def find(self, array: AnyArray, key: Hashable) -> Result | None:
        place = (id(array), key)
        entry = self._entries.get(place)
        if entry is None or entry.array() is not array:  # another array may get the same id
            return None
        self._newest(place, entry)
        return entry.result

    def keep(self, array: AnyArray, key: Hashable, result: Result, n_bytes: int) -> None:
        self._newest((id(array), key), _Entry(weakref.ref(array), result, n_bytes))
        for place, entry in list(self._entries.items()):
            if entry.array() is None:
                self._entries.pop(place, None)
        for place in list(self._entries)[:-1]:
            if self.n_bytes <= self._most_bytes:
                break
            self._entries.pop(place, None)

    @property
    def n_bytes(self) -> int:
        """What the results take now."""
        return sum(entry.n_bytes for entry in list(self._entries.values()))

    def clear(self) -> None:
        self._entries.clear()

    def _newest(self, place: tuple[int, Hashable], entry: _Entry[Result]) -> None:
        """Move it to the end; one that another job dropped meanwhile comes back."""
        self._entries.pop(place, None)
        self._entries[place] = entry
