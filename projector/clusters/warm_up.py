"""Compiles the kernels of clusters and near duplicates."""

from __future__ import annotations

import numpy as np

from projector.clusters.contract import HdbscanParameters
from projector.clusters.hdbscan import hdbscan
from projector.duplicates import find_near_duplicates
from projector.neighbor_graph import find_neighbors
from projector.progress import Work


def warm_up() -> Work[None]:
    """By a few points; from then on the kernels load in no time."""
    points = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    yield from hdbscan(points, HdbscanParameters(least_size=5))
    graph = yield from find_neighbors(points, 5)
    yield from find_near_duplicates(graph, 0.1)
