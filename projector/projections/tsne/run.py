"""A t-SNE from vectors to the last step, watched and steered between iterations."""

from __future__ import annotations

import numpy as np

from projector.arrays import FloatArray, MaskArray
from projector.embeddings.memory import check_fits
from projector.neighbor_graph import NeighborGraph
from projector.progress import Work, scaled
from projector.projections.contract import Control, Inputs
from projector.projections.points import (
    check_inputs,
    find_neighbors_of_points,
    find_points,
    with_gaps,
)
from projector.projections.step import Step
from projector.projections.tsne.affinities import Affinities, fit_affinities
from projector.projections.tsne.descent import Descent
from projector.projections.tsne.estimate import estimate_tsne
from projector.projections.tsne.iterations import READY, Iterations
from projector.projections.tsne.parameters import TsneParameters
from projector.projections.tsne.start import given_start, pca_start, random_start

_ADVICE = "Choose a lower perplexity, or take fewer rows."


def run_tsne(inputs: Inputs, parameters: TsneParameters, control: Control) -> Work[Step]:
    """See projector.projections.tsne.tsne_steps."""
    n, d = inputs.vectors.shape
    check_inputs(inputs, parameters.n_dims)
    check_fits(estimate_tsne(n, d, parameters).n_bytes, f"t-SNE of {n:,} rows", _ADVICE)
    mask = yield from find_points(inputs.vectors)
    n_points = int(np.count_nonzero(mask))
    parameters.perplexity_for(n_points)
    start = yield from _start(inputs, parameters, mask)
    first = Step(0.0, "Finding neighbors", with_gaps(start, mask))
    yield first
    if n_points == 1:
        last = Step(1.0, "A single point", first.positions.copy())
        yield last
        return last
    graph = yield from _graph(inputs, parameters, mask)
    affinities = yield from _affinities(inputs, parameters, mask, graph)
    del graph
    run = Iterations(parameters, control, mask, Descent(affinities, start, parameters.seed))
    return (yield from run.steps(0 if inputs.start is not None else parameters.n_early))


def _start(inputs: Inputs, parameters: TsneParameters, mask: MaskArray) -> Work[FloatArray]:
    n_dims, seed = parameters.n_dims, parameters.seed
    if inputs.start is not None:
        return given_start(inputs.start, mask, n_dims, seed)
    if parameters.start == "random":
        return random_start(int(np.count_nonzero(mask)), n_dims, seed)
    work = pca_start(inputs, mask, n_dims, seed)
    return (yield from scaled(work, 0.0, 0.0))


def _graph(inputs: Inputs, parameters: TsneParameters, mask: MaskArray) -> Work[NeighborGraph]:
    """Neighbors of the points in mask, numbered among themselves."""
    k = parameters.n_neighbors_for(int(np.count_nonzero(mask)))
    wanted = (k, parameters.metric, parameters.seed)
    finding = find_neighbors_of_points(inputs, mask, *wanted)
    return (yield from scaled(finding, 0.0, 0.75 * READY))


def _affinities(
    inputs: Inputs, parameters: TsneParameters, mask: MaskArray, graph: NeighborGraph
) -> Work[Affinities]:
    labels = None if inputs.labels is None else inputs.labels[mask]
    perplexity = parameters.perplexity_for(int(np.count_nonzero(mask)))
    work = fit_affinities(graph, perplexity, labels, parameters.supervision)
    return (yield from scaled(work, 0.75 * READY, READY))


def warm_up_kernels() -> Work[None]:
    """Run the whole on a few points, in 2D and 3D, then the grids, narrow and wide."""
    vectors = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    inputs = Inputs(vectors, labels=np.arange(60) % 3)
    for n_dims in (2, 3):
        parameters = TsneParameters(n_dims=n_dims, n_iterations=2, supervision=0.5)
        yield from run_tsne(inputs, parameters, Control())
    affinities = yield from _affinities_of(vectors)
    for n_dims in (2, 3):
        for spread in (1.0, 30.0):
            start = (spread * vectors[:, :n_dims]).astype(np.float32)
            yield from Descent(affinities, start, 0, "grid").forces()


def _affinities_of(vectors: FloatArray) -> Work[Affinities]:
    parameters = TsneParameters()
    mask = np.ones(len(vectors), np.bool_)
    graph = yield from _graph(Inputs(vectors), parameters, mask)
    return (yield from _affinities(Inputs(vectors), parameters, mask, graph))
