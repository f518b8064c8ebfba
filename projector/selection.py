"""Which points are meant: a selection, selections with names, and what is shown at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from projector.arrays import IntArray, MaskArray, distinct, frozen
from projector.errors import InvalidChoice

Combine = Literal["replace", "union", "intersect", "subtract", "toggle"]
COMBINATIONS: tuple[Combine, ...] = get_args(Combine)

_SHORTEST_RANGE = 3
"""So many rows in a run are written as a range: a range takes the room of two."""

_NOTHING: IntArray = frozen(np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """ids: int64 (k,), row numbers, each once, rising, read-only; any order is taken and sorted.

    Equal where the rows are equal. Raises InvalidChoice for numbers below 0.
    """

    ids: IntArray = field(default_factory=lambda: _NOTHING)

    def __post_init__(self) -> None:
        ids = np.asarray(self.ids, np.int64).ravel()
        if len(ids) > 1 and not (ids[1:] > ids[:-1]).all():
            ids = distinct(ids)
        elif ids.flags.writeable:
            ids = ids.copy()
        if len(ids) and ids[0] < 0:
            raise InvalidChoice(f"Rows are counted from 0, got {ids[0]:,}.")
        object.__setattr__(self, "ids", frozen(ids))

    @classmethod
    def of(cls, rows: Iterable[int]) -> Selection:
        """Of some row numbers, in any order."""
        return cls(np.fromiter(rows, np.int64))

    @classmethod
    def from_mask(cls, mask: MaskArray) -> Selection:
        """The rows where bool (n,) is set."""
        return cls(frozen(np.flatnonzero(mask)))

    def mask(self, n: int) -> MaskArray:
        """Bool (n,), set for the rows that are selected; rows beyond n are left out."""
        mask = np.zeros(n, np.bool_)
        mask[self.within(n).ids] = True
        return mask

    def within(self, n: int) -> Selection:
        """Only those of the first n rows."""
        if not len(self.ids) or self.ids[-1] < n:
            return self
        return Selection(self.ids[: np.searchsorted(self.ids, n)])

    def union(self, other: Selection) -> Selection:
        """Rows of either."""
        return Selection(distinct(np.concatenate([self.ids, other.ids])))

    def intersect(self, other: Selection) -> Selection:
        """Rows of both."""
        return Selection(np.intersect1d(self.ids, other.ids, assume_unique=True))

    def subtract(self, other: Selection) -> Selection:
        """Rows of this one that the other lacks."""
        return Selection(np.setdiff1d(self.ids, other.ids, assume_unique=True))

    def toggle(self, other: Selection) -> Selection:
        """Rows of one of the two, but not of both."""
        return Selection(np.setxor1d(self.ids, other.ids, assume_unique=True))

    def combined(self, other: Selection, how: Combine) -> Selection:
        """What a gesture makes of it; "replace" gives the other one."""
        return other if how == "replace" else getattr(self, how)(other)

    def inverted(self, n: int) -> Selection:
        """Those of n rows that are not selected."""
        return Selection.from_mask(~self.mask(n))

    def to_json(self) -> list[int | list[int]]:
        """Row numbers, and [first, last] for runs of them; such as [3, 5, [10, 400]]."""
        return _as_ranges(self.ids)

    @classmethod
    def from_json(cls, value: Any, n: int) -> Selection:
        """What to_json described, of n rows. Raises InvalidChoice, also for rows beyond n."""
        return cls(_from_ranges(value, n))

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, row: object) -> bool:
        if not isinstance(row, int | np.integer):
            return False
        place = int(np.searchsorted(self.ids, row))
        return place < len(self.ids) and bool(self.ids[place] == row)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Selection):
            return NotImplemented
        return self.ids is other.ids or np.array_equal(self.ids, other.ids)

    def __hash__(self) -> int:
        return hash((len(self.ids), self.ids[:8].tobytes(), self.ids[-8:].tobytes()))


NOTHING = Selection()


@dataclass(frozen=True, slots=True)
class NamedSelection:
    """name: the user's. Raises InvalidChoice for an empty one."""

    name: str
    selection: Selection

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidChoice("A selection needs a name.")


