"""What the tests of t-SNE share: inputs, and slow obvious versions of what it computes."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits

from projector.arrays import DoubleArray, FloatArray
from projector.neighbor_graph import find_neighbors
from projector.progress import Progress, Work, finish
from projector.projections.contract import Control, Inputs
from projector.projections.step import Step
from projector.projections.tsne import TsneParameters, tsne_steps
from projector.projections.tsne.affinities import Affinities, fit_affinities


@cache
def digits() -> FloatArray:
    return load_digits().data.astype(np.float32)


@cache
def digit_affinities(n: int = 600, perplexity: float = 30.0) -> Affinities:
    graph = finish(find_neighbors(digits()[:n], int(3 * perplexity), "euclidean"))
    return finish(fit_affinities(graph, perplexity))


def dense(affinities: Affinities) -> DoubleArray:
    n = affinities.n
    parts = (affinities.values, affinities.ids, affinities.starts)
    half = csr_matrix(parts, (n, n)).toarray().astype(np.float64)  # each pair stands once
    return half + half.T


def slow_gradient(affinities: Affinities, positions: FloatArray) -> tuple[DoubleArray, float]:
    """Van der Maaten's formula, and the divergence, both over all pairs."""
    y, p = positions.astype(np.float64), dense(affinities)
    closeness = 1 / (1 + cdist(y, y, "sqeuclidean"))
    np.fill_diagonal(closeness, 0)
    q = closeness / closeness.sum()
    pull = (p - q) * closeness
    gradient = 4 * (pull.sum(axis=1)[:, None] * y - pull @ y)
    is_edge = p > 0
    return gradient, float((p[is_edge] * np.log(p[is_edge] / q[is_edge])).sum())


def all_steps(
    inputs: Inputs, parameters: TsneParameters, control: Control | None = None
) -> list[Step]:
    """Every step of a run."""
    work: Work[Step] = tsne_steps(inputs, parameters, control or Control())
    return [step for step in work if not isinstance(step, Progress)]


def last_step(inputs: Inputs, parameters: TsneParameters) -> Step:
    return finish(tsne_steps(inputs, parameters, Control()))
