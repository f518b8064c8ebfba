"""One bookmark of TensorBoard's projector as a value, what its fields are called in the file, and
whether it fits the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from projector.arrays import DoubleArray, IntArray
from projector.errors import Problem, one_line


def why_unfit(state: State, n_points: int, n_dims: int) -> str:
    """One sentence on why a state does not fit so many points of so many values, "" where it does.

    Only what would be wrong counts: other numbers of values leave positions and filters as they
    are, so they do not.
    """
    name = f"The bookmark {one_line(state.label or 'without a name')!r}"
    filtered = state.filtered
    if filtered is not None and len(filtered) and not _are_rows(filtered, n_points):
        return f"{name} shows points up to number {int(filtered.max()):,}; there are {n_points:,}."
    n_shown = n_points if filtered is None else len(filtered)
    if state.dimensions is not None and len(state.dimensions) == 2:
        n = int(state.dimensions[0])
        if n != n_shown:
            dims = int(state.dimensions[1])
            return f"{name} is of {n:,} × {dims:,} values; here are {n_shown:,} × {n_dims:,}."
    for column in (state.projections or {}).values():
        if len(column) != n_shown:
            return f"{name} holds positions of {len(column):,} points; here are {n_shown:,}."
    for rows in (state.selected, state.shuffled):
        if rows is not None and len(rows) and not _are_rows(rows, n_shown):
            return f"{name} names point {int(rows.max()):,} of {n_shown:,}."
    return ""


def _are_rows(rows: IntArray, n: int) -> bool:
    return bool(rows.min() >= 0 and rows.max() < n)
