"""A column of the table of trials: one hyperparameter or metric, as an array with a mask of
what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, IntArray, MaskArray, frozen

Value = float | str | bool | None
Kind = Literal["number", "text", "bool"]
Role = Literal["about", "hparam", "metric"]

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One value a trial.

    id: unique over all roles, "hparam/lr". values: float64 (n,) where kind is "number", else
    object (n,) of str, bool and, in mixed columns, float. missing: bool (n,). ranks: float64
    (n,), the order of sorting; NaN for NaN. domain: the values that are declared or used, in
    order, for all but plain numbers. interval: declared or used. differs: whether there are two
    different values.
    """

    id: str
    name: str
    title: str
    description: str
    role: Role
    kind: Kind
    values: NDArray[Any]
    missing: MaskArray
    ranks: DoubleArray
    domain: tuple[Value, ...] = ()
    interval: tuple[float, float] | None = None
    differs: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def value(self, i: int) -> Value:
        """The value of trial i as a plain Python value; None where it is missing."""
        if self.missing[i]:
            return None
        value: Value = self.values[i]
        return float(value) if self.kind == "number" else value  # type: ignore[arg-type]

    def distinct(self) -> tuple[Value, ...]:
        """The values that are used, each once, in the order of sorting; NaN left out."""
        used = ~self.missing & ~np.isnan(self.ranks)
        _, first = np.unique(self.ranks[used], return_index=True)
        return tuple(self.value(int(i)) for i in np.flatnonzero(used)[first])


def column(
    name: str,
    values: Sequence[Value],
    role: Role,
    *,
    title: str = "",
    description: str = "",
    declared: tuple[Value, ...] = (),
    interval: tuple[float, float] | None = None,
) -> Column:
    """A column from one value a trial.

    declared: a discrete domain, united with the values that are used.
    """
    missing = np.array([value is None for value in values], dtype=np.bool_)
    kind = common_kind([value for value in values if value is not None] or declared)
    cells, ranks = _cells(values, kind)
    bare = Column(f"{role}/{name}", name, "", "", role, kind, cells, missing, ranks)
    used = bare.distinct()
    return Column(
        bare.id,
        name,
        title or name or "(no name)",
        description,
        role,
        kind,
        frozen(cells),
        frozen(missing),
        frozen(ranks),
        _domain(used, declared, kind),
        interval or _interval(used, kind),
        len(used) > 1,
    )


def common_kind(values: Sequence[Value]) -> Kind:
    """The kind that all values share; text where they differ."""
    if values and all(isinstance(value, bool) for value in values):
        return "bool"
    if values and all(type(value) in (float, int) for value in values):
        return "number"
    return "text"


def sort_key(value: Value) -> tuple[Any, ...]:
    """Numbers before words, and words by the numbers inside them ("run 9" before "run 10")."""
    if isinstance(value, bool | int | float):
        return (0, float(value))
    parts = _DIGITS.split(str(value).casefold())
    return (1, [(i % 2, int(p)) if i % 2 else (0, p) for i, p in enumerate(parts)], str(value))


def sorted_order(keys: Sequence[tuple[Column, bool]], rows: IntArray) -> IntArray:
    """The rows by several columns, first key first; True sorts downward.

    Missing last either way, NaN before it.
    """
    order = rows
    for col, is_descending in reversed(keys):
        ranks = col.ranks[order]
        signed = -ranks if is_descending else ranks
        order = order[np.lexsort((signed, np.isnan(ranks), col.missing[order]))]
    return order


def _cells(values: Sequence[Value], kind: Kind) -> tuple[NDArray[Any], DoubleArray]:
    if kind == "number":
        numbers = np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
        return numbers, numbers
    cells = np.empty(len(values), dtype=object)
    cells[:] = list(values)
    words = sorted({(type(v), v) for v in values if v is not None and v == v}, key=_word_key)
    rank_of: dict[tuple[type, Value], float] = {w: float(rank) for rank, w in enumerate(words)}
    ranks = [rank_of.get((type(v), v), np.nan) for v in values]
    return cells, np.array(ranks, dtype=np.float64)


def _word_key(word: tuple[type, Value]) -> tuple[Any, ...]:
    return sort_key(word[1])


def _domain(used: tuple[Value, ...], declared: tuple[Value, ...], kind: Kind) -> tuple[Value, ...]:
    if kind == "number" and not declared:
        return ()
    if not declared:  # used are in order
        return used
    union = {(type(value), value) for value in (*used, *declared) if value is not None}
    return tuple(value for _, value in sorted(union, key=_word_key))


def _interval(used: tuple[Value, ...], kind: Kind) -> tuple[float, float] | None:
    finite = [float(v) for v in used if kind == "number" and v is not None and np.isfinite(v)]
    return (min(finite), max(finite)) if finite else None
