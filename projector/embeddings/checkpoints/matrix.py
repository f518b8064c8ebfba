"""Puts a matrix together from its parts; most variables have just one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.embeddings.checkpoints.values import COMPLEX, Filled, dtype_name
from projector.embeddings.embedding import Source
from projector.embeddings.format import Matrix
from projector.embeddings.memory import check_fits
from projector.errors import NotFound, Problem, Unreadable
from projector.progress import Work


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of a matrix.

    fill: reads it into a float32 array of that shape; may raise NotFound, Unreadable. why_not: one
    sentence on why it can't be read, or "".
    """

    rows: slice
    columns: slice
    fill: Callable[[FloatArray], Work[Filled]]
    why_not: str = ""

    @property
    def n_values(self) -> int:
        rows, columns = self.rows, self.columns
        return int((rows.stop - rows.start) * (columns.stop - columns.start))


def put_together(
    source: Source,
    *,
    name: str,
    dtype: int,
    shape: tuple[int, int],
    parts: Sequence[Part],
    most_values: int,
) -> Work[Matrix]:
    """The matrix; what can't be read of it is NaN, if that is less than half.

    most_values: how many the files at hand have room for. Raises Unreadable, TooLarge.
    """
    path = source.tensor_path
    n_values = shape[0] * shape[1]
    _check_parts(f"{name} in {path}", n_values, parts, most_values)
    check_fits(n_values * 4, f"{name} in {path} with {shape[0]:,} × {shape[1]:,} values")
    vectors = np.empty(shape, np.float32)
    if len(parts) != 1:
        vectors.fill(np.nan)  # parts that overlap leave a gap elsewhere
    filled = Filled()
    wrongs = [part.why_not for part in parts if part.why_not]
    n_read = 0
    for part in parts:
        if part.why_not:
            continue
        try:
            outcome = yield from part.fill(vectors[part.rows, part.columns])
        except (NotFound, Unreadable) as error:
            wrongs.append(str(error))
            vectors[part.rows, part.columns] = np.nan
            continue
        n_read += part.n_values
        filled.n_lost += outcome.n_lost
        filled.what = filled.what or outcome.what
    if n_read * 2 < n_values:
        raise Unreadable(wrongs[0])
    problems = [*_missing(name, n_values - n_read, wrongs), *_doubts(name, dtype, filled)]
    told = tuple(Problem(path, what) for what in problems)
    return Matrix(frozen(vectors), dtype_name(dtype), problems=told)


def _check_parts(what: str, n_values: int, parts: Sequence[Part], most_values: int) -> None:
    """Nothing is allocated, and no time spent, beyond what can be read."""
    if sum(part.n_values for part in parts) > n_values:
        raise Unreadable(f"{what} can't be read. Its parts overlap.")
    if sum(part.n_values for part in parts if not part.why_not) * 2 < n_values:
        wrongs = [part.why_not for part in parts if part.why_not]
        why = wrongs[0] if wrongs else "Most of its parts are missing."
        raise Unreadable(f"{what} can't be read. {why}")
    if n_values > most_values:
        raise Unreadable(f"{what} can't be read. The files are too small for {n_values:,} values.")


def _missing(name: str, n_missing: int, wrongs: Sequence[str]) -> list[str]:
    if not n_missing:
        return []
    why = wrongs[0] if wrongs else "Its parts don't cover its shape."
    return [f"{n_missing:,} values of {name} are missing. {why}"]


def _doubts(name: str, dtype: int, filled: Filled) -> list[str]:
    found = []
    if filled.what:
        found.append(f"The values of {name} may be wrong: {filled.what}.")
    if filled.n_lost:
        found.append(
            f"{filled.n_lost:,} values are too large for 32-bit floats and count as infinite."
        )
    if dtype in COMPLEX:
        found.append(f"{name} holds complex numbers; only their real parts are shown.")
    return found
