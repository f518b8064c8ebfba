"""Where the points of a UMAP lie before the first epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray, MaskArray
from projector.progress import Work, scaled
from projector.projections.contract import Inputs
from projector.projections.points import find_components
from projector.projections.umap.fuzzy import FuzzyGraph, component_labels
from projector.projections.umap.parameters import UmapParameters
from projector.projections.umap.spectral import spectral_layout

WIDTH = 10.0
"""Of the layout along each axis, as in umap-learn."""

_NOISE = 1e-5  # of the width: parts duplicates
_WIDEST = 1e3
_MOST_SPECTRAL = 100  # components laid out by their own spectrum, the largest first


def first_layout(
    inputs: Inputs, mask: MaskArray, graph: FuzzyGraph, parameters: UmapParameters
) -> Work[tuple[FloatArray, str]]:
    """float32 (points in mask, n_dims), and a sentence where it isn't what was asked for, or ""."""
    n_dims, seed = parameters.n_dims, parameters.seed
    rng = np.random.default_rng(seed)
    if parameters.start == "random":
        return rng.uniform(-WIDTH, WIDTH, (graph.n, n_dims)).astype(np.float32), ""
    note = ""
    found: DoubleArray | None = None
    if parameters.start == "spectral":
        found = yield from _spectral(inputs, mask, graph, parameters)
        if found is None:
            note = "No spectral start was found: principal components instead."
    if found is None:
        found = yield from _components(inputs, mask, n_dims)
    return _scaled(found, rng), note


def given_layout(given: FloatArray, mask: MaskArray, n_dims: int, seed: int) -> FloatArray:
    """float32 (points in mask, n_dims): a layout to go on from.

    Points it does not know (NaN) begin at random places among the others; one far wider or narrower
    than UMAP makes them is scaled.
    """
    rng = np.random.default_rng(seed)
    start = given[mask].astype(np.float64)
    is_known = np.isfinite(start).all(axis=1)
    if not is_known.any():
        return rng.uniform(-WIDTH, WIDTH, start.shape).astype(np.float32)
    low, high = start[is_known].min(axis=0), start[is_known].max(axis=0)
    start[~is_known] = rng.uniform(low, high, (np.count_nonzero(~is_known), n_dims))
    width = float((high - low).max())
    if not WIDTH / _WIDEST < width < WIDTH * _WIDEST or float(np.abs(start).max()) > _WIDEST**2:
        return _scaled(start, rng)
    return start.astype(np.float32)


def _scaled(found: DoubleArray, rng: np.random.Generator) -> FloatArray:
    """WIDTH wide along each axis and centered, with a little noise."""
    low, high = found.min(axis=0), found.max(axis=0)
    widths = np.where(high > low, high - low, 1.0)
    scaled: DoubleArray = WIDTH * (found - (low + high) / 2) / widths
    scaled += rng.normal(0.0, _NOISE * WIDTH, found.shape)
    small: FloatArray = scaled.astype(np.float32)
    return small


def _components(inputs: Inputs, mask: MaskArray, n_dims: int) -> Work[DoubleArray]:
    components = yield from find_components(inputs, n_dims)
    found = np.zeros((int(np.count_nonzero(mask)), n_dims))
    found[:, : components.shape[1]] = components[mask]
    return found


def _spectral(
    inputs: Inputs, mask: MaskArray, graph: FuzzyGraph, parameters: UmapParameters
) -> Work[DoubleArray | None]:
    count, labels = component_labels(graph)
    if count == 1 and graph.n > parameters.n_dims + 1:
        return (yield from spectral_layout(graph, parameters.n_dims, parameters.seed))
    if count == 1:
        return None
    centers = yield from scaled(_components(inputs, mask, parameters.n_dims), 0.0, 0.0)
    return (yield from _apart(graph, labels, centers, parameters))


def _apart(
    graph: FuzzyGraph, labels: NDArray[np.int32], layout: DoubleArray,
    parameters: UmapParameters,
) -> Work[DoubleArray]:  # fmt: skip
    """Each component of the graph in a place of its own, near its principal components.

    layout: float64 (n, n_dims), principal components, which small parts keep.
    """
    sizes = np.bincount(labels)
    centers = np.stack(
        [np.bincount(labels, column) / sizes for column in layout.T], axis=1
    )  # (components, n_dims)
    scale = float(np.abs(layout).max()) or 1.0
    radius = 0.5 * scale / np.sqrt(len(sizes))
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(sizes)
    n_done = 0
    for c in np.argsort(-sizes, kind="stable")[:_MOST_SPECTRAL]:
        if sizes[c] < 2 * parameters.n_dims + 2:
            break
        rows = order[ends[c] - sizes[c] : ends[c]]
        part = _part(graph, rows)
        work = spectral_layout(part, parameters.n_dims, parameters.seed)
        found = yield from scaled(work, n_done / graph.n, (n_done + len(rows)) / graph.n)
        n_done += len(rows)
        if found is not None:
            layout[rows] = centers[c] + found * (radius / np.abs(found).max())
    return layout


def _part(graph: FuzzyGraph, rows: IntArray) -> FuzzyGraph:
    """The edges of one component, its rows numbered anew."""
    numbers = np.zeros(graph.n, np.int32)
    numbers[rows] = np.arange(len(rows), dtype=np.int32)
    counts = np.diff(graph.starts)[rows]
    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    places = np.arange(starts[-1]) + np.repeat(graph.starts[rows] - starts[:-1], counts)
    return FuzzyGraph(starts, numbers[graph.ids[places]], graph.weights[places])
