"""Histograms: how many values fell into each bucket; the distributions are made of them too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, frozen
from projector.logs.messages import plugins_pb2
from projector.logs.payloads.content import counted, parse_content, read_numbers, unreadable
from projector.logs.series import Series

BASIS_POINTS = (0, 668, 1587, 3085, 5000, 6915, 8413, 9332, 10000)
"""Of the cumulative count, in 1/10,000: the bands of a normal at 1.5, 1 and 0.5 deviations."""


_LARGEST_COUNT = 1e280  # so that sums stay finite


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Buckets in rising order, all arrays float64 (k,), read-only; the outermost edges may be
    infinite.

    left, right: edges; a bucket holds its left edge, the last one its right edge too, and both are
    equal where all values were. counts: 0 or more, whole unless values had weights. n_skipped:
    buckets left out because an edge or count was no number, or a count or width below 0.
    """

    left: DoubleArray
    right: DoubleArray
    counts: DoubleArray
    n_skipped: int = 0

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def total(self) -> float:
        """How many values there were."""
        return float(self.counts.sum())

    @property
    def min(self) -> float:
        """The left edge of the first bucket that holds something; NaN where none does."""
        full = np.flatnonzero(self.counts)
        return float(self.left[full[0]]) if len(full) else float("nan")

    @property
    def max(self) -> float:
        """The right edge of the last bucket that holds something; NaN where none does."""
        full = np.flatnonzero(self.counts)
        return float(self.right[full[-1]]) if len(full) else float("nan")

    @property
    def distribution(self) -> DoubleArray:
        """float64 (9,): the values at BASIS_POINTS of the cumulative count, rising; NaN where
        there are no values.

        Within a bucket values count as evenly spread. A bucket that reaches to infinity counts as
        lying at its finite edge.
        """
        left, right, counts = self._finite_buckets()
        weights = np.cumsum(counts * BASIS_POINTS[-1] / (counts.sum() or 1.0))
        if not len(weights):
            return np.full(len(BASIS_POINTS), np.nan)
        before = np.concatenate(([0.0], weights[:-1]))
        places = np.searchsorted(weights, BASIS_POINTS, side="right")
        inside = np.minimum(places, len(weights) - 1)
        with np.errstate(divide="ignore", invalid="ignore"):  # where rounding left no room
            share = (np.array(BASIS_POINTS) - before[inside]) / (weights - before)[inside]
        share = np.where(places == len(weights), 1.0, np.clip(share, 0.0, 1.0))
        values: DoubleArray = left[inside] * (1 - share) + right[inside] * share
        return values

    def resampled(self, edges: DoubleArray) -> DoubleArray:
        """float64 (m,): the counts between m + 1 rising, finite edges, each bucket's values
        counting as evenly spread.

        Values beyond the edges count nowhere; those on the last edge belong to the last place.
        """
        left, right, counts = self._finite_buckets()
        is_wide = right > left
        at_edges = np.zeros(len(edges))
        if is_wide.any():
            places = np.stack((left[is_wide], right[is_wide]), axis=1).ravel()
            rising = np.repeat(np.concatenate(([0.0], np.cumsum(counts[is_wide]))), 2)[1:-1]
            at_edges = np.interp(edges, places, rising)
        points, _ = np.histogram(left[~is_wide], edges, weights=counts[~is_wide])
        resampled: DoubleArray = np.diff(at_edges) + points
        return resampled

    def _finite_buckets(self) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
        """Left, right and counts of the buckets that hold something, without infinite edges."""
        full = self.counts > 0
        left, right, counts = self.left[full], self.right[full], self.counts[full]
        is_placed = np.isfinite(left) | np.isfinite(right)
        left, right, counts = left[is_placed], right[is_placed], counts[is_placed]
        left, right = (
            np.where(np.isfinite(left), left, right),
            np.where(np.isfinite(right), right, left),
        )
        return left, right, counts


def read_histogram(series: Series, i: int) -> Histogram:
    """The histogram of point i. Raises Unreadable."""
    parse_content(series, i, plugins_pb2.HistogramPluginData)
    rows = read_numbers(series, i)
    if not rows.size:
        return histogram_of_rows(np.zeros((0, 3)))
    if rows.ndim != 2 or rows.shape[1] != 3:
        shape = list(rows.shape)
        raise unreadable(series, i, f"its shape is {shape} where [buckets, 3] was expected.")
    return histogram_of_rows(rows.astype(np.float64))


def histogram_of_rows(rows: NDArray[np.float64]) -> Histogram:
    """The histogram of float64 (k, 3) rows: left edge, right edge, count."""
    with np.errstate(invalid="ignore"):
        is_sound = ~np.isnan(rows).any(axis=1) & (rows[:, 2] >= 0) & (rows[:, 2] <= _LARGEST_COUNT)
        is_sound &= rows[:, 0] <= rows[:, 1]
    n_skipped = len(rows) - int(is_sound.sum())
    rows = rows[is_sound]
    if (rows[1:, 0] < rows[:-1, 0]).any():
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
    left, right, counts = (frozen(np.ascontiguousarray(column)) for column in rows.T)
    return Histogram(left, right, counts, n_skipped)


def describe_histogram(histogram: Histogram) -> str:
    """Such as "30 buckets, 1,024 values"."""
    n_values = histogram.total
    values = "1 value" if n_values == 1 else f"{n_values:,.15g} values"
    return f"{counted(len(histogram), 'bucket')}, {values}"
