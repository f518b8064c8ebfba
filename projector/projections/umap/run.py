"""A UMAP from vectors to the last step, watched and steered between epochs."""

from __future__ import annotations

import time

import numpy as np

from projector.arrays import MaskArray
from projector.embeddings.memory import check_fits
from projector.progress import Progress, Work, scaled
from projector.projections.contract import Control, Inputs, wait_while_paused
from projector.projections.points import (
    check_inputs,
    find_neighbors_of_points,
    find_points,
    with_gaps,
)
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


def run_umap(inputs: Inputs, parameters: UmapParameters, control: Control) -> Work[Step]:
    """See projector.projections.umap.umap_steps."""
    n, d = inputs.vectors.shape
    check_inputs(inputs, parameters.n_dims)
    check_fits(estimate_umap(n, d, parameters).n_bytes, f"UMAP of {n:,} rows", _ADVICE)
    mask = yield from find_points(inputs.vectors)
    n_points = int(np.count_nonzero(mask))
    if n_points == 1:
        positions = np.zeros((1, parameters.n_dims), np.float32)
        step = Step(1.0, "A single point", with_gaps(positions, mask))
        yield step
        return step
    note, start = "", None
    if inputs.start is not None:
        start = given_layout(inputs.start, mask, parameters.n_dims, parameters.seed)
        yield Step(0.0, "Finding neighbors", with_gaps(start, mask))
    graph = yield from _graph(inputs, parameters, mask)
    if start is None:
        work = first_layout(inputs, mask, graph, parameters)
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


def _graph(inputs: Inputs, parameters: UmapParameters, mask: MaskArray) -> Work[FuzzyGraph]:
    """The fuzzy graph of the points in mask, numbered among themselves."""
    n_points = int(np.count_nonzero(mask))
    k = min(parameters.n_neighbors, n_points) - 1
    wanted = (k, parameters.metric, parameters.seed)
    finding = find_neighbors_of_points(inputs, mask, *wanted)
    neighbors = yield from scaled(finding, 0.0, _FOUND)
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


def _epochs(
    layout: Layout, mask: MaskArray, parameters: UmapParameters, control: Control, note: str
) -> Work[Step]:
    """A Step whenever enough time has gone by; each holds what the epochs so far have made."""
    n_seen, epoch, shown_s = control.n_perturbations, 0, time.monotonic()
    yield Step(_READY, note or "The start", with_gaps(layout.positions, mask), {"epoch": 0.0})
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
            step = Step(done, told, with_gaps(layout.positions, mask), figures)
            shown_s = time.monotonic()
            yield step
    last = f"{epoch:,} epochs. {note}".strip()
    step = Step(1.0, last, with_gaps(layout.positions, mask), {"epoch": float(epoch)})
    yield step
    return step


def _rate(parameters: UmapParameters, control: Control) -> float:
    return parameters.learning_rate if control.learning_rate is None else control.learning_rate
