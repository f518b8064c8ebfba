"""A UMAP from vectors to the last step, watched and steered between epochs."""

from __future__ import annotations

import time

import numpy as np

from projector.arrays import FloatArray, MaskArray, frozen
from projector.embeddings.memory import check_fits
from projector.errors import InvalidChoice, NothingToShow
from projector.neighbor_graph import NeighborGraph, find_neighbors
from projector.progress import Progress, Work, scaled
from projector.projections.contract import Control, Inputs, wait_while_paused
from projector.projections.step import Step
from projector.projections.umap.curve import fit_curve
from projector.projections.umap.epochs import Layout
from projector.projections.umap.estimate import estimate_umap
from projector.projections.umap.fuzzy import (
    FuzzyGraph,
    fuzzy_graph,
    supervised,
    without_light_edges,
)
from projector.projections.umap.parameters import UmapParameters
from projector.projections.umap.start import first_layout, given_layout

_ADVICE = "Choose fewer neighbors, or take fewer rows."
_FOUND, _READY = 0.2, 0.3  # shares of the progress: neighbors, all before the first epoch
_STEP_S = 0.025
_SHAKEN = 0.02  # of the layout's width
_BLOCK = 1 << 22  # values looked at between two yields


def run_umap(inputs: Inputs, parameters: UmapParameters, control: Control) -> Work[Step]:
    """See projector.projections.umap.umap_steps."""
    _check(inputs, parameters)
    mask = yield from _finite_rows(inputs.vectors)
    n_points = int(np.count_nonzero(mask))
    if n_points == 0:
        raise NothingToShow("No row holds finite numbers only, so there is nothing to project.")
    if n_points == 1:
        positions = np.zeros((1, parameters.n_dims), np.float32)
        step = Step(1.0, "A single point", _with_gaps(positions, mask))
        yield step
        return step
    note, start = "", None
    if inputs.start is not None:
        start = given_layout(inputs.start, mask, parameters.n_dims, parameters.seed)
        yield Step(0.0, "Finding neighbors", _with_gaps(start, mask))
    graph = yield from _graph(inputs, parameters, mask)
    if start is None:
        work = first_layout(inputs.vectors, mask, graph, parameters)
        start, note = yield from scaled(work, 0.22, _READY)
    layout = Layout(
        graph,
        start,
        fit_curve(parameters.min_dist, parameters.spread),
        parameters.repulsion_strength,
        parameters.negative_sample_rate,
        parameters.seed,
    )
    return (yield from _epochs(layout, mask, parameters, control, note))


def _check(inputs: Inputs, parameters: UmapParameters) -> None:
    n, d = inputs.vectors.shape
    if n == 0 or d == 0:
        raise NothingToShow("There are no values, so there is nothing to project.")
    if inputs.labels is not None and len(inputs.labels) != n:
        raise InvalidChoice(f"There must be {n:,} labels, one a row, got {len(inputs.labels):,}.")
    check_fits(estimate_umap(n, d, parameters).n_bytes, f"UMAP of {n:,} rows", _ADVICE)


def _finite_rows(vectors: FloatArray) -> Work[MaskArray]:
    n, d = vectors.shape
    mask = np.empty(n, np.bool_)
    size = max(1, _BLOCK // d)
    for start in range(0, n, size):
        mask[start : start + size] = np.isfinite(vectors[start : start + size]).all(axis=1)
        yield Progress(None, "Looking at rows")
    return mask


def _graph(inputs: Inputs, parameters: UmapParameters, mask: MaskArray) -> Work[FuzzyGraph]:
    """The fuzzy graph of the points in mask, numbered among themselves."""
    n_points = int(np.count_nonzero(mask))
    k = min(parameters.n_neighbors, n_points) - 1
    neighbors = inputs.graph
    has_rows = neighbors is not None and len(neighbors.ids) == len(mask)
    if (
        neighbors is None
        or not has_rows
        or neighbors.metric != parameters.metric
        or neighbors.k < k
    ):
        work = find_neighbors(inputs.vectors, k, parameters.metric, seed=parameters.seed)
        neighbors = yield from scaled(work, 0.0, _FOUND)
    neighbors = _among(neighbors.nearest(min(k, neighbors.k)), mask)
    fuzzy = fuzzy_graph(neighbors, parameters.local_connectivity, parameters.set_op_mix_ratio)
    graph = yield from scaled(fuzzy, _FOUND, 0.22)
    if inputs.labels is not None and (inputs.labels >= 0).any():
        labels = np.ascontiguousarray(inputs.labels[mask], np.int64)
        work_of_labels = supervised(graph, labels, parameters.target_weight)
        graph = yield from scaled(work_of_labels, 0.22, 0.22)
    n_epochs = parameters.n_epochs_for(n_points)
    if n_epochs <= 10:  # so few would leave out nearly all
        n_epochs = 500 if n_points <= 10_000 else 200
    return (yield from scaled(without_light_edges(graph, n_epochs), 0.22, 0.22))


def _among(neighbors: NeighborGraph, mask: MaskArray) -> NeighborGraph:
    if mask.all():
        return neighbors
    numbers = np.full(len(mask) + 1, -1, np.int32)  # the last for -1: no neighbor
    numbers[:-1][mask] = np.arange(np.count_nonzero(mask), dtype=np.int32)
    ids, distances = numbers[neighbors.ids[mask]], neighbors.distances[mask]
    return NeighborGraph(ids, distances, neighbors.metric, neighbors.recall)


def _epochs(
    layout: Layout, mask: MaskArray, parameters: UmapParameters, control: Control, note: str
) -> Work[Step]:
    """A Step whenever enough time has gone by; each holds what the epochs so far have made."""
    n_seen, epoch, shown_s = control.n_perturbations, 0, time.monotonic()
    yield Step(_READY, note or "The start", _with_gaps(layout.positions, mask), {"epoch": 0.0})
    while epoch < (n := parameters.n_epochs_for(len(layout.positions)) + max(0, control.n_more)):
        done = _READY + (1 - _READY) * epoch / n
        if control.is_paused:
            yield from wait_while_paused(control, done)
            continue  # more may be wanted by now
        if control.n_perturbations != n_seen:
            n_seen = control.n_perturbations
            layout.shake(_SHAKEN, n_seen)
        rate = _rate(parameters, control) * (1 - epoch / n)
        told = f"Epoch {epoch + 1:,} of {n:,}"
        for _ in layout.run_epoch(epoch, rate):
            if time.monotonic() - shown_s > _STEP_S:
                yield Progress(done, told)
        epoch += 1
        if time.monotonic() - shown_s > _STEP_S or epoch == n:
            figures = {"epoch": float(epoch), "learning rate": rate}
            done = _READY + (1 - _READY) * epoch / n
            step = Step(done, told, _with_gaps(layout.positions, mask), figures)
            shown_s = time.monotonic()
            yield step
    last = f"{epoch:,} epochs. {note}".strip()
    step = Step(1.0, last, _with_gaps(layout.positions, mask), {"epoch": float(epoch)})
    yield step
    return step


def _rate(parameters: UmapParameters, control: Control) -> float:
    return parameters.learning_rate if control.learning_rate is None else control.learning_rate


def _with_gaps(points: FloatArray, mask: MaskArray) -> FloatArray:
    """float32 (n, n_dims), NaN for the rows that took no part; read-only, a copy."""
    positions = np.full((len(mask), points.shape[1]), np.nan, np.float32)
    positions[mask] = points
    return frozen(positions)
