"""Precision-recall curves: one per run, tag and step, read from the log when looked at.

The payload is a float32 tensor of six rows (true and false positives, true and false negatives,
precision, recall); column j belongs to the threshold j / (n - 1) and counts every example that
scores at least that much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from projector.arrays import DoubleArray, IntArray, frozen
from projector.errors import Problem, Unreadable
from projector.logs.series import Logs, Series
from projector.logs.tensors import read_tensor
from projector.progress import Work

PLUGIN = "pr_curves"
MAX_THRESHOLDS = 1_000_000


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """One threshold of one curve. precision, recall, f1: 0..1, NaN where they would be 0/0."""

    threshold: float
    tp: float
    fp: float
    tn: float
    fn: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        whole = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / whole if self.tp + self.fn > 0 else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One curve at one step; all arrays float64 (n,), read-only, thresholds strictly increasing.

    tp, fp, tn, fn: counts, fractional where examples had weights. precision, recall: NaN where they
    are 0/0, which is a gap in the curve. n_thresholds: how many were logged; the tail at which
    nothing is predicted positive any more is left out of the arrays.
    """

    thresholds: DoubleArray
    tp: DoubleArray
    fp: DoubleArray
    tn: DoubleArray
    fn: DoubleArray
    precision: DoubleArray
    recall: DoubleArray
    n_thresholds: int

    def __len__(self) -> int:
        return len(self.thresholds)

    @property
    def base_rate(self) -> float:
        """The share of positives among all examples: a blind guess's precision. NaN without any."""
        positives = self.tp[0] + self.fn[0]
        everything = positives + self.fp[0] + self.tn[0]
        return float(positives / everything) if everything > 0 else float("nan")

    @property
    def average_precision(self) -> float:
        """The sum of (R_n - R_(n-1)) P_n over falling thresholds; NaN without positives.

        Interpolation is step-wise: each gain in recall, from 0 on, counts at the precision reached
        with it; the line between two points counts for nothing. It equals scikit-learn's
        average_precision_score of scores rounded down to the thresholds.
        """
        if np.isnan(self.recall).any():
            return float("nan")
        gains = self.recall - np.append(self.recall[1:], 0.0)
        has_gain = gains != 0
        return float(np.sum(gains[has_gain] * np.nan_to_num(self.precision[has_gain])))

    @property
    def best_f1(self) -> tuple[float, float]:
        """The highest F1 and its threshold, the lowest such one; NaN twice without positives."""
        if self.tp[0] + self.fn[0] <= 0:
            return float("nan"), float("nan")
        whole = 2 * self.tp + self.fp + self.fn
        scores = np.divide(2 * self.tp, whole, out=np.zeros(len(self)), where=whole > 0)
        best = int(np.argmax(scores))
        return float(scores[best]), float(self.thresholds[best])

    def point(self, i: int) -> OperatingPoint:
        """What happens at thresholds[i]."""
        rows = (self.thresholds, self.tp, self.fp, self.tn, self.fn, self.precision, self.recall)
        return OperatingPoint(*(float(row[i]) for row in rows))

    def at_threshold(self, threshold: float) -> OperatingPoint:
        """What happens at the logged threshold nearest to the given one, in the tail too."""
        last = self.n_thresholds - 1
        i = min(max(round(threshold * last), 0), last)
        if i < len(self):
            return self.point(i)
        positives, negatives = self.tp[-1] + self.fn[-1], self.fp[-1] + self.tn[-1]
        recall = 0.0 if positives > 0 else float("nan")
        return OperatingPoint(
            i / last, 0.0, 0.0, float(negatives), float(positives), float("nan"), recall
        )


@dataclass(frozen=True, slots=True, eq=False)
class CurveSeries:
    """The curves of one tag in one run, one a step.

    steps: int64 (n,), increasing. wall_times: float64 (n,), unix seconds. title: for the screen.
    """

    run: str
    tag: str
    title: str
    description: str
    steps: IntArray
    wall_times: DoubleArray
    series: Series

    def __len__(self) -> int:
        return len(self.steps)

    def curve(self, i: int) -> Curve:
        """Read the curve of steps[i] from its file.

        Raises Unreadable, which names run, tag and step, when there is no sound curve.
        """
        place = f"The PR curve {self.tag} of run {self.run} at step {self.steps[i]}"
        try:
            tensor = read_tensor(self.series, i)
        except Unreadable as error:
            raise Unreadable(f"{place} is left out: {error}") from error
        return _curve(np.asarray(tensor), place)

    def nearest_earlier(self, step: int) -> int | None:
        """The index of the last step not after the given one, or None where all are later."""
        i = int(np.searchsorted(self.steps, step, side="right")) - 1
        return i if i >= 0 else None

    def key(self, i: int) -> CurveKey:
        """What tells the curve of steps[i] from all others of the logs."""
        return self.run, self.tag, i

    def problem(self, i: int, what: str) -> Problem:
        """Something wrong with the curve of steps[i], at its place in its event file."""
        assert self.series.payloads is not None
        return self.series.payloads.problem(i, what)