def with_selection(
    known: Sequence[NamedSelection], added: NamedSelection
) -> tuple[NamedSelection, ...]:
    """The known ones and another; it takes the place of one of the same name."""
    if all(one.name != added.name for one in known):
        return (*known, added)
    return tuple(added if one.name == added.name else one for one in known)


@dataclass(frozen=True, slots=True)
class Isolation:
    """What is shown at all. rows: None for every row. Row numbers stay what they are, so that
    pictures, colors and distances stay right."""

    rows: Selection | None = None

    @property
    def shows_all(self) -> bool:
        return self.rows is None

    def isolated(self, selection: Selection) -> Isolation:
        """Only those that are selected, of what is shown. Raises InvalidChoice when none would be
        left."""
        rows = selection if self.rows is None else self.rows.intersect(selection)
        return _checked(rows)

    def without(self, selection: Selection, n: int) -> Isolation:
        """Hide the selected ones of n rows. Raises InvalidChoice when none would be left."""
        if not len(selection):
            return self
        if self.rows is None:
            return _checked(selection.inverted(n))
        return _checked(self.rows.subtract(selection))

    def mask(self, n: int) -> MaskArray | None:
        """Bool (n,), read-only, set for what is shown; None for all."""
        return None if self.rows is None else frozen(self.rows.mask(n))

    def ids(self, n: int) -> IntArray:
        """int64, rising: the rows that are shown."""
        return frozen(np.arange(n)) if self.rows is None else self.rows.within(n).ids

    def n_shown(self, n: int) -> int:
        return n if self.rows is None else len(self.rows.within(n))

    def to_json(self) -> list[int | list[int]] | None:
        return None if self.rows is None else self.rows.to_json()

    @classmethod
    def from_json(cls, value: Any, n: int) -> Isolation:
        """What to_json described, of n rows. Raises InvalidChoice."""
        return cls() if value is None else cls(Selection.from_json(value, n))


def _checked(rows: Selection) -> Isolation:
    if not len(rows):
        raise InvalidChoice("No point would be left to show.")
    return Isolation(rows)


def _as_ranges(ids: IntArray) -> list[int | list[int]]:
    if not len(ids):
        return []
    breaks = np.flatnonzero(np.diff(ids) != 1)
    firsts = ids[np.concatenate([[0], breaks + 1])].tolist()
    lasts = ids[np.concatenate([breaks, [len(ids) - 1]])].tolist()
    found: list[int | list[int]] = []
    for first, last in zip(firsts, lasts, strict=True):
        if last - first + 1 >= _SHORTEST_RANGE:
            found.append([first, last])
        else:
            found.extend(range(first, last + 1))
    return found


def _from_ranges(value: Any, n: int) -> IntArray:
    """Every range is checked before a row of it is made: the file may say anything."""
    if not isinstance(value, list):
        raise InvalidChoice("The saved selection can't be used: its rows are no list.")
    bounds = np.empty((len(value), 2), np.int64)
    for place, part in enumerate(value):
        first, last = part if isinstance(part, list) and len(part) == 2 else (part, part)
        if not _is_row(first) or not _is_row(last) or first > last:
            raise InvalidChoice(f"The saved selection can't be used: {part!r} is no row.")
        if last >= n:
            raise InvalidChoice(
                f"The saved selection can't be used: it names row {last:,} of {n:,}."
            )
        bounds[place] = first, last
    return frozen(_rows_within(bounds, n))


def _rows_within(bounds: IntArray, n: int) -> IntArray:
    """The rows of ranges (first, last) that may overlap; a few are listed without looking at n."""
    lengths = bounds[:, 1] - bounds[:, 0] + 1
    if int(lengths.sum()) > n:
        mask = np.zeros(n, np.bool_)
        for first, last in bounds.tolist():
            mask[first : last + 1] = True
        return np.flatnonzero(mask)
    starts = np.repeat(bounds[:, 0] - np.cumsum(lengths) + lengths, lengths)
    return distinct(starts + np.arange(len(starts)))


def _is_row(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
