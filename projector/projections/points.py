"""The points of a projection: the rows that are finite, and what it knows of them at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import FloatArray, MaskArray, frozen
from projector.errors import InvalidChoice, NothingToShow
from projector.finite import find_finite
from projector.neighbors import Metric
from projector.progress import Work
from projector.projections.contract import Inputs

if TYPE_CHECKING:
    from projector.neighbor_graph import NeighborGraph


def check_inputs(inputs: Inputs, n_dims: int) -> None:
    """Raise NothingToShow where there are no values, InvalidChoice where labels or a start don't
    fit the vectors."""
    n, d = inputs.vectors.shape
    if n == 0 or d == 0:
        raise NothingToShow("There are no values, so there is nothing to project.")
    if inputs.labels is not None and len(inputs.labels) != n:
        raise InvalidChoice(f"There must be {n:,} labels, one a row, got {len(inputs.labels):,}.")
    if inputs.start is not None and inputs.start.shape != (n, n_dims):
        raise InvalidChoice(
            f"The layout to go on from must hold {n:,} points in {n_dims}D, "
            f"got {_told_shape(inputs.start)}."
        )


def _told_shape(start: FloatArray) -> str:
    if start.ndim == 2:
        return f"{start.shape[0]:,} in {start.shape[1]:,}D"
    return f"an array of shape {start.shape}"


def find_points(vectors: FloatArray) -> Work[MaskArray]:
    """bool (n,): the rows that take part. Raises NothingToShow when none does."""
    mask = yield from find_finite(vectors, note="Looking at rows")
    if not mask.any():
        raise NothingToShow("No row holds finite numbers only, so there is nothing to project.")
    return mask


def find_neighbors_of_points(
    inputs: Inputs, mask: MaskArray, k: int, metric: Metric, seed: int
) -> Work[NeighborGraph]:
    """The k nearest of each point in mask, numbered among themselves: those found before where they
    suffice, else as `find_neighbors` finds them."""
    graph = inputs.graph
    has_rows = graph is not None and len(graph.ids) == len(mask)
    if graph is None or not has_rows or graph.metric != metric or graph.k < k:
        from projector.neighbor_graph import find_neighbors

        graph = yield from find_neighbors(inputs.vectors, k, metric, seed=seed)
    return graph.nearest(min(k, graph.k)).among(mask)


def find_components(inputs: Inputs, n_dims: int) -> Work[FloatArray]:
    """float32 (n, n_dims at most): the first principal components, NaN for rows that are not
    finite; fewer where there are no more."""
    if inputs.components is not None:
        return inputs.components
    from projector.projections.pca import fit_pca

    pca = yield from fit_pca(inputs.vectors, n_dims)
    return pca.positions


def with_gaps(points: FloatArray, mask: MaskArray) -> FloatArray:
    """float32 (n, n_dims): a new read-only array, NaN for the rows that took no part."""
    if mask.all():
        return frozen(points.copy())
    positions = np.full((len(mask), points.shape[1]), np.nan, np.float32)
    positions[mask] = points
    return frozen(positions)
