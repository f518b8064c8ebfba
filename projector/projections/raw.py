"""The vectors' own columns as axes: nothing is computed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from projector.arrays import frozen
from projector.embeddings.memory import check_fits
from projector.mapped import release
from projector.progress import Progress, Work
from projector.projections.contract import (
    Control,
    Estimate,
    Inputs,
    Parameters,
    Projection,
    check_one_an_axis,
    check_range,
    wait_while_paused,
)
from projector.projections.step import Step

_BLOCK = 1 << 20  # values looked at between two yields


@dataclass(frozen=True, slots=True, kw_only=True)
class RawParameters(Parameters):
    """columns: those that become the axes, counted from 1; empty for the first ones.

    Axes that the vectors have no column for are 0 when columns is empty, and refused otherwise.
    """

    columns: tuple[int, ...] = field(
        default=(),
        metadata={
            "help": "The dimensions of the vectors that become the axes, counted from 1. "
            "Automatic: the first ones."
        },
    )

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)
        check_one_an_axis("column", self.columns, self.n_dims, 2**31 - 1)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The columns, one an axis, counted from 1."""
        return self.columns or tuple(range(1, self.n_dims + 1))


def raw_steps(inputs: Inputs, parameters: RawParameters, control: Control) -> Work[Step]:
    """One step; rows that hold NaN or infinities get NaN. A start is not needed."""
    n, d = inputs.vectors.shape
    for column in parameters.columns:
        check_range("A column", column, 1, d)
    check_fits(estimate_raw(n, d, parameters).n_bytes, f"{parameters.n_dims} columns of {n:,} rows")
    axes = [axis for axis, column in enumerate(parameters.chosen) if column <= d]
    columns = [column - 1 for column in parameters.chosen if column <= d]
    positions = np.zeros((n, parameters.n_dims), np.float32)
    size = max(1, _BLOCK // max(1, d))
    for start in range(0, n, size):
        block = inputs.vectors[start : start + size]
        part = positions[start : start + size]
        part[:, axes] = block[:, columns]
        part[~np.isfinite(block).all(axis=1)] = np.nan
        release(block)
        yield Progress(start / n, "Reading columns")
    yield from wait_while_paused(control, 1.0)
    step = Step(1.0, "Columns as they are", frozen(positions))
    yield step
    return step


def estimate_raw(n: int, d: int, parameters: RawParameters) -> Estimate:
    """All vectors are looked at once, as rows that are not finite are left out."""
    return Estimate(4 * n * parameters.n_dims + (8 << 20), 0.01 + 2e-9 * n * d)


PROJECTION = Projection(
    name="raw",
    title="Columns",
    tip="Two or three of the vectors' own dimensions, as they are",
    parameters=RawParameters,
    steps=raw_steps,
    estimate=estimate_raw,
)
