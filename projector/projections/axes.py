"""Axes of one's own: each leads from the center of one set of rows to the center of another.

The sets come from searches in a column, from selections, or from a column's classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, distinct, frozen
from projector.cell_texts import texts_of
from projector.embeddings.memory import check_fits
from projector.errors import InvalidChoice
from projector.progress import Progress, Work
from projector.projections.contract import (
    Control,
    Estimate,
    Inputs,
    Parameters,
    Projection,
    wait_while_paused,
)
from projector.projections.step import Step

if TYPE_CHECKING:
    import polars as pl

_BLOCK = 1 << 20  # values of a block: 8 MB as float64
_LEAST_ANGLE = 1e-5  # radians: below it two axes count as one


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """name: for the user. start, end: int64, rows whose centers are its two poles."""

    name: str
    start: IntArray
    end: IntArray


def axis_from_rows(name: str, start: IntArray, end: IntArray) -> Axis:
    """From two selections. Raises InvalidChoice when one of them is empty."""
    for pole, rows in (("start", start), ("end", end)):
        if not len(rows):
            raise InvalidChoice(f"Nothing is selected for the {pole} of the axis {name}.")
    return Axis(name, _row_set(start), _row_set(end))


def axis_from_searches(
    column: pl.Series, start: str, end: str, *, is_regex: bool = False, name: str = ""
) -> Axis:
    """From the rows that two searches find in a column of n rows.

    name: by default both texts. Raises InvalidChoice when a search finds nothing, or isn't a
    regular expression.
    """
    found = []
    for pattern in (start, end):
        rows = rows_of_search(column, pattern, is_regex=is_regex)
        if not len(rows):
            raise InvalidChoice(
                f"The search {pattern!r} finds no row in the column {column.name}, "
                "so the axis has no pole there."
            )
        found.append(rows)
    return Axis(name or f"{start} \N{RIGHTWARDS ARROW} {end}", found[0], found[1])


def axis_from_classes(column: pl.Series, start: object, end: object, *, name: str = "") -> Axis:
    """From two of a column's values. Raises InvalidChoice when no row holds one of them."""
    found = []
    for value in (start, end):
        rows = rows_of_class(column, value)
        if not len(rows):
            raise InvalidChoice(f"No row holds {value!r} in the column {column.name}.")
        found.append(rows)
    return Axis(name or f"{start} \N{RIGHTWARDS ARROW} {end}", found[0], found[1])


def rows_of_search(column: pl.Series, pattern: str, *, is_regex: bool = False) -> IntArray:
    """int64, rising: the rows whose text holds the pattern, in any case; an empty one finds none.

    Raises InvalidChoice for what isn't a regular expression, and for columns without texts.
    """
    import polars as pl

    texts = texts_of(column)
    if not pattern:
        return frozen(np.empty(0, np.int64))
    try:
        if is_regex:
            found = texts.str.contains(f"(?i){pattern}")
        else:
            found = texts.str.to_lowercase().str.contains(pattern.lower(), literal=True)
    except pl.exceptions.ComputeError as error:
        raise InvalidChoice(
            f"{pattern!r} is not a regular expression that a search understands."
        ) from error
    return _rows_where(found)


def rows_of_class(column: pl.Series, value: object) -> IntArray:
    """int64, rising: the rows that hold a value; None stands for empty cells.

    value: as Python has it, or as text: 3, 3.0, "3" and "3.0" are one number. Raises InvalidChoice
    for columns of lists and the like.
    """
    import polars as pl

    texts = texts_of(column)
    if value is None:
        return _rows_where(texts.is_null())
    text, number = str(value), _number_of(value)
    if column.dtype.is_numeric() and number is not None:
        return _rows_where((texts == text) | (column == number))
    if column.dtype == pl.Boolean:  # polars writes true where Python writes True
        text = text.lower()
    return _rows_where(texts == text)


def _number_of(value: object) -> float | int | None:
    """Whole numbers whole, as floats would round large ones."""
    for kind in (int, float):
        try:
            return kind(str(value))
        except ValueError:
            continue
    return None


def _rows_where(found: pl.Series) -> IntArray:
    return frozen(np.flatnonzero(found.fill_null(False).to_numpy()))


