"""Huge data: lay out a sample, and place every row that was left out among it.

Any projection serves: `on_sample` makes one of it that runs so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, get_args

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, MaskArray, frozen
from projector.embeddings.memory import check_fits
from projector.errors import NothingToShow
from projector.finite import find_finite
from projector.neighbors import Metric
from projector.progress import Progress, Work
from projector.projections.contract import (
    Control,
    Estimate,
    Inputs,
    Projection,
    check_range,
    check_word,
)
from projector.projections.place import Anchors, find_anchors
from projector.projections.place.anchors import N_ANCHORS
from projector.projections.points import check_inputs
from projector.projections.step import Step

How = Literal["random", "spread"]

_BLOCK = 1 << 20  # values looked at between two yields
_POOL = 4  # a spread sample is chosen from at least so many times as many random rows,
_OPERATIONS = 5e10  # and from as many as take some seconds
_N_ROUNDS = 16
_PLACING = 0.2  # share of the whole that finding anchors takes
_NEARLY = 0.999  # until all rows are placed
_PIECE_ROWS = 1 << 14  # placed together
_PATIENCE = 4  # placing takes at most a fifth of the time


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """n_rows: of the sample. how: random takes any rows, spread takes such as lie far from those
    taken already, so that rare kinds are in it. Raises InvalidChoice."""

    n_rows: int = 10_000
    how: How = "random"

    def __post_init__(self) -> None:
        check_range("The number of rows of the sample", self.n_rows, 4, 10_000_000)
        check_word("The sample", self.how, get_args(How))


def on_sample(projection: Projection, sampling: Sampling) -> Projection:
    """The same projection of a sample; its steps hold positions for all rows.

    `Step.placed_mask` says which rows were placed afterwards. Where the sample isn't smaller than
    the data, it is the projection itself.
    """
    return replace(
        projection,
        title=f"{projection.title} of {sampling.n_rows:,} rows",
        steps=partial(_steps, projection, sampling),
        estimate=partial(_estimate, projection, sampling),
    )


def _steps(
    projection: Projection, sampling: Sampling, inputs: Inputs, parameters: Any, control: Control
) -> Work[Step]:
    check_inputs(inputs, parameters.n_dims)
    n = len(inputs.vectors)
    if n <= sampling.n_rows:
        return (yield from projection.steps(inputs, parameters, control))
    n_bytes = _estimate(projection, sampling, n, inputs.vectors.shape[1], parameters).n_bytes
    check_fits(n_bytes, f"{projection.title} of {n:,} rows", "Choose a smaller sample.")
    rows = yield from sample_rows(inputs.vectors, sampling, parameters.seed)
    sampled = _at_rows(inputs, rows)
    if sampled.vectors.shape[0] < 2:
        raise NothingToShow("Fewer than two rows hold finite numbers only, so none can be placed.")
    left = np.ones(n, np.bool_)
    left[rows] = False
    others = np.flatnonzero(left)
    whole = _Whole(rows, others, _no_anchors(len(others), len(rows)), frozen(left), inputs.start)
    finding = _find_anchors(inputs.vectors, whole, sampled.vectors, parameters)
    return (yield from _shown(whole, projection.steps(sampled, parameters, control), finding))


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """rows: int64, of the sample. others: all other rows, with their anchors in the sample, which
    are filled in while the sample is being laid out. start: float32 (n, n_dims), where all rows lay
    before, or None."""

    rows: IntArray
    others: IntArray
    anchors: Anchors
    placed_mask: MaskArray
    start: FloatArray | None

    def step(self, step: Step, done: float, found: float) -> Step:
        """The same step for all rows; those whose anchors are not known yet stay where they lay
        before, if anywhere. found: the share of anchors that are known."""
        positions = np.empty((len(self.placed_mask), step.positions.shape[1]), np.float32)
        positions[self.rows] = step.positions
        positions[self.others] = self.anchors.place(step.positions)
        if self.start is not None and done < 1.0:
            waiting = self.placed_mask & np.isnan(positions).any(axis=1)
            positions[waiting] = self.start[waiting]
        n_placed = int(found * len(self.others))
        note = f"{step.note}, {n_placed:,} of {len(positions):,} rows placed"
        return Step(done, note, frozen(positions), step.diagnostics, self.placed_mask)


def _shown(whole: _Whole, work: Work[Step], finding: Work[None]) -> Work[Step]:
    """The steps of the sample at once, with all rows that can be placed by then; in turns with
    finding where the others belong. Where placing takes longer than a step, some steps only tell of
    their progress."""
    found, done, waits_until = 0.0, 0.0, 0.0
    while True:
        started = time.monotonic()
        try:
            step = next(work)
        except StopIteration as stop:
            final: Step = stop.value
            break
        done = min(_NEARLY, max(done, (1.0 - _PLACING) * (step.done or 0.0) + _PLACING * found))
        if isinstance(step, Step) and time.monotonic() >= waits_until:
            begun = time.monotonic()
            shown = whole.step(step, done, found)
            waits_until = time.monotonic() + _PATIENCE * (time.monotonic() - begun)
            yield shown
        else:
            yield Progress(done, step.note)
        turn_ends = 2 * time.monotonic() - started
        while found < 1.0 and time.monotonic() < turn_ends:
            found = next(finding, Progress(1.0)).done or 0.0
            yield Progress(done, step.note)
    for told in finding:
        done = min(_NEARLY, max(done, 1.0 - _PLACING + _PLACING * (told.done or 0.0)))
        yield Progress(done, told.note)
    shown = whole.step(final, 1.0, 1.0)
    yield shown
    return shown


def sample_rows(vectors: FloatArray, sampling: Sampling, seed: int = 0) -> Work[IntArray]:
    """int64 (m,), rising: different rows, finite ones only; all of them where there are no more.

    The same seed takes the same rows.
    """
    finite = np.flatnonzero((yield from find_finite(vectors, note="Choosing a sample")))
    rng = np.random.default_rng(seed)
    if len(finite) <= sampling.n_rows:
        return finite
    if sampling.how == "random":
        return frozen(np.sort(rng.choice(finite, sampling.n_rows, replace=False)))
    n_cheap = int(_OPERATIONS / (sampling.n_rows * (vectors.shape[1] + 20.0)))
    n_pool = min(len(finite), max(_POOL * sampling.n_rows, n_cheap))
    pool = np.sort(rng.choice(finite, n_pool, replace=False))
    chosen = yield from _spread_rows(vectors, pool, sampling.n_rows, rng)
    return frozen(np.sort(chosen))


def _spread_rows(
    vectors: FloatArray, pool: IntArray, n_rows: int, rng: np.random.Generator
) -> Work[IntArray]:
    """Rows of a pool drawn in rounds, each with a chance that grows with the squared distance to
    the nearest one drawn before (Bahmani et al. 2012, k-means||)."""
    chosen = rng.choice(len(pool), max(1, n_rows // _N_ROUNDS), replace=False)
    squares = np.full(len(pool), np.inf)
    new = chosen
    while True:
        yield from _lower_squares(vectors, pool, new, squares)
        squares[chosen] = 0.0
        n_new = min(n_rows - len(chosen), max(1, n_rows // _N_ROUNDS))
        if n_new == 0:
            return np.asarray(pool[chosen])
        n_new = min(n_new, int(np.count_nonzero(squares)))
        if n_new == 0:  # only copies are left
            rest = np.setdiff1d(np.arange(len(pool)), chosen)
            more = rng.choice(rest, n_rows - len(chosen), replace=False)
            return np.concatenate([pool[chosen], pool[more]])
        new = rng.choice(len(pool), n_new, replace=False, p=squares / squares.sum())
        chosen = np.append(chosen, new)


def _lower_squares(
    vectors: FloatArray, pool: IntArray, new: IntArray, squares: DoubleArray
) -> Work[None]:
    """Where rows just drawn are nearer, lower each pool row's squared distance, in place."""
    d = vectors.shape[1]
    for part in range(0, len(new), 512):
        centers = vectors[pool[new[part : part + 512]]].astype(np.float64)
        middle = centers[0]
        centers = centers - middle
        lengths = np.einsum("ij,ij->i", centers, centers)
        size = max(16, min(_BLOCK // max(1, d), (1 << 29) // (len(centers) * max(1, d))))
        for start in range(0, len(pool), size):
            rows = vectors[pool[start : start + size]].astype(np.float64) - middle
            found = np.einsum("ij,ij->i", rows, rows)[:, None] - 2 * rows @ centers.T + lengths
            own = squares[start : start + size]
            np.minimum(own, np.maximum(found.min(axis=1), 0.0), out=own)
            yield Progress(None, "Choosing a sample")


def _at_rows(inputs: Inputs, rows: IntArray) -> Inputs:
    """The inputs of a sample. A start is used where it has a position for each of its rows."""
    start = None if inputs.start is None else np.array(inputs.start[rows], np.float32)
    if start is not None and not np.isfinite(start).all():
        start = None
    labels = None if inputs.labels is None else inputs.labels[rows]
    vectors = np.array(inputs.vectors[rows], np.float32)
    return Inputs(frozen(vectors), None if start is None else frozen(start), labels)


def _no_anchors(n_others: int, n_sample: int) -> Anchors:
    k = min(N_ANCHORS, n_sample)
    return Anchors(np.full((n_others, k), -1, np.int32), np.zeros((n_others, k), np.float32))


def _find_anchors(
    vectors: FloatArray, whole: _Whole, sample: FloatArray, parameters: Any
) -> Work[None]:
    """Fill in where all other rows belong, in pieces so that mapped vectors stay in the file."""
    metric: Metric = getattr(parameters, "metric", "euclidean")
    others, anchors = whole.others, whole.anchors
    size = max(1024, min(_PIECE_ROWS, (1 << 24) // max(1, vectors.shape[1])))
    for start in range(0, len(others), size):
        part = np.array(vectors[others[start : start + size]], np.float32)
        work = find_anchors(part, sample, metric=metric)
        try:
            while True:
                step = next(work)
                done = (start + (step.done or 0.0) * len(part)) / len(others)
                yield Progress(done, step.note)
        except StopIteration as stop:
            anchors.ids[start : start + size] = stop.value.ids
            anchors.weights[start : start + size] = stop.value.weights


def _estimate(
    projection: Projection, sampling: Sampling, n: int, d: int, parameters: Any
) -> Estimate:
    m = min(n, sampling.n_rows)
    inner = projection.estimate(m, d, parameters)
    if m == n:
        return inner
    n_bytes = inner.n_bytes + 8 * m * d + n * (15 * 8 + 8 * parameters.n_dims + 10) + (128 << 20)
    seconds = inner.seconds * (1 + 1 / _PATIENCE) + n * (m * (d + 20.0) / 2e10 + 5e-6)
    return Estimate(n_bytes, seconds)