CurveKey = tuple[str, str, int]
"""Run, tag and index of the step."""


@dataclass(frozen=True, slots=True, eq=False)
class CurvesRead:
    """What was read so far. done: 0..1. unreadable: the curves that are none, each with why."""

    done: float
    note: str
    curves: dict[CurveKey, Curve]
    unreadable: dict[CurveKey, Problem]


def read_curves(wanted: Sequence[tuple[CurveSeries, int]]) -> Work[CurvesRead]:
    """Read the curves of these steps; every step of the work holds all that was read so far."""
    curves: dict[CurveKey, Curve] = {}
    unreadable: dict[CurveKey, Problem] = {}
    told = perf_counter()
    for n_read, (series, i) in enumerate(wanted):
        if perf_counter() - told > 0.03:
            note = f"Reading {n_read} of {len(wanted)} curves"
            yield CurvesRead(n_read / len(wanted), note, dict(curves), dict(unreadable))
            told = perf_counter()
        try:
            curves[series.key(i)] = series.curve(i)
        except Unreadable as error:
            unreadable[series.key(i)] = series.problem(i, str(error))
    return CurvesRead(1.0, "", curves, unreadable)


def find_curves(logs: Logs) -> tuple[tuple[CurveSeries, ...], tuple[Problem, ...]]:
    """All precision-recall curves of the logs by run, then tag; no payload is read.

    Series in a version of the format that isn't known are left out, with a problem.
    """
    found, problems = [], []
    for series in logs.series(PLUGIN):
        if not len(series) or series.payloads is None:
            continue
        version = _version(series.metadata.content)
        if version != 0:
            what = (
                f"The PR curves {series.tag} of run {series.run} are written in version "
                f"{version} of their format, only version 0 is known; they are left out."
            )
            problems.append(series.payloads.problem(0, what))
            continue
        found.append(
            CurveSeries(
                series.run,
                series.tag,
                series.title,
                series.metadata.description,
                series.steps,
                series.wall_times,
                series,
            )
        )
    return tuple(found), tuple(problems)


def _curve(tensor: np.ndarray[tuple[int, ...], np.dtype[np.generic]], place: str) -> Curve:
    if tensor.ndim != 2 or tensor.shape[0] != 6 or tensor.shape[1] < 1:
        raise Unreadable(
            f"{place} has the shape {list(tensor.shape)} instead of [6, thresholds]; "
            "it is left out."
        )
    if tensor.shape[1] > MAX_THRESHOLDS:
        raise Unreadable(f"{place} has more than {MAX_THRESHOLDS:,} thresholds; it is left out.")
    if tensor.dtype.kind not in "fiub":
        raise Unreadable(f"{place} does not consist of numbers; it is left out.")
    rows = tensor.astype(np.float64)
    counts = rows[:4]
    if not np.isfinite(counts).all():
        raise Unreadable(f"{place} has counts that are NaN or infinite; it is left out.")
    # Differences of float32 sums of weights may fall a little below 0.
    if counts.min() < -1e-6 * max(1.0, float(counts.max())):
        raise Unreadable(f"{place} has negative counts; it is left out.")
    return _trimmed_curve(np.maximum(counts, 0.0), rows[4], rows[5])


def _trimmed_curve(counts: DoubleArray, precision: DoubleArray, recall: DoubleArray) -> Curve:
    n = counts.shape[1]
    predicted = np.flatnonzero(counts[0] + counts[1] > 0)
    n_kept = int(predicted[-1]) + 1 if len(predicted) else 1
    tp, fp, tn, fn = (frozen(row[:n_kept].copy()) for row in counts)
    thresholds = np.arange(n_kept) / max(n - 1, 1)
    return Curve(
        frozen(thresholds),
        tp,
        fp,
        tn,
        fn,
        frozen(_ratio(tp, tp + fp, precision[:n_kept])),
        frozen(_ratio(tp, tp + fn, recall[:n_kept])),
        n,
    )


def _ratio(part: DoubleArray, whole: DoubleArray, logged: DoubleArray) -> DoubleArray:
    """part / whole, NaN where that is 0/0.

    The logged float32 usually is this ratio with fewer digits; where it is another number, it
    wins.
    """
    exact = np.full(len(part), np.nan)
    np.divide(part, whole, out=exact, where=whole > 0)
    differs = np.isfinite(logged) & (whole > 0) & (np.abs(logged - exact) > 1e-5)
    exact[differs] = logged[differs]
    return exact


def _version(content: bytes) -> int:
    """Field 1 of PrCurvePluginData, the first of two numbers; 0 where it is left out."""
    if not content or content[0] != 0x08:
        return 0
    version = 0
    for place, byte in enumerate(content[1:11]):
        version |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    return version