def _row_set(rows: IntArray) -> IntArray:
    return frozen(distinct(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class AxesParameters(Parameters):
    """axes: 1 to n_dims of them; where there are fewer, the other coordinates are 0.

    The seed changes nothing.
    """

    axes: tuple[Axis, ...] = field(
        default=(), metadata={"help": "Each leads from the center of some rows to that of others"}
    )
    is_orthogonal: bool = field(
        default=False,
        metadata={"help": "From each axis take away what the ones before it already say"},
    )

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)
        if not 1 <= len(self.axes) <= self.n_dims:
            raise InvalidChoice(
                f"Choose between 1 and {self.n_dims} axes for {self.n_dims} dimensions, "
                f"got {len(self.axes)}."
            )


def axes_steps(inputs: Inputs, parameters: AxesParameters, control: Control) -> Work[Step]:
    """One step: each coordinate is the length along a unit vector, in the units of the vectors.

    Diagnostics: the angles between axes as chosen, in degrees. Raises InvalidChoice when an axis
    has a pole without finite rows, or no direction, TooLarge.
    """
    n, d = inputs.vectors.shape
    check_fits(estimate_axes(n, d, parameters).n_bytes, f"Axes through {n:,} rows")
    directions = []
    for axis in parameters.axes:
        directions.append((yield from find_direction(inputs.vectors, axis)))
    chosen = np.array(directions)
    angles = _angles(chosen)
    if parameters.is_orthogonal:
        chosen = orthogonal(chosen, [axis.name for axis in parameters.axes])
    positions = yield from along_axes(inputs.vectors, chosen, parameters.n_dims)
    yield from wait_while_paused(control, 1.0)
    names = ", ".join(axis.name for axis in parameters.axes)
    step = Step(1.0, f"Along {names}", positions, angles)
    yield step
    return step


def find_direction(vectors: FloatArray, axis: Axis) -> Work[DoubleArray]:
    """float64 (d,), of length 1: from the center of the start to that of the end."""
    start = yield from _center(vectors, axis.start, axis.name)
    end = yield from _center(vectors, axis.end, axis.name)
    direction = end - start
    length = float(np.linalg.norm(direction))
    scale = float(np.linalg.norm(start) + np.linalg.norm(end))
    if length <= 1e-12 * scale or length == 0.0:
        raise InvalidChoice(
            f"Both ends of the axis {axis.name} have the same center, so it has no direction."
        )
    return np.asarray(direction / length)


def _center(vectors: FloatArray, rows: IntArray, name: str) -> Work[DoubleArray]:
    """The mean of those of the rows that are finite."""
    n, d = vectors.shape
    if len(rows) and not (rows[0] >= 0 and rows[-1] < n):
        raise InvalidChoice(f"The axis {name} names rows beyond the {n:,} there are.")
    total, count = np.zeros(d), 0
    size = max(16, _BLOCK // max(1, d))
    for start in range(0, len(rows), size):
        block = vectors[rows[start : start + size]].astype(np.float64)
        block = block[np.isfinite(block).all(axis=1)]
        total += block.sum(axis=0)
        count += len(block)
        yield Progress(None, "Finding the poles")
    if not count:
        raise InvalidChoice(f"One end of the axis {name} has no rows with finite numbers.")
    return total / count


def orthogonal(directions: DoubleArray, names: list[str]) -> DoubleArray:
    """Each direction, float64 (a, d), less what the ones before it say; of length 1 again.

    Raises InvalidChoice when nothing is left of one.
    """
    kept: list[DoubleArray] = []
    for direction, name in zip(directions, names, strict=True):
        rest = direction.copy()
        for _ in range(2):  # the second time for what rounding left of the first
            for other in kept:
                rest -= (rest @ other) * other
        length = float(np.linalg.norm(rest))
        if length < _LEAST_ANGLE:
            raise InvalidChoice(
                f"The axis {name} says nothing that the axes before it don't; choose another one."
            )
        kept.append(rest / length)
    return np.array(kept)


def along_axes(vectors: FloatArray, directions: DoubleArray, n_dims: int) -> Work[FloatArray]:
    """float32 (n, n_dims): how far each row lies along each direction, NaN for rows with gaps."""
    n, d = vectors.shape
    positions = np.zeros((n, n_dims), np.float32)
    size = max(16, _BLOCK // max(1, d))
    for start in range(0, n, size):
        block = vectors[start : start + size].astype(np.float64)
        is_finite = np.isfinite(block).all(axis=1)
        block[~is_finite] = 0.0
        own = positions[start : start + size]
        own[:, : len(directions)] = block @ directions.T
        own[~is_finite] = np.nan
        yield Progress(min(1.0, (start + size) / n), "Projecting")
    return frozen(positions)


def _angles(directions: DoubleArray) -> dict[str, float]:
    """Degrees between each two axes, such as {"angle 1-2": 87.5}."""
    angles = {}
    for i in range(len(directions)):
        for j in range(i + 1, len(directions)):
            cosine = float(np.clip(directions[i] @ directions[j], -1.0, 1.0))
            angles[f"angle {i + 1}-{j + 1}"] = float(np.degrees(np.arccos(cosine)))
    return angles


def estimate_axes(n: int, d: int, parameters: Any) -> Estimate:
    """One pass over the vectors."""
    return Estimate(4 * n * parameters.n_dims + 24 * _BLOCK, 0.01 + 4e-9 * n * d)


PROJECTION = Projection(
    name="axes",
    title="Custom axes",
    tip="From one group of points to another: by search, by selection or by class",
    parameters=AxesParameters,
    steps=axes_steps,
    estimate=estimate_axes,
)
