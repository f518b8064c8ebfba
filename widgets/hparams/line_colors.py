"""One color a trial from the axis that colors the lines, so that colors follow the axis' scale."""

from __future__ import annotations

import dataclasses

import numpy as np

from projector.colors import PointColors, color_by_column
from projector.hparams.axes import Axis
from projector.hparams.texts import value_text
from projector.progress import Progress, Work


def color_work(axis: Axis | None, is_dark: bool, n_trials: int) -> Work[PointColors]:
    """The colors of all trials. Runs as a job, as the table library behind it is slow to load."""
    yield Progress(None, "Coloring trials")
    if axis is None:
        return color_by_column(None, is_dark, n_points=n_trials)
    return _colors(axis, is_dark)


def _colors(axis: Axis, is_dark: bool) -> PointColors:
    import polars as pl

    column = axis.column
    if axis.scale == "category":
        cells = [column.value(i) for i in range(len(column))]
        texts = [None if value is None else value_text(value) for value in cells]
        return color_by_column(pl.Series(column.title, texts, dtype=pl.String), is_dark, True)
    if axis.scale == "linear":
        return color_by_column(pl.Series(column.title, column.values), is_dark)
    places = 1 - axis.positions if axis.is_inverted else axis.positions
    # infinities take the colors of the ends, as on a linear axis
    places = np.where(np.isposinf(column.values), 1, places)
    places = np.where(np.isneginf(column.values), 0, places)
    colors = color_by_column(pl.Series(column.title, places), is_dark, False)
    return _with_ends(colors, axis)


def _with_ends(colors: PointColors, axis: Axis) -> PointColors:
    """The same colors with the ends of the gradient told as values, not as places."""
    gradient = colors.legend.gradient
    if gradient is None or not len(axis.knots):
        return colors
    low, high = float(axis.knots[0]), float(axis.knots[-1])
    gradient = dataclasses.replace(gradient, low=low, high=high)
    return PointColors(colors.rgba, dataclasses.replace(colors.legend, gradient=gradient))
